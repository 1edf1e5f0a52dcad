// SPDX-License-Identifier: GPL-2.0-or-later
/* vzctl mount and umount. */
#include "cmd.h"
#include "lib/action.h"
#include "lib/cancel.h"
#include "lib/log.h"

static int check_paths(const struct ct_spec *spec, struct vz_err *err)
{
	if (!spec->private_dir)
		return vz_fail(err, VZ_VE_PRIVATE_NOTSET, "VE_PRIVATE is not set");
	if (!spec->root_dir)
		return vz_fail(err, VZ_VE_ROOT_NOTSET, "VE_ROOT is not set");
	return 0;
}

int cmd_mount(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err)
{
	(void)argc;
	(void)argv;
	if (check_paths(&ctx->spec, err))
		return err->code;
	if (ct_is_mounted(&ctx->spec)) {
		vz_log(LOG_ERROR, "Container is already mounted");
		return VZ_OK;
	}
	cancel_watch();
	action_mount(&ctx->spec, err);
	cancel_unwatch();
	return err->code;
}

int cmd_umount(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err)
{
	(void)argc;
	(void)argv;
	if (check_paths(&ctx->spec, err))
		return err->code;
	if (cmd_is_running(ctx)) {
		vz_fail(err, VZ_RUNNING, "Container is running -- stop it first");
		return err->code;
	}
	cancel_watch();
	action_umount(&ctx->spec, err);
	cancel_unwatch();
	return err->code;
}
