// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vzctl stop: the container's own script, its init, its mounts.  What is left
 * of one that is down already - it has halted, or vzctl was killed - is
 * cleaned up.
 */
#include "lib/action.h"
#include "lib/cancel.h"
#include "lib/log.h"
#include "start_stop.h"

static int umount_after(const struct cmd_ctx *ctx, const struct start_stop *how,
			struct vz_err *err)
{
	if (how->skip_umount || !ct_is_mounted(&ctx->spec))
		return 0;
	return action_umount(&ctx->spec, err);
}

int stop_container(const struct cmd_ctx *ctx, const struct start_stop *how,
		   struct vz_err *err)
{
	int ret;

	cancel_watch();
	ret = action_run_inside(&ctx->spec, "stop", err);
	if (!ret)
		ret = ct_stop(&ctx->spec, how->fast, err);
	/* Too late for that, early enough for a script that hangs. */
	cancel_watch();
	if (!ret)
		ret = umount_after(ctx, how, err);
	cancel_unwatch();
	return ret;
}

int cmd_stop(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err)
{
	struct start_stop how = { 0 };
	int ret;

	if (start_stop_parse(&how, FOR_STOP, argc, argv, err))
		return err->code;
	if (cmd_is_running(ctx)) {
		ret = stop_container(ctx, &how, err);
	} else {
		vz_log(LOG_ERROR, "Unable to stop: container is not running");
		ret = ct_clear(&ctx->spec, err) || umount_after(ctx, &how, err);
	}
	return ret ? (int)err->code : VZ_OK;
}
