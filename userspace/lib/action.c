// SPDX-License-Identifier: GPL-2.0-or-later
/* Action scripts of the administrator: see action.h. */
#include "action.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cancel.h"
#include "cleanup.h"
#include "ct_task.h"
#include "ctid.h"
#include "fds.h"
#include "log.h"
#include "paths.h"

#define MAX_SCRIPT	(1024 * 1024)
#define INSIDE_TIMEOUT	300	/* seconds */

static const struct {
	const char *name;
	bool own_first;		/* the container's own one before the global one */
} actions[] = {
	[ACTION_PREMOUNT]	= { "premount",		false },
	[ACTION_MOUNT]		= { "mount",		false },
	[ACTION_UMOUNT]		= { "umount",		true },
	[ACTION_POSTUMOUNT]	= { "postumount",	true },
};

static noreturn void exec_script(uint32_t ctid, char *path)
{
	char id[32], conf[96];
	char *const argv[] = { path, NULL };
	char *const env[] = { "HOME=/", "TERM=linux", TASK_PATH, id, conf, NULL };
	int used = snprintf(conf, sizeof(conf), "VE_CONFFILE=");

	cancel_unwatch();
	snprintf(id, sizeof(id), "VEID=%u", ctid);
	ctid_conf_path(ctid, "conf", conf + used, sizeof(conf) - used);
	task_clean();
	if (!fds_keep_only((int[]){ -1, STDOUT_FILENO, STDERR_FILENO }, 3))
		task_exec(&(struct program){ path, argv }, 1, env);
	perror(path);
	_exit(127);
}

/* The exit code of the script, -1 if it has none. */
static int run_script(uint32_t ctid, char *path)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		exec_script(ctid, path);
	if (pid < 0)
		return -1;
	cancel_set_child(pid);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			break;
	cancel_set_child(0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int action_run(const struct ct_spec *spec, enum action action, struct vz_err *err)
{
	const char *name = actions[action].name;

	for (int i = 0; i < 2; i++) {
		char path[64];

		if (actions[action].own_first == (i == 0))
			ctid_conf_path(spec->ctid, name, path, sizeof(path));
		else
			snprintf(path, sizeof(path), VZ_CONF_DIR "/vps.%s", name);
		if (access(path, F_OK))
			continue;
		if (run_script(spec->ctid, path))
			return vz_fail(err, VZ_ACTIONSCRIPT_ERROR, "Error executing %s script %s",
				       name, path);
	}
	return 0;
}

/* A script as text, malloc'ed; NULL with errno ENOENT if there is none. */
static char *read_script(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	struct stat st;
	ssize_t len;

	if (fd < 0 || fstat(fd, &st))
		return NULL;
	if (!S_ISREG(st.st_mode) || st.st_size > MAX_SCRIPT) {
		errno = EFBIG;
		return NULL;
	}
	text = malloc(st.st_size + 1);
	len = text ? read(fd, text, st.st_size) : -1;
	if (len < 0)
		return NULL;
	text[len] = '\0';
	return steal_ptr(&text);
}

int action_run_inside(const struct ct_spec *spec, const char *name, struct vz_err *err)
{
	_cleanup_free_ char *text = NULL;
	char path[64];
	int status;

	ctid_conf_path(spec->ctid, name, path, sizeof(path));
	text = read_script(path);
	if (!text)
		return errno == ENOENT ? 0 :
		       vz_fail_errno(err, VZ_ACTIONSCRIPT_ERROR, "Unable to read %s", path);
	if (ct_exec_script(spec, text, NULL, INSIDE_TIMEOUT, &status, err))
		return -1;
	return status ? vz_fail(err, VZ_ACTIONSCRIPT_ERROR, "Error executing %s script %s",
				name, path) : 0;
}

int action_mount(const struct ct_spec *spec, struct vz_err *err)
{
	struct vz_err ignored = { 0 };

	if (action_run(spec, ACTION_PREMOUNT, err) || ct_mount(spec, err))
		return -1;
	if (action_run(spec, ACTION_MOUNT, err)) {
		ct_umount(spec, &ignored);
		return -1;
	}
	vz_log(LOG_NORMAL, "Container is mounted");
	return 0;
}

int action_umount(const struct ct_spec *spec, struct vz_err *err)
{
	if (!ct_is_mounted(spec))
		return vz_fail(err, VZ_NOT_MOUNTED, "CT is not mounted");
	if (action_run(spec, ACTION_UMOUNT, err) || ct_umount(spec, err))
		return -1;
	vz_log(LOG_NORMAL, "Container is unmounted");
	return action_run(spec, ACTION_POSTUMOUNT, err);
}
