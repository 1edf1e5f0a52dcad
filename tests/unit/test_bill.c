// SPDX-License-Identifier: GPL-2.0-only
/* Bills: never less paid than there is, nothing too much when all is at rest. */
#include "env.h"

#include <kselftest_harness.h>

#include "kernel/bill.h"

#define GROWERS	8

/* An object, its bill, and those who make it larger at the same time. */
FIXTURE(bill) {
	struct bill bill;
	unsigned long size;
	unsigned long charged;		/* what the owner holds */
	struct {
		unsigned long n;	/* paid for, or 0: it rests */
		bool grown;		/* and in size */
	} grower[GROWERS];
};

FIXTURE_SETUP(bill)
{
}

FIXTURE_TEARDOWN(bill)
{
}

#define begin(n) ({							\
	self->charged += (n);						\
	bill_begin(&self->bill, n);					\
})

#define end(n) ({							\
	unsigned long over_ = bill_end(&self->bill, n, self->size);	\
									\
	self->charged -= over_;						\
	over_;								\
})

TEST_F(bill, of_growth_that_succeeds_is_paid)
{
	begin(10);
	self->size += 10;
	EXPECT_EQ(0, end(10));
	EXPECT_EQ(10, self->bill.paid);
	EXPECT_EQ(0, self->bill.ahead);
}

TEST_F(bill, of_growth_that_fails_is_given_back)
{
	begin(10);
	EXPECT_EQ(10, end(10));
	EXPECT_EQ(0, self->bill.paid);
}

TEST_F(bill, of_growth_that_succeeds_in_part_is_given_back_in_part)
{
	begin(10);
	self->size += 4;
	EXPECT_EQ(6, end(10));
	EXPECT_EQ(4, self->bill.paid);
}

TEST_F(bill, follows_an_object_that_becomes_smaller)
{
	begin(10);
	self->size += 10;
	end(10);
	self->size = 3;
	EXPECT_EQ(7, end(0));
	EXPECT_EQ(3, self->bill.paid);
	EXPECT_EQ(0, end(0));
}

TEST_F(bill, keeps_what_is_on_its_way_when_another_one_settles)
{
	begin(10);
	EXPECT_EQ(0, end(0));
	EXPECT_EQ(10, self->bill.paid);
	self->size += 10;
	EXPECT_EQ(0, end(0));
	EXPECT_EQ(0, end(10));
	EXPECT_EQ(10, self->bill.paid);
}

/* A move has its pages twice for a moment: that is not paid for, and forgotten. */
TEST_F(bill, does_not_follow_an_object_that_seems_larger_for_a_moment)
{
	begin(10);
	self->size += 10;
	end(10);
	self->size += 10;
	EXPECT_EQ(0, end(0));
	self->size -= 10;
	EXPECT_EQ(0, end(0));
	EXPECT_EQ(10, self->bill.paid);
}

TEST_F(bill, holds_in_any_order_of_events)
{
	int step, i, at_rest = 0;
	unsigned long n;

	srand(1);
	for (step = 0; step < 100000; step++) {
		i = rand() % (GROWERS + 1);
		if (i == GROWERS) {
			self->size -= rand() % (self->size / 2 + 1);
			end(0);
		} else if (!self->grower[i].n) {
			n = 1 + rand() % 100;
			begin(n);
			self->grower[i].n = n;
		} else if (!self->grower[i].grown && rand() % 4) {
			self->size += self->grower[i].n;
			self->grower[i].grown = true;
		} else {
			end(self->grower[i].n);
			self->grower[i].n = 0;
			self->grower[i].grown = false;
		}
		ASSERT_LE(self->size, self->bill.paid);
		ASSERT_EQ(self->charged, self->bill.paid);
		if (!self->bill.ahead) {
			ASSERT_EQ(self->size, self->bill.paid);
			at_rest++;
		}
	}
	EXPECT_LT(10, at_rest);
}

TEST_HARNESS_MAIN
