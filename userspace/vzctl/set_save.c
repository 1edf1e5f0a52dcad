// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing CTID.conf; see set.h. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/ctid.h"
#include "lib/log.h"
#include "lib/sample.h"
#include "set.h"

/* A name, an address or a path is not taken over from a sample. */
static void drop_own(struct params *params)
{
	enum param_id id;

	for (id = P_NONE + 1; id < PARAM_COUNT; id++)
		if (params->set[id] &&
		    param_get(id)->flags & (PF_OWN | PF_HOST))
			params_unset(params, id);
}

int set_load_sample(struct set_request *req, struct vz_err *err)
{
	_cleanup_params_ struct params params = { 0 };
	_cleanup_conf_ struct conf conf = { 0 };

	if (!req->applyconfig)
		return 0;
	if (!sample_exists(req->applyconfig))
		return vz_fail(err, VZ_APPLY_CONFIG_ERROR,
			       "Sample config file not found: %s",
			       req->applyconfig);
	if (sample_load(req->applyconfig, &conf, err))
		return -1;
	params_from_conf(&params, &conf, false);
	drop_own(&params);
	params_unset(&params, P_ORIGIN_SAMPLE);
	if (params_set(&params, P_ORIGIN_SAMPLE, req->applyconfig, FROM_ARGV) ||
	    params_overlay(&params, &req->params))
		return vz_fail(err, VZ_APPLY_CONFIG_ERROR,
			       "Unable to apply sample config %s",
			       req->applyconfig);
	params_free(&req->params);
	req->params = params;
	params = (struct params){ 0 };
	return 0;
}

/* NULL: as it is */
static const char *name_to_assign(const struct cmd_ctx *ctx, const struct set_request *req)
{
	const char *name = params_text(req->applyconfig_map ? &ctx->config->own : &req->params,
				       P_NAME);

	return name && *name && ctx->ctid ? name : NULL;
}

/*
 * The link of a new name is there before the configuration is written.  Of it,
 * the old one and what killed commands may have left, the one remains that the
 * configuration names: the new one, too, if saving failed at its last step.
 */
static int save(const struct cmd_ctx *ctx, struct vz_err *err)
{
	const struct conf *file = &ctx->config->file;
	_cleanup_conf_ struct conf now = { 0 };
	struct vz_err ignored = { 0 };
	char path[64];

	if (!config_save_ct(file, ctx->ctid, err)) {
		name_prune(conf_get(file, "NAME"), ctx->ctid);
		return 0;
	}
	ctid_conf_path(ctx->ctid, "conf", path, sizeof(path));
	if (!conf_load(&now, path, &ignored))
		name_prune(conf_get(&now, "NAME"), ctx->ctid);
	return -1;
}

/* Programs that show a stored value should not be believed without this. */
static void warn_unapplied(const struct set_request *req)
{
	_cleanup_free_ char *names = params_unapplied(&req->params);

	if (names && !req->applyconfig)
		vz_log(LOG_ERROR,
		       "Warning: saved, but not applied by this version: %s",
		       names);
}

int set_save(struct cmd_ctx *ctx, struct set_request *req, struct vz_err *err)
{
	const char *name = name_to_assign(ctx, req);
	struct conf *file = &ctx->config->file;

	if (params_to_conf(&req->params, file, err) ||
	    (name && name_assign(name, ctx->ctid, err)))
		return -1;
	if (!file->changed) {
		vz_log(LOG_NORMAL,
		       "No changes in CT configuration, not saving");
	} else {
		warn_unapplied(req);
		if (save(ctx, err))
			return -1;
	}
	if (name)
		vz_log(LOG_NORMAL, "Name %s assigned", name);
	return 0;
}
