/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of vzctl set: what is asked for, applied, stored. */
#ifndef VZCTL_SET_H
#define VZCTL_SET_H

#include "cmd.h"
#include "lib/param.h"

struct set_request {
	bool save;
	bool force;
	bool reset_ub;
	const char *setmode;		/* "restart", "ignore" or NULL */
	const char *applyconfig;	/* name of a sample */
	const char *applyconfig_map;	/* "name" */
	bool typed[PARAM_COUNT];	/* on the command line */
	struct params params;		/* the command line, over the sample */
};

/* --applyconfig: what the sample says and the command line does not. */
int set_load_sample(struct set_request *req, struct vz_err *err);

/*
 * Apply to the running container, or say why that is impossible.  What can be
 * refused is refused before anything is changed.
 */
int set_apply(struct cmd_ctx *ctx, struct set_request *req, bool running,
	      struct vz_err *err);

/* Into CTID.conf, and the name into its link. */
int set_save(struct cmd_ctx *ctx, struct set_request *req, struct vz_err *err);

#endif
