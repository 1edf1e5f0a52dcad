/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration of one container: vz.conf and, over it, CTID.conf. */
#ifndef VZ_CONFIG_H
#define VZ_CONFIG_H

#include "param.h"

struct ct_config {
	struct params global;	/* vz.conf */
	struct params own;	/* CTID.conf */
	struct params merged;	/* both */
	struct conf file;	/* CTID.conf as it is */
	bool exists;		/* there is a CTID.conf */
};

void ct_config_free(struct ct_config *config);

#define _cleanup_ct_config_	__attribute__((cleanup(ct_config_free)))

/* VZ_NO_GLOBAL_CONFIG if vz.conf cannot be read. */
int config_load_global(struct ct_config *config, struct vz_err *err);

/* No CTID.conf is not an error; one that cannot be used is. */
int config_load_ct(struct ct_config *config, uint32_t ctid, struct vz_err *err);

/* Save under the name of the container, with the log entry people know. */
int config_save_ct(const struct conf *conf, uint32_t ctid, struct vz_err *err);

#endif
