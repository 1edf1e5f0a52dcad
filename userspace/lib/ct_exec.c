// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Run commands inside a container, their standard files bridged by pipes, so
 * that no file of the host is ever in the hands of the container.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "cancel.h"
#include "cleanup.h"
#include "ct.h"
#include "ct_join.h"
#include "ct_task.h"
#include "pump.h"
#include "report.h"

#define COUNT(array)	((int)(sizeof(array) / sizeof((array)[0])))

static char *const clean_env[] = { "HOME=/", "TERM=linux", TASK_PATH, NULL };

struct command {
	const struct program *programs;
	int count;
	char *const *env;
	enum vz_exit missing;		/* if none of them can be started */
	const char *missing_what;
};

/* Standard input, output and error, in this order. */
struct bridge {
	struct pump pumps[3];
	struct ct_joined joined;
	int64_t deadline;		/* ms, 0: none */
};

static void bridge_close(struct bridge *bridge)
{
	for (int i = 0; i < 3; i++)
		pump_close(&bridge->pumps[i]);
	ct_joined_end(&bridge->joined);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static void start_command(void *arg, int sock, struct vz_err *err)
{
	const struct command *cmd = arg;

	(void)sock;
	task_exec(cmd->programs, cmd->count, cmd->env);
	vz_fail_errno(err, cmd->missing, "Unable to execute %s", cmd->missing_what);
}

/*
 * A pipe whose ends both belong to the container's root, so that a program can
 * open it again as /dev/stdout.  It can read what it has written, too, so our
 * ends must not block.
 */
static int make_pipe(int ends[2], uint32_t owner)
{
	if (pipe2(ends, O_CLOEXEC))
		return -1;
	return fchown(ends[0], owner, owner);
}

static int bridge_open(struct bridge *bridge, const struct ct_target *target, int in,
		       struct command *cmd, struct vz_err *err)
{
	int ends[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
	int failed = 0;

	for (int i = 0; i < 3; i++)
		failed |= make_pipe(ends[i], target->uid_base);
	bridge->pumps[0] = (struct pump){ .from = in, .to = ends[0][1] };
	bridge->pumps[1] = (struct pump){ .from = ends[1][0], .to = STDOUT_FILENO };
	bridge->pumps[2] = (struct pump){ .from = ends[2][0], .to = STDERR_FILENO };
	if (failed)
		vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to create pipes");
	else
		failed = ct_join(target, (int[]){ ends[0][0], ends[1][1], ends[2][1] },
				 start_command, cmd, &bridge->joined, err);
	for (int i = 0; i < 3; i++) {
		close(ends[i][i ? 1 : 0]);
		fcntl(ends[i][i ? 0 : 1], F_SETFL, O_NONBLOCK);
	}
	return failed;
}

static int time_left(const struct bridge *bridge)
{
	int64_t left;

	if (!bridge->deadline)
		return -1;
	left = bridge->deadline - now_ms();
	return left > 0 ? left : 0;
}

/* Returns 1 when the joiner has something to say, 0 when not yet. */
static int bridge_step(struct bridge *bridge, struct vz_err *err)
{
	struct pollfd fds[4];
	int ready;

	for (int i = 0; i < 3; i++)
		fds[i] = pump_poll(&bridge->pumps[i]);
	fds[3] = (struct pollfd){ .fd = bridge->joined.sock, .events = POLLIN };
	ready = poll(fds, 4, time_left(bridge));
	if (cancel_requested())
		return vz_fail(err, VZ_SYSTEM_ERROR, "A command in the container was interrupted");
	if (ready < 0)
		return errno == EINTR ? 0 :
		       vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to wait for the command");
	/* There may always be something to move. */
	if (!fds[3].revents && !time_left(bridge))
		return vz_fail(err, VZ_EXEC_TIMEOUT, "Timeout on a command in the container");
	for (int i = 0; i < 3; i++)
		if (fds[i].revents)
			pump_move(&bridge->pumps[i]);
	return fds[3].revents != 0;
}

/*
 * What the command wrote is in the pipe by now.  What others, left behind in
 * the background, go on to write is not waited for.
 */
static void pump_rest(struct pump *pump)
{
	struct pollfd fd;
	int left = 0;

	if (pump->from < 0 || ioctl(pump->from, FIONREAD, &left))
		return;
	while (pump->to >= 0 && !cancel_requested()) {
		fd = pump_poll(pump);
		if (fd.events & POLLOUT) {
			poll(&fd, 1, -1);
			pump_move(pump);
		} else if (left > 0 && pump_move(pump)) {
			left -= pump->tail;
		} else {
			break;
		}
	}
}

static int bridge_run(struct bridge *bridge, int *status, struct vz_err *err)
{
	struct report report;
	int said;

	do {
		said = bridge_step(bridge, err);
	} while (!said);
	if (said < 0 || report_recv(bridge->joined.sock, &report, NULL, err))
		return -1;
	if (report.kind != REPORT_EXIT)
		return vz_fail(err, VZ_SYSTEM_ERROR, "The command was lost with its container");
	pump_rest(&bridge->pumps[1]);
	pump_rest(&bridge->pumps[2]);
	*status = report.status;
	return 0;
}

static int run(const struct ct_spec *spec, struct command *cmd, int in,
	       unsigned int timeout, int *status, struct vz_err *err)
{
	__attribute__((cleanup(bridge_close))) struct bridge bridge = {
		.pumps = { { .from = in, .to = -1 }, { -1, -1, 0, 0, "" }, { -1, -1, 0, 0, "" } },
		.joined = CT_JOINED_NONE,
		.deadline = timeout ? now_ms() + timeout * 1000LL : 0,
	};
	_cleanup_target_ struct ct_target target = CT_TARGET_NONE;

	if (ct_target_open(spec->ctid, &target, err) ||
	    bridge_open(&bridge, &target, in, cmd, err))
		return -1;
	return bridge_run(&bridge, status, err);
}

int ct_exec(const struct ct_spec *spec, char *const argv[],
	    unsigned int timeout, int *status, struct vz_err *err)
{
	const struct program program = { argv[0], argv };
	struct command cmd = { &program, 1, clean_env, VZ_COMMAND_FAILED, argv[0] };

	return run(spec, &cmd, STDIN_FILENO, timeout, status, err);
}

static int run_shell(const struct ct_spec *spec, char *text, char *const env[], int in,
		     unsigned int timeout, int *status, struct vz_err *err)
{
	char *const bash[] = { "bash", text ? "-c" : NULL, text, NULL };
	char *const sh[] = { "sh", text ? "-c" : NULL, text, NULL };
	const struct program shells[] = { { "/bin/bash", bash }, { "/bin/sh", sh } };
	struct command cmd = { shells, COUNT(shells), env, VZ_BAD_TEMPLATE, "a shell" };

	return run(spec, &cmd, in, timeout, status, err);
}

int ct_exec_shell(const struct ct_spec *spec, const char *command,
		  unsigned int timeout, int *status, struct vz_err *err)
{
	return run_shell(spec, (char *)command, clean_env, STDIN_FILENO, timeout, status, err);
}

static int text_file(const char *text, struct vz_err *err)
{
	_cleanup_close_ int fd = memfd_create("script", MFD_CLOEXEC);
	size_t len = strlen(text);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to hold a script");
	return steal_fd(&fd);
}

/* The clean environment, then @extra. */
static char **join_env(char *const extra[])
{
	size_t count = 0;
	char **env;

	while (extra && extra[count])
		count++;
	env = calloc(COUNT(clean_env) + count, sizeof(*env));
	if (!env)
		return NULL;
	memcpy(env, clean_env, sizeof(clean_env));
	if (count)
		memcpy(env + COUNT(clean_env) - 1, extra, count * sizeof(*env));
	return env;
}

int ct_exec_script(const struct ct_spec *spec, const char *text,
		   char *const env[], unsigned int timeout, int *status,
		   struct vz_err *err)
{
	_cleanup_free_ char **all = join_env(env);
	int in;

	if (!all)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to run a script");
	in = text_file(text, err);
	return in < 0 ? -1 : run_shell(spec, NULL, all, in, timeout, status, err);
}
