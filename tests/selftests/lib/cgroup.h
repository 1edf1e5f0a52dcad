/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cgroups with control of processors, memory and disks,
 * /sys/fs/cgroup/test/NAME.  All functions that can fail return a negative errno.
 */
#ifndef SELFTEST_CGROUP_H
#define SELFTEST_CGROUP_H

int cgroup_make(const char *name);
int cgroup_put(int dir, const char *file, const char *text);
int cgroup_delegate(int dir, unsigned int uid);
int cgroup_remove(const char *name);
long cgroup_number(int dir, const char *file);
long cgroup_event(int dir, const char *file, const char *event);

#endif
