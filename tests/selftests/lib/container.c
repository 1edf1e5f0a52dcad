// SPDX-License-Identifier: GPL-2.0-or-later
/* See container.h. */
#include "container.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/if.h>
#include <linux/sched.h>

#define NAMESPACES	(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | \
			 CLONE_NEWIPC | CLONE_NEWUTS)

struct order {
	ct_step *step;
	long arg;
};

double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1000000000.0;
}

void nap(void)
{
	const struct timespec time = { .tv_nsec = 5000000 };

	nanosleep(&time, NULL);
}

static int result(long ret)
{
	return ret < 0 ? -errno : (int)ret;
}

/* write_text() - to a file of the kernel's */
int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = result(write(fd, text, strlen(text)));

	close(fd);
	return ret < 0 ? ret : 0;
}

/* --- inside ------------------------------------------------------------- */

static int raise_loopback(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	int ret = result(ioctl(fd, SIOCSIFFLAGS, &lo));

	close(fd);
	return ret;
}

static int own_mounts(void)
{
	return result(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ?:
		      mount("proc", "/proc", "proc", 0, NULL) ?:
		      mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=666") ?:
		      mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
}

/* An answer takes memory of the kernel: one that is refused it tries again. */
static bool answer(long ret)
{
	ssize_t n;

	return wait_until((n = write(ORDERS_FD, &ret, sizeof(ret))) > 0 ||
			  (errno != ENOMEM && errno != ENOBUFS)) &&
	       n == sizeof(ret);
}

/* Nobody else's files; the end of the test is the end. */
static void take_orders_from(int orders)
{
	dup2(orders, ORDERS_FD);
	syscall(SYS_close_range, ORDERS_FD + 1, ~0U, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Obey until nobody can give orders any more. */
static void __attribute__((noreturn)) obey(long ret)
{
	struct order order;

	while (answer(ret) &&
	       read(ORDERS_FD, &order, sizeof(order)) == sizeof(order))
		ret = order.step(order.arg);
	_exit(0);
}

static void __attribute__((noreturn)) be_init(int orders)
{
	struct order order;
	long ret;

	take_orders_from(orders);
	if (read(ORDERS_FD, &order, sizeof(order)) != sizeof(order))
		_exit(1);
	/* Not the functions of the library: they wait for all threads of the test. */
	ret = result(syscall(SYS_setgid, 0) ?: syscall(SYS_setuid, 0)) ?:
	      own_mounts() ?: raise_loopback();
	/* Both are lost with a change of ids. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 1);
	obey(ret);
}

/* --- outside ------------------------------------------------------------ */

/* vzctl() - an ioctl of /dev/vzctl, on a file that stays open */
int vzctl(unsigned long cmd, void *arg)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/dev/vzctl", O_RDWR | O_CLOEXEC);
	return result(ioctl(fd, cmd, arg));
}

static int map_ids(pid_t pid, const char *file, unsigned int base)
{
	char path[64], map[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	snprintf(map, sizeof(map), "0 %u %u\n", base, VZMOD_ID_RANGE);
	return write_text(path, map);
}

/* ct_begin() - let init run a step and do not wait for it */
void ct_begin(struct ct *ct, ct_step *step, long arg)
{
	struct order order = { step, arg };

	send(ct->calls, &order, sizeof(order), MSG_NOSIGNAL);
}

/* ct_end() - wait for the step; -EPIPE if init has died over it */
long ct_end(struct ct *ct)
{
	long ret;

	return read(ct->calls, &ret, sizeof(ret)) == sizeof(ret) ? ret : -EPIPE;
}

long ct_call(struct ct *ct, ct_step *step, long arg)
{
	ct_begin(ct, step, arg);
	return ct_end(ct);
}

/* Its own cgroup is the root of the cgroups that it sees. */
static pid_t clone_init(const struct ct *ct, unsigned long namespaces)
{
	struct clone_args args = { .flags = namespaces, .exit_signal = SIGCHLD };

	if (ct->cgroup) {
		args.flags |= CLONE_INTO_CGROUP | (namespaces ? CLONE_NEWCGROUP : 0);
		args.cgroup = ct->cgroup;
	}
	return syscall(SYS_clone3, &args, sizeof(args));
}

/*
 * ct_start_on_host() - container 0: a process in @ct->cgroup that obeys as an
 * init does, for what a test is to do on the host as it does it in containers;
 * to be ended with ct_kill()
 */
int ct_start_on_host(struct ct *ct)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	ct->calls = pair[0];
	ct->init = clone_init(ct, 0);
	if (!ct->init) {
		take_orders_from(pair[1]);
		obey(0);
	}
	close(pair[1]);
	return ct->init < 0 ? -errno : (int)ct_end(ct);
}

/* Give a cloned init its ids and its first order, to set itself up. */
static int bring_up(struct ct *ct)
{
	int ret = map_ids(ct->init, "gid_map", ct->uid_base) ?:
		  map_ids(ct->init, "uid_map", ct->uid_base);

	return ret ?: (int)ct_call(ct, NULL, 0);
}

/* ct_start() - make a container; its init waits for orders, with no file open */
int ct_start(struct ct *ct, unsigned int ctid)
{
	struct vzmod_arm arm = { .ctid = ctid, .class_id = 7 };
	struct vzmod_start start = { .ctid = ctid };
	int fd, pair[2], ret;

	ct->ctid = ctid;
	if (!ct->uid_base)
		ct->uid_base = ctid * VZMOD_ID_RANGE;
	arm.uid_base = ct->uid_base;
	fd = open("/dev/vzctl", O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, VZMOD_ARM, &arm)) {
		ret = -errno;
		close(fd);
		return ret;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	ct->calls = pair[0];
	ct->init = clone_init(ct, NAMESPACES);
	if (!ct->init)
		be_init(pair[1]);
	close(pair[1]);
	start.pid = ct->init;
	ret = ct->init < 0 ? -errno : bring_up(ct) ?: result(ioctl(fd, VZMOD_START, &start));
	close(fd);
	return ret;
}

bool ct_listed(unsigned int ctid)
{
	static unsigned int ids[4096];
	struct vzlist_veidctl list = { .num = 4096, .id = ids };
	int i, n = vzctl(VZCTL_GET_VEIDS, &list);

	for (i = 0; i < n; i++)
		if (ids[i] == ctid)
			return true;
	return false;
}

/* ct_kill() - kill -9 of init, and wait until all its processes are reaped */
void ct_kill(struct ct *ct)
{
	if (ct->init <= 0)
		return;
	kill(ct->init, SIGKILL);
	waitpid(ct->init, NULL, 0);
	close(ct->calls);
	ct->init = 0;
}

/* ct_wait_gone() - wait until nothing holds the container any more */
int ct_wait_gone(unsigned int ctid)
{
	return wait_until((files_collect(), !ct_listed(ctid))) ? 0 : -ETIMEDOUT;
}

int ct_stop(struct ct *ct)
{
	ct_kill(ct);
	return ct_wait_gone(ct->ctid);
}

int ct_limit(struct ct *ct, unsigned int resource, unsigned long barrier, unsigned long limit)
{
	struct vzmod_limit req = {
		.ctid = ct->ctid, .resource = resource, .barrier = barrier, .limit = limit,
	};

	return vzctl(VZMOD_SET_LIMIT, &req);
}

/* ct_stat() - flags is 0 if there is no such container */
struct vzmod_ubstat ct_stat(const struct ct *ct, unsigned int resource)
{
	struct vzmod_ubstat stat = { .ctid = ct->ctid, .resource = resource };

	vzctl(VZMOD_GET_UBSTAT, &stat);
	return stat;
}

unsigned long ct_held(const struct ct *ct, unsigned int resource)
{
	return ct_stat(ct, resource).held;
}

/*
 * ct_held_when() - held, after giving it time to become what is wanted: what
 * is freed after the system call that freed it is counted until then
 */
unsigned long ct_held_when(const struct ct *ct, unsigned int resource, unsigned long wanted)
{
	wait_until(ct_held(ct, resource) == wanted);
	return ct_held(ct, resource);
}

/* join_user_ns() - setns() of the caller into the user namespace of a process */
int join_user_ns(pid_t pid)
{
	char path[64];
	int fd, ret;

	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ret = result(setns(fd, CLONE_NEWUSER));
	close(fd);
	return ret;
}

/* children_reap() - wait for all children; how many of them did not exit with 0 */
int children_reap(void)
{
	int status, bad = 0;

	while (wait(&status) > 0)
		bad += status != 0;
	return bad;
}
