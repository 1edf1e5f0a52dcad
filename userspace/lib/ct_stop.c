// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stop a container.
 *
 * The orderly way is "halt" run inside.  An init that is still busy booting
 * may not listen yet, so a halt that returns 1 is tried again until the time
 * is over.  Force is SIGKILL to init, which takes its whole pid namespace along,
 * and the cgroup's kill, which no fork can outrun.  That one comes second, since
 * it takes a lock that all containers share.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cancel.h"
#include "cleanup.h"
#include "ct.h"
#include "ct_cgroup.h"
#include "ct_join.h"
#include "ct_task.h"
#include "ctl.h"
#include "log.h"
#include "report.h"

#define HALT_AGAIN_MS	2000
#define GONE_TRIES	100
#define GONE_USECS	20000

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void run_halt(void *arg, int sock, struct vz_err *err)
{
	char *const argv[] = { "halt", NULL };
	char *const env[] = { "HOME=/", "TERM=linux", TASK_PATH, NULL };
	const struct program halt = { "halt", argv };

	(void)arg;
	(void)sock;
	task_exec(&halt, 1, env);
	vz_fail_errno(err, VZ_STOP_ERROR, "Unable to execute halt");
}

static int ms_left(time_t deadline)
{
	time_t left = deadline - now();

	return left > 0 ? left * 1000 : 0;
}

static bool is_dead(const struct ct_target *target, int timeout_ms)
{
	struct pollfd init = { .fd = target->pidfd, .events = POLLIN };
	int ready;

	do {
		ready = poll(&init, 1, timeout_ms);
	} while (ready < 0 && errno == EINTR && !cancel_requested());
	return ready > 0;
}

/*
 * Init, when it was told, kills all others: halt as well, or the task that runs
 * it and would report.
 */
static bool was_swept_away(const struct report *report)
{
	return report->kind == REPORT_GONE ||
	       (WIFSIGNALED(report->status) && (WTERMSIG(report->status) == SIGTERM ||
						WTERMSIG(report->status) == SIGKILL));
}

/* The exit code of halt, -1 if it could not be run, crashed or hangs. */
static int halt(const struct ct_target *target, time_t deadline)
{
	_cleanup_joined_ struct ct_joined joined = CT_JOINED_NONE;
	struct vz_err ignored = { 0 };
	struct pollfd fds[2];
	struct report report;

	if (ct_join(target, (int[]){ -1, -1, -1 }, run_halt, NULL, &joined, &ignored))
		return -1;
	fds[0] = (struct pollfd){ .fd = target->pidfd, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = joined.sock, .events = POLLIN };
	if (poll(fds, 2, ms_left(deadline)) <= 0 || !fds[1].revents ||
	    report_recv(joined.sock, &report, NULL, &ignored))
		return -1;
	if (was_swept_away(&report))
		return 0;
	return WIFEXITED(report.status) ? WEXITSTATUS(report.status) : -1;
}

static bool stop_by_init(const struct ct_target *target, unsigned int timeout)
{
	time_t deadline = now() + timeout;
	int ret;

	vz_log(LOG_NORMAL, "Stopping container ...");
	do {
		ret = halt(target, deadline);
		if (is_dead(target, ret == 1 ? HALT_AGAIN_MS : 0))
			return true;
	} while (ret == 1 && ms_left(deadline) && !cancel_requested());
	return !ret && is_dead(target, ms_left(deadline));
}

static bool stop_by_force(const struct ct_target *target, unsigned int timeout)
{
	cancel_ignore();
	vz_log(LOG_NORMAL, "Killing container ...");
	pidfd_send_signal(target->pidfd, SIGKILL, NULL, 0);
	cgroup_kill(target->ctid);
	return is_dead(target, timeout * 1000);
}

/*
 * The last files of the container are closed by others, right after its end.
 * Our own pidfd has to be closed before: through it, too, the container lives.
 */
static void wait_gone(uint32_t ctid)
{
	struct vz_err ignored = { 0 };
	_cleanup_close_ int ctl = ctl_open(&ignored);
	struct vzmod_ct_info info;

	for (int i = 0; ctl >= 0 && i < GONE_TRIES && !ctl_ct_info(ctl, ctid, &info); i++)
		usleep(GONE_USECS);
}

int ct_clear(const struct ct_spec *spec, struct vz_err *err)
{
	cgroup_kill(spec->ctid);
	return cgroup_remove(spec->ctid, err);
}

int ct_stop(const struct ct_spec *spec, bool fast, struct vz_err *err)
{
	_cleanup_target_ struct ct_target target = CT_TARGET_NONE;

	if (ct_target_open(spec->ctid, &target, err))
		return -1;
	if ((fast || !stop_by_init(&target, spec->stop_timeout)) &&
	    (cancel_requested() || !stop_by_force(&target, spec->stop_timeout)))
		return vz_fail(err, VZ_STOP_ERROR, "Unable to stop container: %s",
			       cancel_requested() ? "interrupted" : "operation timed out");
	if (ct_clear(spec, err))
		return -1;
	ct_target_close(&target);
	wait_gone(spec->ctid);
	vz_log(LOG_NORMAL, "Container was stopped");
	return 0;
}
