// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When the machine is out of memory, the container that is within its
 * guarantee survives and the overdrawn one pays, whose processes are smaller;
 * without guarantees the largest process is killed, as ever.
 *
 * vm: --mem 640
 */
#include <kselftest_harness.h>
#include <limits.h>
#include <unistd.h>

#include "lib/cgroup.h"
#include "lib/memory.h"

#define BIG	PAGES(140)
#define SMALL	PAGES(40)
#define ROUNDS	16

/* The @big one has one large process, the @greedy one goes on until somebody dies. */
FIXTURE(oom) {
	struct ct big;
	struct ct greedy;
};

FIXTURE_SETUP(oom)
{
	klog_mark();
	self->big.cgroup = cgroup_make("101");
	self->greedy.cgroup = cgroup_make("102");
	ASSERT_LT(0, self->big.cgroup);
	ASSERT_LT(0, self->greedy.cgroup);
	ASSERT_EQ(0, ct_start(&self->big, 101));
	ASSERT_EQ(0, ct_start(&self->greedy, 102));
	ASSERT_EQ(0, ct_call(&self->big, eat, BIG));
}

FIXTURE_TEARDOWN(oom)
{
	EXPECT_EQ(0, ct_stop(&self->big));
	EXPECT_EQ(0, ct_stop(&self->greedy));
	close(self->big.cgroup);
	close(self->greedy.cgroup);
	EXPECT_EQ(0, cgroup_remove("101"));
	EXPECT_EQ(0, cgroup_remove("102"));
	EXPECT_TRUE(no_leaks());
}

static unsigned long kills(const struct ct *ct)
{
	return ct_stat(ct, UB_OOMGUARPAGES).failcnt;
}

/* Use up the machine's memory until a process was killed. */
static void eat_all(struct ct *greedy, const struct ct *other)
{
	int i;

	for (i = 0; i < ROUNDS && !kills(greedy) && !kills(other); i++)
		ct_call(greedy, eat, SMALL);
}

TEST_F_TIMEOUT(oom, spares_who_is_within_his_guarantee, 200)
{
	EXPECT_TRUE(ct_stat(&self->big, UB_OOMGUARPAGES).flags & VZMOD_UB_ACCOUNTED);
	ASSERT_EQ(0, ct_limit(&self->big, UB_OOMGUARPAGES, UB_MAXVALUE, UB_MAXVALUE));
	ASSERT_EQ(0, ct_limit(&self->greedy, UB_OOMGUARPAGES, 0, UB_MAXVALUE));
	eat_all(&self->greedy, &self->big);
	EXPECT_LT(0, kills(&self->greedy));
	EXPECT_EQ(0, kills(&self->big));
	EXPECT_EQ(1, ct_call(&self->big, stop_eating, 0));
}

TEST_F_TIMEOUT(oom, takes_from_the_larger_overdraft, 200)
{
	ASSERT_EQ(0, ct_limit(&self->big, UB_OOMGUARPAGES, BIG, UB_MAXVALUE));
	ASSERT_EQ(0, ct_limit(&self->greedy, UB_OOMGUARPAGES, 0, UB_MAXVALUE));
	eat_all(&self->greedy, &self->big);
	EXPECT_LT(0, kills(&self->greedy));
	EXPECT_EQ(0, kills(&self->big));
}

TEST_F_TIMEOUT(oom, is_decided_by_size_where_nobody_is_overdrawn, 200)
{
	ASSERT_EQ(0, ct_limit(&self->big, UB_OOMGUARPAGES, UB_MAXVALUE, UB_MAXVALUE));
	ASSERT_EQ(0, ct_limit(&self->greedy, UB_OOMGUARPAGES, UB_MAXVALUE, UB_MAXVALUE));
	eat_all(&self->greedy, &self->big);
	EXPECT_EQ(0, kills(&self->greedy));
	EXPECT_EQ(1, kills(&self->big));
	EXPECT_TRUE(wait_until(!ct_call(&self->big, eating, 0)));
	ct_call(&self->big, stop_eating, 0);
}

TEST_HARNESS_MAIN
