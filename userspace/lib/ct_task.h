/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process of a container may have of the one that ran vzctl: nothing.
 * task_reset() works from the host, while there is still the power for it;
 * the others are for the process itself, in the order given here.
 */
#ifndef VZ_CT_TASK_H
#define VZ_CT_TASK_H

#include <sys/types.h>

#include "err.h"

/*
 * Priorities, CPU set, OOM score and resource limits of @pid, 0 for the
 * caller: those of the process @like, except that there are some files at
 * least, or the kernel's own if that is 0.
 */
void task_reset(pid_t pid, pid_t like);

/*
 * Nobody inside may look into this process or take its files: it still has a
 * program of the host in its memory, and descriptors of the host.
 */
void task_hide(void);

/* Ids 0 of the user namespace, no groups, own keyring; hidden as before. */
int task_become_root(struct vz_err *err);

/* The capabilities that a container has no use for, for good. */
int task_drop_capabilities(struct vz_err *err);

/* Signals as after boot, umask, "/" as the current directory. */
void task_clean(void);

/* One way to run something; @file without a slash is searched in PATH. */
struct program {
	const char *file;
	char *const *argv;
};

/* Start the first of @programs that can be; returns only if none can. */
void task_exec(const struct program *programs, int count, char *const env[]);

#define TASK_PATH	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

#endif
