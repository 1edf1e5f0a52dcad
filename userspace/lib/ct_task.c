// SPDX-License-Identifier: GPL-2.0-or-later
/* What a process of a container may have of the one that ran vzctl: nothing. */
#include "ct_task.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"

#define MIB		(1024UL * 1024)
#define IOPRIO_PROCESS	1

/* As the kernel starts its own init; more files, as every init asks for. */
static const struct {
	__rlimit_resource_t resource;
	struct rlimit value;
} boot_limits[] = {
	{ RLIMIT_AS,		{ RLIM_INFINITY,	RLIM_INFINITY } },
	{ RLIMIT_CORE,		{ 0,			RLIM_INFINITY } },
	{ RLIMIT_CPU,		{ RLIM_INFINITY,	RLIM_INFINITY } },
	{ RLIMIT_DATA,		{ RLIM_INFINITY,	RLIM_INFINITY } },
	{ RLIMIT_FSIZE,		{ RLIM_INFINITY,	RLIM_INFINITY } },
	{ RLIMIT_LOCKS,		{ RLIM_INFINITY,	RLIM_INFINITY } },
	{ RLIMIT_MEMLOCK,	{ 8 * MIB,		8 * MIB } },
	{ RLIMIT_MSGQUEUE,	{ 819200,		819200 } },
	{ RLIMIT_NICE,		{ 0,			0 } },
	{ RLIMIT_NOFILE,	{ 1024,			1024 * 1024 } },
	{ RLIMIT_NPROC,		{ RLIM_INFINITY,	RLIM_INFINITY } },
	{ RLIMIT_RSS,		{ RLIM_INFINITY,	RLIM_INFINITY } },
	{ RLIMIT_RTPRIO,	{ 0,			0 } },
	{ RLIMIT_RTTIME,	{ RLIM_INFINITY,	RLIM_INFINITY } },
	{ RLIMIT_STACK,		{ 8 * MIB,		RLIM_INFINITY } },
};

/* Without files nobody gets in, so an init cannot have fewer of them passed on. */
static struct rlimit limit_of(pid_t like, size_t i)
{
	const struct rlimit *boot = &boot_limits[i].value;
	struct rlimit value = *boot;

	prlimit(like, boot_limits[i].resource, NULL, &value);
	if (boot_limits[i].resource == RLIMIT_NOFILE && value.rlim_cur < boot->rlim_cur) {
		value.rlim_cur = boot->rlim_cur;
		if (value.rlim_max < value.rlim_cur)
			value.rlim_max = value.rlim_cur;
	}
	return value;
}

static void reset_limits(pid_t pid, pid_t like)
{
	for (size_t i = 0; i < sizeof(boot_limits) / sizeof(*boot_limits); i++) {
		struct rlimit value = like ? limit_of(like, i) : boot_limits[i].value;

		prlimit(pid, boot_limits[i].resource, &value, NULL);
	}
}

static void reset_oom_score(pid_t pid)
{
	_cleanup_close_ int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid ? pid : getpid());
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, "0", 1) < 0)
		errno = 0;	/* then it stays what it was, as on any host */
}

void task_reset(pid_t pid, pid_t like)
{
	const struct sched_param other = { 0 };
	cpu_set_t cpus;

	memset(&cpus, 0xff, sizeof(cpus));
	sched_setscheduler(pid, SCHED_OTHER, &other);
	sched_setaffinity(pid, sizeof(cpus), &cpus);
	setpriority(PRIO_PROCESS, pid, 0);
	syscall(SYS_ioprio_set, IOPRIO_PROCESS, pid, 0);
	reset_oom_score(pid);
	reset_limits(pid, like);
}

void task_hide(void)
{
	prctl(PR_SET_DUMPABLE, 0);
}

static int new_keyring(void)
{
	return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ? -1 : 0;
}

/*
 * The caller's keyring goes while a new one counts for the host's root: the
 * container's may have filled his quota.  If he has not, he gets one that is
 * his own, to manage and to account for what is put into it.
 */
int task_become_root(struct vz_err *err)
{
	if (new_keyring() && errno != ENOSYS)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to leave the session keyring");
	if (setgroups(0, NULL) || setresgid(0, 0, 0) || setresuid(0, 0, 0))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR,
				     "Unable to become root of the container");
	new_keyring();
	task_hide();
	return 0;
}

/*
 * The classic set and what a user namespace adds to it.  Whatever is not
 * listed acts on the whole machine, and the kernel would refuse it anyway;
 * dropping it lets programs see that.
 */
static const cap_value_t kept[] = {
	CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, CAP_FSETID,
	CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SETPCAP, CAP_LINUX_IMMUTABLE,
	CAP_NET_BIND_SERVICE, CAP_NET_BROADCAST, CAP_NET_ADMIN, CAP_NET_RAW,
	CAP_IPC_LOCK, CAP_IPC_OWNER, CAP_SYS_CHROOT, CAP_SYS_PTRACE, CAP_SYS_ADMIN,
	CAP_SYS_BOOT, CAP_SYS_NICE, CAP_SYS_RESOURCE, CAP_SYS_TTY_CONFIG, CAP_MKNOD,
	CAP_LEASE, CAP_AUDIT_WRITE, CAP_SETFCAP,
};

int task_drop_capabilities(struct vz_err *err)
{
	unsigned long long keep = 0;

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		keep |= 1ULL << kept[i];
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
		if (!(keep & 1ULL << cap) && cap_drop_bound(cap))
			return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to drop a capability");
	return 0;
}

void task_clean(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(022);
	if (chdir("/"))
		_exit(126);	/* never stay in a directory of the host */
}

void task_exec(const struct program *programs, int count, char *const env[])
{
	environ = (char **)env;	/* its PATH is the one that is searched */
	for (int i = 0; i < count; i++)
		execvp(programs[i].file, programs[i].argv);
}
