// SPDX-License-Identifier: GPL-2.0-or-later
/* Replace files without a moment in between; see atomic_write.h. */
#include "atomic_write.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"

/* Temporary files are PATH.tmp.PID, so that it can be told who left one. */
#define TMP_MARK	".tmp."

void atomic_write_forget(const char *path)
{
	char pattern[PATH_MAX];
	glob_t found = { 0 };
	size_t i;

	if (snprintf(pattern, sizeof(pattern), "%s" TMP_MARK "[0-9]*", path) >=
	    (int)sizeof(pattern))
		return;
	if (glob(pattern, GLOB_NOSORT, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++) {
		const char *digits = strrchr(found.gl_pathv[i], '.') + 1;
		long pid = strtol(digits, NULL, 10);

		/* Our own pid on it means that an earlier process had it. */
		if (pid == getpid() || pid <= 0 || pid > INT_MAX ||
		    (kill(pid, 0) && errno == ESRCH))
			unlink(found.gl_pathv[i]);
	}
	globfree(&found);
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		len -= n;
	}
	return 0;
}

static int copy_owner_and_mode(int fd, const char *path, mode_t mode)
{
	struct stat st;

	if (stat(path, &st))
		return errno == ENOENT ? fchmod(fd, mode) : -1;
	if (fchown(fd, st.st_uid, st.st_gid))
		return -1;
	return fchmod(fd, st.st_mode & 07777);
}

int sync_parent(const char *path)
{
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *dir = strdup(path);
	char *slash;

	if (!dir)
		return -1;
	slash = strrchr(dir, '/');
	if (slash)
		slash[slash == dir] = '\0';
	fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -1 : fsync(fd);
}

int rename_durably(const char *from, const char *to)
{
	return rename(from, to) ? -1 : sync_parent(to);
}

static int write_tmp(const char *tmp, const char *path, const void *data,
		     size_t len, mode_t mode)
{
	_cleanup_close_ int fd = -1;

	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (fd < 0 || copy_owner_and_mode(fd, path, mode) ||
	    write_all(fd, data, len) || fsync(fd))
		return -1;
	/* Some file systems tell of a full disk only here. */
	return close(steal_fd(&fd));
}

int atomic_write(const char *path, const void *data, size_t len, mode_t mode,
		 struct vz_err *err)
{
	char tmp[PATH_MAX];

	if (snprintf(tmp, sizeof(tmp), "%s" TMP_MARK "%d", path, getpid()) >=
	    (int)sizeof(tmp))
		return vz_fail(err, VZ_SAVE_CONFIG_ERROR,
			       "Unable to save %s: name too long", path);
	atomic_write_forget(path);
	if (!write_tmp(tmp, path, data, len, mode) &&
	    !rename_durably(tmp, path))
		return 0;
	vz_fail_errno(err, VZ_SAVE_CONFIG_ERROR, "Unable to save %s", path);
	unlink(tmp);
	return -1;
}

int make_dirs(const char *path, mode_t mode)
{
	_cleanup_free_ char *copy = strdup(path);
	char *slash = copy;

	if (!copy)
		return -1;
	while (slash && *slash) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(copy, mode) && errno != EEXIST)
			return -1;
		if (slash)
			*slash = '/';
	}
	return 0;
}
