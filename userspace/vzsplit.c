// SPDX-License-Identifier: GPL-2.0-or-later
/* vzsplit: a sample configuration for a number of equal containers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/log.h"
#include "lib/sample.h"
#include "lib/ubc_split.h"
#include "lib/units.h"

#define VSWAP_FILE	"/proc/vz/vswap"
#define KIB		1024ULL

struct options {
	uint64_t count;		/* 0: ask */
	uint64_t swap_kib;
	bool has_swap;
	const char *name;	/* of the sample; NULL: print it */
	const char *vswap;	/* "yes", "no" or NULL: as the kernel has it */
};

static int usage(FILE *out)
{
	fputs("Usage: vzsplit [-n NUMBER] [-f NAME] [-s SWAP_KB] [-v yes|no]\n"
	      "  -n  how many containers\n"
	      "  -f  write the sample NAME instead of printing it\n"
	      "  -s  swap space to divide, if not that of the host\n"
	      "  -v  limit RAM and swap only (VSwap), or not\n", out);
	return out == stdout ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int parse(struct options *opts, int argc, char **argv)
{
	int c, ret = 0;

	while ((c = getopt(argc, argv, "n:f:s:v:h")) != -1) {
		switch (c) {
		case 'n':
			ret |= units_parse_uint(optarg, UINT32_MAX, &opts->count);
			ret |= opts->count ? 0 : -1;
			break;
		case 'f':
			opts->name = optarg;
			break;
		case 's':
			opts->has_swap = true;
			ret |= units_parse_uint(optarg, UB_MAXVALUE / KIB,
						&opts->swap_kib);
			break;
		case 'v':
			opts->vswap = optarg;
			ret |= strcmp(optarg, "yes") && strcmp(optarg, "no");
			break;
		case 'h':
			exit(usage(stdout));
		default:
			return -1;
		}
	}
	return ret || optind != argc ? -1 : 0;
}

/* Not to standard output, which may become the sample. */
static int ask_count(uint64_t *count, struct vz_err *err)
{
	char answer[32] = "";

	fputs("Enter the number of containers: ", stderr);
	if (fgets(answer, sizeof(answer), stdin))
		answer[strcspn(answer, "\n")] = '\0';
	if (units_parse_uint(answer, UINT32_MAX, count) || !*count)
		return vz_fail(err, VZ_BAD_VALUE,
			       "Bad number of containers: %s", answer);
	return 0;
}

/* The file system that private areas are on, as far as it can be asked. */
static int find_disk(struct split_request *req, struct vz_err *err)
{
	_cleanup_ct_config_ struct ct_config config = { 0 };
	_cleanup_free_ char *path = NULL;
	const char *raw;
	struct statvfs fs;

	if (config_load_global(&config, err))
		return -1;
	raw = params_text(&config.global, P_VE_PRIVATE);
	path = raw ? strndup(raw, strcspn(raw, "$")) : NULL;
	if (!path || statvfs(path, &fs)) {
		vz_log(LOG_ERROR,
		       "Warning: the disk for private areas is not known");
		return 0;
	}
	req->has_disk = true;
	req->disk_kib = (uint64_t)fs.f_blocks * fs.f_frsize / KIB;
	req->inodes = fs.f_files;
	return 0;
}

static int write_sample(const struct options *opts,
			const struct split_request *req,
			const struct split_plan *plan, struct vz_err *err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *path = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "%s", opts->name);
	ubc_split_print(out, req, plan);
	if (fclose(out))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "%s", opts->name);
	if (sample_create(opts->name, text, len, &path, err))
		return -1;
	printf("Config %s was created\n", path);
	return 0;
}

static int split(struct options *opts, struct split_plan *plan,
		 struct vz_err *err)
{
	struct split_request req = { 0 };

	if (!opts->count && ask_count(&opts->count, err))
		return -1;
	if (host_read(&req.host, err) || find_disk(&req, err))
		return -1;
	req.count = opts->count;
	req.vswap = opts->vswap ? !strcmp(opts->vswap, "yes") :
		!access(VSWAP_FILE, F_OK);
	if (opts->has_swap)
		req.host.swap = opts->swap_kib * KIB;
	if (ubc_split(&req, plan, err))
		return -1;
	if (opts->name)
		return write_sample(opts, &req, plan, err);
	ubc_split_print(stdout, &req, plan);
	return 0;
}

/* Whatever goes wrong is exit code 1. */
int main(int argc, char **argv)
{
	struct split_plan plan = { 0 };
	struct options opts = { 0 };
	struct vz_err err = { 0 };
	int ret;

	log_setup(&(struct log_setup){ .prog = "vzsplit" });
	if (parse(&opts, argc, argv))
		return usage(stderr);
	ret = split(&opts, &plan, &err);
	if (ret)
		vz_log(LOG_ERROR, "%s", err.text);
	params_free(&plan.params);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
