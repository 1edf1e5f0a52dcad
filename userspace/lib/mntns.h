/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Root file systems for processes that must not reach anything else.
 *
 * A tree is put together on the host, in a mount namespace that nobody else
 * sees and that belongs to the host; only then the new process copies that
 * namespace into its own user namespace.  The copy is what locks "nodev",
 * "read-only" and the like: flags of a tree that a user namespace mounted by
 * itself can be cleared from inside, and a device node planted in a container
 * would open.
 */
#ifndef VZ_MNTNS_H
#define VZ_MNTNS_H

#include <stdbool.h>
#include <sys/types.h>

#include "err.h"

/* Where the caller was before mntns_leave(). */
struct mntns {
	int ns;
	int cwd;
};

#define MNTNS_NONE	((struct mntns){ -1, -1 })

/* Into a private copy of the mount namespace, and back. */
int mntns_leave(struct mntns *home, struct vz_err *err);
void mntns_return(struct mntns *home);

#define _cleanup_mntns_	__attribute__((cleanup(mntns_return)))

/*
 * A detached copy of the directory @path, with all mounts below it if
 * @recursive.  Returns a file descriptor.
 */
int mntns_clone_tree(const char *path, bool recursive, struct vz_err *err);
int mntns_attach(int tree, const char *path, struct vz_err *err);

/*
 * Show @tree to the user namespace of @pid with the ids as they are on disk,
 * and without device nodes.  @suid: let set-user-id programs work.
 */
int mntns_idmap(int tree, pid_t pid, bool suid, struct vz_err *err);

/*
 * In the new process, in this order: make the attached @tree the current
 * directory of an own mount namespace; mount below it; make it the root and
 * drop all the rest.
 */
int mntns_enter(int tree, struct vz_err *err);
int mntns_pivot(struct vz_err *err);

#endif
