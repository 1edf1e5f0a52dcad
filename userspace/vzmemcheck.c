// SPDX-License-Identifier: GPL-2.0-or-later
/* vzmemcheck: how much of the host all running containers use and may use. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/ctl.h"
#include "lib/log.h"
#include "lib/ubc_report.h"
#include "lib/ubc_usage.h"

static int usage(FILE *out)
{
	fputs("Usage: vzmemcheck [-v] [-A]\n"
	      "  -v  a line for each container\n"
	      "  -A  MiB instead of percent\n", out);
	return out == stdout ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* One that is configured without beancounters, as with VSwap, has no figures. */
static bool has_figures(struct bc_ct *ct, const struct params *global, int ctl)
{
	_cleanup_ct_config_ struct ct_config config = { 0 };
	struct vz_err err = { 0 };

	if (!ctl_is_running(ctl, ct->ctid, NULL))
		return false;
	if (params_overlay(&config.merged, global) ||
	    config_load_ct(&config, ct->ctid, &err)) {
		vz_log(LOG_ERROR, "Warning: CT %u: %s", ct->ctid, err.text);
		return false;
	}
	return !ubc_take_limits(ct, &config.merged);
}

static int check(bool verbose, bool absolute, struct vz_err *err)
{
	_cleanup_ct_config_ struct ct_config base = { 0 };
	_cleanup_bc_set_ struct bc_set set = { 0 };
	_cleanup_close_ int ctl = ctl_open(err);
	struct host host = { 0 };
	size_t i, kept = 0;

	if (ctl < 0 || config_load_global(&base, err) || host_read(&host, err) ||
	    bc_set_read(&set, NULL, "/proc/user_beancounters", err))
		return -1;
	for (i = 0; i < set.count; i++)
		if (has_figures(&set.cts[i], &base.global, ctl))
			set.cts[kept++] = set.cts[i];
	set.count = kept;
	ubc_report_host(stdout, &host, &set, verbose, absolute);
	return 0;
}

/* Whatever goes wrong is exit code 1. */
int main(int argc, char **argv)
{
	bool verbose = false, absolute = false;
	struct vz_err err = { 0 };
	int c;

	log_setup(&(struct log_setup){ .prog = "vzmemcheck" });
	while ((c = getopt(argc, argv, "vAh")) != -1) {
		if (c != 'v' && c != 'A')
			return usage(c == 'h' ? stdout : stderr);
		verbose |= c == 'v';
		absolute |= c == 'A';
	}
	if (optind != argc)
		return usage(stderr);
	if (!check(verbose, absolute, &err))
		return EXIT_SUCCESS;
	vz_log(LOG_ERROR, "%s", err.text);
	return EXIT_FAILURE;
}
