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

/* 1, 0, or -1 if it cannot be read. */
static inline int dir_is_empty(const char *path)
{
	_cleanup_dir_ DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		if (!dir_is_dot(entry->d_name))
			return 0;
	return 1;
}

#endif
