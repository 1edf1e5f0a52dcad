// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The host's side of a start.
 *
 * Everything that is made on the way hangs on struct starting and is undone
 * with it unless the start succeeds.  If this process is killed in between,
 * the child sees the socket closed and exits; what then remains, a mounted
 * VE_ROOT and an empty cgroup, is what every start expects to find.
 */
#include <errno.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cancel.h"
#include "cleanup.h"
#include "ct.h"
#include "ct_cgroup.h"
#include "ct_console.h"
#include "ct_init.h"
#include "ct_limits.h"
#include "ct_task.h"
#include "ctl.h"
#include "mntns.h"
#include "report.h"
#include "userns.h"

/* Above what useradd and friends hand out; 16384 ranges up to 0x80000000. */
#define FIRST_BASE	0x40000000U
#define BASES		16384U

/* For PID 1 to become init, once it may. */
#define INIT_SECONDS	60

/* The mount namespace follows when there is a tree to copy: see mntns.h. */
#define START_FLAGS	(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | \
			 CLONE_NEWUTS | CLONE_NEWCGROUP)

struct starting {
	const struct ct_spec *spec;
	uint32_t uid_base;
	int ctl;
	int cgroup;
	pid_t pid;		/* 0: none */
	int pidfd;
	int sock;
};

static void starting_end(struct starting *st)
{
	struct vz_err ignored = { 0 };

	if (st->pid > 0) {
		pidfd_send_signal(st->pidfd, SIGKILL, NULL, 0);
		while (waitpid(st->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (st->cgroup >= 0) {
		if (st->pid >= 0) {
			cgroup_kill(st->spec->ctid);
			cgroup_remove(st->spec->ctid, &ignored);
		}
		close(st->cgroup);
	}
	cleanup_close_fn(&st->sock);
	cleanup_close_fn(&st->pidfd);
	cleanup_close_fn(&st->ctl);
}

/* A range that another container has is passed over. */
static int arm(struct starting *st, struct vz_err *err)
{
	uint32_t ctid = st->spec->ctid;
	int ret = -EADDRINUSE;

	for (uint32_t i = 0; i < BASES && ret == -EADDRINUSE; i++) {
		st->uid_base = FIRST_BASE + (ctid + i) % BASES * VZMOD_ID_RANGE;
		ret = ctl_arm(st->ctl, ctid, st->uid_base);
	}
	if (ret == -EEXIST)
		return vz_fail(err, VZ_RUNNING, "Container is already running");
	errno = -ret;
	return ret ? vz_fail_errno(err, VZ_ENVCREATE_ERROR, "Unable to create the container") : 0;
}

/*
 * How many signals all users of a user namespace may have pending together is
 * taken from its creator.  The roof is to be numsiginfo.
 */
static pid_t fork_init(struct starting *st, struct vz_err *err)
{
	struct rlimit ours, none = { RLIM_INFINITY, RLIM_INFINITY };
	pid_t pid;

	if (prlimit(0, RLIMIT_SIGPENDING, &none, &ours))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to raise a resource limit");
	pid = userns_fork(START_FLAGS, st->cgroup, &st->pidfd, err);
	prlimit(0, RLIMIT_SIGPENDING, &ours, NULL);	/* both processes */
	return pid;
}

static int spawn(struct starting *st, int tree, struct vz_err *err)
{
	_cleanup_close_ int ours = -1, theirs = -1;
	int socks[2];

	if (report_pair(socks, err))
		return -1;
	ours = socks[0];
	theirs = socks[1];
	st->pid = fork_init(st, err);
	if (!st->pid) {
		close(ours);
		cancel_unwatch();
		ct_init(st->spec, tree, theirs);
	}
	if (st->pid < 0) {
		st->pid = 0;
		return -1;
	}
	st->sock = steal_fd(&ours);
	return 0;
}

/*
 * The child is forked before its root is attached, because mapping the ids
 * takes its user namespace; it copies the mount namespace on the first "go".
 */
static int make_child(struct starting *st, int tree, struct vz_err *err)
{
	_cleanup_mntns_ struct mntns home = MNTNS_NONE;

	if (mntns_leave(&home, err) || spawn(st, tree, err) ||
	    userns_map(st->pid, st->uid_base, err) ||
	    mntns_idmap(tree, st->pid, true, err) ||
	    mntns_attach(tree, st->spec->root_dir, err))
		return -1;
	task_reset(st->pid, 0);
	return report_go(st->sock) ?
	       vz_fail(err, VZ_ENVCREATE_ERROR, "Container died during its start") : 0;
}

/* Returns the master of the console. */
static int wait_ready(struct starting *st, struct vz_err *err)
{
	struct report report;
	int console;

	if (report_recv(st->sock, &report, &console, err))
		return -1;
	if (report.kind != REPORT_READY)
		return vz_fail(err, VZ_ENVCREATE_ERROR, "Container died during its start");
	return console;
}

static int announce(struct starting *st, struct vz_err *err)
{
	int ret = ctl_start(st->ctl, st->spec->ctid, st->pid);

	errno = -ret;
	return ret ? vz_fail_errno(err, VZ_ENVCREATE_ERROR, "Unable to start the container") : 0;
}

/*
 * Who was started by a script inside may have frozen PID 1, since the cgroups
 * are the container's own.
 */
static int wait_for_init(const struct starting *st, struct vz_err *err)
{
	struct pollfd init = { .fd = st->sock, .events = POLLIN };
	int ready;

	do {
		ready = poll(&init, 1, INIT_SECONDS * 1000);
	} while (ready < 0 && errno == EINTR && !cancel_requested());
	if (ready > 0)
		return 0;
	return cancel_requested() ?
	       vz_fail(err, VZ_SYSTEM_ERROR, "Container start was interrupted") :
	       vz_fail(err, VZ_ENVCREATE_ERROR, "Container did not run its init within %d seconds",
		       INIT_SECONDS);
}

/* It has become init when it has nothing more to say. */
static int release(struct starting *st, struct vz_err *err)
{
	struct report report;

	if (cancel_requested())
		return vz_fail(err, VZ_SYSTEM_ERROR, "Container start was interrupted");
	if (report_go(st->sock))
		return vz_fail(err, VZ_ENVCREATE_ERROR, "Container died during its start");
	return wait_for_init(st, err) ? -1 : report_recv(st->sock, &report, NULL, err);
}

static int prepare(struct starting *st, struct vz_err *err)
{
	_cleanup_close_ int tree = -1;

	st->ctl = ctl_open(err);
	if (st->ctl < 0 || arm(st, err) || ct_limits_set(st->ctl, st->spec, err))
		return -1;
	st->cgroup = cgroup_make(st->spec->ctid, st->uid_base, err);
	if (st->cgroup < 0)
		return -1;
	tree = mntns_clone_tree(st->spec->root_dir, true, err);
	return tree < 0 ? -1 : make_child(st, tree, err);
}

int ct_start(const struct ct_spec *spec,
	     int (*before_init)(const struct ct_spec *spec, int init_pid,
				void *arg, struct vz_err *err),
	     void *arg, struct vz_err *err)
{
	__attribute__((cleanup(starting_end))) struct starting st = {
		.spec = spec, .ctl = -1, .cgroup = -1, .pidfd = -1, .sock = -1,
	};
	_cleanup_close_ int console = -1;

	if (prepare(&st, err))
		return -1;
	console = wait_ready(&st, err);
	if (console < 0 || announce(&st, err) ||
	    console_keep(spec->ctid, console, st.pidfd, err) ||
	    (before_init && before_init(spec, st.pid, arg, err)) || release(&st, err))
		return -1;
	st.pid = -1;	/* it lives on its own now */
	return 0;
}
