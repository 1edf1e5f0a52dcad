/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cgroup of a container: /sys/fs/cgroup/vz/CTID.  Inside it is the root of
 * what the container sees and delegated to its root user; how many cgroups it
 * may make there, and how deep, is bounded.
 */
#ifndef VZ_CT_CGROUP_H
#define VZ_CT_CGROUP_H

#include <stdint.h>

#include "err.h"

/* Made anew, leftovers of a dead container removed; returns its directory. */
int cgroup_make(uint32_t ctid, uint32_t uid_base, struct vz_err *err);

/*
 * Directories for a new process of the container to be born in, the better one
 * first; -1 where there is none.  That is a child for what comes from outside:
 * a container with systemd distributes controllers and takes no processes at
 * its root.  The root is for one that has made the child unusable.
 */
#define CGROUP_ENTRIES	2
void cgroup_open_entries(uint32_t ctid, int dirs[CGROUP_ENTRIES]);

/* Move the caller, a helper on the host, out of the session it came from. */
void cgroup_enter_helpers(void);

void cgroup_kill(uint32_t ctid);

/* With all that was made below it; no process may be left but dying ones. */
int cgroup_remove(uint32_t ctid, struct vz_err *err);

#endif
