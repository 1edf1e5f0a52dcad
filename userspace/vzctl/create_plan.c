// SPDX-License-Identifier: GPL-2.0-or-later
/* vzctl create before it makes anything; see create.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "create.h"
#include "lib/config.h"
#include "lib/ctid.h"
#include "lib/dir.h"
#include "lib/log.h"
#include "lib/sample.h"

void create_free(struct create *create)
{
	params_free(&create->typed);
	params_free(&create->params);
	conf_free(&create->conf);
}

/* CTID.conf starts as the sample, or as what somebody has put there. */
static int choose_base(const struct cmd_ctx *ctx, struct create *create,
		       struct vz_err *err)
{
	bool typed = create->sample;
	char path[64];

	ctid_conf_path(ctx->ctid, "conf", path, sizeof(path));
	if (!typed)
		create->sample = params_text(&ctx->config->global,
					     P_CONFIGFILE);
	if (ctx->config->exists) {
		if (typed)
			return vz_fail(err, VZ_COPY_CONFIG_ERROR,
				       "Container config file %s exists, --config cannot be used",
				       path);
		if (create->sample)
			vz_log(LOG_ERROR,
			       "Warning: %s exists and is used; for a sample, see vzctl set --applyconfig",
			       path);
		create->sample = NULL;
		return conf_load(&create->conf, path, err);
	}
	if (!create->sample)
		return 0;
	if (!sample_exists(create->sample))
		return vz_fail(err, VZ_COPY_CONFIG_ERROR,
			       "Sample config ve-%s.conf-sample not found",
			       create->sample);
	return sample_load(create->sample, &create->conf, err);
}

static int merge(const struct cmd_ctx *ctx, struct create *create,
		 struct vz_err *err)
{
	_cleanup_params_ struct params base = { 0 };

	params_from_conf(&base, &create->conf, false);
	if (create->sample) {
		params_unset(&base, P_ORIGIN_SAMPLE);
		if (params_set(&base, P_ORIGIN_SAMPLE, create->sample,
			       FROM_ARGV))
			return vz_fail(err, VZ_COPY_CONFIG_ERROR,
				       "Bad name of a sample config: %s",
				       create->sample);
	}
	if (params_overlay(&create->params, &ctx->config->global) ||
	    params_overlay(&create->params, &base) ||
	    params_overlay(&create->params, &create->typed))
		return vz_fail(err, VZ_SYSTEM_ERROR,
			       "Unable to merge parameters");
	return params_to_spec(&create->params, ctx->ctid, &create->spec, err);
}

static int check_places(const struct create *create, struct vz_err *err)
{
	if (!params_text(&create->params, P_TEMPLATE))
		return vz_fail(err, VZ_TEMPLATE_NOTSET, "TEMPLATE is not set");
	if (!create->spec.private_dir)
		return vz_fail(err, VZ_VE_PRIVATE_NOTSET,
			       "VE_PRIVATE is not set");
	if (!create->spec.root_dir)
		return vz_fail(err, VZ_VE_ROOT_NOTSET, "VE_ROOT is not set");
	return 0;
}

static int check_private(const char *path, struct vz_err *err)
{
	struct stat st, parent;
	char up[PATH_MAX];

	if (lstat(path, &st)) {
		if (errno == ENOENT)
			return 0;
		return vz_fail_errno(err, VZ_CREATE_PRIVATE_ERROR,
				     "Unable to look at %s", path);
	}
	if (!S_ISDIR(st.st_mode) || dir_is_empty(path) != 1)
		return vz_fail(err, VZ_PRIVATE_EXISTS,
			       "Private area already exists in %s", path);
	snprintf(up, sizeof(up), "%s/..", path);
	if (!stat(up, &parent) && parent.st_dev != st.st_dev)
		return vz_fail(err, VZ_CREATE_PRIVATE_ERROR,
			       "%s is a mount point; consider --private %s/private",
			       path, path);
	return 0;
}

static int check_layout(const struct create *create, struct vz_err *err)
{
	const char *layout = params_text(&create->params, P_VE_LAYOUT);

	if (!layout || !strcmp(layout, "simfs"))
		return 0;
	return vz_fail(err, VZ_LAYOUT_UNSUPPORTED,
		       "Layout %s is not supported by this version; use --layout simfs or VE_LAYOUT=simfs in vz.conf",
		       layout);
}

static int choose_template(struct create *create, struct vz_err *err)
{
	const char *name = params_text(&create->params, P_OSTEMPLATE);

	if (name && *name)
		return 0;
	name = params_text(&create->params, P_DEF_OSTEMPLATE);
	params_unset(&create->params, P_OSTEMPLATE);
	if (!name || !*name ||
	    params_set(&create->params, P_OSTEMPLATE, name, FROM_ARGV))
		return vz_fail(err, VZ_OSTEMPLATE_NOTSET,
			       "OS template is not specified");
	return 0;
}

static int find_tarball(struct create *create, struct vz_err *err)
{
	static const char * const suffixes[] = {
		"", ".gz", ".bz2", ".xz", NULL
	};
	const char *name = params_text(&create->params, P_OSTEMPLATE);
	const char *dir = params_text(&create->params, P_TEMPLATE);
	const char * const *suffix;

	for (suffix = suffixes; *suffix; suffix++) {
		snprintf(create->tarball, sizeof(create->tarball),
			 "%.3000s/cache/%.256s.tar%s", dir, name, *suffix);
		if (!access(create->tarball, R_OK))
			return 0;
	}
	return vz_fail(err, VZ_OSTEMPLATE_NOTFOUND,
		       "Cached OS template %s/cache/%s.tar[.gz|.bz2|.xz] not found",
		       dir, name);
}

int create_plan(const struct cmd_ctx *ctx, struct create *create,
		struct vz_err *err)
{
	const char *name;

	if (choose_base(ctx, create, err) || merge(ctx, create, err) ||
	    check_places(create, err) ||
	    check_private(create->spec.private_dir, err) ||
	    ct_check_hidden(create->spec.private_dir, VZ_CREATE_PRIVATE_ERROR, err) ||
	    ct_check_hidden(create->spec.root_dir, VZ_CREATE_ROOT_ERROR, err) ||
	    check_layout(create, err))
		return -1;
	name = params_text(&create->params, P_NAME);
	if (name && *name && name_check(name, ctx->ctid, err))
		return -1;
	return choose_template(create, err) || find_tarball(create, err) ?
		-1 : 0;
}
