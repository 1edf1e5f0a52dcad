// SPDX-License-Identifier: GPL-2.0-or-later
/* See storm.h. */
#include "storm.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "container.h"
#include "files.h"
#include "pages.h"

#define MANY	40

static void reap_all(void)
{
	while (wait(NULL) > 0)
		;
}

/* Children that have children, some of which nobody waits for. */
void storm_fork(void)
{
	int i, depth = 0;

	for (i = 0; i < 8; i++) {
		if (fork())
			continue;
		if (++depth > 2 || rand() % 3 == 0)
			_exit(0);
		i = 4;
	}
	if (depth)
		_exit(0);
	reap_all();
}

static void close_many(int *fds, int n)
{
	while (n--)
		if (fds[n] >= 0)
			close(fds[n]);
}

/* All kinds but accepted sockets: who waits for those with files open waits for ever. */
void storm_file(void)
{
	const struct file_kind *kind;
	int fds[MANY], i = 0, n;

	while (i + FILES_MAX < MANY) {
		kind = &file_kinds[rand() % n_file_kinds];
		n = kind->files < FILES_MAX ? kind->open(fds + i) : 0;
		if (n < 0)
			break;
		i += n;
	}
	close_many(fds, i);
}

static const struct { int family, type; } sockets[] = {
	{ AF_UNIX, SOCK_STREAM }, { AF_UNIX, SOCK_DGRAM }, { AF_INET, SOCK_DGRAM },
	{ AF_INET6, SOCK_DGRAM }, { AF_INET, SOCK_STREAM }, { AF_INET6, SOCK_STREAM },
	{ AF_NETLINK, SOCK_RAW }, { AF_PACKET, SOCK_RAW }, { AF_INET, SOCK_RAW },
};

void storm_socket(void)
{
	int fds[MANY], i, n;

	for (i = 0; i < MANY; i++) {
		n = rand() % (sizeof(sockets) / sizeof(*sockets));
		fds[i] = socket(sockets[n].family, sockets[n].type, 0);
	}
	close_many(fds, MANY);
}

/* More clients than the limit allows; some are accepted, some never. */
void storm_accept(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	int fds[MANY], i, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	memset(fds, -1, sizeof(fds));
	if (listener < 0)
		return;
	if (!listen(listener, 16) && !getsockname(listener, (void *)&address, &len)) {
		address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		for (i = 0; i < MANY; i++) {
			if (rand() % 3) {
				fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
				if (connect(fds[i], (void *)&address, len))
					continue;
			} else {
				fds[i] = accept(listener, NULL, NULL);
			}
		}
	}
	if (rand() % 2)
		close_many(&listener, 1), listener = -1;
	close_many(fds, MANY);
	close_many(&listener, 1);
}

static int pass(int over, int fd)
{
	struct iovec byte = { "", 1 };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = { .msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof(control) };

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	return sendmsg(over, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/*
 * Files in flight over sockets in flight, which nobody receives.  The sockets
 * make rings and chains only: the kernel's collector is blind to some graphs
 * that have a ring within a ring, and would keep them for ever.
 */
void storm_pass(void)
{
	int pairs[10][2], i, n = 0, other;

	while (n < 10 && !socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[n]))
		n++;
	for (i = 0; i < 3 * n; i++) {
		int *over = pairs[i % n], *next = pairs[(i + 1) % n];

		other = open("/proc/self/status", O_RDONLY);
		pass(over[rand() % 2], rand() % 2 ? other : next[0]);
		if (other >= 0)
			close(other);
	}
	for (i = 0; i < n; i++)
		close_many(pairs[i], 2);
}

static void ignore(int sig)
{
	(void)sig;
}

/* Queued, blocked, taken and flushed ones, and timers that keep one ready. */
void storm_signal(void)
{
	const struct timespec at_once = { 0 };
	const struct itimerspec often = { { 0, 1000 }, { 0, 1000 } };
	const union sigval value = { .sival_int = 1 };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1 };
	timer_t timers[8];
	sigset_t set;
	int i, n;

	signal(SIGRTMIN + 1, ignore);
	sigemptyset(&set);
	for (i = 0; i < 5; i++)
		sigaddset(&set, SIGRTMIN + i);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (n = 0; n < 8 && !timer_create(CLOCK_MONOTONIC, &event, &timers[n]); n++)
		timer_settime(timers[n], 0, &often, NULL);
	for (i = 0; i < MANY; i++)
		sigqueue(getpid(), SIGRTMIN + rand() % 5, value);
	signal(SIGRTMIN + 2, SIG_IGN);	/* flushes those */
	signal(SIGRTMIN + 2, SIG_DFL);
	while (n--)
		timer_delete(timers[n]);
	while (sigtimedwait(&set, NULL, &at_once) > 0)
		;
}

/* Both ends, with something in the buffers, closed in either order. */
void storm_pty(void)
{
	int fds[2], unlock = 0;

	fds[0] = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY);
	if (fds[0] < 0)
		return;
	ioctl(fds[0], TIOCSPTLCK, &unlock);
	fds[1] = ioctl(fds[0], TIOCGPTPEER, O_RDWR | O_NOCTTY);
	if (write(fds[0], "data\n", 5) != 5 || rand() % 2) {
		close(fds[0]);
		fds[0] = -1;
	}
	close_many(fds, 2);
}

static void random_range(int fd, int cmd)
{
	static const short types[] = { F_RDLCK, F_WRLCK, F_UNLCK };
	struct flock lock = {
		.l_type = types[rand() % 3], .l_whence = SEEK_SET,
		.l_start = rand() % 50, .l_len = 1 + rand() % 20,
	};

	fcntl(fd, cmd, &lock);
}

void storm_lock(void)
{
	int fds[3], i;

	for (i = 0; i < 3; i++)
		fds[i] = open("/tmp/locks", O_RDWR | O_CREAT, 0600);
	for (i = 0; i < MANY; i++) {
		switch (rand() % 3) {
		case 0:
			flock(fds[rand() % 3], (rand() % 2 ? LOCK_EX : LOCK_SH) | LOCK_NB);
			break;
		case 1:
			random_range(fds[rand() % 3], F_OFD_SETLK);
			break;
		case 2:
			random_range(fds[rand() % 3], F_SETLK);
			break;
		}
	}
	close_many(fds, 3);
}

/* --- memory --------------------------------------------------------------- */

struct block {
	char *at;
	long pages;
};

static void free_block(struct block *block)
{
	if (block->at)
		unmap(block->at, block->pages);
	block->at = NULL;
}

/* Larger, smaller, elsewhere. */
static void resize(struct block *block)
{
	long pages = 1 + rand() % 300;
	char *at = mremap(block->at, block->pages * PAGE, pages * PAGE, MREMAP_MAYMOVE);

	if (at != MAP_FAILED)
		*block = (struct block){ at, pages };
}

static void change(struct block *block)
{
	long pages = 1 + rand() % block->pages;

	switch (rand() % 5) {
	case 0:
		resize(block);
		break;
	case 1:
		mprotect(block->at, pages * PAGE, rand() % 2 ? PROT_READ : PROT_READ | PROT_WRITE);
		break;
	case 2:
		map_at(block->at, pages, rand() % 2 ? PROT_NONE : PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_FIXED);
		break;
	case 3:
		sbrk((rand() % 7 - 3) * PAGE);
		break;
	case 4:
		free_block(block);
		break;
	}
}

/* Nothing is touched, so that it costs no memory; now and then all is had twice. */
void storm_map(void)
{
	struct block blocks[MANY] = { 0 };
	int i, n;

	for (n = 0; n < 5 * MANY; n++) {
		i = rand() % MANY;
		if (blocks[i].at) {
			change(&blocks[i]);
		} else {
			blocks[i].pages = 1 + rand() % 300;
			blocks[i].at = map_private(blocks[i].pages);
		}
	}
	if (!fork())
		_exit(0);
	reap_all();
	for (i = 0; i < MANY; i++)
		free_block(&blocks[i]);
}

static void lock_segment(void)
{
	int id = shmget(IPC_PRIVATE, (1 + rand() % 5) * PAGE, 0600);
	void *at = shmat(id, NULL, 0);

	shmctl(id, SHM_LOCK, NULL);
	if (at != (void *)-1) {
		mlock(at, PAGE);
		shmdt(at);
	}
	if (rand() % 2)
		shmctl(id, SHM_UNLOCK, NULL);
	shmctl(id, IPC_RMID, NULL);
}

void storm_mlock(void)
{
	struct block blocks[10] = { 0 };
	int i, n;

	for (n = 0; n < MANY; n++) {
		struct block *block = &blocks[rand() % 10];

		if (!block->at) {
			block->pages = 1 + rand() % 20;
			block->at = map_at(NULL, block->pages, PROT_READ | PROT_WRITE, MAP_PRIVATE |
					   (rand() % 3 ? 0 : MAP_LOCKED));
		} else if (rand() % 2) {
			mlock(block->at, (1 + rand() % block->pages) * PAGE);
		} else if (rand() % 2) {
			munlock(block->at, (1 + rand() % block->pages) * PAGE);
		} else {
			free_block(block);
		}
	}
	lock_segment();
	if (rand() % 4 == 0)
		mlockall(MCL_CURRENT);
	munlockall();
	for (i = 0; i < 10; i++)
		free_block(&blocks[i]);
}

static void fill_file(int fd)
{
	static const char data[30 * PAGE];

	if (pwrite(fd, data, (1 + rand() % 30) * PAGE, (rand() % 50) * PAGE) < 0)
		fallocate(fd, 0, 0, (1 + rand() % 60) * PAGE);
	if (rand() % 2)
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 5 * PAGE, 20 * PAGE);
	if (rand() % 3 == 0 && ftruncate(fd, 3 * PAGE))
		return;
}

/* Files with and without a name, segments, shared maps, symbolic links that need a page. */
void storm_shm(void)
{
	static char target[2000], name[64];
	int fds[6], i, id;
	void *shared;

	memset(target, 'x', sizeof(target) - 1);
	snprintf(name, sizeof(name), "/tmp/link.%d", getpid());
	for (i = 0; i < 6; i++) {
		fds[i] = i % 2 ? memfd_create("storm", 0) :
				 open("/tmp", O_RDWR | O_TMPFILE, 0600);
		if (fds[i] >= 0)
			fill_file(fds[i]);
	}
	id = shmget(IPC_PRIVATE, (1 + rand() % 100) * PAGE,
		    0600 | (rand() % 2 ? SHM_NORESERVE : 0));
	shared = map_at(NULL, 20, PROT_READ | PROT_WRITE, MAP_SHARED);
	if (symlink(target, name) == 0)
		unlink(name);
	if (shared)
		unmap(shared, 20);
	shmctl(id, IPC_RMID, NULL);
	close_many(fds, 6);
}

/* A child that does it for ever. */
void storm_begin(void (*once)(void), int seed)
{
	pid_t pid;

	while ((pid = fork()) < 0)
		nap();
	if (pid)
		return;
	srand(seed);
	for (;;)
		once();
}
