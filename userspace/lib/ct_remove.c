// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Delete a private area: rename it into vztmp at the top of its file system,
 * which takes it away at once and for good, and let a process in the
 * background delete what lies there.  One that was killed is finished by the
 * next.
 *
 * The tree may be deeper than a path name or a stack can be.  So nothing is
 * deleted in depth: a directory that is not empty has its subdirectories moved
 * up to the top, until nothing is left that has any.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "cleanup.h"
#include "ct.h"
#include "ct_task.h"
#include "dir.h"
#include "fds.h"
#include "proc_title.h"

#define TRASH_NAME	"vztmp"
#define TRASH_LOCK	"rm.lck"
#define TRASH_PREFIX	"vzctl-rm-me."

/* Neither links nor mounts are crossed. */
static DIR *open_subdir(int parent, const char *name)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	int fd = syscall(SYS_openat2, parent, name, &how, sizeof(how));
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

/* How much was done; no change means that there is no more to do. */
static unsigned long steps;

/* Up to the directory @top, under a name that is free there. */
static int move_up(int top, int parent, const char *name)
{
	static unsigned long count;
	char moved[64];
	int ret;

	do {
		snprintf(moved, sizeof(moved), TRASH_PREFIX "%d.%lu", getpid(), count++);
		ret = renameat2(parent, name, top, moved, RENAME_NOREPLACE);
	} while (ret && errno == EEXIST);
	steps += !ret;
	return ret;
}

static int unlink_any(int dir, const char *name)
{
	int ret = unlinkat(dir, name, 0);

	if (ret && (errno == EISDIR || errno == EPERM))
		ret = unlinkat(dir, name, AT_REMOVEDIR);
	steps += !ret;
	return ret;
}

/*
 * Empty the directory @name of @top and remove it.  What cannot be removed, a
 * mount point for one, does not save the rest.
 */
static void remove_flat(int top, const char *name)
{
	_cleanup_dir_ DIR *dir = open_subdir(top, name);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (!dir_is_dot(entry->d_name) && unlink_any(dirfd(dir), entry->d_name) &&
		    errno == ENOTEMPTY)
			move_up(top, dirfd(dir), entry->d_name);
	unlink_any(top, name);
}

static bool is_ours(const char *name, const char *prefix)
{
	return !dir_is_dot(name) && !strncmp(name, prefix, strlen(prefix));
}

/*
 * Everything in @top that starts with @prefix, until nothing moves any more:
 * what was put up here in one pass is found by the next.
 */
static int remove_all(int top, const char *prefix)
{
	_cleanup_dir_ DIR *dir = open_subdir(top, ".");
	struct dirent *entry;
	unsigned long before;
	bool left = true;

	do {
		before = steps;
		left = !dir;
		if (dir)
			rewinddir(dir);
		while (dir && (entry = readdir(dir))) {
			if (!is_ours(entry->d_name, prefix))
				continue;
			left = true;
			if (unlink_any(top, entry->d_name) && errno == ENOTEMPTY)
				remove_flat(top, entry->d_name);
		}
	} while (steps != before);
	return left ? -1 : 0;
}

static int remove_in_place(const char *dir, struct vz_err *err)
{
	_cleanup_close_ int top = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (top < 0 || remove_all(top, "") || rmdir(dir))
		return vz_fail_errno(err, VZ_DELETE_PRIVATE_ERROR, "Unable to delete %s", dir);
	return 0;
}

/*
 * Waiting for the lock, not giving up on it: whoever has it may have passed
 * already what was put here a moment ago.
 */
static noreturn void remove_trash(int trash)
{
	int lock;

	setsid();
	if (fds_keep_only((int[]){ -1, -1, -1, trash }, 4))
		_exit(1);
	task_clean();
	proc_title_set("vzctl: deleting in " TRASH_NAME);
	lock = openat(3, TRASH_LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (lock < 0 || flock(lock, LOCK_EX))
		_exit(1);
	_exit(remove_all(3, TRASH_PREFIX) ? 1 : 0);
}

/* The highest directory above @path of the same file system. */
static int open_top(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);
	_cleanup_close_ int dir = copy ? open(dirname(copy), O_PATH | O_CLOEXEC) : -1;
	struct stat here, above;

	while (dir >= 0 && !fstat(dir, &here)) {
		int up = openat(dir, "..", O_PATH | O_CLOEXEC);

		if (up < 0 || fstat(up, &above))
			return up < 0 ? -1 : (close(up), -1);
		if (above.st_dev != here.st_dev || above.st_ino == here.st_ino) {
			close(up);
			return steal_fd(&dir);
		}
		close(dir);
		dir = up;
	}
	return -1;
}

/* A directory that is not ours alone is not used. */
static int open_trash(const char *path)
{
	_cleanup_close_ int top = open_top(path);
	_cleanup_close_ int trash = -1;
	struct stat st;

	if (top < 0 || (mkdirat(top, TRASH_NAME, 0700) && errno != EEXIST))
		return -1;
	trash = openat(top, TRASH_NAME, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (trash < 0 || fstat(trash, &st) || st.st_uid != geteuid() || st.st_mode & 077)
		return -1;
	return steal_fd(&trash);
}

int ct_remove(const char *dir, struct vz_err *err)
{
	_cleanup_close_ int trash = -1;
	struct stat st;
	pid_t pid;

	if (lstat(dir, &st))
		return vz_fail(err, VZ_NO_PRIVATE, "Container private area %s does not exist", dir);
	if (!S_ISDIR(st.st_mode))
		return unlink(dir) ? vz_fail_errno(err, VZ_DELETE_PRIVATE_ERROR,
						   "Unable to delete %s", dir) : 0;
	trash = open_trash(dir);
	if (trash < 0 || move_up(trash, AT_FDCWD, dir))
		return remove_in_place(dir, err);
	fsync(trash);
	pid = fork();
	if (!pid)
		remove_trash(trash);
	return pid < 0 ? vz_fail_errno(err, VZ_DELETE_PRIVATE_ERROR, "Unable to fork") : 0;
}
