// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A busy machine, for tests that load the module into it: files, processes,
 * sockets, locks, terminals, signals and a container that is not ours.  Says
 * "ready" when all are there and ends, with all of them, when its input does.
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/load.h"

#define FILES	2000
#define TASKS	300
#define EACH	10

static const struct load *const loads[] = {
	&load_pipe, &load_unix_dgram, &load_socketpair, &load_netlink, &load_udp, &load_tcp,
	&load_flock, &load_posix_lock, &load_ofd_lock, &load_sigqueue, &load_timer,
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

/* Until the other end of the pipe on descriptor 0 is closed. */
static void wait_for_end(void)
{
	char byte;

	while (read(0, &byte, 1) > 0)
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
			body();
			_exit(0);
		}
	}
}

/* As others make a container: everything of its own, and nothing armed. */
static void foreign_container(void)
{
	/* A /tmp of its own: the locks of two are in each other's way. */
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/tmp", "tmpfs", 0, NULL))
		err(1, "/tmp");
	if (unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC))
		err(1, "unshare");
	take_everything();
	fork_some(10, wait_for_end);
	wait_for_end();
	children_reap();	/* the first to go takes the others with it */
}

int main(void)
{
	int i;

	fork_some(1, foreign_container);
	for (i = 0; i < FILES; i++)
		if (open("/dev/null", O_RDWR) < 0)
			err(1, "file %d", i);
	take_everything();
	fork_some(TASKS, wait_for_end);
	puts("ready");
	fflush(stdout);
	wait_for_end();
	return children_reap() != 0;
}
