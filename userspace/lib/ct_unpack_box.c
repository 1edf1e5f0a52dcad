// SPDX-License-Identifier: GPL-2.0-or-later
/* The box that an archive is unpacked in: see ct_unpack.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cancel.h"
#include "cleanup.h"
#include "ct_task.h"
#include "ct_unpack.h"
#include "fds.h"
#include "mntns.h"
#include "report.h"
#include "userns.h"

/* Just below the ranges of containers; nothing lives there for long. */
#define BOX_BASE	0x3fff0000U
#define BOX_FLAGS	(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | \
			 CLONE_NEWUTS | CLONE_NEWCGROUP)

/* What tar and the decompressors need of the host. */
static const char *const programs[] = { "bin", "lib", "lib32", "lib64", "libx32", "usr" };

/*
 * Access lists are packed with names.  Those that have a number of their own on
 * every Debian are known to tar, others it warns of.
 */
static const struct {
	const char *target;
	const char *name;
} accounts[] = {
	{ "/usr/share/base-passwd/passwd.master", "etc/passwd" },
	{ "/usr/share/base-passwd/group.master",  "etc/group" },
};

static noreturn void run_tar(const char *decompressor)
{
	char *const argv[] = {
		"tar", "--extract", "--file=-", "--directory=/dst", "--numeric-owner",
		"--same-owner", "--preserve-permissions", "--delay-directory-restore",
		"--acls", "--xattrs", "--xattrs-include=security.capability",
		"--xattrs-include=user.*", (char *)decompressor, NULL,
	};
	char *const env[] = { "LC_ALL=C", TASK_PATH, NULL };

	task_exec(&(struct program){ "tar", argv }, 1, env);
	perror("tar");
	_exit(127);
}

/* PID 1 of the box; tar cannot be, it does not expect to have foreign children. */
static noreturn void be_init(const char *decompressor)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid)
		run_tar(decompressor);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		_exit(1);
	_exit(WEXITSTATUS(status));
}

/* The reader of the log, who asked for this, has died before we could be told. */
static bool is_alone(void)
{
	struct pollfd log = { .fd = STDERR_FILENO };

	return poll(&log, 1, 0) != 0;
}

static noreturn void in_box(const struct unpack_job *job, int root, int sock)
{
	struct vz_err err = { 0 };

	task_hide();
	cancel_unwatch();
	if (report_wait_go(sock))
		_exit(1);
	if (task_become_root(&err) || mntns_enter(root, &err) || mntns_pivot(&err) ||
	    task_drop_capabilities(&err)) {
		dprintf(job->log, "%s\n", err.text);
		_exit(1);
	}
	task_clean();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (fds_keep_only((int[]){ job->archive, job->log, job->log }, 3) || is_alone())
		_exit(1);
	be_init(job->decompressor);
}

static int bind_read_only(const char *from, const char *to)
{
	_cleanup_close_ int tree = open_tree(AT_FDCWD, from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
	};

	if (tree < 0 || mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)))
		return -1;
	return move_mount(tree, "", AT_FDCWD, to, MOVE_MOUNT_F_EMPTY_PATH);
}

/* Where the host has /bin as a link into /usr, so has the box. */
static int add_programs(const char *name)
{
	char host[16], link[64];
	struct stat st;
	ssize_t len;

	snprintf(host, sizeof(host), "/%s", name);
	if (lstat(host, &st))
		return errno == ENOENT ? 0 : -1;
	len = readlink(host, link, sizeof(link) - 1);
	if (len < 0)
		return mkdir(name, 0755) || bind_read_only(host, name);
	link[len] = '\0';
	return symlink(link, name);
}

static int add_accounts(void)
{
	int ret = mkdir("etc", 0755);

	for (size_t i = 0; !ret && i < sizeof(accounts) / sizeof(*accounts); i++)
		ret = symlink(accounts[i].target, accounts[i].name);
	return ret;
}

/*
 * A small file system over @dir, which is seen only in this mount namespace;
 * it becomes the current directory.
 */
static int make_root(const char *dir, struct vz_err *err)
{
	int root;

	if (mount("box", dir, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=64k") || chdir(dir) ||
	    mkdir("dst", 0755) || add_accounts())
		return vz_fail_errno(err, VZ_MOUNT_ERROR, "Unable to prepare for unpacking");
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (add_programs(programs[i]))
			return vz_fail_errno(err, VZ_MOUNT_ERROR, "Unable to provide /%s to tar",
					     programs[i]);
	root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root < 0 ? vz_fail_errno(err, VZ_MOUNT_ERROR, "Unable to prepare for unpacking") :
			  root;
}

/* With its directory attached nothing but that can be written to. */
static int finish_root(int tree, pid_t pid, struct vz_err *err)
{
	const unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV;

	if (userns_map(pid, BOX_BASE, err) || mntns_idmap(tree, pid, false, err) ||
	    mntns_attach(tree, "dst", err))
		return -1;
	if (mount(NULL, ".", NULL, flags, NULL))
		return vz_fail_errno(err, VZ_MOUNT_ERROR, "Unable to prepare for unpacking");
	return 0;
}

static void box_kill(pid_t *pid)
{
	if (*pid > 0) {
		kill(*pid, SIGKILL);
		waitpid(*pid, NULL, 0);
	}
}

pid_t unpack_box_start(const struct unpack_job *job, struct vz_err *err)
{
	_cleanup_mntns_ struct mntns home = MNTNS_NONE;
	_cleanup_close_ int tree = -1, root = -1, pidfd = -1, ours = -1, theirs = -1;
	__attribute__((cleanup(box_kill))) pid_t pid = 0;
	int socks[2];
	pid_t started;

	if (report_pair(socks, err))
		return -1;
	ours = socks[0];
	theirs = socks[1];
	tree = mntns_clone_tree(job->dir, false, err);
	if (tree < 0 || mntns_leave(&home, err))
		return -1;
	root = make_root(job->dir, err);
	if (root < 0)
		return -1;
	pid = userns_fork(BOX_FLAGS, -1, &pidfd, err);
	if (!pid) {
		close(ours);
		in_box(job, root, theirs);
	}
	if (pid < 0 || finish_root(tree, pid, err) || report_go(ours))
		return -1;
	started = pid;
	pid = 0;
	return started;
}
