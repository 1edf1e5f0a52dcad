// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that a container's root made set-uid are set-uid root on the disk, and
 * the mode of the private area is his to change.  What keeps users of the host
 * out is a directory above it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "ct.h"

static bool is_for_root(const char *dir)
{
	struct stat st;

	return !stat(dir, &st) && S_ISDIR(st.st_mode) && !st.st_uid &&
	       !(st.st_mode & 0011);
}

/* From "/a/b" to "/a", and from there to "/"; false above that. */
static bool go_up(char *path)
{
	size_t len = strlen(path);

	while (len && (path[len - 1] == '/' ||
		       (path[len - 1] == '.' && len > 1 && path[len - 2] == '/')))
		len--;
	path[len] = '\0';
	if (!len)
		return false;
	*(strrchr(path, '/') + 1) = '\0';
	return true;
}

/* @path is real, so that each step up is one in the file system. */
static bool is_below_root_only(char *path)
{
	while (go_up(path))
		if (is_for_root(path))
			return true;
	return false;
}

/*
 * -1: errno says why that is not known.  A directory that is not there yet will
 * be made as it has to be.
 */
static int is_hidden(const char *path)
{
	_cleanup_free_ char *real = realpath(path, NULL);
	_cleanup_free_ char *above = NULL, *dir = NULL;

	if (real)
		return is_below_root_only(real);
	if (errno != ENOENT)
		return -1;
	above = strdup(path);
	if (!above || !go_up(above))
		return -1;
	dir = realpath(above, NULL);
	if (!dir)
		return errno == ENOENT ? 1 : -1;
	return is_for_root(dir) || is_below_root_only(dir);
}

int ct_check_hidden(const char *path, enum vz_exit code, struct vz_err *err)
{
	int hidden = is_hidden(path);

	if (hidden > 0)
		return 0;
	if (hidden < 0)
		return vz_fail_errno(err, code, "Unable to look at %s", path);
	return vz_fail(err, code,
		       "Host users could run set-uid files in %s: chmod 700 a directory of root's above it, or choose another place",
		       path);
}
