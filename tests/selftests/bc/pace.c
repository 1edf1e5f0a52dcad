// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the whole kernel has one lock or one queue for, a container may do a number
 * of times at once and then at a pace: who comes too early is refused, which
 * counts in failcnt, and who comes later is not.
 *
 * Cases T114 and T115 (churn).
 */
#include <errno.h>
#include <kselftest_harness.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/sched.h>

#include "lib/cgroup.h"
#include "lib/container.h"

#define CGROUPS		"/tmp/cgroups"
#define SECONDS		3	/* of trying again and again */

FIXTURE(pace) {
	struct ct ct;
};

FIXTURE_SETUP(pace)
{
	klog_mark();
	self->ct.cgroup = cgroup_make("101");
	ASSERT_LT(0, self->ct.cgroup);
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	ASSERT_EQ(0, cgroup_delegate(self->ct.cgroup, self->ct.uid_base));
}

FIXTURE_TEARDOWN(pace)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	close(self->ct.cgroup);
	EXPECT_EQ(0, cgroup_remove("101"));
	EXPECT_TRUE(no_leaks());
}

/* --- inside the container: each returns 0 or an errno --------------------------- */

static int make_netns(void)
{
	int status;

	if (!fork())
		_exit(unshare(CLONE_NEWNET) ? errno : 0);
	wait(&status);
	return WEXITSTATUS(status);
}

static int make_cgroup(void)
{
	return mkdir(CGROUPS "/one", 0755) || rmdir(CGROUPS "/one") ? errno : 0;
}

/* Into the one that it would be born into anyway. */
static int clone_into_cgroup(void)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD };
	pid_t pid;

	args.cgroup = open(CGROUPS, O_RDONLY | O_DIRECTORY);
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid)
		_exit(0);
	close(args.cgroup);
	return pid < 0 ? errno : waitpid(pid, NULL, 0) != pid;
}

/* To where one is counts, too. */
static int change_cgroup(void)
{
	return -write_text(CGROUPS "/cgroup.procs", "0");
}

/* So does to switch off what is off. */
static int change_control(void)
{
	return -write_text(CGROUPS "/cgroup.subtree_control", "-cpu");
}

static int (*const things[])(void) = {
	make_netns, make_cgroup, clone_into_cgroup, change_cgroup, change_control,
};

enum { NETNS, CGROUP, CLONE, MIGRATION, CONTROL };

static long see_cgroups(long unused)
{
	(void)unused;
	if (mkdir(CGROUPS, 0755) && errno != EEXIST)
		return -errno;
	return mount("cgroup2", CGROUPS, "cgroup2", 0, NULL) ? -errno : 0;
}

static struct tries {
	int done, refused, error;
	double took;
} tries;

/* Step: do it for a while, as fast as possible. */
static long try_hard(long what)
{
	double begin = now();
	int ret;

	tries = (struct tries){ 0 };
	do {
		ret = things[what]();
		tries.done += !ret;
		if (ret) {
			tries.refused++;
			tries.error = ret;
		}
		tries.took = now() - begin;
	} while (tries.took < SECONDS || !tries.refused);
	return 0;
}

static long done(long unused)
{
	(void)unused;
	return tries.done;
}

static long error(long unused)
{
	(void)unused;
	return tries.error;
}

static long ms_taken(long unused)
{
	(void)unused;
	return tries.took * 1000;
}

/* Step: once. */
static long try_once(long what)
{
	return things[what]();
}

/* --- what holds ----------------------------------------------------------- */

FIXTURE_VARIANT(pace) {
	int what, burst, a_second, error;
	unsigned int resource;
};

#define PACED(name, ...) \
	FIXTURE_VARIANT_ADD(pace, name) { __VA_ARGS__ }

PACED(net_namespaces, NETNS, 256, 10, ENOSPC, VZMOD_NUMNETNS);
PACED(cgroups, CGROUP, 500, 20, EAGAIN, VZMOD_NUMCGROUP);
PACED(births_into_cgroups, CLONE, 500, 20, EAGAIN, VZMOD_NUMCGROUP);
PACED(changes_of_a_cgroup, MIGRATION, 300, 10, EAGAIN, VZMOD_NUMCGROUP);
PACED(changes_of_control, CONTROL, 300, 10, EAGAIN, VZMOD_NUMCGROUP);

TEST_F_TIMEOUT(pace, is_kept, 120)
{
	const double tick = 1.0 / 100;
	struct ct *ct = &self->ct;
	double most;

	ASSERT_EQ(0, ct_call(ct, see_cgroups, 0));
	ASSERT_EQ(0, ct_call(ct, try_hard, variant->what));
	most = variant->burst + 1 +
	       (ct_call(ct, ms_taken, 0) / 1000.0 + tick) * variant->a_second + 1;
	EXPECT_GE(most, ct_call(ct, done, 0));
	EXPECT_LE(variant->burst, ct_call(ct, done, 0));
	EXPECT_EQ(variant->error, ct_call(ct, error, 0));
	EXPECT_LT(0, ct_stat(ct, variant->resource).failcnt);
	EXPECT_TRUE(wait_until(!ct_call(ct, try_once, variant->what)));
}

TEST_HARNESS_MAIN
