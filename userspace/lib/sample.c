// SPDX-License-Identifier: GPL-2.0-or-later
/* Sample configurations; see sample.h. */
#include "sample.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "paths.h"

static bool sample_path(const char *name, char *path)
{
	return *name && !strchr(name, '/') &&
		snprintf(path, PATH_MAX, VZ_CONF_DIR "/ve-%s.conf-sample",
			 name) < PATH_MAX;
}

bool sample_exists(const char *name)
{
	char path[PATH_MAX];

	return sample_path(name, path) && !access(path, R_OK);
}

int sample_load(const char *name, struct conf *conf, struct vz_err *err)
{
	char path[PATH_MAX];

	if (!sample_path(name, path))
		return vz_fail(err, VZ_COPY_CONFIG_ERROR,
			       "Bad name of a sample config: %s", name);
	return conf_load(conf, path, err);
}
