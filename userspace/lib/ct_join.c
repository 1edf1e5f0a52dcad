// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Processes that enter a running container.
 *
 * The order is what makes it safe, and what lets the administrator in when the
 * container has used up its processes:
 *
 * 1. The joiner, a fork of the tool, hides itself, keeps only the files that it
 *    needs and takes the resource limits of the container's init.
 * 2. It joins the namespaces that hold what is to be seen, by one pidfd.  It
 *    still is the host's root, so from now on it opens nothing by name.
 * 3. It forks, right into the container's cgroup.  The fork is charged to the
 *    host, which has no limit.  The joiner itself stays in the cgroup of the
 *    tool: in the other it would be a process without a pid, which systemd
 *    takes for a broken cgroup.
 * 4. The new process joins the user namespace, which moves its charge by force,
 *    and becomes the container's root.  Only from here on it touches files,
 *    and has no more rights to them than anyone inside.
 * 5. It runs the program; that also ends its being hidden.
 *
 * A SIGTERM to the joiner, which the end of its caller is as well, ends the
 * program with what it has started.  One that comes early is held back until
 * there is somebody whom it can end.
 *
 * A container can make the program that it is told to run be the tool itself
 * (a script with "#!/proc/self/exe") and can then open it by /proc/PID/exe.
 * The file belongs to an id that the user namespace does not have, so no
 * capability inside counts for it and it opens read-only, as for any other
 * user of the host.  Nothing has to be copied to make sure of that.
 */
#include "ct_join.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdnoreturn.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "ct_cgroup.h"
#include "ct_task.h"
#include "ctl.h"
#include "fds.h"
#include "report.h"
#include "userns.h"

/* Numbers of the joiner's files, after standard input, output and error. */
#define JOIN_SOCK	3
#define JOIN_PIDFD	4

/* How long an init may take to end, when it has begun to. */
#define END_MS		5000

/* Into its cgroup nobody can fork who is in its cgroup namespace already. */
#define JOIN_FIRST	(CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS)
#define JOIN_LAST	(CLONE_NEWCGROUP | CLONE_NEWUSER)

/* How to make the process inside. */
struct joining {
	const struct ct_target *target;
	ct_inside_fn inside;
	void *arg;
	pid_t caller;
};

void ct_target_close(struct ct_target *target)
{
	if (target->pidfd >= 0)
		close(target->pidfd);
	*target = CT_TARGET_NONE;
}

/*
 * Asked before and after the pidfd is opened: if init is the same both times,
 * the pid cannot have been used for something else in between.
 */
int ct_target_open(uint32_t ctid, struct ct_target *target, struct vz_err *err)
{
	_cleanup_close_ int ctl = ctl_open(err);
	_cleanup_close_ int pidfd = -1;
	struct vzmod_ct_info before, after;

	if (ctl < 0)
		return -1;
	if (ctl_ct_info(ctl, ctid, &before) || before.state != VZMOD_CT_RUNNING)
		return vz_fail(err, VZ_NOT_RUNNING, "Container is not running");
	pidfd = pidfd_open(before.pid, 0);
	if (pidfd < 0 || ctl_ct_info(ctl, ctid, &after) || after.state != VZMOD_CT_RUNNING ||
	    after.pid != before.pid || after.start_ns != before.start_ns)
		return vz_fail(err, VZ_NOT_RUNNING, "Container is not running");
	*target = (struct ct_target){
		.ctid = ctid,
		.uid_base = before.uid_base,
		.init_pid = before.pid,
		.pidfd = steal_fd(&pidfd),
	};
	return 0;
}

/*
 * The namespaces of an init are the first thing to go; the rest follows when all
 * others have ended.  A main thread that ends before other threads loses its
 * namespaces, too, but that is no end.
 */
static bool is_ending(void)
{
	struct pollfd init = { .fd = JOIN_PIDFD, .events = POLLIN };

	return setns(JOIN_PIDFD, CLONE_NEWUTS) && errno == ESRCH && poll(&init, 1, END_MS) > 0;
}

/* Whatever fails in a container that ends meanwhile, it fails because of that. */
static noreturn void give_up(struct vz_err *err)
{
	struct report report = { .kind = REPORT_FAILED, .err = *err };

	if (is_ending()) {
		vz_err_clear(&report.err);
		vz_fail(&report.err, VZ_NOT_RUNNING, "Container is not running");
	}
	report_send(JOIN_SOCK, &report, -1);
	_exit(126);
}

static noreturn void go_inside(const struct joining *how, struct vz_err *err)
{
	if (setns(JOIN_PIDFD, JOIN_LAST) ||
	    fds_keep_only((int[]){ 0, 1, 2, JOIN_SOCK }, JOIN_SOCK + 1)) {
		vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to enter the user namespace");
		give_up(err);
	}
	if (task_become_root(err) || task_drop_capabilities(err))
		give_up(err);
	task_clean();
	setsid();	/* else /dev/tty is the administrator's terminal */
	prctl(PR_SET_PDEATHSIG, SIGKILL);	/* was cleared with the ids */
	how->inside(how->arg, JOIN_SOCK, err);
	give_up(err);
}

static pid_t inside_pid;

/* Of what the command has started, all that did not leave its process group. */
static void kill_inside(int sig)
{
	(void)sig;
	kill(-inside_pid, SIGKILL);
	kill(inside_pid, SIGKILL);	/* it may not lead a group yet */
	_exit(126);
}

static sigset_t only_sigterm(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	return set;
}

/* The number is given up only when it is not used any more. */
static noreturn void wait_for(pid_t pid)
{
	const sigset_t term = only_sigterm();
	struct report report = { .kind = REPORT_EXIT };
	siginfo_t info;

	inside_pid = pid;
	signal(SIGTERM, kill_inside);
	sigprocmask(SIG_UNBLOCK, &term, NULL);
	/* Else the ends of the pipes would never be seen. */
	for (int fd = 0; fd <= 2; fd++)
		close(fd);
	TEMP_FAILURE_RETRY(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	signal(SIGTERM, SIG_DFL);
	TEMP_FAILURE_RETRY(waitpid(pid, &report.status, 0));
	report_send(JOIN_SOCK, &report, -1);
	_exit(0);
}

static pid_t fork_into(const int cgroups[CGROUP_ENTRIES], struct vz_err *err)
{
	pid_t pid = -1;

	for (int i = 0; pid < 0 && i < CGROUP_ENTRIES; i++) {
		int pidfd;

		vz_err_clear(err);
		if (cgroups[i] >= 0)
			pid = userns_fork(0, cgroups[i], &pidfd, err);
	}
	if (pid < 0)
		vz_fail(err, VZ_SYSTEM_ERROR, "Unable to open the container's cgroup");
	return pid;
}

static noreturn void join(const struct joining *how, const int files[5])
{
	struct vz_err err = { 0 };
	int cgroups[CGROUP_ENTRIES];
	pid_t pid;

	task_hide();
	setsid();	/* what a terminal has to say, it says to the caller */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != how->caller || fds_keep_only(files, 5))
		_exit(126);
	task_reset(0, how->target->init_pid);
	cgroup_open_entries(how->target->ctid, cgroups);
	if (setns(JOIN_PIDFD, JOIN_FIRST)) {
		vz_fail_errno(&err, VZ_SYSTEM_ERROR, "Unable to enter the namespaces");
		give_up(&err);
	}
	pid = fork_into(cgroups, &err);
	if (!pid)
		go_inside(how, &err);
	if (pid < 0)
		give_up(&err);
	wait_for(pid);
}

/* It is born with SIGTERM held back, or one might meet the caller's handler. */
static pid_t fork_joiner(const struct joining *how, const int files[5])
{
	const sigset_t term = only_sigterm();
	sigset_t before;
	pid_t pid;

	sigprocmask(SIG_BLOCK, &term, &before);
	pid = fork();
	if (!pid)
		join(how, files);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

int ct_join(const struct ct_target *target, const int stdio[3],
	    ct_inside_fn inside, void *arg, struct ct_joined *joined,
	    struct vz_err *err)
{
	const struct joining how = { target, inside, arg, getpid() };
	_cleanup_close_ int ours = -1, theirs = -1;
	int socks[2];

	if (report_pair(socks, err))
		return -1;
	ours = socks[0];
	theirs = socks[1];
	joined->pid = fork_joiner(&how, (int[]){ stdio[0], stdio[1], stdio[2], theirs,
				  target->pidfd });
	if (joined->pid < 0)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to fork");
	joined->sock = steal_fd(&ours);
	return 0;
}

void ct_joined_end(struct ct_joined *joined)
{
	if (joined->pid > 0) {
		kill(joined->pid, SIGTERM);
		TEMP_FAILURE_RETRY(waitpid(joined->pid, NULL, 0));
	}
	if (joined->sock >= 0)
		close(joined->sock);
	*joined = CT_JOINED_NONE;
}
