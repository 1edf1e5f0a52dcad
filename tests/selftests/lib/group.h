/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A control group with one limit, to put containers into.
 *
 * All functions return 0 or a negative errno.
 */
#ifndef SELFTEST_GROUP_H
#define SELFTEST_GROUP_H

#include <sys/types.h>

int group_make(const char *controller, const char *max);
int group_add(pid_t pid);
int group_remove(void);

#endif
