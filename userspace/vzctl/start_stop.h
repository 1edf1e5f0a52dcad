/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of vzctl start, stop and restart, which is both. */
#ifndef VZCTL_START_STOP_H
#define VZCTL_START_STOP_H

#include "cmd.h"

#define FOR_START	1U
#define FOR_STOP	2U

struct start_stop {
	bool force;
	bool wait;
	bool skip_fsck;		/* accepted: there is nothing to check */
	bool skip_remount;
	bool skip_setup;
	bool fast;
	bool skip_umount;
};

/* @verbs: FOR_*, the options of which are wanted. */
int start_stop_parse(struct start_stop *how, unsigned int verbs, int argc, char **argv,
		     struct vz_err *err);

int start_container(const struct cmd_ctx *ctx, const struct start_stop *how,
		    struct vz_err *err);

/* It runs. */
int stop_container(const struct cmd_ctx *ctx, const struct start_stop *how,
		   struct vz_err *err);

/* Wait until its init has finished booting. */
int start_wait(const struct ct_spec *spec, struct vz_err *err);

#endif
