// SPDX-License-Identifier: GPL-2.0-or-later
/* Root file systems for processes that must not reach anything else. */
#include "mntns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"

#define TREE_FLAGS(recursive)	\
	(OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | ((recursive) ? AT_RECURSIVE : 0))

void mntns_return(struct mntns *home)
{
	if (home->ns >= 0) {
		setns(home->ns, CLONE_NEWNS);
		close(home->ns);
	}
	if (home->cwd >= 0) {
		if (fchdir(home->cwd))
			errno = 0;	/* "/" does as well */
		close(home->cwd);
	}
	*home = MNTNS_NONE;
}

int mntns_leave(struct mntns *home, struct vz_err *err)
{
	_cleanup_mntns_ struct mntns here = MNTNS_NONE;

	here.cwd = open(".", O_PATH | O_CLOEXEC);
	here.ns = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (here.ns < 0 || unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to make a mount namespace");
	*home = here;
	here = MNTNS_NONE;
	return 0;
}

int mntns_clone_tree(const char *path, bool recursive, struct vz_err *err)
{
	int tree = open_tree(AT_FDCWD, path, TREE_FLAGS(recursive));

	if (tree < 0)
		return vz_fail_errno(err, VZ_MOUNT_ERROR, "Unable to clone the mount of %s", path);
	return tree;
}

int mntns_attach(int tree, const char *path, struct vz_err *err)
{
	if (move_mount(tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH))
		return vz_fail_errno(err, VZ_MOUNT_ERROR, "Unable to mount on %s", path);
	return 0;
}

static int set_attr(int tree, unsigned int flags, uint64_t set, uint64_t clear, int userns)
{
	struct mount_attr attr = {
		.attr_set = set,
		.attr_clr = clear,
		.userns_fd = userns,
	};

	return mount_setattr(tree, "", flags | AT_EMPTY_PATH, &attr, sizeof(attr));
}

/*
 * What an action script has mounted below may be of a file system that cannot
 * map ids.  Then only the root is mapped, but devices are lost everywhere.
 */
int mntns_idmap(int tree, pid_t pid, bool suid, struct vz_err *err)
{
	const uint64_t both = MOUNT_ATTR_IDMAP | MOUNT_ATTR_NODEV;
	_cleanup_close_ int userns = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	userns = open(path, O_RDONLY | O_CLOEXEC);
	if (userns < 0)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to open %s", path);
	if (set_attr(tree, AT_RECURSIVE, both, 0, userns) &&
	    (set_attr(tree, AT_RECURSIVE, MOUNT_ATTR_NODEV, 0, 0) ||
	     set_attr(tree, 0, MOUNT_ATTR_IDMAP, 0, userns)))
		return vz_fail_errno(err, VZ_MOUNT_ERROR,
				     "Unable to map the ids of the file system");
	if (suid && set_attr(tree, 0, 0, MOUNT_ATTR_NOSUID, 0))
		return vz_fail_errno(err, VZ_MOUNT_ERROR, "Unable to change mount flags");
	return 0;
}

/*
 * A copied mount is locked in its place and cannot become the root; a clone of
 * it can, and keeps the locked flags.
 */
int mntns_enter(int tree, struct vz_err *err)
{
	_cleanup_close_ int clone = -1;

	if (fchdir(tree) || unshare(CLONE_NEWNS))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to make a mount namespace");
	clone = open_tree(AT_FDCWD, ".", TREE_FLAGS(true));
	if (clone < 0 || move_mount(clone, "", AT_FDCWD, ".", MOVE_MOUNT_F_EMPTY_PATH) ||
	    fchdir(clone))
		return vz_fail_errno(err, VZ_MOUNT_ERROR, "Unable to mount the root");
	return 0;
}

int mntns_pivot(struct vz_err *err)
{
	if (syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
		return vz_fail_errno(err, VZ_MOUNT_ERROR, "Unable to change the root");
	return 0;
}
