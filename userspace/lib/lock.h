/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One vzctl at a time per container: LOCKDIR/CTID.lck.
 *
 * What excludes is a flock on the file, so a lock ends with its owner and its
 * owner's children, whatever the file says.  The text (pid, what it does, a
 * mark) is for people, and for programs that know the old rule: a file made
 * with O_EXCL that holds the pid of a live process is a lock.  Files of that
 * kind are honoured as long as their writer lives; a file with our mark and
 * without a flock is always stale.
 */
#ifndef VZ_LOCK_H
#define VZ_LOCK_H

#include <limits.h>
#include <stdint.h>

#include "err.h"

struct vz_lock {
	int fd;			/* -1: not held */
	char path[PATH_MAX];
};

#define VZ_LOCK_INIT	{ .fd = -1 }

/*
 * Returns 0, or -1 at once: VZ_LOCKED with the owner in the text if somebody
 * else has it, VZ_LOCKDIR_NOTSET if @lockdir is NULL or empty.
 */
int lock_acquire(struct vz_lock *lock, const char *lockdir, uint32_t ctid,
		 const char *what, struct vz_err *err);
void lock_release(struct vz_lock *lock);

#endif
