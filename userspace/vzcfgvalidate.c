// SPDX-License-Identifier: GPL-2.0-or-later
/* vzcfgvalidate: check, and repair, the beancounters of a configuration. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/log.h"
#include "lib/ubc_check.h"

#define EXIT_VIOLATED	2

struct validation {
	const char *path;
	bool repair;
	bool ask;
	const char *vswap;		/* "yes", "no" or NULL: as configured */
	struct ct_config config;
	struct params repaired;
};

static int usage(FILE *out)
{
	fputs("Usage: vzcfgvalidate [-r | -i] [-v yes|no] CONFIG\n"
	      "  -r  repair it\n"
	      "  -i  ask before each repair\n"
	      "  -v  it is meant for VSwap, or not; by default the file tells\n",
	      out);
	return out == stdout ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Yes by default, but not because there is nobody to answer. */
static bool is_agreed(void)
{
	char answer[32];

	fputs(" (y/n) [y] ", stderr);
	if (!fgets(answer, sizeof(answer), stdin))
		return false;
	return *answer == '\n' || *answer == 'y' || *answer == 'Y';
}

static void show_repair(const struct ct_limit *fixed)
{
	if (fixed->barrier == fixed->limit)
		fprintf(stderr, "set to %llu\n",
			(unsigned long long)fixed->barrier);
	else
		fprintf(stderr, "set to %llu:%llu\n",
			(unsigned long long)fixed->barrier,
			(unsigned long long)fixed->limit);
}

static bool take_finding(const struct ubc_finding *finding, void *arg)
{
	struct validation *val = arg;

	fprintf(stderr, "%s: %s\n", ubc_level_name(finding->level),
		finding->text);
	if (!finding->can_fix || (!val->repair && !val->ask))
		return false;
	show_repair(&finding->fixed);
	if (val->ask && !is_agreed())
		return false;
	val->repaired.value[finding->param].pair = finding->fixed;
	val->repaired.set[finding->param] = true;
	return true;
}

/* A file with lines that say nothing is not well, whatever the rest says. */
static int load(struct validation *val, struct vz_err *err)
{
	struct ct_config *config = &val->config;

	if (config_load_global(config, err) ||
	    conf_load(&config->file, val->path, err))
		return -1;
	params_from_conf(&config->own, &config->file, false);
	if (config->file.warnings)
		return vz_fail(err, VZ_INVALID_CONFIG,
			       "Error: %s is not validated because of its syntax",
			       val->path);
	if (params_overlay(&config->merged, &config->own))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "%s", val->path);
	return 0;
}

static int save(struct validation *val, struct vz_err *err)
{
	struct conf *file = &val->config.file;

	if (params_to_conf(&val->repaired, file, err))
		return -1;
	if (!file->changed)
		return 0;
	if (conf_save(file, val->path, err))
		return -1;
	printf("Configuration saved to %s\n", val->path);
	return 0;
}

/* Returns the exit code, or -1. */
static int validate(struct validation *val, struct vz_err *err)
{
	struct host host = { 0 };
	struct ubc_check check = {
		.params = &val->config.merged, .host = &host,
		.found = take_finding, .arg = val,
	};
	unsigned int left;

	if (load(val, err))
		return -1;
	check.vswap = val->vswap ? !strcmp(val->vswap, "yes") :
		params_is_vswap(check.params);
	if (check.vswap && host_read(&host, err))
		return -1;
	left = ubc_check(&check);
	if (save(val, err))
		return -1;
	if (left)
		return EXIT_VIOLATED;
	puts("Validation completed: success");
	return EXIT_SUCCESS;
}

static int parse(struct validation *val, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "riv:h")) != -1) {
		switch (c) {
		case 'r':
			val->repair = true;
			break;
		case 'i':
			val->ask = true;
			break;
		case 'v':
			val->vswap = optarg;
			break;
		case 'h':
			exit(usage(stdout));
		default:
			return -1;
		}
	}
	if (optind != argc - 1 || (val->repair && val->ask) ||
	    (val->vswap && strcmp(val->vswap, "yes") && strcmp(val->vswap, "no")))
		return -1;
	val->path = argv[optind];
	return 0;
}

int main(int argc, char **argv)
{
	struct validation val = { 0 };
	struct vz_err err = { 0 };
	int ret;

	log_setup(&(struct log_setup){ .prog = "vzcfgvalidate" });
	if (parse(&val, argc, argv))
		return usage(stderr);
	ret = validate(&val, &err);
	if (ret < 0) {
		vz_log(LOG_ERROR, "%s", err.text);
		ret = EXIT_FAILURE;
	}
	ct_config_free(&val.config);
	params_free(&val.repaired);
	return ret;
}
