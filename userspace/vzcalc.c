// SPDX-License-Identifier: GPL-2.0-or-later
/* vzcalc: how much of the host one container uses and may use. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/ctid.h"
#include "lib/ctl.h"
#include "lib/log.h"
#include "lib/ubc_report.h"
#include "lib/ubc_usage.h"

static int usage(FILE *out)
{
	fputs("Usage: vzcalc [-v] CTID|NAME\n"
	      "  -v  all figures, not only the largest ones\n", out);
	return out == stdout ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int load_limits(uint32_t ctid, struct bc_ct *ct, struct vz_err *err)
{
	_cleanup_ct_config_ struct ct_config config = { 0 };
	const char *missing;
	char path[64];

	if (config_load_global(&config, err) ||
	    config_load_ct(&config, ctid, err))
		return -1;
	ctid_conf_path(ctid, "conf", path, sizeof(path));
	if (!config.exists)
		return vz_fail(err, VZ_NO_CONFIG,
			       "Container configuration file: %s not found", path);
	missing = ubc_take_limits(ct, &config.merged);
	if (missing)
		return vz_fail(err, VZ_NO_UB_PARAMS,
			       "Error: parameter %s not found", missing);
	return 0;
}

/* What it holds, if it runs. */
static int load_held(uint32_t ctid, struct bc_ct *ct, bool *running,
		     struct vz_err *err)
{
	_cleanup_bc_set_ struct bc_set set = { 0 };
	struct vz_err no_module = { 0 };
	_cleanup_close_ int ctl = ctl_open(&no_module);
	const struct bc_ct *found;

	*running = ctl >= 0 && ctl_is_running(ctl, ctid, NULL);
	if (!*running)
		return 0;
	if (bc_set_read(&set, NULL, "/proc/user_beancounters", err))
		return -1;
	found = bc_set_find(&set, ctid);
	if (found)
		*ct = *found;
	else
		*running = false;
	return 0;
}

static int calculate(const char *id, bool verbose, struct vz_err *err)
{
	struct bc_ct ct = { 0 };
	struct vz_err ignored = { 0 };
	struct host host = { 0 };
	uint32_t ctid;
	bool running;

	if (ctid_find(id, &ctid, &ignored) || !ctid)
		return vz_fail(err, VZ_BAD_VALUE, "Invalid CT ID: %s", id);
	if (load_held(ctid, &ct, &running, err) || load_limits(ctid, &ct, err) ||
	    host_read(&host, err))
		return -1;
	ubc_report_ct(stdout, &host, &ct, running, verbose);
	return 0;
}

/* Whatever goes wrong is exit code 1. */
int main(int argc, char **argv)
{
	struct vz_err err = { 0 };
	bool verbose = false;
	int c;

	log_setup(&(struct log_setup){ .prog = "vzcalc" });
	while ((c = getopt(argc, argv, "vh")) != -1) {
		if (c != 'v')
			return usage(c == 'h' ? stdout : stderr);
		verbose = true;
	}
	if (optind != argc - 1)
		return usage(stderr);
	if (!calculate(argv[optind], verbose, &err))
		return EXIT_SUCCESS;
	vz_log(LOG_ERROR, "%s", err.text);
	return EXIT_FAILURE;
}
