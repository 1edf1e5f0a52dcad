/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sample configurations: /etc/vz/conf/ve-NAME.conf-sample. */
#ifndef VZ_SAMPLE_H
#define VZ_SAMPLE_H

#include "conf.h"

/* False for a name that is no file name, too. */
bool sample_exists(const char *name);
int sample_load(const char *name, struct conf *conf, struct vz_err *err);

/* A new one; *path gets its name, malloc'ed.  One that exists is kept. */
int sample_create(const char *name, const char *text, size_t len, char **path,
		  struct vz_err *err);

#endif
