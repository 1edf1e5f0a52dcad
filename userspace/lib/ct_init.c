// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The child's side of a start: from clone3() to its becoming init.
 *
 * Between the two "go on"s it already is PID 1 of a container that scripts of
 * the host run commands in, so it keeps nothing open but the socket.
 */
#include "ct_init.h"

#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"
#include "ct_init_dev.h"
#include "ct_task.h"
#include "fds.h"
#include "mntns.h"
#include "report.h"

#define INIT_SOCK	3

static char *const init_argv[] = { "init -z      ", NULL };
static char *const init_env[] = { "HOME=/", "TERM=linux", "container=openvz", TASK_PATH, NULL };
static const struct program inits[] = {
	{ "/sbin/init", init_argv },
	{ "/etc/init", init_argv },
	{ "/bin/init", init_argv },
};

static int loopback_up(struct vz_err *err)
{
	_cleanup_close_ int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq req = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	if (sock < 0 || ioctl(sock, SIOCSIFFLAGS, &req))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to bring up lo");
	return 0;
}

/* One without a name of its own must not go by the host's. */
static int name_host(const char *name, struct vz_err *err)
{
	if (!name)
		name = "localhost";
	if (sethostname(name, strlen(name)))
		return vz_fail_errno(err, VZ_BAD_HOSTNAME, "Unable to set the host name %s", name);
	return 0;
}

/* Returns the master of the console. */
static int set_up(const struct ct_spec *spec, int tree, struct vz_err *err)
{
	_cleanup_close_ int console = -1;

	if (task_become_root(err) || mntns_enter(tree, err) || ct_init_mount(err))
		return -1;
	console = ct_init_console(err);
	if (console < 0 || mntns_pivot(err) || loopback_up(err) ||
	    name_host(spec->hostname, err) || task_drop_capabilities(err))
		return -1;
	return steal_fd(&console);
}

static int be_ready(const struct ct_spec *spec, int tree, int sock, struct vz_err *err)
{
	const struct report ready = { .kind = REPORT_READY };
	_cleanup_close_ int console = set_up(spec, tree, err);

	if (console < 0)
		return -1;
	if (report_send(sock, &ready, console) ||
	    fds_keep_only((int[]){ -1, -1, -1, sock }, INIT_SOCK + 1))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to report");
	return 0;
}

/* As the kernel does it: the console, and no controlling terminal. */
static int open_console(struct vz_err *err)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || fds_keep_only((int[]){ fd, fd, fd, INIT_SOCK }, INIT_SOCK + 1))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to open the console");
	return 0;
}

static void fail(int sock, const struct vz_err *err)
{
	struct report report = { .kind = REPORT_FAILED, .err = *err };

	report_send(sock, &report, -1);
}

noreturn void ct_init(const struct ct_spec *spec, int tree, int sock)
{
	struct vz_err err = { 0 };

	task_hide();
	if (report_wait_go(sock))
		_exit(1);
	if (be_ready(spec, tree, sock, &err)) {
		fail(sock, &err);
		_exit(1);
	}
	if (report_wait_go(INIT_SOCK))
		_exit(1);
	task_clean();
	setsid();
	if (!open_console(&err)) {
		task_exec(inits, sizeof(inits) / sizeof(*inits), init_env);
		vz_fail(&err, VZ_BAD_TEMPLATE,
			"Unable to start init, probably incorrect template");
	}
	fail(INIT_SOCK, &err);
	_exit(1);
}
