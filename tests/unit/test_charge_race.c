// SPDX-License-Identifier: GPL-2.0-only
/*
 * Charging as several callers at once see it.  Atomic operations yield at random.
 *
 * Cases T022 and T023.
 */
#include "env.h"

#include <kselftest_harness.h>

#include "kernel/charge.h"

#define MAX_THREADS	8

FIXTURE(race) {
	struct beancounter bc;
};

/* One variant per number of threads, each with a CPU of its own. */
FIXTURE_VARIANT(race) {
	unsigned int threads;
};

FIXTURE_VARIANT_ADD(race, of_2) { .threads = 2 };
FIXTURE_VARIANT_ADD(race, of_3) { .threads = 3 };
FIXTURE_VARIANT_ADD(race, of_8) { .threads = 8 };

FIXTURE_SETUP(race)
{
	nr_cpu_ids = variant->threads;
	env.yield = 8;
	ASSERT_EQ(0, bc_init(&self->bc, 101, NULL));
}

FIXTURE_TEARDOWN(race)
{
	EXPECT_EQ(0, env.messages) {
		TH_LOG("log: %s", env.log);
	}
	bc_destroy(&self->bc);
	EXPECT_EQ(0, env.allocated);
}

/* What the threads of a race share. */
struct race {
	struct beancounter *bc;
	unsigned int res;
	unsigned int threads;
	unsigned long limit;
	unsigned long share;	/* of each thread */
	long tickets;		/* charges still to be tried */
	unsigned long accepted;
	unsigned long refused;
	unsigned int running;
	unsigned int closed;	/* odd: the limit is 0 */
	unsigned int answers;	/* threads that have seen it closed */
	unsigned long wrong;
};

static unsigned long count(unsigned long *counter)
{
	return __atomic_add_fetch(counter, 1, __ATOMIC_RELAXED);
}

static unsigned int roll(unsigned int *seed, unsigned int below)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 8) % below;
}

static void charge_while_tickets_last(void *arg, unsigned int me)
{
	struct race *race = arg;

	while (__atomic_fetch_sub(&race->tickets, 1, __ATOMIC_RELAXED) > 0) {
		if (bc_charge(race->bc, race->res, 1, UB_HARD))
			count(&race->refused);
		else
			count(&race->accepted);
	}
}

static void exactly_n_of_n_plus_8(struct __test_metadata *_metadata, struct beancounter *bc,
				  unsigned int res, unsigned long n, int repeat)
{
	struct bc_stat stat;

	bc_set_limit(bc, res, n, n);
	for (int i = 1; i <= repeat; i++) {
		struct race race = { .bc = bc, .res = res, .tickets = n + 8 };

		env_run(nr_cpu_ids, charge_while_tickets_last, &race);
		bc_read(bc, res, &stat);
		ASSERT_EQ(n, race.accepted) {
			TH_LOG("%s, limit %lu, round %d", ub_resources[res].name, n, i);
		}
		ASSERT_EQ(8, race.refused);
		ASSERT_EQ(n, stat.held);
		ASSERT_EQ(n, stat.maxheld);
		ASSERT_EQ(8 * i, stat.failcnt);
		bc_uncharge(bc, res, n);
		ASSERT_EQ(0, bc_held(bc, res));
	}
}

TEST_F(race, for_few_units_lets_exactly_as_many_in_as_fit)
{
	exactly_n_of_n_plus_8(_metadata, &self->bc, UB_NUMPTY, 1, 200);
	exactly_n_of_n_plus_8(_metadata, &self->bc, UB_NUMPROC, 7, 200);
	exactly_n_of_n_plus_8(_metadata, &self->bc, UB_NUMFILE, 60, 200);
}

/* These begin far from the limit, with stocks, and end at it. */
TEST_F(race, for_many_units_lets_exactly_as_many_in_as_fit)
{
	exactly_n_of_n_plus_8(_metadata, &self->bc, UB_NUMPROC, 600, 100);
	exactly_n_of_n_plus_8(_metadata, &self->bc, UB_NUMSIGINFO, 2000, 30);
	exactly_n_of_n_plus_8(_metadata, &self->bc, UB_NUMFILE, 5000, 20);
}

/* Each thread holds its share at most, and the shares make up the limit. */
static void stay_within_share(void *arg, unsigned int me)
{
	struct race *race = arg;
	unsigned int seed = me + 1;
	unsigned long own = 0, n;

	for (int i = 0; i < 20000; i++) {
		if (roll(&seed, 2) || own == race->share) {
			n = roll(&seed, 8) ? min(own, 3UL) : own;
			bc_uncharge(race->bc, race->res, n);
			own -= n;
			continue;
		}
		n = roll(&seed, 8) ? 1 : race->share - own;
		if (bc_charge(race->bc, race->res, n, UB_HARD))
			count(&race->refused);
		else
			own += n;
		if (atomic_long_read(&race->bc->counter[race->res].held) > (long)race->limit)
			count(&race->wrong);
	}
	bc_uncharge(race->bc, race->res, own);
}

static void nobody_is_refused(struct __test_metadata *_metadata, struct beancounter *bc,
			      unsigned int res, unsigned long share)
{
	struct race race = {
		.bc = bc, .res = res, .share = share, .limit = share * nr_cpu_ids,
	};
	struct bc_stat stat;

	bc_set_limit(bc, res, race.limit, race.limit);
	env_run(nr_cpu_ids, stay_within_share, &race);
	bc_read(bc, res, &stat);
	EXPECT_EQ(0, race.refused) {
		TH_LOG("%s, %lu for each of %u", ub_resources[res].name, share, nr_cpu_ids);
	}
	EXPECT_EQ(0, race.wrong);
	EXPECT_EQ(race.refused, stat.failcnt);
	EXPECT_EQ(0, stat.held);
	EXPECT_GE(race.limit, stat.maxheld);
}

TEST_F(race, never_refuses_a_charge_that_fits)
{
	nobody_is_refused(_metadata, &self->bc, UB_NUMPTY, 5);
	nobody_is_refused(_metadata, &self->bc, UB_NUMPROC, 8);
	nobody_is_refused(_metadata, &self->bc, UB_NUMPROC, 4 * 8 + 1);
	nobody_is_refused(_metadata, &self->bc, UB_NUMPROC, 6 * 8);
	nobody_is_refused(_metadata, &self->bc, UB_NUMFILE, 6 * 32);
}

/*
 * All together want one unit more than there is, and rarely give one back; each
 * one's first always fits.
 */
static void hover_at_the_limit(void *arg, unsigned int me)
{
	struct race *race = arg;
	unsigned int seed = me + 1, own = 0;

	while (__atomic_fetch_sub(&race->tickets, 1, __ATOMIC_RELAXED) > 0) {
		if (own && !roll(&seed, 8)) {
			bc_uncharge(race->bc, race->res, 1);
			own--;
		} else if (own == 2) {
			sched_yield();
		} else if (!bc_charge(race->bc, race->res, 1, UB_HARD)) {
			own++;
		} else {
			count(&race->refused);
			if (!own)
				count(&race->wrong);
		}
		if (atomic_long_read(&race->bc->counter[race->res].held) > (long)race->limit)
			count(&race->wrong);
	}
	bc_uncharge(race->bc, race->res, own);
}

TEST_F_TIMEOUT(race, at_the_limit_refuses_what_does_not_fit_and_nothing_else, 120)
{
	const unsigned long limit = 1000, base = limit - (2 * nr_cpu_ids - 1);
	struct race race = {
		.bc = &self->bc, .res = UB_NUMPROC, .limit = limit, .tickets = 1000000,
	};
	struct bc_stat stat;

	bc_set_limit(&self->bc, race.res, limit, limit);
	ASSERT_EQ(0, bc_charge(&self->bc, race.res, base, UB_HARD));
	env_run(nr_cpu_ids, hover_at_the_limit, &race);
	bc_read(&self->bc, race.res, &stat);
	EXPECT_EQ(0, race.wrong);
	EXPECT_LT(0, race.refused);
	EXPECT_EQ(race.refused, stat.failcnt);
	EXPECT_EQ(limit, stat.maxheld);
	EXPECT_EQ(base, stat.held);
	bc_uncharge(&self->bc, race.res, base);
}

/* From here on there is room for so many units until the numbers end. */
#define LAST_UNITS	10
#define ALMOST_ALL	((unsigned long)LONG_MAX - LAST_UNITS)

static void charge_past_the_last_number(void *arg, unsigned int me)
{
	static const unsigned long much[] = { 1, 3, LAST_UNITS, 1UL << 62, LONG_MAX };
	static const int severities[] = { UB_HARD, UB_SOFT, UB_FORCE };
	struct race *race = arg;
	unsigned int seed = me + 1;
	unsigned long own = 0, n;
	struct bc_stat stat;

	for (int i = 0; i < 20000; i++) {
		n = much[roll(&seed, ARRAY_SIZE(much))];
		if (own && roll(&seed, 2)) {
			bc_uncharge(race->bc, race->res, own);
			own = 0;
		} else if (!bc_charge(race->bc, race->res, n, severities[roll(&seed, 3)])) {
			own += n;
		} else {
			count(&race->refused);
		}
		bc_read(race->bc, race->res, &stat);
		if (own > LAST_UNITS || stat.held < ALMOST_ALL || stat.held > LONG_MAX ||
		    stat.maxheld > LONG_MAX)
			count(&race->wrong);
	}
	bc_uncharge(race->bc, race->res, own);
}

TEST_F(race, at_the_end_of_numbers_never_wraps_around)
{
	static const unsigned int resources[] = { UB_NUMPTY, UB_NUMPROC, UB_PRIVVMPAGES };

	for (size_t i = 0; i < ARRAY_SIZE(resources); i++) {
		struct race race = { .bc = &self->bc, .res = resources[i] };

		ASSERT_EQ(0, bc_charge(&self->bc, race.res, ALMOST_ALL, UB_FORCE));
		env_run(nr_cpu_ids, charge_past_the_last_number, &race);
		EXPECT_EQ(0, race.wrong) {
			TH_LOG("%s", ub_resources[race.res].name);
		}
		EXPECT_LT(0, race.refused);
		EXPECT_EQ(ALMOST_ALL, bc_held(&self->bc, race.res));
		bc_uncharge(&self->bc, race.res, ALMOST_ALL);
		EXPECT_EQ(0, bc_held(&self->bc, race.res));
	}
}

/* Give one unit back and take it again, for ever on the same CPU. */
static void knock_at_a_closed_door(void *arg, unsigned int me)
{
	struct race *race = arg;
	unsigned int seen = 0, now, own = 0;

	while (__atomic_load_n(&race->running, __ATOMIC_ACQUIRE)) {
		now = __atomic_load_n(&race->closed, __ATOMIC_ACQUIRE);
		if (!(now & 1)) {
			own += !bc_charge(race->bc, race->res, 1, UB_SOFT);
			if (own == race->share) {
				bc_uncharge(race->bc, race->res, own);
				own = 0;
			}
			continue;
		}
		if (now == seen) {
			sched_yield();
			continue;
		}
		for (int i = 0; i < 3; i++) {
			if (own) {
				bc_uncharge(race->bc, race->res, 1);
				own--;
			}
			if (!bc_charge(race->bc, race->res, 1, UB_SOFT)) {
				count(&race->wrong);
				own++;
			}
		}
		seen = now;
		__atomic_add_fetch(&race->answers, 1, __ATOMIC_RELEASE);
	}
	bc_uncharge(race->bc, race->res, own);
}

static void close_and_open(void *arg, unsigned int me)
{
	struct race *race = arg;

	for (int i = 0; i < 1000 / (int)race->threads; i++) {
		for (int spin = 0; spin < 5; spin++)
			sched_yield();
		race->answers = 0;
		bc_set_limit(race->bc, race->res, 0, 0);
		__atomic_add_fetch(&race->closed, 1, __ATOMIC_RELEASE);
		while (__atomic_load_n(&race->answers, __ATOMIC_ACQUIRE) < race->threads - 1)
			sched_yield();
		bc_set_limit(race->bc, race->res, race->limit, race->limit);
		__atomic_add_fetch(&race->closed, 1, __ATOMIC_RELEASE);
	}
	__atomic_store_n(&race->running, 0, __ATOMIC_RELEASE);
}

static void close_or_knock(void *arg, unsigned int me)
{
	if (me)
		knock_at_a_closed_door(arg, me);
	else
		close_and_open(arg, me);
}

TEST_F(race, with_a_lowered_limit_lets_nobody_in_after_it_was_set)
{
	static const unsigned int resources[] = { UB_NUMPTY, UB_NUMPROC, UB_NUMFILE };

	for (size_t i = 0; i < ARRAY_SIZE(resources); i++) {
		struct race race = {
			.bc = &self->bc, .res = resources[i], .threads = nr_cpu_ids,
			.limit = 100000, .share = 50, .running = 1,
		};

		env_run(nr_cpu_ids, close_or_knock, &race);
		EXPECT_EQ(0, race.wrong) {
			TH_LOG("%s", ub_resources[race.res].name);
		}
		EXPECT_EQ(0, bc_held(&self->bc, race.res));
	}
}

/* The highest limit that was ever set is never passed, whoever wins. */
static void move_limit_or_charge(void *arg, unsigned int me)
{
	struct race *race = arg;
	unsigned int seed = me + 1;
	unsigned long own = 0, n;

	for (int i = 0; i < 20000; i++) {
		if (!me) {
			n = roll(&seed, race->limit + 1);
			bc_set_limit(race->bc, race->res, n, race->limit - n / 2);
		} else if (roll(&seed, 2)) {
			n = roll(&seed, 40);
			own += bc_charge(race->bc, race->res, n, roll(&seed, 2)) ? 0 : n;
		} else {
			n = roll(&seed, 60);
			n = min(n, own);
			bc_uncharge(race->bc, race->res, n);
			own -= n;
		}
		if (atomic_long_read(&race->bc->counter[race->res].held) > (long)race->limit)
			count(&race->wrong);
	}
	bc_uncharge(race->bc, race->res, own);
}

TEST_F(race, with_moving_limits_never_holds_more_than_the_highest)
{
	static const unsigned int resources[] = { UB_NUMPTY, UB_NUMPROC, UB_NUMFILE };

	for (size_t i = 0; i < ARRAY_SIZE(resources); i++) {
		struct race race = { .bc = &self->bc, .res = resources[i], .limit = 3000 };
		struct bc_stat stat;

		bc_set_limit(&self->bc, race.res, race.limit, race.limit);
		env_run(nr_cpu_ids, move_limit_or_charge, &race);
		bc_read(&self->bc, race.res, &stat);
		EXPECT_EQ(0, race.wrong);
		EXPECT_GE(race.limit, stat.maxheld);
		EXPECT_EQ(0, stat.held);
	}
}

/*
 * Each thread but the first adds at most one unit to the hundred below it.  A
 * CPU that fills its stock just then may be seen with one half of it done.
 */
static void look_or_charge(void *arg, unsigned int me)
{
	struct race *race = arg;
	unsigned long slack = nr_cpu_ids * ub_resources[race->res].batch / 2;
	unsigned long held;

	for (int i = 0; i < 20000; i++) {
		if (me) {
			bc_charge(race->bc, race->res, 1, UB_HARD);
			bc_uncharge(race->bc, race->res, 1);
			continue;
		}
		held = bc_held(race->bc, race->res);
		if (held + slack < 100 || held > 100 + race->threads - 1 + slack)
			count(&race->wrong);
	}
}

TEST_F(race, shows_as_held_what_was_held_give_or_take_half_a_batch_per_cpu)
{
	static const unsigned int resources[] = { UB_NUMPTY, UB_NUMPROC, UB_NUMFILE };

	for (size_t i = 0; i < ARRAY_SIZE(resources); i++) {
		struct race race = {
			.bc = &self->bc, .res = resources[i], .threads = nr_cpu_ids,
		};

		ASSERT_EQ(0, bc_charge(&self->bc, race.res, 100, UB_HARD));
		env_run(nr_cpu_ids, look_or_charge, &race);
		EXPECT_EQ(0, race.wrong) {
			TH_LOG("%s: %lu of 20000 values", ub_resources[race.res].name,
			       race.wrong);
		}
		bc_uncharge(&self->bc, race.res, 100);
	}
}

/* Two children share a parent whose limit is what counts. */
static void charge_own_child(void *arg, unsigned int me)
{
	struct race *children = arg;

	charge_while_tickets_last(&children[me % 2], me);
}

TEST_F(race, between_children_splits_the_limit_of_the_parent_exactly)
{
	struct beancounter child[2];
	struct bc_stat stat;

	bc_set_limit(&self->bc, UB_NUMPTY, 100, 100);
	for (int i = 0; i < 2; i++)
		ASSERT_EQ(0, bc_init(&child[i], 102 + i, &self->bc));
	for (int round = 1; round <= 50; round++) {
		struct race race[2] = {
			{ .bc = &child[0], .res = UB_NUMPTY, .tickets = 60 },
			{ .bc = &child[1], .res = UB_NUMPTY, .tickets = 60 },
		};

		env_run(nr_cpu_ids, charge_own_child, race);
		bc_read(&self->bc, UB_NUMPTY, &stat);
		ASSERT_EQ(100, race[0].accepted + race[1].accepted);
		ASSERT_EQ(20 * round, stat.failcnt);
		for (int i = 0; i < 2; i++) {
			ASSERT_EQ(race[i].accepted, bc_held(&child[i], UB_NUMPTY));
			bc_uncharge(&child[i], UB_NUMPTY, race[i].accepted);
		}
		ASSERT_EQ(0, bc_held(&self->bc, UB_NUMPTY));
	}
	bc_destroy(&child[0]);
	bc_destroy(&child[1]);
}

TEST_HARNESS_MAIN
