// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the whole kernel has one lock or one queue for, a container does a
 * number of times at once and then at a pace, and nobody who waits for his turn
 * outlives his container.
 *
 * Cases T114 and T115 (churn).
 */
#include <errno.h>
#include <kselftest_harness.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cgroup.h"
#include "lib/container.h"

#define CGROUPS		"/tmp/cgroups"
#define SECONDS		5	/* that they are made at their pace */
#define SOON		5	/* seconds, in which who waits is gone */
#define CROWD		200	/* of whom the last would wait for longer */

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

/* --- inside the container ------------------------------------------------- */

static int make_netns(void)
{
	if (!fork())
		_exit(unshare(CLONE_NEWNET) != 0);
	return children_reap() ? -EAGAIN : 0;
}

static int make_cgroup(void)
{
	return mkdir(CGROUPS "/one", 0755) || rmdir(CGROUPS "/one") ? -errno : 0;
}

/* To where one is counts, too. */
static int change_cgroup(void)
{
	return write_text(CGROUPS "/cgroup.procs", "0");
}

static long see_cgroups(long unused)
{
	(void)unused;
	if (mkdir(CGROUPS, 0755) && errno != EEXIST)
		return -errno;
	return mount("cgroup2", CGROUPS, "cgroup2", 0, NULL) ? -errno : 0;
}

/* How long it takes to make @n of them, in ms. */
static long time_of(int (*make)(void), long n)
{
	double begin = now();
	int ret = 0;

	while (n-- && !ret)
		ret = make();
	return ret ?: (now() - begin) * 1000;
}

static long time_of_namespaces(long n)
{
	return time_of(make_netns, n);
}

static long time_of_cgroups(long n)
{
	return time_of(make_cgroup, n);
}

static long time_of_migrations(long n)
{
	return time_of(change_cgroup, n);
}

/* Many that want one at the same time; init does not wait for them. */
static long begin_crowd(long n)
{
	for (; n; n--)
		if (!fork())
			_exit(unshare(CLONE_NEWNET) != 0);
	return 0;
}

/* Step: none of them waits any more. */
static long end_crowd(long unused)
{
	(void)unused;
	kill(-1, SIGKILL);
	children_reap();
	return 0;
}

/* --- what holds ----------------------------------------------------------- */

/* @burst and the one whose turn it is are made at once. */
TEST_F_TIMEOUT(pace, net_namespaces_are_made_at_a_pace, 120)
{
	const long burst = 64, a_second = 10;

	EXPECT_LE(SECONDS * 1000 - 10,
		  ct_call(&self->ct, time_of_namespaces, burst + 1 + SECONDS * a_second));
}

TEST_F_TIMEOUT(pace, cgroups_are_made_at_a_pace, 120)
{
	const long burst = 500, a_second = 50;

	ASSERT_EQ(0, ct_call(&self->ct, see_cgroups, 0));
	EXPECT_LE(SECONDS * 1000 - 10,
		  ct_call(&self->ct, time_of_cgroups, burst + 1 + SECONDS * a_second));
}

TEST_F_TIMEOUT(pace, processes_change_cgroups_at_a_pace, 120)
{
	const long burst = 300, a_second = 10;

	ASSERT_EQ(0, ct_call(&self->ct, see_cgroups, 0));
	EXPECT_LE(SECONDS * 1000 - 10,
		  ct_call(&self->ct, time_of_migrations, burst + 1 + SECONDS * a_second));
}

TEST_F_TIMEOUT(pace, who_waits_for_his_turn_can_be_killed, 120)
{
	double begin;

	ASSERT_EQ(0, ct_call(&self->ct, begin_crowd, CROWD));
	begin = now();
	ct_kill(&self->ct);
	EXPECT_EQ(0, ct_wait_gone(101));
	EXPECT_GT(SOON, now() - begin);
}

TEST_F_TIMEOUT(pace, who_was_killed_takes_nobodys_turn, 120)
{
	ASSERT_EQ(0, ct_call(&self->ct, begin_crowd, CROWD));
	ASSERT_EQ(0, ct_call(&self->ct, end_crowd, 0));
	EXPECT_GT(SOON * 1000, ct_call(&self->ct, time_of_namespaces, 1));
}

TEST_HARNESS_MAIN
