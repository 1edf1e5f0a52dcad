// SPDX-License-Identifier: GPL-2.0-only
/* kernel/pace.h: whose turn is it? */
#include "env.h"

#include <kselftest_harness.h>
#include <limits.h>
#include <pthread.h>

#include "kernel/pace.h"

#define NOW	1000000UL
#define GAP	5
#define BURST	3

static bool allows(struct pace *pace, unsigned long now)
{
	return pace_allows(pace, now, GAP, BURST);
}

/* One whose turn is now, and those that were left out; no more. */
static void use_burst(struct __test_metadata *_metadata, struct pace *pace, unsigned long now)
{
	int i;

	for (i = 0; i <= BURST; i++)
		EXPECT_TRUE(allows(pace, now));
	EXPECT_FALSE(allows(pace, now));
}

TEST(after_a_burst_there_is_a_gap_between_turns)
{
	struct pace pace = { 0 };

	use_burst(_metadata, &pace, NOW);
	EXPECT_FALSE(allows(&pace, NOW + GAP - 1));
	EXPECT_TRUE(allows(&pace, NOW + GAP));
	EXPECT_FALSE(allows(&pace, NOW + GAP));
	EXPECT_FALSE(allows(&pace, NOW + 2 * GAP - 1));
	EXPECT_TRUE(allows(&pace, NOW + 2 * GAP));
}

TEST(who_comes_late_enough_is_never_refused)
{
	struct pace pace = { 0 };
	unsigned long now = NOW;
	int i;

	use_burst(_metadata, &pace, now);
	for (i = 0; i < 100; i++) {
		now += GAP;
		EXPECT_TRUE(allows(&pace, now));
	}
	EXPECT_FALSE(allows(&pace, now));
}

TEST(what_was_left_out_is_caught_up_on_up_to_a_burst)
{
	struct pace pace = { 0 };

	use_burst(_metadata, &pace, NOW);
	EXPECT_TRUE(allows(&pace, NOW + 2 * GAP));
	EXPECT_TRUE(allows(&pace, NOW + 2 * GAP));
	EXPECT_FALSE(allows(&pace, NOW + 2 * GAP));
	use_burst(_metadata, &pace, NOW + 1000 * GAP);
}

TEST(ticks_may_run_over)
{
	unsigned long now = ULONG_MAX - 2;
	struct pace pace = { 0 };

	atomic_long_set(&pace.next, now);
	EXPECT_TRUE(allows(&pace, now));
	EXPECT_FALSE(allows(&pace, now));
	EXPECT_TRUE(allows(&pace, now + GAP));
	EXPECT_FALSE(allows(&pace, now + GAP));
}

#define THREADS	4
#define TURNS	10000

static struct pace shared;
static long taken;

static void *take_turns(void *unused)
{
	int i;

	(void)unused;
	for (i = 0; i < TURNS; i++)
		if (pace_allows(&shared, NOW, 1, TURNS - 1))
			__atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
	return NULL;
}

TEST(no_two_take_the_same_turn)
{
	pthread_t threads[THREADS];
	int i;

	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, take_turns, NULL));
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	EXPECT_EQ(TURNS, taken);
}

TEST_HARNESS_MAIN
