// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ops: what system calls cost, in instructions, in a VM whose clock counts instructions: there the
 * time stamp counter goes on by one with each.  One line per operation: its name, the median and
 * the minimum of many.  Those that meet an interrupt or an empty slab cost more, but are few.
 */
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define MOST 2001

static int lock_fd;
static sigset_t queued;

static void op_getppid(void)
{
	syscall(SYS_getppid);
}

static void op_open(void)
{
	int fd = open("/dev/null", O_RDONLY);

	if (fd < 0)
		err(1, "open");
	close(fd);
}

static void op_pipe(void)
{
	int end[2];

	if (pipe(end))
		err(1, "pipe");
	close(end[0]);
	close(end[1]);
}

static void op_socket(int family, int type)
{
	int fd = socket(family, type, 0);

	if (fd < 0)
		err(1, "socket");
	close(fd);
}

static void op_tcp(void)
{
	op_socket(AF_INET, SOCK_STREAM);
}

static void op_unix(void)
{
	op_socket(AF_UNIX, SOCK_STREAM);
}

static void op_flock(void)
{
	if (flock(lock_fd, LOCK_EX) || flock(lock_fd, LOCK_UN))
		err(1, "flock");
}

static void op_signal(void)
{
	struct timespec now = { };

	if (sigqueue(getpid(), SIGRTMIN, (union sigval){ }) ||
	    sigtimedwait(&queued, NULL, &now) < 0)
		err(1, "signal");
}

/* A process with memory of its own would cost what the state of that memory is. */
static void op_vfork(void)
{
	pid_t pid = vfork();

	if (pid < 0)
		err(1, "vfork");
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
}

static const struct {
	const char *name;
	void (*op)(void);
	int count;
} ops[] = {
	{ "getppid", op_getppid, MOST },
	{ "open+close", op_open, MOST },
	{ "pipe+close", op_pipe, MOST },
	{ "tcp+close", op_tcp, MOST },
	{ "unix+close", op_unix, MOST },
	{ "flock", op_flock, MOST },
	{ "sigqueue", op_signal, MOST },
	{ "vfork+wait", op_vfork, 501 },
};

#define OPS (sizeof(ops) / sizeof(ops[0]))

static int compare(const void *a, const void *b)
{
	unsigned long long x = *(const unsigned long long *)a, y = *(const unsigned long long *)b;

	return (x > y) - (x < y);
}

static unsigned long long cost(void (*op)(void))
{
	unsigned long long start;

	_mm_lfence();
	start = __rdtsc();
	op();
	_mm_lfence();
	return __rdtsc() - start;
}

int main(void)
{
	static unsigned long long costs[MOST];
	unsigned int i;
	int n;

	lock_fd = memfd_create("lock", 0);
	if (lock_fd < 0)
		err(1, "memfd");
	sigemptyset(&queued);
	sigaddset(&queued, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &queued, NULL);
	for (i = 0; i < OPS; i++) {
		for (n = 0; n < ops[i].count; n++)
			costs[n] = cost(ops[i].op);
		qsort(costs, n, sizeof(costs[0]), compare);
		printf("%s %llu %llu\n", ops[i].name, costs[n / 2], costs[0]);
	}
	return 0;
}
