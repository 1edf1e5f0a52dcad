// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A busy machine, for tests that load the module into it: files, processes,
 * sockets, locks, terminals, signals and a container that is not ours.  Says
 * "ready" when all are there, and ends with all of them when it gets a line.
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/load.h"

#define FILES	2000
#define TASKS	300
#define EACH	10

static const struct load *const loads[] = {
	&load_pipe, &load_unix_dgram, &load_socketpair, &load_netlink, &load_udp, &load_tcp,
	&load_flock, &load_posix_lock, &load_ofd_lock, &load_pty, &load_sigqueue, &load_timer,
};

static void take_everything(void)
{
	size_t i;
	long n;

	for (i = 0; i < sizeof(loads) / sizeof(*loads); i++)
		for (n = 0; n < EACH; n++)
			if (loads[i]->add(i * EACH + n))
				errx(1, "load %zu", i);
}

/* Over when nobody can write into them any more. */
static int end[2], foreign_is_ready[2];

static void wait_for_end(void)
{
	char byte;

	while (read(end[0], &byte, 1) > 0)
		;
}

static void fork_some(int n, void (*body)(void))
{
	pid_t pid;

	while (n--) {
		pid = fork();
		if (pid < 0)
			err(1, "fork");
		if (!pid) {
			close(end[1]);
			body();
			_exit(0);
		}
	}
}

/* As others make a container: everything of its own, and nothing armed. */
static void foreign_container(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC))
		err(1, "unshare");
	if (write_text("/proc/self/setgroups", "deny") ||
	    write_text("/proc/self/uid_map", "0 0 1") || write_text("/proc/self/gid_map", "0 0 1"))
		errx(1, "ids");
	/* A /tmp of its own: the locks of two are in each other's way. */
	if (mount("tmpfs", "/tmp", "tmpfs", 0, NULL) ||
	    mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=666"))
		err(1, "mount");
	take_everything();
	fork_some(10, wait_for_end);
	if (write(foreign_is_ready[1], "", 1) != 1)
		err(1, "ready");
	wait_for_end();
	children_reap();	/* the first to go takes the others with it */
}

int main(void)
{
	char byte;
	int i;

	if (pipe(end) || pipe(foreign_is_ready))
		err(1, "pipe");
	fork_some(1, foreign_container);
	close(foreign_is_ready[1]);
	if (read(foreign_is_ready[0], &byte, 1) != 1)
		errx(1, "the container that is not ours did not start");
	for (i = 0; i < FILES; i++)
		if (open("/dev/null", O_RDWR) < 0)
			err(1, "file %d", i);
	take_everything();
	fork_some(TASKS, wait_for_end);
	puts("ready");
	fflush(stdout);
	if (read(0, &byte, 1) < 0)
		err(1, "standard input");
	close(end[1]);
	return children_reap() != 0;
}
