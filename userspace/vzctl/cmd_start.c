// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vzctl start.  A container that was not stopped by vzctl, or a start that
 * was killed, leaves VE_ROOT mounted; it is mounted afresh.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/action.h"
#include "lib/cancel.h"
#include "lib/config.h"
#include "lib/dist.h"
#include "lib/firstboot.h"
#include "lib/log.h"
#include "start_stop.h"

static int check(const struct cmd_ctx *ctx, const struct start_stop *how, struct vz_err *err)
{
	if (params_yes(ctx->params, P_DISABLED, false) && !how->force)
		return vz_fail(err, VZ_DISABLED, "Container start disabled");
	if (!ctx->spec.private_dir)
		return vz_fail(err, VZ_VE_PRIVATE_NOTSET, "VE_PRIVATE is not set");
	if (access(ctx->spec.private_dir, F_OK))
		return vz_fail(err, VZ_NO_PRIVATE, "Container private area %s does not exist",
			       ctx->spec.private_dir);
	if (cmd_is_running(ctx))
		return vz_fail(err, VZ_RUNNING, "Container is already running");
	return 0;
}

static int mount_afresh(const struct ct_spec *spec, const struct start_stop *how,
			struct vz_err *err)
{
	if (ct_is_mounted(spec)) {
		if (how->skip_remount)
			return 0;
		if (action_umount(spec, err))
			return -1;
	}
	return action_mount(spec, err);
}

static void run_firstboot(const struct ct_spec *spec)
{
	struct vz_err warning = { 0 };

	if (firstboot_is_due(spec->root_dir) && firstboot_run(spec, &warning))
		vz_log(LOG_ERROR, "Warning: %s", warning.text);
}

static int set_hostname(const struct cmd_ctx *ctx, const struct ct_spec *spec,
			struct vz_err *err)
{
	const char *ips = params_text(ctx->params, P_IP_ADDRESS);
	char ip[64];

	snprintf(ip, sizeof(ip), "%.*s", (int)strcspn(ips ? ips : "", " /"), ips ? ips : "");
	return dist_set_hostname(spec, params_text(ctx->params, P_OSTEMPLATE), ip,
				 "starting", err);
}

struct setup {
	const struct cmd_ctx *ctx;
	const struct start_stop *how;
};

/* The container's namespaces stand, its init waits. */
static int set_up(const struct ct_spec *spec, int init_pid, void *arg, struct vz_err *err)
{
	const struct setup *setup = arg;

	(void)init_pid;
	if (!setup->how->skip_setup) {
		run_firstboot(spec);
		if (set_hostname(setup->ctx, spec, err))
			return -1;
	}
	return action_run_inside(spec, "start", err);
}

/* The cause is said now, before it is cleaned up after; main() adds the rest. */
static int fail_start(struct vz_err *err)
{
	enum vz_exit code = err->code;

	vz_log(LOG_ERROR, "%s", err->text);
	vz_err_clear(err);
	return vz_fail(err, code,
		       "Container start failed (try to check kernel messages, e.g. \"dmesg | tail\")");
}

static int mount_and_start(const struct cmd_ctx *ctx, const struct start_stop *how,
			   struct vz_err *err)
{
	struct setup setup = { ctx, how };
	struct ct_spec spec = ctx->spec;
	struct vz_err ignored = { 0 };

	if (!spec.root_dir)
		return vz_fail(err, VZ_VE_ROOT_NOTSET, "VE_ROOT is not set");
	if (params_complete_limits(ctx->params, &spec, err) || mount_afresh(&spec, how, err))
		return fail_start(err);
	if (!ct_start(&spec, set_up, &setup, err))
		return 0;
	fail_start(err);
	action_umount(&spec, &ignored);
	return -1;
}

int start_container(const struct cmd_ctx *ctx, const struct start_stop *how,
		    struct vz_err *err)
{
	int ret;

	if (check(ctx, how, err))
		return -1;
	vz_log(LOG_NORMAL, "Starting container...");
	cancel_watch();
	ret = mount_and_start(ctx, how, err);
	if (!ret && how->wait)
		ret = start_wait(&ctx->spec, err);
	else if (!ret)
		vz_log(LOG_NORMAL, "Container start in progress...");
	cancel_unwatch();
	return ret;
}

int cmd_start(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err)
{
	struct start_stop how = { 0 };

	if (start_stop_parse(&how, FOR_START, argc, argv, err) ||
	    start_container(ctx, &how, err))
		return err->code;
	return VZ_OK;
}
