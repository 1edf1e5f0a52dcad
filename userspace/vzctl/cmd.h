/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a subcommand of vzctl gets, and the list of them. */
#ifndef VZCTL_CMD_H
#define VZCTL_CMD_H

#include "lib/ct.h"
#include "lib/err.h"

struct params;			/* lib/param.h: a set of container parameters */
struct ct_config;		/* lib/config.h: where @params come from */

struct cmd_ctx {
	const char *command;	/* as typed: "delete", "destroy", ... */
	uint32_t ctid;
	int ctl_fd;		/* /dev/vzctl, or -1 if it is not needed */
	struct ct_config *config;
	struct params *params;	/* vz.conf < CTID.conf */
	struct ct_spec spec;	/* made from @params */
};

/*
 * argv[0] is the command, argv[1..] what stands after the CTID.  Returns the
 * exit code; a failure is recorded in @err and printed by main().
 */
typedef int (*cmd_fn)(struct cmd_ctx *ctx, int argc, char **argv,
		      struct vz_err *err);

int cmd_create(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err);
int cmd_destroy(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err);
int cmd_enter(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err);
int cmd_exec(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err);
int cmd_mount(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err);
int cmd_restart(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err);
int cmd_set(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err);
int cmd_start(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err);
int cmd_status(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err);
int cmd_stop(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err);
int cmd_umount(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err);

/* Is the container running?  False without the module. */
bool cmd_is_running(const struct cmd_ctx *ctx);

#endif
