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

/*
 * A script may say that the container is not to be stopped, unless it has to be
 * --fast.  One that cannot be run, or does not end, is the doing of what is in
 * the container, which has no say in it.
 */
static int run_script(const struct cmd_ctx *ctx, const struct start_stop *how,
		      struct vz_err *err)
{
	if (!action_run_inside(&ctx->spec, "stop", err))
		return 0;
	if (cancel_requested() || (err->code == VZ_ACTIONSCRIPT_ERROR && !how->fast))
		return -1;
	vz_log(LOG_ERROR, "Warning: %s", err->text);
	vz_err_clear(err);
	return 0;
}

int stop_container(const struct cmd_ctx *ctx, const struct start_stop *how,
		   struct vz_err *err)
{
	int ret;

	cancel_watch();
	ret = run_script(ctx, how, err);
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
