// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vzctl set: to the running container first, into CTID.conf after that, and
 * there only if everything could be applied.
 */
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "lib/config.h"
#include "lib/ctl.h"
#include "lib/log.h"
#include "lib/param_argv.h"
#include "set.h"

#define VSWAP_FILE	"/proc/vz/vswap"

static int parse_options(struct set_request *req, int argc, char **argv,
			 struct vz_err *err)
{
	bool ignored;
	const struct cmd_option own[] = {
		{ .name = "save", .flag = &req->save },
		{ .name = "force", .flag = &req->force },
		{ .name = "reset_ub", .flag = &req->reset_ub },
		{ .name = "setmode", .arg = &req->setmode },
		{ .name = "applyconfig", .arg = &req->applyconfig },
		{ .name = "applyconfig_map", .arg = &req->applyconfig_map },
		{ .name = "skip_arpdetect", .flag = &ignored },
		{ .name = NULL }
	};

	if (params_from_argv(&req->params, PF_SET, own, argc, argv, err))
		return -1;
	memcpy(req->typed, req->params.set, sizeof(req->typed));
	return 0;
}

static int fail_without_save(const char *option, enum vz_exit code,
			     struct vz_err *err)
{
	return vz_fail(err, code, "Option --%s needs --save", option);
}

static int check_save_only(const struct set_request *req, struct vz_err *err)
{
	enum param_id id;

	if (req->save)
		return 0;
	if (req->force)
		return fail_without_save("force", VZ_SYNTAX, err);
	if (req->setmode && !strcmp(req->setmode, "restart"))
		return fail_without_save("setmode restart", VZ_SYNTAX, err);
	for (id = P_NONE + 1; id < PARAM_COUNT; id++) {
		const struct param *param = param_get(id);

		if (req->params.set[id] && param->flags & PF_SAVE_ONLY)
			return fail_without_save(param->option,
						 param->type->code ?
						 param->type->code : VZ_SYNTAX,
						 err);
	}
	return 0;
}

static bool has_params(const struct params *params)
{
	return memchr(params->set, true, sizeof(params->set));
}

static int check_request(const struct set_request *req, struct vz_err *err)
{
	const char *mode = req->setmode;

	if (mode && strcmp(mode, "restart") && strcmp(mode, "ignore"))
		return vz_fail(err, VZ_BAD_VALUE,
			       "Bad parameter for --setmode: %s", mode);
	if (req->applyconfig_map && strcmp(req->applyconfig_map, "name"))
		return vz_fail(err, VZ_BAD_VALUE,
			       "Bad parameter for --applyconfig_map: %s",
			       req->applyconfig_map);
	if (req->reset_ub && (req->save || has_params(&req->params) ||
			      req->applyconfig || req->applyconfig_map))
		return vz_fail(err, VZ_SYNTAX,
			       "Option --reset_ub cannot be used with others");
	if (!req->force && access(VSWAP_FILE, F_OK) &&
	    (req->params.given[P_RAM] || req->params.given[P_SWAP]))
		return vz_fail(err, VZ_BAD_VALUE,
			       "Kernel does not support VSwap: --ram and --swap need --save --force");
	return check_save_only(req, err);
}

static void warn_not_saved(const struct set_request *req, bool running)
{
	if (req->save || req->reset_ub)
		return;
	if (running)
		vz_log(LOG_NORMAL,
		       "WARNING: Settings were not saved to config and will be lost after CT restart (use --save flag)");
	else
		vz_log(LOG_NORMAL,
		       "WARNING: Settings were not saved to config (use --save flag)");
}

/* What went wrong first; main() adds this as the last line. */
static int fail_apply(const struct set_request *req, struct vz_err *err)
{
	enum vz_exit code = err->code;

	if (!req->save)
		return -1;
	if (*err->text)
		vz_log(LOG_ERROR, "%s", err->text);
	vz_err_clear(err);
	return vz_fail(err, code,
		       "Error: failed to apply some parameters, not saving configuration file!");
}

static int set(struct cmd_ctx *ctx, struct set_request *req, struct vz_err *err)
{
	/* The host itself is always there to be set. */
	bool running = ctx->ctl_fd >= 0 && (!ctx->ctid || cmd_is_running(ctx));

	if (set_load_sample(req, err))
		return -1;
	if ((running || !req->save) && set_apply(ctx, req, running, err))
		return fail_apply(req, err);
	warn_not_saved(req, running);
	return req->save ? set_save(ctx, req, err) : 0;
}

int cmd_set(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err)
{
	struct set_request req = { 0 };
	struct vz_err no_module = { 0 };
	int ret;

	ret = parse_options(&req, argc, argv, err);
	if (!ret)
		ret = check_request(&req, err);
	if (!ret && ctx->ctl_fd < 0 && !req.force && ctl_open(&no_module) < 0)
		ret = vz_fail(err, no_module.code, "%s", no_module.text);
	if (!ret)
		ret = set(ctx, &req, err);
	params_free(&req.params);
	return ret ? (int)err->code : VZ_OK;
}
