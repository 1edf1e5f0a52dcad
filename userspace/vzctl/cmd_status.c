// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vzctl status: one line that scripts split on blanks.  Always succeeds,
 * unless the state cannot be known: the module is loaded but does not answer.
 */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd.h"
#include "lib/config.h"
#include "lib/ctl.h"

static bool is_there(const struct cmd_ctx *ctx)
{
	return ctx->config->exists && ctx->spec.private_dir &&
		!access(ctx->spec.private_dir, F_OK);
}

static bool has_dump(const struct cmd_ctx *ctx)
{
	char path[PATH_MAX];

	return params_dump_path(ctx->params, ctx->ctid, path, sizeof(path)) &&
		!access(path, F_OK);
}

int cmd_status(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err)
{
	bool exists, running;

	(void)argc;
	(void)argv;
	/* Without the module nothing can run; without its device it may. */
	if (ctx->ctl_fd < 0 && !access("/proc/vz", F_OK) && ctl_open(err) < 0)
		return err->code;
	exists = is_there(ctx);
	running = cmd_is_running(ctx);
	printf("CTID %u %s %s %s%s\n", ctx->ctid, exists ? "exist" : "deleted",
	       ctx->spec.root_dir && ct_is_mounted(&ctx->spec) ?
	       "mounted" : "unmounted", running ? "running" : "down",
	       exists && !running && has_dump(ctx) ? " suspended" : "");
	return VZ_OK;
}
