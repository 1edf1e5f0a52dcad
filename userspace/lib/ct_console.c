// SPDX-License-Identifier: GPL-2.0-or-later
/* The keeper of a container's console: see ct_console.h. */
#include "ct_console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "ct_cgroup.h"
#include "ct_task.h"
#include "fds.h"
#include "proc_title.h"

#define CONSOLE_DIR	"/var/log/vz/console"

/* A full log becomes CTID.log.old: twice this much at most. */
#define LOG_MAX		(128 * 1024)

#define KEEP_MASTER	3
#define KEEP_PIDFD	4

/* Anyone inside can print: a log that cannot be written is only lost. */
static int open_log(uint32_t ctid)
{
	char path[64], old[72];
	struct stat st;

	snprintf(path, sizeof(path), CONSOLE_DIR "/%u.log", ctid);
	snprintf(old, sizeof(old), "%s.old", path);
	if (!lstat(path, &st) && (st.st_size >= LOG_MAX || !S_ISREG(st.st_mode)))
		rename(path, old);
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static void make_dirs(void)
{
	mkdir("/var/log/vz", 0755);
	mkdir(CONSOLE_DIR, 0700);
}

static void copy(uint32_t ctid, int *log, off_t *size)
{
	char buf[4096];
	ssize_t got = read(KEEP_MASTER, buf, sizeof(buf));

	if (got <= 0)
		return;
	if (*size + got > LOG_MAX) {
		if (*log >= 0)
			close(*log);
		*log = open_log(ctid);
		*size = lseek(*log, 0, SEEK_END);
	}
	if (*log >= 0 && write(*log, buf, got) == got)
		*size += got;
}

/* An own descriptor of the slave keeps the line from hanging up in between. */
static noreturn void keep(uint32_t ctid, int log)
{
	struct pollfd fds[] = {
		{ .fd = KEEP_MASTER, .events = POLLIN },
		{ .fd = KEEP_PIDFD, .events = POLLIN },
	};
	off_t size = log < 0 ? 0 : lseek(log, 0, SEEK_END);

	ioctl(KEEP_MASTER, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	fcntl(KEEP_MASTER, F_SETFL, O_NONBLOCK);
	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			_exit(1);
		if (fds[0].revents)
			copy(ctid, &log, &size);
		else if (fds[1].revents)
			_exit(0);
	}
}

int console_keep(uint32_t ctid, int master, int pidfd, struct vz_err *err)
{
	const int files[] = { -1, -1, -1, master, pidfd };
	pid_t pid;

	make_dirs();
	pid = fork();
	if (pid < 0)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to fork");
	if (pid)
		return 0;
	setsid();
	if (fds_keep_only(files, 5))
		_exit(1);
	task_clean();
	cgroup_enter_helpers();
	proc_title_set("vzctl: console of CT %u", ctid);
	keep(ctid, open_log(ctid));
}
