// SPDX-License-Identifier: GPL-2.0-or-later
/* Identity of a fresh container; see firstboot.h. */
#include "firstboot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "cleanup.h"
#include "log.h"

#define SCRIPT_TIMEOUT	60	/* seconds; slow machines lack entropy at first */

static const char script[] =
"if [ -f /etc/machine-id ] && [ ! -s /etc/machine-id ]; then\n"
"	tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id\n"
"fi\n"
"command -v sshd >/dev/null 2>&1 || [ -x /usr/sbin/sshd ] || exit 0\n"
"for key in /etc/ssh/ssh_host_*_key; do\n"
"	[ ! -s \"$key\" ] || exit 0\n"
"done\n"
"ssh-keygen -A >/dev/null 2>&1\n";

/* Open a path of the tree as the tree's root would see it. */
static int open_inside(int tree, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		.mode = mode,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return syscall(SYS_openat2, tree, path, &how, sizeof(how));
}

static int open_tree_root(const char *tree)
{
	return open(tree, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Truncated only once it is known to be an ordinary file with one name. */
static int empty_machine_id(int tree)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	fd = open_inside(tree, "etc/machine-id", O_WRONLY | O_CREAT, 0444);
	if (fd < 0)
		return errno == ENOENT || errno == ELOOP ? 0 : -1;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_nlink != 1)
		return 0;
	return ftruncate(fd, 0);
}

/* Unlinking a name follows nothing, so the open directory is enough. */
static int remove_matching(int tree, const char *dir, const char *pattern)
{
	_cleanup_close_ int fd = open_inside(tree, dir,
					     O_RDONLY | O_DIRECTORY, 0);
	struct dirent *entry;
	int ret = 0;
	DIR *d;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ||
			errno == ELOOP ? 0 : -1;
	d = fdopendir(fd);
	if (!d)
		return -1;
	steal_fd(&fd);
	while ((entry = readdir(d)))
		if (!fnmatch(pattern, entry->d_name, 0) &&
		    unlinkat(dirfd(d), entry->d_name, 0) && errno != EISDIR)
			ret = -1;
	closedir(d);
	return ret;
}

int firstboot_prepare(const char *tree, struct vz_err *err)
{
	_cleanup_close_ int fd = open_tree_root(tree);

	if (fd < 0 || empty_machine_id(fd) ||
	    remove_matching(fd, "var/lib/dbus", "machine-id") ||
	    remove_matching(fd, "etc/ssh", "ssh_host_*_key") ||
	    remove_matching(fd, "etc/ssh", "ssh_host_*_key.pub"))
		return vz_fail_errno(err, VZ_CREATE_PRIVATE_ERROR,
				     "Unable to prepare %s for its first start",
				     tree);
	return 0;
}

bool firstboot_is_due(const char *tree)
{
	_cleanup_close_ int root = open_tree_root(tree);
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (root < 0)
		return false;
	fd = open_inside(root, "etc/machine-id", O_RDONLY, 0);
	return fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) &&
		!st.st_size;
}

int firstboot_run(const struct ct_spec *spec, struct vz_err *err)
{
	int status;

	if (ct_exec_script(spec, script, NULL, SCRIPT_TIMEOUT, &status, err))
		return -1;
	if (status)
		vz_log(LOG_ERROR,
		       "Warning: unable to generate SSH host keys in the container");
	return 0;
}
