// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * storm [SECONDS]: go through the hooked functions from many tasks at once, until it gets a line or
 * the time is up.  Exit status 0 if each kind of task got on and nothing failed.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int must(int result, const char *what)
{
	if (result < 0)
		err(1, "%s", what);
	return result;
}

static void blow_fork(void)
{
	pid_t pid = must(fork(), "fork");

	if (!pid)
		_exit(0);
	must(waitpid(pid, NULL, 0), "wait");
}

static void blow_open(void)
{
	int end[2];

	close(must(open("/dev/null", O_RDONLY), "open"));
	must(pipe(end), "pipe");
	close(end[0]);
	close(end[1]);
}

/* A connection over loopback, so that a socket is cloned, too. */
static void blow_socket(void)
{
	struct sockaddr_in here = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int server = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	int client = must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
	struct pollfd come = { .fd = server, .events = POLLIN };
	struct linger reset = { 1, 0 };
	socklen_t size = sizeof(here);

	must(bind(server, (struct sockaddr *)&here, size), "bind");
	must(listen(server, 1), "listen");
	must(getsockname(server, (struct sockaddr *)&here, &size), "getsockname");
	must(setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), "linger");
	/* A new network namespace has its loopback down. */
	if (!connect(client, (struct sockaddr *)&here, size) || errno == EINPROGRESS) {
		if (poll(&come, 1, 1000) == 1)
			close(must(accept(server, NULL, NULL), "accept"));
	}
	close(client);
	close(server);
}

static void blow_lock(void)
{
	struct flock whole = { .l_type = F_WRLCK, .l_len = 100 };
	struct flock middle = { .l_type = F_UNLCK, .l_start = 40, .l_len = 20 };
	int fd = must(memfd_create("lock", 0), "memfd");

	must(flock(fd, LOCK_EX), "flock");
	must(fcntl(fd, F_SETLK, &whole), "lock");
	must(fcntl(fd, F_SETLK, &middle), "unlock");
	close(fd);
}

static void blow_pty(void)
{
	close(must(open("/dev/pts/ptmx", O_RDWR | O_NOCTTY), "ptmx"));
}

static void blow_signal(void)
{
	struct timespec now = { };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	must(sigqueue(getpid(), SIGRTMIN, (union sigval){ }), "sigqueue");
	must(sigtimedwait(&set, NULL, &now), "sigtimedwait");
}

static void blow_userns(void)
{
	pid_t pid = must(fork(), "fork");

	/* ENOSPC: so many namespaces are waiting to be freed. */
	if (!pid)
		_exit(unshare(CLONE_NEWUSER) && errno != ENOSPC);
	if (must(waitpid(pid, &pid, 0), "wait") && pid)
		errx(1, "unshare");
}

/* A mapping that is touched, split and moved. */
static void blow_memory(void)
{
	const size_t half = 4 * 4096;
	char *map, *moved;

	map = mmap(NULL, 2 * half, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		err(1, "mmap");
	memset(map, 1, 2 * half);
	must(mprotect(map + half, half, PROT_READ), "mprotect");
	moved = mremap(map, half, 2 * half, MREMAP_MAYMOVE);
	if (moved == MAP_FAILED)
		err(1, "mremap");
	must(munmap(moved, 2 * half), "munmap");
	must(munmap(map + half, half), "munmap");
}

static void blow_proc(void)
{
	char entries[4096];
	int fd = must(open("/proc/tty", O_RDONLY | O_DIRECTORY), "/proc/tty");

	must(syscall(SYS_getdents64, fd, entries, sizeof(entries)), "getdents");
	close(fd);
}

static const struct {
	const char *name;
	void (*blow)(void);
} winds[] = {
	{ "fork", blow_fork },
	{ "open", blow_open },
	{ "socket", blow_socket },
	{ "lock", blow_lock },
	{ "pty", blow_pty },
	{ "signal", blow_signal },
	{ "userns", blow_userns },
	{ "memory", blow_memory },
	{ "proc", blow_proc },
};

#define WINDS	((int)(sizeof(winds) / sizeof(winds[0])))
#define GUST	4

/*
 * Detaching a hook waits until each task has slept once, or was met in user mode: without a breath
 * now and then that would take minutes for each.
 */
static void __attribute__((noreturn)) blow(int wind, volatile unsigned long *count)
{
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		for (i = 0; i < GUST; i++, ++*count)
			winds[wind].blow();
		poll(NULL, 0, 1);
	}
}

int main(int argc, char **argv)
{
	int timeout = argc > 1 ? atoi(argv[1]) * 1000 : -1, status, failed = 0, i;
	struct pollfd input = { .fd = 0, .events = POLLIN };
	volatile unsigned long *count;
	pid_t pids[WINDS];

	count = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (count == MAP_FAILED)
		err(1, "memory");
	for (i = 0; i < WINDS; i++) {
		pids[i] = must(fork(), "fork");
		if (!pids[i])
			blow(i, &count[i]);
	}
	poll(&input, timeout < 0, timeout);
	for (i = 0; i < WINDS; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], &status, 0);
		fprintf(stderr, "%s %lu\n", winds[i].name, count[i]);
		failed |= !count[i] || !WIFSIGNALED(status);
	}
	return failed;
}
