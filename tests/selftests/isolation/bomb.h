/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A test is a table of attacks.  Each of them leaves the victim and the host
 * their share and what they need, takes no more memory than the attacker may
 * have, lets nobody run out of it but him, meets the limit that is there for it,
 * and does not flood the kernel log.
 *
 * A share that is too small, or something that is too slow, is measured once more
 * before it is believed.
 */
#ifndef SELFTEST_BOMB_H
#define SELFTEST_BOMB_H

#include <kselftest_harness.h>
#include <limits.h>

#include "lib/rivals.h"

#define LOG_LINES	10	/* a second */
#define SLACK		16	/* MiB */
#define STALL		1	/* seconds */
#define ANY		INT_MAX

FIXTURE(bomb) {
	struct rivals rivals;
};

/**
 * struct bounds - what is bearable, in percent
 * @least: of their speed that the others must keep
 * @fsync: that slow fsyncs of the victim may take of what they did, or ANY
 * @meanwhile: as well, what it does meanwhile
 */
struct bounds {
	int least, fsync, meanwhile;
};

FIXTURE_VARIANT(bomb) {
	struct bounds bounds;
	struct attack attack;
};

#define BOMB(name, least, ...) \
	FIXTURE_VARIANT_ADD(bomb, name) { { least, ANY, ANY }, { __VA_ARGS__ } }

FIXTURE_SETUP(bomb)
{
	klog_mark();
	ASSERT_EQ(0, rivals_start(&self->rivals));
}

FIXTURE_TEARDOWN(bomb)
{
	EXPECT_EQ(0, rivals_stop(&self->rivals));
	EXPECT_TRUE(no_leaks());
}

static inline bool is_bearable(const struct bounds *bounds, const struct outcome *got)
{
	return got->victim >= bounds->least && got->host >= bounds->least &&
	       got->fsync <= bounds->fsync && got->meanwhile <= bounds->meanwhile;
}

TEST_F_TIMEOUT(bomb, hurts_nobody_else, 1000)
{
	const struct attack *attack = &variant->attack;
	const struct bounds *bounds = &variant->bounds;
	struct outcome got;

	ASSERT_EQ(0, rivals_measure(&self->rivals, attack, &got));
	if (!is_bearable(bounds, &got))
		ASSERT_EQ(0, rivals_measure(&self->rivals, attack, &got));
	EXPECT_LE(bounds->least, got.victim);
	EXPECT_LE(bounds->least, got.host);
	EXPECT_GE(bounds->fsync, got.fsync);
	EXPECT_GE(bounds->meanwhile, got.meanwhile);
	EXPECT_GT(STALL, got.longest);
	EXPECT_GE(ATTACKER_MEMORY + SLACK, got.memory);
	EXPECT_FALSE(got.out_of_memory);
	EXPECT_GE(LOG_LINES, got.log_lines);
}

#endif
