// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The private area on VE_ROOT, for the host: nosuid and nodev, because files
 * in it have the real ids of the host.
 *
 * What is mounted is asked of the kernel each time.  Names below VE_ROOT were
 * chosen by the container, so none of them is ever followed.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <libmount/libmount.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "atomic_write.h"
#include "cleanup.h"
#include "ct.h"

/* The last files of a container that has just died are still being closed. */
#define BUSY_TRIES	50
#define BUSY_USECS	20000

static bool is_mount_point(const char *path)
{
	struct statx stx;

	return !statx(AT_FDCWD, path, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, 0, &stx) &&
	       stx.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

bool ct_is_mounted(const struct ct_spec *spec)
{
	return spec->root_dir && is_mount_point(spec->root_dir);
}

static bool is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

int ct_mount(const struct ct_spec *spec, struct vz_err *err)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
		.propagation = MS_PRIVATE,
	};
	_cleanup_close_ int tree = -1;

	if (!is_dir(spec->private_dir))
		return vz_fail(err, VZ_NO_PRIVATE, "Container private area %s does not exist",
			       spec->private_dir);
	if (ct_check_hidden(spec->private_dir, VZ_MOUNT_ERROR, err) ||
	    ct_check_hidden(spec->root_dir, VZ_MOUNT_ERROR, err))
		return -1;
	/* Only root may pass through what is made here. */
	if (make_dirs(spec->root_dir, 0700))
		return vz_fail_errno(err, VZ_CREATE_ROOT_ERROR, "Unable to create %s",
				     spec->root_dir);
	tree = open_tree(AT_FDCWD, spec->private_dir, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0 || mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) ||
	    move_mount(tree, "", AT_FDCWD, spec->root_dir, MOVE_MOUNT_F_EMPTY_PATH))
		return vz_fail_errno(err, VZ_MOUNT_ERROR, "Unable to mount %s on %s",
				     spec->private_dir, spec->root_dir);
	return 0;
}

static int umount_patiently(const char *path)
{
	for (int i = 0; i < BUSY_TRIES; i++) {
		if (!umount2(path, UMOUNT_NOFOLLOW))
			return 0;
		if (errno != EBUSY)
			return -1;
		usleep(BUSY_USECS);
	}
	return -1;
}

/* The directory is held open while the name in it is unmounted. */
static int umount_below(int root, const char *name)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	_cleanup_free_ char *dir_copy = strdup(name), *base_copy = strdup(name), *path = NULL;
	_cleanup_close_ int dir = -1;

	if (!dir_copy || !base_copy)
		return -1;
	dir = syscall(SYS_openat2, root, dirname(dir_copy), &how, sizeof(how));
	if (dir < 0 || asprintf(&path, "/proc/self/fd/%d/%s", dir, basename(base_copy)) < 0)
		return -1;
	return umount_patiently(path);
}

static void free_table(struct libmnt_table **table)
{
	mnt_unref_table(*table);
}

static void free_iter(struct libmnt_iter **iter)
{
	mnt_free_iter(*iter);
}

/* The list has parents before children, so it is walked backwards. */
static int umount_all_below(const char *path)
{
	__attribute__((cleanup(free_table))) struct libmnt_table *table =
		mnt_new_table_from_file("/proc/self/mountinfo");
	__attribute__((cleanup(free_iter))) struct libmnt_iter *iter =
		mnt_new_iter(MNT_ITER_BACKWARD);
	_cleanup_close_ int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_free_ char *real = realpath(path, NULL);
	size_t len = real ? strlen(real) : 0;
	struct libmnt_fs *fs;

	if (!table || !iter || root < 0 || !real)
		return -1;
	while (!mnt_table_next_fs(table, iter, &fs)) {
		const char *target = mnt_fs_get_target(fs);

		if (target && !strncmp(target, real, len) && target[len] == '/' &&
		    umount_below(root, target + len))
			return -1;
	}
	return 0;
}

int ct_umount(const struct ct_spec *spec, struct vz_err *err)
{
	if (!ct_is_mounted(spec))
		return vz_fail(err, VZ_NOT_MOUNTED, "CT is not mounted");
	if (umount_all_below(spec->root_dir) || umount_patiently(spec->root_dir))
		return vz_fail_errno(err, VZ_UMOUNT_ERROR, "Unable to unmount %s",
				     spec->root_dir);
	return 0;
}
