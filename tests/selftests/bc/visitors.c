// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A task of the host that joins the user namespace of a container takes its
 * charge along, to the unit, whatever it does before and after and in which
 * order its processes end.
 *
 * Case T014 (setns and unshare).
 */
#include <errno.h>
#include <kselftest_harness.h>
#include <sched.h>
#include <sys/eventfd.h>

#include "lib/container.h"

#define ROUNDS		200

FIXTURE(visitors) {
	struct ct ct;
};

FIXTURE_SETUP(visitors)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(visitors)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* The inner process of a visitor; it leaves a file open to be closed by exit. */
static void visit_child(bool first)
{
	eventfd(0, 0);
	if (!first)
		while (getppid() != 1)
			nap();
	_exit(0);
}

/* Fork before, join, fork after, and end in either order; 0 if all worked. */
static int visit(pid_t init, bool child_first)
{
	pid_t outer = fork(), inner;

	if (!outer)
		_exit(0);
	if (eventfd(0, 0) < 0 || join_user_ns(init) || eventfd(0, 0) < 0)
		return 1;
	inner = fork();
	if (!inner)
		visit_child(child_first);
	if (inner < 0 || waitpid(outer, NULL, 0) != outer)
		return 2;
	return child_first && waitpid(inner, NULL, 0) != inner ? 3 : 0;
}

TEST_F(visitors, leave_both_accounts_as_they_were)
{
	struct ct *ct = &self->ct;
	int i, status;
	pid_t pid;

	for (i = 0; i < ROUNDS; i++) {
		pid = fork();
		if (!pid)
			_exit(visit(ct->init, i % 2));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		ASSERT_EQ(0, status);
	}
	EXPECT_EQ(1, ct_held_when(ct, UB_NUMPROC, 1));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMFILE, 0));
	EXPECT_LE(2, ct_stat(ct, UB_NUMPROC).maxheld);
}

/* Who has joined counts, is not refused, and can do no more than the limit. */
TEST_F(visitors, may_enter_a_full_container_and_not_fork_there)
{
	struct ct *ct = &self->ct;
	int ready[2], go[2], status;
	char byte = 0;
	pid_t pid;

	ASSERT_EQ(0, ct_limit(ct, UB_NUMPROC, 1, 1));
	ASSERT_EQ(0, pipe(ready) | pipe(go));
	pid = fork();
	if (!pid) {
		if (join_user_ns(ct->init) || write(ready[1], "", 1) != 1 ||
		    read(go[0], &byte, 1) != 1)
			_exit(1);
		_exit(fork() < 0 && errno == ENOMEM ? 0 : 2);
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	EXPECT_EQ(2, ct_held(ct, UB_NUMPROC));
	EXPECT_EQ(0, ct_stat(ct, UB_NUMPROC).failcnt);
	ASSERT_EQ(1, write(go[1], "", 1));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(1, ct_held(ct, UB_NUMPROC));
	EXPECT_EQ(1, ct_stat(ct, UB_NUMPROC).failcnt);
}

/* A namespace of the host that nobody has armed is the host. */
TEST_F(visitors, of_an_unarmed_namespace_stay_with_the_host)
{
	struct ct *ct = &self->ct;
	struct vzmod_ct_info info = { 0 };
	int ready[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWUSER))
			_exit(1);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	info.pid = pid;
	EXPECT_EQ(0, vzctl(VZMOD_CT_INFO, &info));
	EXPECT_EQ(0, info.ctid);
	EXPECT_EQ(1, ct_held(ct, UB_NUMPROC));
	EXPECT_EQ(0, kill(pid, SIGKILL));
	EXPECT_LT(0, wait(NULL));
}

TEST_HARNESS_MAIN
