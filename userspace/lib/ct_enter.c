// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A login shell on a terminal of the container.
 *
 * The terminal is made inside, by the container's own devpts, so it counts
 * there and the caller's own terminal is never in the hands of the container.
 * What comes back as its master was opened by a name that the container
 * controls; only a file of a devpts is believed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"
#include "ct.h"
#include "ct_join.h"
#include "ct_task.h"
#include "log.h"
#include "proc_title.h"
#include "pump.h"
#include "report.h"
#include "terminal.h"

/* How often a shell that has not noticed the end of its input is told again. */
#define EOF_AGAIN_MS	1000
#define LAST_ROUNDS	64

struct session {
	struct ct_joined joined;
	struct pump typed;	/* standard input to terminal */
	struct pump shown;	/* terminal to standard output */
	int master;
	int signals;
	bool ended;		/* no more input */
	char last;		/* what was typed last */
	struct terminal terminal;
};

/* Runs inside, as the container's root. */
static int open_terminal(int sock, struct vz_err *err)
{
	const struct report ready = { .kind = REPORT_READY };
	_cleanup_close_ int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	int slave = -1, unlock = 0;

	if (master >= 0 && !ioctl(master, TIOCSPTLCK, &unlock))
		slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	if (slave < 0 || ioctl(slave, TIOCSCTTY, 0))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to open a terminal inside");
	for (int fd = 0; fd <= 2; fd++)
		if (dup2(slave, fd) < 0)
			return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to use the terminal");
	close(slave);
	return report_send(sock, &ready, master);
}

static void start_shell(void *arg, int sock, struct vz_err *err)
{
	char *const bash[] = { "-bash", NULL };
	char *const sh[] = { "-sh", NULL };
	const struct program shells[] = { { "/bin/bash", bash }, { "/bin/sh", sh } };
	char *const env[] = {
		"HISTFILE=/dev/null", "USER=root", "HOME=/root", "LOGNAME=root",
		TASK_PATH, arg, NULL,
	};

	if (open_terminal(sock, err))
		return;
	task_exec(shells, 2, env);
	vz_fail_errno(err, VZ_BAD_TEMPLATE, "Unable to execute a shell");
}

static void session_close(struct session *session)
{
	terminal_restore(&session->terminal);
	pump_close(&session->typed);
	pump_close(&session->shown);
	cleanup_close_fn(&session->master);
	cleanup_close_fn(&session->signals);
	ct_joined_end(&session->joined);
}

static int check_terminal(int fd, struct vz_err *err)
{
	struct statfs fs;
	int number;

	if (fd < 0 || fstatfs(fd, &fs) || fs.f_type != DEVPTS_SUPER_MAGIC ||
	    ioctl(fd, TIOCGPTN, &number))
		return vz_fail(err, VZ_SYSTEM_ERROR, "The container has no usable /dev/ptmx");
	proc_title_set("vzctl: pts/%d", number);
	return 0;
}

static int session_open(struct session *session, uint32_t ctid, struct vz_err *err)
{
	_cleanup_target_ struct ct_target target = CT_TARGET_NONE;
	const char *name = getenv("TERM");
	struct report report;
	char term[128];

	snprintf(term, sizeof(term), "TERM=%s", name ? name : "linux");
	if (ct_target_open(ctid, &target, err) ||
	    ct_join(&target, (int[]){ -1, -1, -1 }, start_shell, term, &session->joined, err) ||
	    report_recv(session->joined.sock, &report, &session->master, err) ||
	    check_terminal(session->master, err))
		return -1;
	session->signals = terminal_signals(err);
	return session->signals < 0 ? -1 : 0;
}

static void type_text(struct session *session, const char *text)
{
	struct pump *typed = &session->typed;
	int len = snprintf(typed->buf, sizeof(typed->buf), "%s\n", text);

	typed->tail = len < (int)sizeof(typed->buf) ? len : (int)sizeof(typed->buf) - 1;
}

/*
 * A whole line first, then the character that means "end of input".  One that
 * arrives while the terminal is being switched to raw mode is lost, so it is
 * repeated while the shell neither prints nor ends.
 */
static void type_eof(struct session *session)
{
	const char text[] = { '\n', '\004' };
	bool whole = session->last == '\n';

	if (write(session->master, text + whole, sizeof(text) - whole) > 0)
		session->last = '\n';
}

static void move_typed(struct session *session)
{
	struct pump *typed = &session->typed;

	pump_move(typed);
	if (typed->tail)
		session->last = typed->buf[typed->tail - 1];
	if (typed->from < 0 && !session->ended) {
		session->ended = true;
		type_eof(session);
	}
}

/* Returns false when a signal says that this is over. */
static bool take_signal(struct session *session)
{
	struct signalfd_siginfo info;

	if (read(session->signals, &info, sizeof(info)) != sizeof(info))
		return true;
	if (info.ssi_signo != SIGWINCH)
		return false;
	terminal_copy_size(session->master);
	return true;
}

/* Returns 1 when the joiner has something to say, -1 when it is over. */
static int session_step(struct session *session)
{
	struct pollfd fds[] = {
		pump_poll(&session->typed),
		pump_poll(&session->shown),
		{ .fd = session->joined.sock, .events = POLLIN },
		{ .fd = session->signals, .events = POLLIN },
	};
	int ready = poll(fds, 4, session->ended ? EOF_AGAIN_MS : -1);

	if (ready < 0)
		return errno == EINTR ? 0 : -1;
	if (!ready)
		type_eof(session);
	if (fds[0].revents)
		move_typed(session);
	if (fds[1].revents)
		pump_move(&session->shown);
	if (fds[3].revents && !take_signal(session))
		return -1;
	return fds[2].revents != 0;
}

/* What was printed before the end is shown, what goes on being printed not. */
static int session_run(struct session *session, struct vz_err *err)
{
	struct report report;
	int said;

	do {
		said = session_step(session);
	} while (!said);
	for (int i = 0; said > 0 && i < LAST_ROUNDS && session->shown.to >= 0; i++) {
		struct pollfd fd = pump_poll(&session->shown);

		if (poll(&fd, 1, fd.events & POLLOUT ? -1 : 0) <= 0)
			break;
		pump_move(&session->shown);
	}
	terminal_restore(&session->terminal);
	return said < 0 ? 0 : report_recv(session->joined.sock, &report, NULL, err);
}

/* Own descriptors for each: a pump closes them when it is done. */
static void set_pumps(struct session *session)
{
	session->typed.from = STDIN_FILENO;
	session->typed.to = fcntl(session->master, F_DUPFD_CLOEXEC, 3);
	session->shown.from = fcntl(session->master, F_DUPFD_CLOEXEC, 3);
	session->shown.to = STDOUT_FILENO;
}

int ct_enter(const struct ct_spec *spec, const char *command, struct vz_err *err)
{
	__attribute__((cleanup(session_close))) struct session session = {
		.joined = CT_JOINED_NONE, .master = -1, .signals = -1, .last = '\n',
	};

	if (session_open(&session, spec->ctid, err))
		return -1;
	terminal_copy_size(session.master);
	set_pumps(&session);
	if (command)
		type_text(&session, command);
	vz_log(LOG_NORMAL, "entered into CT %u", spec->ctid);
	terminal_make_raw(&session.terminal);
	if (session_run(&session, err))
		return -1;
	vz_log(LOG_NORMAL, "exited from CT %u", spec->ctid);
	return 0;
}
