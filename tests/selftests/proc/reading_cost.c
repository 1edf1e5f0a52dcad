// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a look at /proc/user_beancounters costs: so many instructions a line,
 * and no more with many containers than with few (goal R1).
 *
 * In this VM the clock counts instructions: the time stamp counter goes on by
 * one with each.
 *
 * vm: --icount --mem 2048 --time 600
 */
#include <fcntl.h>
#include <kselftest_harness.h>
#include <x86intrin.h>

#include "lib/container.h"

#define MOST_CONTAINERS	1000
#define ROW_LEN		130
#define MOST_PER_ROW	1200	/* instructions */
#define READS		15

static struct ct cts[MOST_CONTAINERS];

/* Read all of the file; returns its length. */
static size_t look(void)
{
	static char buf[65536];
	int fd = open("/proc/user_beancounters", O_RDONLY);
	size_t sum = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		sum += n;
	close(fd);
	return sum;
}

/* The cheapest of many looks: the others met an interrupt. */
static double cost_per_row(void)
{
	unsigned long long start, took, least = -1ULL;
	size_t len = 0;
	int i;

	for (i = 0; i < READS; i++) {
		_mm_lfence();
		start = __rdtsc();
		len = look();
		took = __rdtsc() - start;
		if (took < least)
			least = took;
	}
	return (double)least * ROW_LEN / len;
}

FIXTURE(reading) {
};

FIXTURE_SETUP(reading)
{
	klog_mark();
}

FIXTURE_TEARDOWN(reading)
{
	EXPECT_TRUE(no_leaks());
}

TEST_F_TIMEOUT(reading, a_line_costs_the_same_with_few_and_with_a_thousand_containers, 600)
{
	static const int steps[] = { 1, 10, 100, MOST_CONTAINERS };
	double cost[ARRAY_SIZE(steps)];
	int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		for (; n < steps[i]; n++)
			ASSERT_EQ(0, ct_start(&cts[n], 101 + n));
		sleep(20);	/* takes no time here: the clock jumps */
		cost[i] = cost_per_row();
		TH_LOG("%d containers: %.0f instructions a line", steps[i], cost[i]);
	}
	EXPECT_LE(cost[ARRAY_SIZE(steps) - 1], MOST_PER_ROW);
	EXPECT_LE(cost[ARRAY_SIZE(steps) - 1], cost[ARRAY_SIZE(steps) - 2] * 1.05);
	while (n--)
		ASSERT_EQ(0, ct_stop(&cts[n]));
}

TEST_HARNESS_MAIN
