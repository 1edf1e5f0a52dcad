/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every call of /dev/vzctl, as a table: a new call is a new row. */
#ifndef SELFTEST_CALLS_H
#define SELFTEST_CALLS_H

#include <linux/vzcalluser.h>
#include <linux/vzmod.h>
#include <stdbool.h>
#include <stddef.h>

#define CALL_MAX_SIZE	96

/**
 * struct call - one call
 * @name: for messages
 * @cmd: its number
 * @size: of its argument
 * @writes: it fills in members of the argument
 * @anybody: it needs no privilege, with the argument of @fill
 * @fill: make an argument that is good if container @ctid exists
 */
struct call {
	const char *name;
	unsigned long cmd;
	size_t size;
	bool writes;
	bool anybody;
	void (*fill)(void *arg, unsigned int ctid);
};

extern const struct call calls[];
extern const size_t n_calls;

long ioctl32(int fd, unsigned long cmd, void *arg);

#endif
