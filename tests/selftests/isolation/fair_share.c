// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the other tests here measure with sees what there is to see: a neighbour
 * that takes his share of the processors costs the others nothing, and one that
 * takes more costs them what he takes.
 *
 * vm: --icount --mem 1536 --time 900
 */
#include <kselftest_harness.h>

#include "lib/rivals.h"

FIXTURE(rivals) {
	struct rivals rivals;
	struct outcome got;
};

FIXTURE_SETUP(rivals)
{
	klog_mark();
	ASSERT_EQ(0, rivals_start(&self->rivals));
}

FIXTURE_TEARDOWN(rivals)
{
	EXPECT_EQ(0, rivals_stop(&self->rivals));
	EXPECT_TRUE(no_leaks());
}

static void spin(void)
{
}

static const struct attack plain = { .once = spin, .workers = 2 };
static const struct attack crowd = { .once = spin, .workers = 40 };

TEST_F_TIMEOUT(rivals, keep_all_beside_one_who_takes_his_share, 1000)
{
	ASSERT_EQ(0, rivals_measure(&self->rivals, &plain, &self->got));
	EXPECT_LE(93, self->got.victim);
	EXPECT_LE(93, self->got.host);
	EXPECT_GE(108, self->got.victim);
	EXPECT_GE(108, self->got.host);
}

TEST_F_TIMEOUT(rivals, keep_all_beside_many_who_take_one_share, 1000)
{
	ASSERT_EQ(0, rivals_measure(&self->rivals, &crowd, &self->got));
	EXPECT_LE(93, self->got.victim);
	EXPECT_LE(93, self->got.host);
}

TEST_F_TIMEOUT(rivals, lose_to_one_with_ten_times_their_weight, 1000)
{
	self->rivals.weight = 1000;
	ASSERT_EQ(0, rivals_measure(&self->rivals, &plain, &self->got));
	EXPECT_GE(60, self->got.victim);
	EXPECT_GE(60, self->got.host);
}

TEST_HARNESS_MAIN
