// SPDX-License-Identifier: GPL-2.0-or-later
/* New processes with a user namespace of their own. */
#include "userns.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"

pid_t userns_fork(uint64_t flags, int cgroup, int *pidfd, struct vz_err *err)
{
	struct clone_args args = {
		.flags = flags | CLONE_PIDFD,
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t pid;

	if (cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = cgroup;
	}
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		vz_fail_errno(err, VZ_ENVCREATE_ERROR,
			      "Unable to start a process for the container");
	return pid;
}

static int write_map(pid_t pid, const char *name, uint32_t base)
{
	_cleanup_close_ int fd = -1;
	char buf[64];
	int len;

	snprintf(buf, sizeof(buf), "/proc/%d/%s", pid, name);
	fd = open(buf, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	len = snprintf(buf, sizeof(buf), "0 %u %d\n", base, USERNS_IDS);
	return write(fd, buf, len) == len ? 0 : -1;
}

int userns_map(pid_t pid, uint32_t base, struct vz_err *err)
{
	if (write_map(pid, "uid_map", base) || write_map(pid, "gid_map", base))
		return vz_fail_errno(err, VZ_ENVCREATE_ERROR, "Unable to map ids");
	return 0;
}
