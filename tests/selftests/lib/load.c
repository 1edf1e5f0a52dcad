// SPDX-License-Identifier: GPL-2.0-or-later
/* See load.h. */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pages.h"

static int slot[LOAD_MAX][2];

static long keep(long i, int fd)
{
	slot[i][0] = fd;
	return fd < 0 ? -errno : 0;
}

static long close_slot(long i)
{
	return close(slot[i][0]) ? -errno : 0;
}

static long close_both(long i)
{
	close(slot[i][1]);
	return close_slot(i);
}

/* The signal of the loads below; a thread that does not block it would die of it. */
static sigset_t block_signal(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return set;
}

/* --- tasks ---------------------------------------------------------------- */

static long add_fork(long i)
{
	pid_t pid = fork();

	if (!pid)
		for (;;)
			pause();
	return keep(i, pid);
}

static long drop_fork(long i)
{
	if (kill(slot[i][0], SIGKILL))
		return -errno;
	return waitpid(slot[i][0], NULL, 0) == slot[i][0] ? 0 : -errno;
}

#define STACK_SIZE	16384

static char *stacks;
static int quit[LOAD_MAX];

/* Shares everything with its creator, errno too: nothing but system calls. */
static int wait_to_quit(void *arg)
{
	int *flag = arg;

	while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE))
		syscall(SYS_futex, flag, FUTEX_WAIT, 0, NULL);
	return 0;
}

/* clone() and not pthread_create(), which has another errno for ENOMEM. */
static long add_thread(long i)
{
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			  CLONE_SYSVSEM;

	block_signal();
	if (!stacks)
		stacks = malloc(LOAD_MAX * STACK_SIZE);
	quit[i] = 0;
	return keep(i, clone(wait_to_quit, stacks + (i + 1) * STACK_SIZE, flags, &quit[i]));
}

/* The stack may be used again only when the thread is gone. */
static long drop_thread(long i)
{
	__atomic_store_n(&quit[i], 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, &quit[i], FUTEX_WAKE, 1);
	return wait_until(syscall(SYS_tgkill, getpid(), slot[i][0], 0) && errno == ESRCH) ?
		0 : -ETIMEDOUT;
}

const struct load load_fork = { UB_NUMPROC, 1, ENOMEM, add_fork, drop_fork };
const struct load load_thread = { UB_NUMPROC, 1, ENOMEM, add_thread, drop_thread };

/* --- files ---------------------------------------------------------------- */

static long add_open(long i)
{
	return keep(i, open("/tmp/file", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
}

static long add_pipe(long i)
{
	return pipe2(slot[i], O_CLOEXEC) ? -errno : 0;
}

static long add_eventfd(long i)
{
	return keep(i, eventfd(0, EFD_CLOEXEC));
}

const struct load load_open = { UB_NUMFILE, 1, ENFILE, add_open, close_slot };
const struct load load_pipe = { UB_NUMFILE, 2, ENFILE, add_pipe, close_both };
const struct load load_eventfd = { UB_NUMFILE, 1, ENFILE, add_eventfd, close_slot };

/* --- sockets -------------------------------------------------------------- */

static long add_unix(long i)
{
	return keep(i, socket(AF_UNIX, SOCK_DGRAM, 0));
}

static long add_socketpair(long i)
{
	return socketpair(AF_UNIX, SOCK_STREAM, 0, slot[i]) ? -errno : 0;
}

static long add_netlink(long i)
{
	return keep(i, socket(AF_NETLINK, SOCK_RAW, 0));
}

static long add_packet(long i)
{
	return keep(i, socket(AF_PACKET, SOCK_RAW, 0));
}

static long add_udp(long i)
{
	return keep(i, socket(AF_INET, SOCK_DGRAM, 0));
}

static long add_tcp(long i)
{
	return keep(i, socket(AF_INET, SOCK_STREAM, 0));
}

static long add_tcp6(long i)
{
	return keep(i, socket(AF_INET6, SOCK_STREAM, 0));
}

const struct load load_unix_dgram = { UB_NUMOTHERSOCK, 1, ENOMEM, add_unix, close_slot };
const struct load load_socketpair = { UB_NUMOTHERSOCK, 2, ENOMEM, add_socketpair, close_both };
const struct load load_netlink = { UB_NUMOTHERSOCK, 1, ENOMEM, add_netlink, close_slot };
const struct load load_packet = { UB_NUMOTHERSOCK, 1, ENOBUFS, add_packet, close_slot };
const struct load load_udp = { UB_NUMOTHERSOCK, 1, ENOBUFS, add_udp, close_slot };
const struct load load_tcp = { UB_NUMTCPSOCK, 1, ENOBUFS, add_tcp, close_slot };
const struct load load_tcp6 = { UB_NUMTCPSOCK, 1, ENOBUFS, add_tcp6, close_slot };

/* --- locks ---------------------------------------------------------------- */

static long add_flock(long i)
{
	long ret = add_open(i);

	if (!ret && flock(slot[i][0], LOCK_SH)) {
		ret = -errno;
		close(slot[i][0]);
	}
	return ret;
}

/* Bytes that do not touch, so that the locks do not merge. */
static int lock_byte(int fd, int cmd, short type, long i)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = 2 * i, .l_len = 1 };

	return fcntl(fd, cmd, &lock) ? -errno : 0;
}

/* A file for each kind: a lock of one is in the way of the other. */
static int posix_file(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/tmp/posix-locks", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return fd;
}

static int ofd_file(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/tmp/ofd-locks", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return fd;
}

static long add_posix_lock(long i)
{
	return lock_byte(posix_file(), F_SETLK, F_WRLCK, i);
}

static long drop_posix_lock(long i)
{
	return lock_byte(posix_file(), F_SETLK, F_UNLCK, i);
}

static long add_ofd_lock(long i)
{
	return lock_byte(ofd_file(), F_OFD_SETLK, F_WRLCK, i);
}

static long drop_ofd_lock(long i)
{
	return lock_byte(ofd_file(), F_OFD_SETLK, F_UNLCK, i);
}

const struct load load_flock = { UB_NUMFLOCK, 1, ENOMEM, add_flock, close_slot };
const struct load load_posix_lock = { UB_NUMFLOCK, 1, ENOLCK, add_posix_lock, drop_posix_lock };
const struct load load_ofd_lock = { UB_NUMFLOCK, 1, ENOLCK, add_ofd_lock, drop_ofd_lock };

/* --- terminals and signals ------------------------------------------------ */

static long add_pty(long i)
{
	return keep(i, open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
}

const struct load load_pty = { UB_NUMPTY, 1, ENOMEM, add_pty, close_slot };

static long add_sigqueue(long i)
{
	const union sigval value = { .sival_int = i };

	block_signal();
	return sigqueue(getpid(), SIGRTMIN, value) ? -errno : 0;
}

static long drop_sigqueue(long i)
{
	const struct timespec at_once = { 0 };
	sigset_t set = block_signal();

	(void)i;
	return sigtimedwait(&set, NULL, &at_once) < 0 ? -errno : 0;
}

static timer_t timers[LOAD_MAX];

static long add_timer(long i)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN };

	return timer_create(CLOCK_MONOTONIC, &event, &timers[i]) ? -errno : 0;
}

static long drop_timer(long i)
{
	return timer_delete(timers[i]) ? -errno : 0;
}

const struct load load_sigqueue = { UB_NUMSIGINFO, 1, EAGAIN, add_sigqueue, drop_sigqueue };
const struct load load_timer = { UB_NUMSIGINFO, 1, EAGAIN, add_timer, drop_timer };

/* --- memory --------------------------------------------------------------- */

#define PAGES	16

static void *map[LOAD_MAX];

static long keep_map(long i, void *at)
{
	map[i] = at;
	return at ? 0 : -errno;
}

static long unmap_slot(long i)
{
	return unmap(map[i], PAGES);
}

static long add_mmap(long i)
{
	return keep_map(i, map_private(PAGES));
}

/* In order: what came last goes first. */
static long add_brk(long i)
{
	(void)i;
	return sbrk(PAGES * PAGE) == (void *)-1 ? -errno : 0;
}

static long drop_brk(long i)
{
	(void)i;
	return sbrk(-PAGES * PAGE) == (void *)-1 ? -errno : 0;
}

static long add_mlock(long i)
{
	long ret = add_mmap(i);

	if (!ret && mlock(map[i], PAGES * PAGE)) {
		ret = -errno;
		unmap_slot(i);
	}
	return ret;
}

static long add_map_locked(long i)
{
	return keep_map(i, map_at(NULL, PAGES, PROT_READ, MAP_PRIVATE | MAP_LOCKED));
}

static long remove_segment(long i)
{
	return shmctl(slot[i][0], IPC_RMID, NULL) ? -errno : 0;
}

static long add_shmget(long i)
{
	return keep(i, shmget(IPC_PRIVATE, PAGES * PAGE, 0600));
}

static long add_shm_lock(long i)
{
	long ret = add_shmget(i);

	if (!ret && shmctl(slot[i][0], SHM_LOCK, NULL)) {
		ret = -errno;
		remove_segment(i);
	}
	return ret;
}

static long add_shared(long i)
{
	return keep_map(i, map_at(NULL, PAGES, PROT_READ | PROT_WRITE, MAP_SHARED));
}

/* A write that finds no room for all it has to write tells only the next one why. */
static long fill(long i)
{
	static const char data[PAGES * PAGE];
	ssize_t n = write(slot[i][0], data, sizeof(data));
	int ret = n < 0 ? -errno : n < (ssize_t)sizeof(data) ? -ENOSPC : 0;

	if (ret)
		close_slot(i);
	return ret;
}

static long add_memfd(long i)
{
	return keep(i, memfd_create("load", MFD_CLOEXEC)) ?: fill(i);
}

/* With a name that is gone when the file is closed. */
static long add_tmpfs(long i)
{
	return keep(i, open("/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600)) ?: fill(i);
}

const struct load load_mmap = { UB_PRIVVMPAGES, PAGES, ENOMEM, add_mmap, unmap_slot };
const struct load load_brk = { UB_PRIVVMPAGES, PAGES, ENOMEM, add_brk, drop_brk };
const struct load load_mlock = { UB_LOCKEDPAGES, PAGES, ENOMEM, add_mlock, unmap_slot };
const struct load load_map_locked = { UB_LOCKEDPAGES, PAGES, ENOMEM, add_map_locked, unmap_slot };
const struct load load_shm_lock = { UB_LOCKEDPAGES, PAGES, ENOMEM, add_shm_lock, remove_segment };
const struct load load_shmget = { UB_SHMPAGES, PAGES, ENOMEM, add_shmget, remove_segment };
const struct load load_shared = { UB_SHMPAGES, PAGES, ENOMEM, add_shared, unmap_slot };
const struct load load_memfd = { UB_SHMPAGES, PAGES, ENOSPC, add_memfd, close_slot };
const struct load load_tmpfs = { UB_SHMPAGES, PAGES, ENOSPC, add_tmpfs, close_slot };
