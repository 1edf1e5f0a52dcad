// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * numsiginfo belongs to the container of the target, whoever sends, and a
 * signal that may not fail arrives at the limit too, without its siginfo.
 *
 * Case T030 (signals).
 */
#include <errno.h>
#include <kselftest_harness.h>

#include "lib/load.h"

FIXTURE(signals) {
	struct ct ct;
};

/* Init takes signals from outside only if it has a handler for them. */
static void ignore(int sig)
{
	(void)sig;
}

static long block_all(long unused)
{
	sigset_t set;

	(void)unused;
	signal(SIGUSR1, ignore);
	signal(SIGRTMIN, ignore);
	sigfillset(&set);
	return sigprocmask(SIG_BLOCK, &set, NULL);
}

FIXTURE_SETUP(signals)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	ASSERT_EQ(0, ct_call(&self->ct, block_all, 0));
}

FIXTURE_TEARDOWN(signals)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

static unsigned long held(struct ct *ct)
{
	return ct_held(ct, UB_NUMSIGINFO);
}

static int queue(pid_t pid)
{
	const union sigval value = { .sival_int = 0 };

	return sigqueue(pid, SIGRTMIN, value) ? -errno : 0;
}

TEST_F(signals, from_the_host_are_charged_to_the_target)
{
	int i;

	ASSERT_EQ(0, ct_limit(&self->ct, UB_NUMSIGINFO, 10, 10));
	for (i = 0; i < 10; i++)
		ASSERT_EQ(0, queue(self->ct.init));
	EXPECT_EQ(10, held(&self->ct));
	EXPECT_EQ(-EAGAIN, queue(self->ct.init));
	EXPECT_EQ(1, ct_stat(&self->ct, UB_NUMSIGINFO).failcnt);
}

/* The code of a pending signal, in the upper half; its number in the lower. */
static long take(long sig)
{
	const struct timespec at_once = { 0 };
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	if (sigtimedwait(&set, &info, &at_once) < 0)
		return -errno;
	return info.si_signo | (long)info.si_pid << 32;
}

static long kill_self(long sig)
{
	return kill(getpid(), sig) ? -errno : 0;
}

TEST_F(signals, that_may_not_fail_arrive_at_the_limit_without_siginfo)
{
	struct ct *ct = &self->ct;

	EXPECT_EQ(0, ct_call(ct, kill_self, SIGUSR1));
	EXPECT_EQ(1, held(ct));
	EXPECT_EQ(SIGUSR1 | 1L << 32, ct_call(ct, take, SIGUSR1));
	EXPECT_EQ(0, held(ct));

	ASSERT_EQ(0, ct_limit(ct, UB_NUMSIGINFO, 0, 0));
	EXPECT_EQ(0, ct_call(ct, kill_self, SIGUSR1));
	EXPECT_EQ(0, held(ct));
	EXPECT_EQ(SIGUSR1, ct_call(ct, take, SIGUSR1));
}

TEST_F(signals, still_queued_at_death_are_given_back)
{
	int i;

	for (i = 0; i < 200; i++)
		ASSERT_EQ(0, queue(self->ct.init));
	EXPECT_EQ(200, held(&self->ct));
	ct_kill(&self->ct);
	EXPECT_EQ(0, held(&self->ct));
}

TEST_HARNESS_MAIN
