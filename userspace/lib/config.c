// SPDX-License-Identifier: GPL-2.0-or-later
/* Configuration of one container; see config.h. */
#include "config.h"

#include <errno.h>
#include <unistd.h>

#include "ctid.h"
#include "log.h"
#include "paths.h"

void ct_config_free(struct ct_config *config)
{
	params_free(&config->global);
	params_free(&config->own);
	params_free(&config->merged);
	conf_free(&config->file);
}

static int overlay(struct params *into, const struct params *from,
		   struct vz_err *err)
{
	if (!params_overlay(into, from))
		return 0;
	errno = ENOMEM;
	return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to merge parameters");
}

int config_load_global(struct ct_config *config, struct vz_err *err)
{
	_cleanup_conf_ struct conf conf = { 0 };

	if (conf_load(&conf, VZ_GLOBAL_CONF, err)) {
		err->code = VZ_NO_GLOBAL_CONFIG;
		return -1;
	}
	params_from_conf(&config->global, &conf, true);
	return overlay(&config->merged, &config->global, err);
}

int config_load_ct(struct ct_config *config, uint32_t ctid, struct vz_err *err)
{
	char path[64];

	ctid_conf_path(ctid, "conf", path, sizeof(path));
	if (access(path, F_OK) && errno == ENOENT)
		return 0;
	if (conf_load(&config->file, path, err))
		return -1;
	config->exists = true;
	params_from_conf(&config->own, &config->file, false);
	/* The private area in hand says more than a default for new ones. */
	params_unset(&config->merged, P_VE_LAYOUT);
	return overlay(&config->merged, &config->own, err);
}

int config_save_ct(const struct conf *conf, uint32_t ctid, struct vz_err *err)
{
	char path[64];

	ctid_conf_path(ctid, "conf", path, sizeof(path));
	if (conf_save(conf, path, err))
		return -1;
	vz_log(LOG_NORMAL, "CT configuration saved to %s", path);
	return 0;
}
