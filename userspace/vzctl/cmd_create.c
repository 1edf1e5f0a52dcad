// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vzctl create: check, unpack into PRIVATE.tmp, then one step that makes the
 * container exist (lib/promise.h).  Killed before it, nothing counts and the
 * next create cleans up; killed after it, the next command finishes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "create.h"
#include "lib/atomic_write.h"
#include "lib/cancel.h"
#include "lib/ctid.h"
#include "lib/log.h"
#include "lib/param_argv.h"
#include "lib/promise.h"

/* These are in every CTID.conf, whatever the defaults are or will be. */
static const enum param_id always[] = {
	P_OSTEMPLATE, P_VE_ROOT, P_VE_PRIVATE, P_ONBOOT, P_ORIGIN_SAMPLE,
	P_NONE
};

static int complete_config(struct create *create, struct vz_err *err)
{
	_cleanup_params_ struct params fixed = { 0 };
	const enum param_id *id;

	if (!create->params.set[P_ONBOOT] &&
	    params_set(&create->params, P_ONBOOT, "no", FROM_ARGV))
		return -1;
	for (id = always; *id; id++) {
		char *text = params_format(&create->params, *id);
		int ret = text ? params_set(&fixed, *id, text, FROM_ARGV) : 0;

		free(text);
		if (ret)
			return vz_fail(err, VZ_SAVE_CONFIG_ERROR,
				       "Value of %s cannot be stored",
				       param_get(*id)->key);
	}
	if (params_to_conf(&create->typed, &create->conf, err))
		return -1;
	return params_to_conf(&fixed, &create->conf, err);
}

static void forget_destroyed(uint32_t ctid)
{
	const char * const *suffix;
	char name[32], path[80];

	for (suffix = ctid_file_suffixes; *suffix; suffix++) {
		snprintf(name, sizeof(name), "%s.destroyed", *suffix);
		ctid_conf_path(ctid, name, path, sizeof(path));
		unlink(path);
	}
}

/* The promise is the moment at which the container exists. */
static int publish(const struct cmd_ctx *ctx, const struct create *create,
		   struct vz_err *err)
{
	const char *name = params_text(&create->params, P_NAME);
	char path[64];

	cancel_ignore();	/* the long work is done */
	if (make_dirs(create->spec.root_dir, 0700))
		return vz_fail_errno(err, VZ_CREATE_ROOT_ERROR,
				     "Unable to create %s",
				     create->spec.root_dir);
	if (name && *name && name_assign(name, ctx->ctid, err))
		return -1;
	if (promise_make(&create->conf, ctx->ctid, err)) {
		if (!promise_is_made(ctx->ctid))
			name_prune(NULL, ctx->ctid);
		return -1;
	}
	forget_destroyed(ctx->ctid);
	if (promise_keep(ctx->ctid, err))
		return -1;
	ctid_conf_path(ctx->ctid, "conf", path, sizeof(path));
	vz_log(LOG_NORMAL, "CT configuration saved to %s", path);
	return 0;
}

static int make(const struct cmd_ctx *ctx, struct create *create,
		struct vz_err *err)
{
	char *tmp = promise_tmp_area(create->spec.private_dir);
	int ret = -1;

	if (!tmp)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "%s",
				     create->spec.private_dir);
	if (!create_area(create, tmp, err)) {
		ret = complete_config(create, err);
		if (!ret)
			ret = publish(ctx, create, err);
		if (ret && !promise_is_made(ctx->ctid))
			create_discard(create, tmp);
	}
	free(tmp);
	return ret;
}

static int parse_options(struct create *create, int argc, char **argv,
			 struct vz_err *err)
{
	const struct cmd_option own[] = {
		{ .name = "config", .arg = &create->sample },
		{ .name = NULL }
	};

	return params_from_argv(&create->typed, PF_CREATE, own, argc, argv,
				err);
}

int cmd_create(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err)
{
	_cleanup_create_ struct create create = { 0 };

	if (parse_options(&create, argc, argv, err) ||
	    create_plan(ctx, &create, err))
		return err->code;
	if (make(ctx, &create, err)) {
		vz_log(LOG_ERROR, "%s", err->text);
		err->text[0] = '\0';
		vz_log(LOG_ERROR, "Creation of container private area failed");
		return err->code;
	}
	vz_log(LOG_NORMAL, "Container private area was created");
	return VZ_OK;
}
