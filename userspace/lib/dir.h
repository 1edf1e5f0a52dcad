/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading directories. */
#ifndef VZ_DIR_H
#define VZ_DIR_H

#include <dirent.h>
#include <stdbool.h>
#include <string.h>

static inline void cleanup_dir_fn(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define _cleanup_dir_	__attribute__((cleanup(cleanup_dir_fn)))

static inline bool dir_is_dot(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

#endif
