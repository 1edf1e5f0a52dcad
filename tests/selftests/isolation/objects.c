// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bombs of small things of the kernel that users have a number of, floods of
 * its log, helpers that it starts, and readers of all that it tells.
 *
 * Cases T108 (AIO), T117 (kernel log), T119 (/proc) and T121 (small objects);
 * programs of the host that a container makes the kernel start.
 *
 * vm: --icount --mem 1536 --time 900
 */
#include <fcntl.h>
#include <kselftest_harness.h>
#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bomb.h"

#define MANY	100

/* --- AIO ---------------------------------------------------------------------- */

static void set_up_aio(void)
{
	aio_context_t context = 0;

	if (syscall(SYS_io_setup, 65536 >> rand() % 16, &context))
		nap();
}

static long can_use_aio(long arg)
{
	aio_context_t context = 0;

	(void)arg;
	return syscall(SYS_io_setup, 128, &context) || syscall(SYS_io_destroy, context) ?
	       -errno : 0;
}

/* --- small objects ------------------------------------------------------------ */

static void watch_all(void)
{
	char name[32];
	int fd = inotify_init1(IN_CLOEXEC), i;

	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "watched.%d", i);
		mkdir(name, 0700);
		inotify_add_watch(fd, name, IN_ALL_EVENTS);
	}
}

static void mark_all(void)
{
	int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY);

	fanotify_mark(fd, FAN_MARK_ADD, FAN_MODIFY | FAN_ONDIR, AT_FDCWD, "/tmp");
}

static void make_queues(void)
{
	static const char text[64] = "\1";
	char name[32];
	int id = msgget(IPC_PRIVATE, 0600), i;

	semget(IPC_PRIVATE, 250, 0600);
	snprintf(name, sizeof(name), "/queue.%d.%d", getpid(), rand());
	mq_open(name, O_RDWR | O_CREAT, 0600, NULL);
	for (i = 0; i < MANY; i++)
		msgsnd(id, text, sizeof(text) - sizeof(long), IPC_NOWAIT);
}

static void add_keys(void)
{
	char name[32];

	snprintf(name, sizeof(name), "key.%d.%d", getpid(), rand());
	syscall(SYS_add_key, "user", name, name, sizeof(name), KEY_SPEC_USER_KEYRING);
}

static void set_timers(void)
{
	const struct itimerspec often = { { 0, 1000 }, { 0, 1000 } };
	struct sigevent event = { .sigev_notify = SIGEV_NONE };
	timer_t timer;

	if (!timer_create(CLOCK_MONOTONIC, &event, &timer))
		timer_settime(timer, 0, &often, NULL);
}

/* Each call goes through all of them. */
static void stack_filters(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 2, .filter = code };

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
		nap();
}

/* Step: a hundred of each, with what the kernel gives any user. */
static long can_have_objects(long arg)
{
	int fd = inotify_init1(IN_CLOEXEC), i, bad = fd < 0, sem, queue;
	char name[32];

	(void)arg;
	for (i = 0; i < MANY && !bad; i++) {
		snprintf(name, sizeof(name), "paths/%d", i);
		sem = semget(IPC_PRIVATE, 1, 0600);
		queue = msgget(IPC_PRIVATE, 0600);
		bad = inotify_add_watch(fd, name, IN_MODIFY) < 0 ||
		      semctl(sem, 0, IPC_RMID) || msgctl(queue, IPC_RMID, NULL) ||
		      syscall(SYS_add_key, "user", name, name, 8, KEY_SPEC_PROCESS_KEYRING) < 0;
	}
	close(fd);
	return bad ? -errno ?: -EIO : 0;
}

/* --- the log ------------------------------------------------------------------ */

static void crash(void)
{
	if (!fork()) {
		raise(SIGSEGV);
		_exit(0);
	}
	children_reap();
}

/* Each crash is to be handed to a program of the host. */
static int pipe_cores(void)
{
	return write_text("/proc/sys/kernel/core_pattern", "|/bin/true");
}

/* --- modules ------------------------------------------------------------------ */

/* Each time the kernel looks for a module that there is not. */
static void ask_for_modules(void)
{
	int family;

	for (family = 0; family < AF_MAX; family++)
		close(socket(family, SOCK_DGRAM, 0));
}

/* --- /proc -------------------------------------------------------------------- */

static const char *const files[] = {
	"/proc/user_beancounters", "/proc/bc/resources", "/proc/vz/veinfo", "/proc/vz/vestat",
	"/proc/self/smaps", "/proc/self/maps", "/proc/self/mountinfo", "/proc/stat",
	"/proc/net/tcp", "/proc/net/unix", "/proc/net/snmp", "/proc/meminfo", "/proc/vmstat",
	"/proc/zoneinfo", "/proc/interrupts", "/proc/kallsyms", "/proc/locks", "/proc/timer_list",
	"/proc/self/status", "/proc/diskstats", "/proc/loadavg", "/proc/sched_debug",
};

static void read_all(void)
{
	static char text[65536];
	size_t i;
	int fd;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		fd = open(files[i], O_RDONLY);
		while (read(fd, text, sizeof(text)) > 0)
			;
		close(fd);
	}
}

BOMB(aio, 90, set_up_aio, 4, .meanwhile = can_use_aio, ROOF(VZMOD_NUMAIOREQ));
BOMB(inotify, 90, watch_all, 4, .meanwhile = can_have_objects, ROOF(VZMOD_NUMINOTIFY));
BOMB(fanotify, 90, mark_all, 4, .meanwhile = can_have_objects, ROOF(VZMOD_NUMFANOTIFY));
BOMB(queues, 90, make_queues, 4, .meanwhile = can_have_objects);
BOMB(keys, 90, add_keys, 4, .meanwhile = can_have_objects);
BOMB(timers, 90, set_timers, 20, .meanwhile = can_have_objects, ROOF(UB_NUMSIGINFO));
BOMB(filters, 90, stack_filters, 4, .meanwhile = can_have_objects);
BOMB(crashes, 90, crash, 8);
BOMB(cores, 90, crash, 8, pipe_cores, ROOF(VZMOD_NUMCOREDUMP));
BOMB(modules, 90, ask_for_modules, 4, ROOF(VZMOD_NUMMODREQ));
BOMB(readers, 95, read_all, 100);

TEST_HARNESS_MAIN
