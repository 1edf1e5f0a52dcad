// SPDX-License-Identifier: GPL-2.0-or-later
/* The loads of load.h that are about pools of the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME	0x80
#endif

static int slot[LOAD_MAX];

static long keep(long i, int fd)
{
	slot[i] = fd;
	return fd < 0 ? -errno : 0;
}

static long close_slot(long i)
{
	return close(slot[i]) ? -errno : 0;
}

/* --- namespaces ----------------------------------------------------------- */

/* A child that is in a namespace of its own, or says why not. */
static long add_ns(long i, int flag)
{
	int report[2], error = 0;

	if (pipe(report))
		return -errno;
	slot[i] = fork();
	if (!slot[i]) {
		if (unshare(flag))
			error = errno;
		if (write(report[1], &error, sizeof(error)) != sizeof(error) || error)
			_exit(1);
		close(report[0]);
		close(report[1]);
		for (;;)
			pause();
	}
	close(report[1]);
	if (read(report[0], &error, sizeof(error)) != sizeof(error))
		error = ECHILD;
	close(report[0]);
	if (error)
		waitpid(slot[i], NULL, 0);
	return -error;
}

static long drop_ns(long i)
{
	if (kill(slot[i], SIGKILL))
		return -errno;
	return waitpid(slot[i], NULL, 0) == slot[i] ? 0 : -errno;
}

#define NAMESPACE(name, flag, res, error)				\
	static long add_##name(long i)					\
	{								\
		return add_ns(i, flag);					\
	}								\
	const struct load load_##name = { res, 1, error, add_##name, drop_ns }

NAMESPACE(userns, CLONE_NEWUSER, VZMOD_NUMUSERNS, ENOSPC);
NAMESPACE(pidns, CLONE_NEWPID, VZMOD_NUMPIDNS, ENOSPC);
NAMESPACE(utsns, CLONE_NEWUTS, VZMOD_NUMUTSNS, ENOSPC);
NAMESPACE(ipcns, CLONE_NEWIPC, VZMOD_NUMIPCNS, ENOSPC);
NAMESPACE(netns, CLONE_NEWNET, VZMOD_NUMNETNS, ENOSPC);
NAMESPACE(mntns, CLONE_NEWNS, VZMOD_NUMMNTNS, ENOSPC);
NAMESPACE(cgroupns, CLONE_NEWCGROUP, VZMOD_NUMCGROUPNS, ENOSPC);
NAMESPACE(timens, CLONE_NEWTIME, VZMOD_NUMTIMENS, ENOSPC);

/* Each net namespace has its lo. */
NAMESPACE(netdev, CLONE_NEWNET, VZMOD_NUMNETDEV, ENOMEM);

/* --- watches -------------------------------------------------------------- */

static const char *dir_of(long i)
{
	static char path[32];

	snprintf(path, sizeof(path), "/tmp/%ld", i);
	mkdir(path, 0700);
	return path;
}

static long add_inotify(long i)
{
	return keep(i, inotify_init1(IN_CLOEXEC));
}

static long add_inowatch(long i)
{
	static int fd = -1;

	if (fd < 0)
		fd = inotify_init1(IN_CLOEXEC);
	return keep(i, inotify_add_watch(fd, dir_of(i), IN_CREATE));
}

static long drop_inowatch(long i)
{
	return rmdir(dir_of(i)) ? -errno : 0;
}

static long add_fanotify(long i)
{
	return keep(i, fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID | FAN_CLOEXEC, 0));
}

static int fan_mark(unsigned int flags, long i)
{
	static int fd = -1;

	if (fd < 0)
		fd = fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID | FAN_CLOEXEC, 0);
	return fanotify_mark(fd, flags, FAN_OPEN, AT_FDCWD, dir_of(i)) ? -errno : 0;
}

static long add_fanmark(long i)
{
	return fan_mark(FAN_MARK_ADD, i);
}

static long drop_fanmark(long i)
{
	return fan_mark(FAN_MARK_REMOVE, i);
}

const struct load load_inotify = { VZMOD_NUMINOTIFY, 1, EMFILE, add_inotify, close_slot };
const struct load load_inowatch = {
	VZMOD_NUMINOWATCH, 1, ENOSPC, add_inowatch, drop_inowatch
};
const struct load load_fanotify = { VZMOD_NUMFANOTIFY, 1, EMFILE, add_fanotify, close_slot };
const struct load load_fanmark = { VZMOD_NUMFANMARK, 1, ENOSPC, add_fanmark, drop_fanmark };

/* --- requests and mounts -------------------------------------------------- */

static aio_context_t contexts[LOAD_MAX];

static long add_aio(long i)
{
	contexts[i] = 0;
	return syscall(SYS_io_setup, 10, &contexts[i]) ? -errno : 0;
}

static long drop_aio(long i)
{
	return syscall(SYS_io_destroy, contexts[i]) ? -errno : 0;
}

static long add_mount(long i)
{
	return mount("/tmp", dir_of(i), NULL, MS_BIND, NULL) ? -errno : 0;
}

static long drop_mount(long i)
{
	return umount2(dir_of(i), MNT_DETACH) ? -errno : 0;
}

const struct load load_aio = { VZMOD_NUMAIOREQ, 10, EAGAIN, add_aio, drop_aio };
const struct load load_mount = { VZMOD_NUMMOUNT, 1, ENOMEM, add_mount, drop_mount };
