/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replace a file so that a reader, a crash or a full disk never sees anything
 * but the old or the new content: temporary file, fsync, rename, fsync of the
 * directory.  Mode and owner of an existing file are kept, a new one gets
 * @mode.  What killed runs left behind is removed on the way.
 */
#ifndef VZ_ATOMIC_WRITE_H
#define VZ_ATOMIC_WRITE_H

#include <stddef.h>
#include <sys/types.h>

#include "err.h"

/* Failures have the code VZ_SAVE_CONFIG_ERROR. */
int atomic_write(const char *path, const void *data, size_t len, mode_t mode,
		 struct vz_err *err);

/* Remove what killed runs left of @path. */
void atomic_write_forget(const char *path);

/* Rename, and make sure that the new name survives a power cut. */
int rename_durably(const char *from, const char *to);	/* 0, or -1 and errno */

/* fsync the directory that @path is in; 0, or -1 and errno. */
int sync_parent(const char *path);

/* mkdir -p with @mode for every directory made; 0, or -1 and errno. */
int make_dirs(const char *path, mode_t mode);

#endif
