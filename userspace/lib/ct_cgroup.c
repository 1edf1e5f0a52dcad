// SPDX-License-Identifier: GPL-2.0-or-later
/* The cgroup of a container: see ct_cgroup.h. */
#include "ct_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "dir.h"

#define CGROUP_VZ	"/sys/fs/cgroup/vz"
#define DIR_FLAGS	(O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define MAX_DEPTH	"32"

/* Dying tasks keep a cgroup busy for a moment. */
#define BUSY_TRIES	200
#define BUSY_USECS	20000

static int put(int dir, const char *file, const char *text)
{
	_cleanup_close_ int fd = openat(dir, file, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);

	if (fd < 0)
		return -1;
	return write(fd, text, len) == (ssize_t)len ? 0 : -1;
}

/* A controller that this kernel lacks is missed where it is used. */
static void distribute_controllers(int dir)
{
	static const char *const names[] = { "+cpu", "+memory", "+pids", "+io", "+hugetlb" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		put(dir, "cgroup.subtree_control", names[i]);
}

static int open_vz(struct vz_err *err)
{
	_cleanup_close_ int top = open("/sys/fs/cgroup", DIR_FLAGS);
	int dir;

	if (top < 0 || faccessat(top, "cgroup.subtree_control", W_OK, 0))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR,
				     "No cgroup v2 hierarchy at /sys/fs/cgroup");
	distribute_controllers(top);
	if (mkdirat(top, "vz", 0755) && errno != EEXIST)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to create " CGROUP_VZ);
	dir = openat(top, "vz", DIR_FLAGS);
	if (dir < 0)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to open " CGROUP_VZ);
	distribute_controllers(dir);
	return dir;
}

static int open_ct(uint32_t ctid)
{
	char path[64];

	snprintf(path, sizeof(path), CGROUP_VZ "/%u", ctid);
	return open(path, DIR_FLAGS);
}

static int delegate(int dir, uint32_t uid_base)
{
	static const char *const files[] = {
		"cgroup.procs", "cgroup.subtree_control", "cgroup.threads",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (fchownat(dir, files[i], uid_base, uid_base, AT_SYMLINK_NOFOLLOW))
			return -1;
	return fchown(dir, uid_base, uid_base);
}

/*
 * The pool of huge pages is the host's, made by its admin for somebody.  There
 * are two limits per size, one on what is used and one on what is reserved.
 */
static int forbid_huge_pages(int cgroup)
{
	int fd = openat(cgroup, ".", DIR_FLAGS);
	_cleanup_dir_ DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while ((entry = readdir(dir)))
		if (!fnmatch("hugetlb.*.max", entry->d_name, 0) &&
		    put(cgroup, entry->d_name, "0"))
			return -1;
	return 0;
}

int cgroup_make(uint32_t ctid, uint32_t uid_base, struct vz_err *err)
{
	_cleanup_close_ int vz = open_vz(err);
	_cleanup_close_ int dir = -1;
	char name[16];

	if (vz < 0)
		return -1;
	cgroup_kill(ctid);
	if (cgroup_remove(ctid, err))
		return -1;
	snprintf(name, sizeof(name), "%u", ctid);
	if (mkdirat(vz, name, 0755))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to create %s/%u",
				     CGROUP_VZ, ctid);
	dir = openat(vz, name, DIR_FLAGS);
	if (dir < 0 || put(dir, "cgroup.max.depth", MAX_DEPTH) ||
	    forbid_huge_pages(dir) || delegate(dir, uid_base)) {
		vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to set up %s/%u", CGROUP_VZ, ctid);
		cgroup_remove(ctid, err);
		return -1;
	}
	return steal_fd(&dir);
}

void cgroup_open_entries(uint32_t ctid, int dirs[CGROUP_ENTRIES])
{
	int root = open_ct(ctid);

	if (root >= 0)
		mkdirat(root, "vzctl", 0755);
	dirs[0] = openat(root, "vzctl", DIR_FLAGS);
	dirs[1] = root;
}

void cgroup_enter_helpers(void)
{
	_cleanup_close_ int vz = open(CGROUP_VZ, DIR_FLAGS);

	if (vz < 0)
		return;
	mkdirat(vz, "helpers", 0755);
	put(vz, "helpers/cgroup.procs", "0");
}

void cgroup_kill(uint32_t ctid)
{
	_cleanup_close_ int dir = open_ct(ctid);

	if (dir >= 0)
		put(dir, "cgroup.kill", "1");
}

static int remove_one(int parent, const char *name)
{
	for (int i = 0; i < BUSY_TRIES; i++) {
		if (!unlinkat(parent, name, AT_REMOVEDIR) || errno == ENOENT)
			return 0;
		if (errno != EBUSY)
			return -1;
		usleep(BUSY_USECS);
	}
	return -1;
}

/* Recursion is bounded by cgroup.max.depth. */
static int remove_tree(int parent, const char *name)
{
	int fd = openat(parent, name, DIR_FLAGS);
	_cleanup_dir_ DIR *dir = NULL;
	struct dirent *entry;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -1;
	}
	while ((entry = readdir(dir)))
		if (entry->d_type == DT_DIR && !dir_is_dot(entry->d_name) &&
		    remove_tree(fd, entry->d_name))
			return -1;
	return remove_one(parent, name);
}

int cgroup_remove(uint32_t ctid, struct vz_err *err)
{
	_cleanup_close_ int vz = open(CGROUP_VZ, DIR_FLAGS);
	char name[16];

	if (vz < 0 && errno == ENOENT)
		return 0;
	snprintf(name, sizeof(name), "%u", ctid);
	if (vz < 0 || remove_tree(vz, name))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to remove %s/%u",
				     CGROUP_VZ, ctid);
	return 0;
}
