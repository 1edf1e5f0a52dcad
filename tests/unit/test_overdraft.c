// SPDX-License-Identifier: GPL-2.0-only
/* kernel/overdraft.c: who is to be killed. */
#include "env.h"

#include <kselftest_harness.h>

#include "kernel/overdraft.h"

#define GIB	262144L	/* pages */

TEST(an_overdraft_is_what_is_used_beyond_the_guarantee)
{
	EXPECT_EQ(0, overdraft_pages(0, 0, 0));
	EXPECT_EQ(70, overdraft_pages(0, 100, 30));
	EXPECT_EQ(-20, overdraft_pages(0, 10, 30));
	EXPECT_EQ(72, overdraft_pages(2 * PAGE_SIZE + 1, 100, 30));
}

TEST(an_unlimited_guarantee_covers_everything)
{
	EXPECT_GE(0, overdraft_pages(LONG_MAX, LONG_MAX, UB_MAXVALUE));
	EXPECT_GT(0, overdraft_pages(0, 1000 * GIB, UB_MAXVALUE));
}

TEST(memory_of_the_kernel_counts_for_a_beancounter)
{
	static const unsigned int kernel_memory[] = {
		UB_KMEMSIZE, UB_TCPSNDBUF, UB_TCPRCVBUF, UB_OTHERSOCKBUF, UB_DGRAMRCVBUF,
	};
	struct beancounter bc;
	int i;

	ASSERT_EQ(0, bc_init(&bc, 101, NULL));
	bc_set_limit(&bc, UB_OOMGUARPAGES, 10, UB_MAXVALUE);
	EXPECT_EQ(-10, bc_overdraft(&bc));
	for (i = 0; i < ARRAY_SIZE(kernel_memory); i++)
		bc_observe(&bc, kernel_memory[i], PAGE_SIZE);
	EXPECT_EQ(-5, bc_overdraft(&bc));
	bc_observe(&bc, UB_OOMGUARPAGES, 100);
	EXPECT_EQ(95, bc_overdraft(&bc));
	bc_destroy(&bc);
}

TEST(the_larger_overdraft_comes_before_any_badness)
{
	long largest = 100 * GIB;

	EXPECT_GT(overdraft_badness(largest, largest, -1000 * GIB),
		  overdraft_badness(largest / 2, largest, 1000 * GIB));
	EXPECT_GT(overdraft_badness(2, 2, 0), overdraft_badness(1, 2, 1000 * GIB));
	EXPECT_GT(overdraft_badness(1, 1, -1000 * GIB), overdraft_badness(0, 1, 1000 * GIB));
	EXPECT_GT(overdraft_badness(1, largest, 0), overdraft_badness(-1, largest, 1000 * GIB));
}

TEST(within_an_overdraft_badness_decides)
{
	EXPECT_GT(overdraft_badness(GIB, GIB, 5), overdraft_badness(GIB, GIB, 4));
	EXPECT_GT(overdraft_badness(-1, GIB, 5), overdraft_badness(-GIB, GIB, 4));
	EXPECT_EQ(overdraft_badness(0, 0, 7), overdraft_badness(-5, 0, 7));
}

TEST(no_number_is_taken_for_a_task_that_cannot_be_killed)
{
	EXPECT_LT(LONG_MIN, overdraft_badness(LONG_MIN + 1, 0, LONG_MIN + 1));
	EXPECT_LT(0, overdraft_badness(LONG_MAX, LONG_MAX, LONG_MAX));
}

TEST_HARNESS_MAIN
