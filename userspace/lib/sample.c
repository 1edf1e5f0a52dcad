// SPDX-License-Identifier: GPL-2.0-or-later
/* Sample configurations; see sample.h. */
#include "sample.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "atomic_write.h"
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

static int fail_name(struct vz_err *err, const char *name)
{
	return vz_fail(err, VZ_COPY_CONFIG_ERROR,
		       "Bad name of a sample config: %s", name);
}

int sample_load(const char *name, struct conf *conf, struct vz_err *err)
{
	char path[PATH_MAX];

	if (!sample_path(name, path))
		return fail_name(err, name);
	return conf_load(conf, path, err);
}

int sample_create(const char *name, const char *text, size_t len, char **path,
		  struct vz_err *err)
{
	char full[PATH_MAX];

	if (!sample_path(name, full))
		return fail_name(err, name);
	if (!access(full, F_OK))
		return vz_fail(err, VZ_COPY_CONFIG_ERROR,
			       "Sample config %s exists already", full);
	if (atomic_write(full, text, len, 0644, err))
		return -1;
	*path = strdup(full);
	return *path ? 0 : vz_fail_errno(err, VZ_SYSTEM_ERROR, "%s", full);
}
