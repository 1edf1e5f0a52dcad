/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New processes with a user namespace of their own. */
#ifndef VZ_USERNS_H
#define VZ_USERNS_H

#include <stdint.h>
#include <sys/types.h>

#include "err.h"

/* How many ids a user namespace of ours has: 0 .. 65535 inside. */
#define USERNS_IDS	65536

/*
 * As fork(), into the new namespaces @flags (CLONE_NEW*, 0 for none), and into
 * the open cgroup directory @cgroup unless that is -1.  *pidfd is set in the parent.
 */
pid_t userns_fork(uint64_t flags, int cgroup, int *pidfd, struct vz_err *err);

/* Ids inside start at host id @base. */
int userns_map(pid_t pid, uint32_t base, struct vz_err *err);

#endif
