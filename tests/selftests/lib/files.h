/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every kind of file that a process can have open, as a table. */
#ifndef SELFTEST_FILES_H
#define SELFTEST_FILES_H

#include <stddef.h>

#define FILES_MAX	3

/**
 * struct file_kind - a way to open files
 * @name: for messages
 * @files: how many descriptions are open afterwards; 0 if it is refused
 * @open: fills in that many descriptors; returns how many, or -errno
 */
struct file_kind {
	const char *name;
	int files;
	int (*open)(int fds[FILES_MAX]);
};

extern const struct file_kind file_kinds[];
extern const size_t n_file_kinds;

#endif
