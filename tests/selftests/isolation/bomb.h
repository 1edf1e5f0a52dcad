/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A test is a table of attacks.  Each of them leaves the victim and the host
 * their share and what they need, takes no more memory than the attacker may
 * have, lets nobody run out of it but him, meets the limit that is there for it,
 * and does not flood the kernel log.
 *
 * A share that is too small, or an fsync that is too slow, is measured once more
 * before it is believed.
 */
#ifndef SELFTEST_BOMB_H
#define SELFTEST_BOMB_H

#include <kselftest_harness.h>

#include "lib/rivals.h"

#define LOG_LINES	10	/* a second */
#define SLACK		16	/* MiB */
#define STALL		1	/* seconds */

FIXTURE(bomb) {
	struct rivals rivals;
};

/*
 * @least: percent of their speed that the others must keep
 * @fsync: percent that slow fsyncs of the victim may take of what they did; 0: any
 * @meanwhile: as well, what it does meanwhile
 */
FIXTURE_VARIANT(bomb) {
	int least, fsync, meanwhile;
	struct attack attack;
};

#define BOMB(name, least, ...) \
	FIXTURE_VARIANT_ADD(bomb, name) { least, 0, 0, { __VA_ARGS__ } }

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

TEST_F_TIMEOUT(bomb, hurts_nobody_else, 1000)
{
	const struct attack *attack = &variant->attack;
	struct outcome got;

	ASSERT_EQ(0, rivals_measure(&self->rivals, attack, &got));
	if (got.victim < variant->least || got.host < variant->least ||
	    (variant->fsync && got.fsync > variant->fsync))
		ASSERT_EQ(0, rivals_measure(&self->rivals, attack, &got));
	EXPECT_LE(variant->least, got.victim);
	EXPECT_LE(variant->least, got.host);
	if (variant->fsync)
		EXPECT_GE(variant->fsync, got.fsync);
	if (variant->meanwhile)
		EXPECT_GE(variant->meanwhile, got.meanwhile);
	EXPECT_GT(STALL, got.longest);
	EXPECT_GE(ATTACKER_MEMORY + SLACK, got.memory);
	EXPECT_FALSE(got.out_of_memory);
	EXPECT_GE(LOG_LINES, got.log_lines);
}

#endif
