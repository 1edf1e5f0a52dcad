// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bombs of open files, pipes and terminals.
 *
 * Cases T103 (descriptor bomb), T107 (terminals) and T121 (pipes, epoll).
 *
 * vm: --icount --mem 1536 --time 900
 */
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <unistd.h>

#include "bomb.h"
#include "lib/storm.h"

#define FILES		1000
#define TERMINALS	16
#define PIPES		100
#define DEPTH		4	/* that the kernel allows */
#define WATCHES		400

static int fds[FILES];

static void close_all(int n)
{
	while (n--)
		close(fds[n]);
}

/* Nothing is given back, and refusals do not end it. */
static void open_all(void)
{
	open("/dev/null", O_RDONLY);
}

/* All that a pipe can hold, in pipes until they are refused. */
static void fill_pipes(void)
{
	static char piece[1 << 20];
	int ends[2], n = 0;

	while (n < FILES - 1 && !pipe2(ends, O_NONBLOCK)) {
		fcntl(ends[1], F_SETPIPE_SZ, sizeof(piece));
		if (write(ends[1], piece, sizeof(piece)) < 0)
			break;
		fds[n++] = ends[0];
		fds[n++] = ends[1];
	}
	close_all(n);
}

static int watch(int poller, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
}

/* What happens to one file is told to a tower of four hundred times four. */
static void nest_epolls(void)
{
	int event = eventfd(0, 0), n = 0, i;
	uint64_t one = 1;

	for (i = 0; i < WATCHES && n < FILES; i++) {
		fds[n] = epoll_create1(0);
		if (fds[n] < 0 || watch(fds[n], i % DEPTH ? fds[n - 1] : event))
			break;
		n++;
	}
	for (i = 0; i < 2000; i++)
		if (write(event, &one, sizeof(one)) < 0)
			break;
	close_all(n);
	close(event);
}

/* Some of many instances. */
static void open_terminals(void)
{
	if (!unshare(CLONE_NEWNS) &&
	    !mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=666"))
		while (open("/dev/pts/ptmx", O_RDWR | O_NOCTTY) >= 0)
			;
	nap();
}

static long can_open(long arg)
{
	int n;

	(void)arg;
	for (n = 0; n < FILES; n++) {
		fds[n] = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (fds[n] < 0)
			break;
	}
	close_all(n);
	return n == FILES ? 0 : -ENFILE;
}

static long can_open_terminals(long arg)
{
	int n;

	(void)arg;
	for (n = 0; n < TERMINALS; n++) {
		fds[n] = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (fds[n] < 0)
			break;
	}
	close_all(n);
	return n == TERMINALS ? 0 : -ENOSPC;
}

static long can_make_pipes(long arg)
{
	int n, ends[2], ret = 0;

	(void)arg;
	for (n = 0; n < 2 * PIPES && !ret; n += 2) {
		ret = pipe2(ends, O_CLOEXEC) ? -errno : 0;
		fds[n] = ends[0];
		fds[n + 1] = ends[1];
	}
	close_all(ret ? n - 2 : n);
	return ret;
}

BOMB(open, 90, open_all, 60, .meanwhile = can_open, ROOF(UB_NUMFILE));
BOMB(every_kind, 90, storm_file, 60, .meanwhile = can_open);
BOMB(epoll_tower, 90, nest_epolls, 4, .meanwhile = can_open);
BOMB(pipes, 90, fill_pipes, 4, .meanwhile = can_make_pipes, ROOF(UB_KMEMSIZE));
BOMB(in_flight, 90, storm_pass, 20, .meanwhile = can_open, ROOF(UB_NUMOTHERSOCK));
BOMB(terminals, 90, open_terminals, 20, .meanwhile = can_open_terminals, ROOF(UB_NUMPTY));
BOMB(terminal_storm, 90, storm_pty, 20, .meanwhile = can_open_terminals, ROOF(UB_NUMPTY));

TEST_HARNESS_MAIN
