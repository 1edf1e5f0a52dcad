// SPDX-License-Identifier: GPL-2.0-only
/* kernel/pace.h: whose turn is when. */
#include "env.h"

#include <kselftest_harness.h>
#include <limits.h>
#include <pthread.h>

#include "kernel/pace.h"

#define NOW	1000000UL
#define GAP	5
#define BURST	3

static unsigned long turn(struct pace *pace, unsigned long now)
{
	return pace_turn(pace, now, GAP, BURST);
}

/* One whose turn is now, and those that were left out. */
static void use_burst(struct __test_metadata *_metadata, struct pace *pace, unsigned long now)
{
	int i;

	for (i = 0; i <= BURST; i++)
		EXPECT_EQ(0, turn(pace, now));
}

TEST(after_a_burst_there_is_a_gap_between_turns)
{
	struct pace pace = { 0 };

	use_burst(_metadata, &pace, NOW);
	EXPECT_EQ(GAP, turn(&pace, NOW));
	EXPECT_EQ(2 * GAP, turn(&pace, NOW));
	EXPECT_EQ(3 * GAP - 1, turn(&pace, NOW + 1));
}

TEST(who_comes_late_enough_never_waits)
{
	struct pace pace = { 0 };
	unsigned long now = NOW;
	int i;

	use_burst(_metadata, &pace, now);
	for (i = 0; i < 100; i++) {
		now += GAP;
		EXPECT_EQ(0, turn(&pace, now));
	}
	EXPECT_EQ(1, turn(&pace, now + GAP - 1));
}

TEST(what_was_left_out_is_caught_up_on_up_to_a_burst)
{
	struct pace pace = { 0 };

	use_burst(_metadata, &pace, NOW);
	EXPECT_EQ(0, turn(&pace, NOW + 2 * GAP));
	EXPECT_EQ(0, turn(&pace, NOW + 2 * GAP));
	EXPECT_EQ(GAP, turn(&pace, NOW + 2 * GAP));
	use_burst(_metadata, &pace, NOW + 1000 * GAP);
	EXPECT_EQ(GAP, turn(&pace, NOW + 1000 * GAP));
}

TEST(a_turn_that_was_given_back_is_somebody_elses)
{
	struct pace pace = { 0 };

	use_burst(_metadata, &pace, NOW);
	EXPECT_EQ(GAP, turn(&pace, NOW));
	EXPECT_EQ(2 * GAP, turn(&pace, NOW));
	pace_give_back(&pace, GAP);
	EXPECT_EQ(2 * GAP, turn(&pace, NOW));
}

TEST(ticks_may_run_over)
{
	unsigned long now = ULONG_MAX - 2;
	struct pace pace = { 0 };

	atomic_long_set(&pace.next, now);
	EXPECT_EQ(0, turn(&pace, now));
	EXPECT_EQ(GAP, turn(&pace, now));
	EXPECT_EQ(0, turn(&pace, now + 2 * GAP));
	EXPECT_EQ(GAP, turn(&pace, now + 2 * GAP));
}

#define THREADS	4
#define TURNS	10000

static struct pace shared;
static unsigned char taken[THREADS * TURNS + 1];

static void *take_turns(void *unused)
{
	int i;

	(void)unused;
	for (i = 0; i < TURNS; i++)
		__atomic_fetch_add(&taken[pace_turn(&shared, NOW, 1, 0)], 1, __ATOMIC_RELAXED);
	return NULL;
}

TEST(no_two_have_the_same_turn)
{
	pthread_t threads[THREADS];
	int i;

	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, take_turns, NULL));
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < THREADS * TURNS; i++)
		EXPECT_EQ(1, taken[i]);
}

TEST_HARNESS_MAIN
