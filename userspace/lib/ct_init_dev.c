// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a container finds mounted when its init starts.
 *
 * The tree is hostile: a mount point that is a symbolic link fails the start,
 * and every mount goes to an open directory, not to a name.  A read-only /sys
 * is the sign, by convention, that there are no devices for udev to manage.
 */
#include "ct_init_dev.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define MS_SAFE		(MS_NOSUID | MS_NODEV | MS_NOEXEC)

static const struct {
	const char *target;
	mode_t mode;		/* of the mount point, if it is missing */
	const char *type;
	unsigned long flags;
	const char *options;
} mounts[] = {
	{ "proc",		0555, "proc",	 MS_SAFE,	NULL },
	{ "sys",		0555, "sysfs",	 MS_SAFE | MS_RDONLY, NULL },
	{ "sys/fs/cgroup",	0555, "cgroup2", MS_SAFE,	NULL },
	{ "dev",		0755, "tmpfs",	 MS_NOSUID | MS_NODEV | MS_STRICTATIME,
	  "mode=755,size=1m,nr_inodes=4096" },
	{ "dev/pts",		0755, "devpts",	 MS_NOSUID | MS_NOEXEC,
	  "newinstance,ptmxmode=0666,mode=620,gid=5" },
	{ "dev/shm",		0755, "tmpfs",	 MS_NOSUID | MS_NODEV, "mode=1777" },
	{ "dev/mqueue",		0755, "mqueue",	 MS_SAFE,	NULL },
	{ "run",		0755, "tmpfs",	 MS_NOSUID | MS_NODEV, "mode=755" },
};

/* Nodes of the host; those in the tree itself can not be opened. */
static const char *const nodes[] = {
	"dev/null", "dev/zero", "dev/full", "dev/random", "dev/urandom", "dev/tty",
};

static const struct {
	const char *name;
	const char *target;
} links[] = {
	{ "dev/ptmx",	"pts/ptmx" },
	{ "dev/fd",	"/proc/self/fd" },
	{ "dev/stdin",	"/proc/self/fd/0" },
	{ "dev/stdout",	"/proc/self/fd/1" },
	{ "dev/stderr",	"/proc/self/fd/2" },
};

static int open_dir(const char *name)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	return syscall(SYS_openat2, AT_FDCWD, name, &how, sizeof(how));
}

static int open_mount_point(const char *name, mode_t mode)
{
	int fd = open_dir(name);

	if (fd >= 0 || errno != ENOENT || mkdir(name, mode))
		return fd;
	return open_dir(name);
}

static int mount_all(struct vz_err *err)
{
	char path[64];

	for (size_t i = 0; i < COUNT(mounts); i++) {
		_cleanup_close_ int fd = open_mount_point(mounts[i].target, mounts[i].mode);

		if (fd < 0)
			return vz_fail_errno(err, VZ_BAD_TEMPLATE,
					     "Bad template: /%s is no directory", mounts[i].target);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (mount(mounts[i].type, path, mounts[i].type, mounts[i].flags,
			  mounts[i].options))
			return vz_fail_errno(err, VZ_MOUNT_ERROR, "Unable to mount /%s",
					     mounts[i].target);
	}
	return 0;
}

/* /dev is our own new file system from here on: names in it can be trusted. */
static int bind_file(const char *from, const char *to)
{
	_cleanup_close_ int fd = open(to, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	return fd < 0 ? -1 : mount(from, to, NULL, MS_BIND, NULL);
}

static int fill_dev(struct vz_err *err)
{
	char host[32];

	for (size_t i = 0; i < COUNT(nodes); i++) {
		snprintf(host, sizeof(host), "/%s", nodes[i]);
		if (bind_file(host, nodes[i]))
			return vz_fail_errno(err, VZ_MOUNT_ERROR, "Unable to bind %s", host);
	}
	for (size_t i = 0; i < COUNT(links); i++)
		if (symlink(links[i].target, links[i].name))
			return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to create /%s",
					     links[i].name);
	return 0;
}

int ct_init_mount(struct vz_err *err)
{
	if (mount_all(err) || fill_dev(err))
		return -1;
	if (mkdir("run/lock", 0755) || chmod("run/lock", 01777))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to create /run/lock");
	return 0;
}

int ct_init_console(struct vz_err *err)
{
	_cleanup_close_ int master = open("dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	int number, unlock = 0;
	char slave[32];

	if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) || ioctl(master, TIOCGPTN, &number))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to create the console");
	snprintf(slave, sizeof(slave), "dev/pts/%d", number);
	if (bind_file(slave, "dev/console"))
		return vz_fail_errno(err, VZ_MOUNT_ERROR, "Unable to mount /dev/console");
	return steal_fd(&master);
}
