// SPDX-License-Identifier: GPL-2.0-only
/*
 * Charging as one caller sees it: who is let in, what is counted, what is shown.
 *
 * Case T023.
 */
#include "env.h"

#include <kselftest_harness.h>

#include "kernel/charge.h"

#define MAX_CPUS	8
#define TOO_MUCH	((unsigned long)LONG_MAX + 1)

FIXTURE(bc) {
	struct beancounter bc;
	unsigned int res;
};

/* The same rules hold whatever the batch and the number of CPUs. */
FIXTURE_VARIANT(bc) {
	unsigned int res;
	unsigned int cpus;
};

FIXTURE_VARIANT_ADD(bc, without_batch) { .res = UB_NUMPTY, .cpus = 4 };
FIXTURE_VARIANT_ADD(bc, numproc) { .res = UB_NUMPROC, .cpus = 2 };
FIXTURE_VARIANT_ADD(bc, numfile) { .res = UB_NUMFILE, .cpus = MAX_CPUS };
FIXTURE_VARIANT_ADD(bc, privvmpages_on_one_cpu) { .res = UB_PRIVVMPAGES, .cpus = 1 };
FIXTURE_VARIANT_ADD(bc, tcpsndbuf) { .res = UB_TCPSNDBUF, .cpus = 4 };

FIXTURE_SETUP(bc)
{
	nr_cpu_ids = variant->cpus;
	self->res = variant->res;
	ASSERT_EQ(0, bc_init(&self->bc, 101, NULL));
}

FIXTURE_TEARDOWN(bc)
{
	bc_destroy(&self->bc);
	EXPECT_EQ(0, env.allocated);
	EXPECT_EQ(0, env.warnings);
}

static struct bc_stat stat_of(struct beancounter *bc, unsigned int res)
{
	struct bc_stat stat;

	bc_read(bc, res, &stat);
	return stat;
}

static unsigned long first_limit(unsigned int res)
{
	return ub_resources[res].preset ? ub_resources[res].preset : UB_MAXVALUE;
}

/* Larger than whatever makes a counter of @res leave its exact mode. */
static unsigned long far_limit(unsigned int res)
{
	return 100UL * MAX_CPUS * (ub_resources[res].batch + 1);
}

/* More than can differ between held and use because of stocks. */
static unsigned long slack(unsigned int res)
{
	return (unsigned long)nr_cpu_ids * ub_resources[res].batch;
}

/* In each row barrier is 10 and limit 20. */
static const struct vector {
	const char *what;
	unsigned long held, n;
	int severity, ret;
} vectors[] = {
	{ "hard, up to the barrier",		9,  1, UB_HARD, 0 },
	{ "hard, all at once",			0, 10, UB_HARD, 0 },
	{ "hard, one above the barrier",	10, 1, UB_HARD, -ENOMEM },
	{ "hard, across the barrier",		9,  2, UB_HARD, -ENOMEM },
	{ "hard, between barrier and limit",	15, 1, UB_HARD, -ENOMEM },
	{ "hard, above the limit",		20, 1, UB_HARD, -ENOMEM },
	{ "soft, below the barrier",		0,  1, UB_SOFT, 0 },
	{ "soft, across the barrier",		9,  2, UB_SOFT, 0 },
	{ "soft, up to the limit",		19, 1, UB_SOFT, 0 },
	{ "soft, all at once",			0, 20, UB_SOFT, 0 },
	{ "soft, one above the limit",		20, 1, UB_SOFT, -ENOMEM },
	{ "soft, across the limit",		15, 6, UB_SOFT, -ENOMEM },
	{ "soft, already far above",		50, 1, UB_SOFT, -ENOMEM },
	{ "forced, below",			0,  5, UB_FORCE, 0 },
	{ "forced, across the barrier",		10, 1, UB_FORCE, 0 },
	{ "forced, across the limit",		20, 1, UB_FORCE, 0 },
	{ "forced, far above",			50, 9, UB_FORCE, 0 },
	{ "hard test, refused",			10, 1, UB_HARD | UB_TEST, -ENOMEM },
	{ "soft test, refused",			20, 1, UB_SOFT | UB_TEST, -ENOMEM },
	{ "hard test, accepted",		9,  1, UB_HARD | UB_TEST, 0 },
	{ "soft test, accepted",		19, 1, UB_SOFT | UB_TEST, 0 },
	{ "forced test",			20, 1, UB_FORCE | UB_TEST, 0 },
	{ "hard, the largest number",		0, LONG_MAX, UB_HARD, -ENOMEM },
	{ "soft, the largest number",		1, LONG_MAX, UB_SOFT, -ENOMEM },
	{ "hard, no number of units",		0, TOO_MUCH, UB_HARD, -EINVAL },
	{ "soft, no number of units",		0, ULONG_MAX, UB_SOFT, -EINVAL },
	{ "forced, no number of units",		0, TOO_MUCH, UB_FORCE, -EINVAL },
	{ "tested, no number of units",		0, ULONG_MAX, UB_SOFT | UB_TEST, -EINVAL },
};

TEST_F(bc, severity_decides_which_bound_a_charge_has_to_fit)
{
	struct bc_stat before, after;

	for (const struct vector *v = vectors; v < vectors + ARRAY_SIZE(vectors); v++) {
		bool counts = v->ret == -ENOMEM && !(v->severity & UB_TEST);
		unsigned long held = v->held + (v->ret ? 0 : v->n);

		bc_set_limit(&self->bc, self->res, 10, 20);
		ASSERT_EQ(0, bc_charge(&self->bc, self->res, v->held, UB_FORCE));
		before = stat_of(&self->bc, self->res);
		EXPECT_EQ(v->ret, bc_charge(&self->bc, self->res, v->n, v->severity)) {
			TH_LOG("vector: %s", v->what);
		}
		after = stat_of(&self->bc, self->res);
		EXPECT_EQ(held, after.held) {
			TH_LOG("vector: %s", v->what);
		}
		EXPECT_EQ(before.failcnt + counts, after.failcnt) {
			TH_LOG("vector: %s", v->what);
		}
		bc_uncharge(&self->bc, self->res, held);
		EXPECT_EQ(0, bc_held(&self->bc, self->res));
	}
	EXPECT_EQ(0, env.messages);
}

TEST_F(bc, a_barrier_above_the_limit_leaves_the_limit_in_force)
{
	bc_set_limit(&self->bc, self->res, 20, 10);
	EXPECT_EQ(0, bc_charge(&self->bc, self->res, 10, UB_HARD));
	EXPECT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, 1, UB_HARD));
	EXPECT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, 1, UB_SOFT));
	bc_uncharge(&self->bc, self->res, 10);
}

TEST_F(bc, zero_as_a_limit_refuses_the_first_unit)
{
	bc_set_limit(&self->bc, self->res, 0, 0);
	EXPECT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, 1, UB_HARD));
	EXPECT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, 1, UB_SOFT));
	EXPECT_EQ(2, stat_of(&self->bc, self->res).failcnt);
	EXPECT_EQ(0, stat_of(&self->bc, self->res).maxheld);
}

TEST_F(bc, unlimited_takes_all_that_can_be_counted_and_not_more)
{
	EXPECT_EQ(0, bc_charge(&self->bc, self->res, LONG_MAX, UB_HARD));
	EXPECT_EQ(LONG_MAX, bc_held(&self->bc, self->res));
	EXPECT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, 1, UB_HARD));
	EXPECT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, LONG_MAX, UB_SOFT));
	bc_uncharge(&self->bc, self->res, LONG_MAX);
	EXPECT_EQ(0, bc_held(&self->bc, self->res));
}

/* Wrapping would turn a full counter into an empty one. */
TEST_F(bc, a_forced_charge_never_wraps_around)
{
	ASSERT_EQ(0, bc_charge(&self->bc, self->res, LONG_MAX, UB_FORCE));
	EXPECT_NE(0, bc_charge(&self->bc, self->res, LONG_MAX, UB_FORCE));
	EXPECT_EQ(LONG_MAX, bc_held(&self->bc, self->res));
	bc_uncharge(&self->bc, self->res, LONG_MAX);
}

TEST_F(bc, maxheld_is_the_most_that_was_held_at_once)
{
	bc_set_limit(&self->bc, self->res, 20, 20);
	ASSERT_EQ(0, bc_charge(&self->bc, self->res, 7, UB_HARD));
	bc_uncharge(&self->bc, self->res, 7);
	ASSERT_EQ(0, bc_charge(&self->bc, self->res, 3, UB_HARD));
	EXPECT_EQ(7, stat_of(&self->bc, self->res).maxheld);
	ASSERT_EQ(0, bc_charge(&self->bc, self->res, 30, UB_FORCE));
	EXPECT_EQ(33, stat_of(&self->bc, self->res).maxheld);
	bc_uncharge(&self->bc, self->res, 33);
	EXPECT_EQ(33, stat_of(&self->bc, self->res).maxheld);
}

TEST_F(bc, a_refused_charge_leaves_maxheld_and_minheld_alone)
{
	struct bc_stat before, after;

	bc_set_limit(&self->bc, self->res, 5, 5);
	ASSERT_EQ(0, bc_charge(&self->bc, self->res, 4, UB_HARD));
	before = stat_of(&self->bc, self->res);
	ASSERT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, 2, UB_HARD));
	after = stat_of(&self->bc, self->res);
	EXPECT_EQ(before.maxheld, after.maxheld);
	EXPECT_EQ(before.minheld, after.minheld);
	bc_uncharge(&self->bc, self->res, 4);
	EXPECT_EQ(0, stat_of(&self->bc, self->res).minheld);
}

/* With bounds far away maxheld counts stocks, never more than a batch per CPU. */
TEST_F(bc, maxheld_far_from_the_limit_is_off_by_a_batch_per_cpu_at_most)
{
	unsigned long n = 5, use = 0;
	struct bc_stat stat;

	for (unsigned int i = 0; i < 10 * nr_cpu_ids; i++) {
		env_set_cpu(i % nr_cpu_ids);
		ASSERT_EQ(0, bc_charge(&self->bc, self->res, n, UB_HARD));
		use += n;
		stat = stat_of(&self->bc, self->res);
		EXPECT_EQ(use, stat.held);
		EXPECT_LE(use, stat.maxheld);
		EXPECT_GE(use + slack(self->res), stat.maxheld);
	}
	bc_uncharge(&self->bc, self->res, use);
	EXPECT_EQ(0, bc_held(&self->bc, self->res));
	EXPECT_LE(use, stat_of(&self->bc, self->res).maxheld);

	/* A peak that nobody looked at counts as well. */
	n = 10 * (slack(self->res) + use);
	ASSERT_EQ(0, bc_charge(&self->bc, self->res, n, UB_HARD));
	bc_uncharge(&self->bc, self->res, n);
	EXPECT_LE(n, stat_of(&self->bc, self->res).maxheld);
}

TEST_F(bc, uncharging_too_much_near_the_limit_is_reported_and_leaves_zero)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "Uncharging too much %s",
		 ub_resources[self->res].name);
	bc_set_limit(&self->bc, self->res, 20, 20);
	ASSERT_EQ(0, bc_charge(&self->bc, self->res, 3, UB_HARD));
	bc_uncharge(&self->bc, self->res, 4);
	EXPECT_EQ(1, env.messages);
	EXPECT_NE(NULL, strstr(env.log, expected));
	EXPECT_EQ(0, bc_held(&self->bc, self->res));

	/* Nobody inherits the debt. */
	ASSERT_EQ(0, bc_charge(&self->bc, self->res, 2, UB_HARD));
	EXPECT_EQ(2, bc_held(&self->bc, self->res));
	bc_uncharge(&self->bc, self->res, 2);
	EXPECT_EQ(1, env.messages);
}

/* A stock hides it for a while; a limit that comes near does not. */
TEST_F(bc, uncharging_too_much_far_from_the_limit_is_reported_in_the_end)
{
	ASSERT_EQ(0, bc_charge(&self->bc, self->res, 3, UB_HARD));
	bc_uncharge(&self->bc, self->res, 4);
	EXPECT_EQ(0, bc_held(&self->bc, self->res));
	bc_set_limit(&self->bc, self->res, 20, 20);
	EXPECT_EQ(1, env.messages);
	EXPECT_EQ(0, bc_held(&self->bc, self->res));
}

TEST_F(bc, a_raised_limit_lets_the_next_charge_in)
{
	bc_set_limit(&self->bc, self->res, 5, 5);
	ASSERT_EQ(0, bc_charge(&self->bc, self->res, 5, UB_HARD));
	ASSERT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, 1, UB_HARD));
	bc_set_limit(&self->bc, self->res, 6, 6);
	EXPECT_EQ(0, bc_charge(&self->bc, self->res, 1, UB_HARD));
	EXPECT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, 1, UB_HARD));
	bc_uncharge(&self->bc, self->res, 6);
}

TEST_F(bc, a_limit_lowered_below_held_takes_nothing_away_but_binds_at_once)
{
	bc_set_limit(&self->bc, self->res, 10, 10);
	ASSERT_EQ(0, bc_charge(&self->bc, self->res, 8, UB_HARD));
	bc_set_limit(&self->bc, self->res, 3, 3);
	EXPECT_EQ(8, bc_held(&self->bc, self->res));
	EXPECT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, 1, UB_SOFT));
	bc_uncharge(&self->bc, self->res, 5);
	EXPECT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, 1, UB_SOFT));
	bc_uncharge(&self->bc, self->res, 1);
	EXPECT_EQ(0, bc_charge(&self->bc, self->res, 1, UB_SOFT));
	EXPECT_EQ(8, stat_of(&self->bc, self->res).maxheld);
	bc_uncharge(&self->bc, self->res, 3);
}

TEST_F(bc, a_limit_lowered_from_far_away_binds_on_every_cpu)
{
	unsigned long use = 0;

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		env_set_cpu(cpu);
		ASSERT_EQ(0, bc_charge(&self->bc, self->res, cpu + 1, UB_HARD));
		use += cpu + 1;
	}
	bc_set_limit(&self->bc, self->res, use, use);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		env_set_cpu(cpu);
		EXPECT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, 1, UB_HARD));
	}
	EXPECT_EQ(use, bc_held(&self->bc, self->res));
	EXPECT_EQ(nr_cpu_ids, stat_of(&self->bc, self->res).failcnt);
	bc_uncharge(&self->bc, self->res, use);
}

/* Units in stocks belong to nobody: the last charge that fits must get them. */
TEST_F(bc, what_lies_in_stocks_is_found_before_a_charge_is_refused)
{
	unsigned long limit = far_limit(self->res);

	bc_set_limit(&self->bc, self->res, limit, limit);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		env_set_cpu(cpu);
		ASSERT_EQ(0, bc_charge(&self->bc, self->res, 1, UB_HARD));
	}
	EXPECT_EQ(atomic_long_read(&self->bc.counter[self->res].held),
		  nr_cpu_ids + bc_stocked(&self->bc, self->res));
	env_set_cpu(0);
	EXPECT_EQ(0, bc_charge(&self->bc, self->res, limit - nr_cpu_ids, UB_HARD));
	EXPECT_EQ(0, bc_stocked(&self->bc, self->res));
	EXPECT_EQ(limit, bc_held(&self->bc, self->res));
	EXPECT_EQ(limit, stat_of(&self->bc, self->res).maxheld);
	EXPECT_EQ(0, stat_of(&self->bc, self->res).failcnt);
	EXPECT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, 1, UB_HARD));
	bc_uncharge(&self->bc, self->res, limit);
}

TEST_F(bc, units_may_come_back_on_another_cpu)
{
	unsigned long limit = far_limit(self->res);

	bc_set_limit(&self->bc, self->res, limit, limit);
	for (unsigned int i = 0; i < 1000; i++) {
		env_set_cpu(0);
		ASSERT_EQ(0, bc_charge(&self->bc, self->res, 3, UB_HARD));
		env_set_cpu(nr_cpu_ids - 1);
		bc_uncharge(&self->bc, self->res, 3);
		ASSERT_EQ(0, bc_held(&self->bc, self->res));
	}
	EXPECT_EQ(0, bc_charge(&self->bc, self->res, limit, UB_HARD));
	bc_uncharge(&self->bc, self->res, limit);
}

TEST_F(bc, an_interrupt_is_held_to_the_same_bounds)
{
	env_in_task = false;
	bc_set_limit(&self->bc, self->res, 5, 5);
	EXPECT_EQ(0, bc_charge(&self->bc, self->res, 5, UB_HARD));
	EXPECT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, 1, UB_HARD));
	bc_uncharge(&self->bc, self->res, 5);
	EXPECT_EQ(0, bc_held(&self->bc, self->res));
}

TEST_F(bc, other_resources_do_not_notice)
{
	struct bc_stat stat;

	bc_set_limit(&self->bc, self->res, 3, 3);
	ASSERT_EQ(0, bc_charge(&self->bc, self->res, 3, UB_HARD));
	ASSERT_EQ(-ENOMEM, bc_charge(&self->bc, self->res, 1, UB_HARD));
	for (unsigned int res = 0; res < VZMOD_RESOURCES; res++) {
		if (res == self->res)
			continue;
		stat = stat_of(&self->bc, res);
		EXPECT_EQ(0, stat.held);
		EXPECT_EQ(0, stat.maxheld);
		EXPECT_EQ(0, stat.failcnt);
		EXPECT_EQ(first_limit(res), stat.limit);
	}
	bc_uncharge(&self->bc, self->res, 3);
}

TEST_F(bc, a_parent_is_charged_as_well)
{
	struct beancounter child;

	ASSERT_EQ(0, bc_init(&child, 102, &self->bc));
	ASSERT_EQ(0, bc_charge(&child, self->res, 5, UB_HARD));
	EXPECT_EQ(5, bc_held(&child, self->res));
	EXPECT_EQ(5, bc_held(&self->bc, self->res));
	ASSERT_EQ(0, bc_charge(&self->bc, self->res, 2, UB_HARD));
	EXPECT_EQ(5, bc_held(&child, self->res));
	bc_uncharge(&child, self->res, 5);
	EXPECT_EQ(0, bc_held(&child, self->res));
	EXPECT_EQ(2, bc_held(&self->bc, self->res));
	bc_uncharge(&self->bc, self->res, 2);
	bc_destroy(&child);
}

TEST_F(bc, a_refusal_by_the_parent_leaves_nothing_in_the_child)
{
	struct beancounter child, grandchild;

	ASSERT_EQ(0, bc_init(&child, 102, &self->bc));
	ASSERT_EQ(0, bc_init(&grandchild, 103, &child));
	bc_set_limit(&self->bc, self->res, 5, 5);
	ASSERT_EQ(0, bc_charge(&grandchild, self->res, 5, UB_HARD));
	EXPECT_EQ(-ENOMEM, bc_charge(&grandchild, self->res, 1, UB_HARD));
	EXPECT_EQ(5, bc_held(&grandchild, self->res));
	EXPECT_EQ(5, bc_held(&child, self->res));
	EXPECT_EQ(5, bc_held(&self->bc, self->res));
	EXPECT_EQ(0, stat_of(&grandchild, self->res).failcnt);
	EXPECT_EQ(0, stat_of(&child, self->res).failcnt);
	EXPECT_EQ(1, stat_of(&self->bc, self->res).failcnt);
	bc_uncharge(&grandchild, self->res, 5);
	EXPECT_EQ(0, bc_held(&self->bc, self->res));
	bc_destroy(&grandchild);
	bc_destroy(&child);
}

TEST_F(bc, a_refusal_by_the_child_does_not_reach_the_parent)
{
	struct beancounter child;

	ASSERT_EQ(0, bc_init(&child, 102, &self->bc));
	bc_set_limit(&child, self->res, 5, 5);
	EXPECT_EQ(-ENOMEM, bc_charge(&child, self->res, 6, UB_HARD));
	EXPECT_EQ(1, stat_of(&child, self->res).failcnt);
	EXPECT_EQ(0, stat_of(&self->bc, self->res).failcnt);
	EXPECT_EQ(0, stat_of(&self->bc, self->res).maxheld);
	bc_destroy(&child);
}

/*
 * A million random steps against a counter of three lines.  Bounds jump
 * between near and far, steps happen on any CPU and in any context.
 */
struct model {
	unsigned long use, barrier, limit, failcnt, max;
};

static unsigned long roll(u64 *seed, unsigned long below)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*seed >> 24) % below;
}

static bool model_fits(const struct model *m, unsigned long n, int severity)
{
	unsigned long use = m->use + n;

	switch (severity) {
	case UB_HARD:
		return use <= m->barrier && use <= m->limit;
	case UB_SOFT:
		return use <= m->limit;
	default:
		return true;
	}
}

static int model_charge(struct model *m, unsigned long n, int severity)
{
	if (!model_fits(m, n, severity & ~UB_TEST)) {
		m->failcnt += !(severity & UB_TEST);
		return -ENOMEM;
	}
	m->use += n;
	m->max = max(m->max, m->use);
	return 0;
}

/* Mostly few units, sometimes about a batch, rarely about what is free. */
static unsigned long random_units(u64 *seed, unsigned int res, const struct model *m)
{
	unsigned long batch = ub_resources[res].batch + 1;
	unsigned long room = m->limit > m->use ? m->limit - m->use : 0;

	switch (roll(seed, 16)) {
	case 0:
		return 1 + roll(seed, 3 * batch);
	case 1:
		return 1 + batch / 2 + roll(seed, 3);
	case 2:
		return 1 + (room < far_limit(res) ? roll(seed, room + 2) : 0);
	default:
		return 1 + roll(seed, 1 + batch / 8);
	}
}

static unsigned long random_bound(u64 *seed, unsigned int res, const struct model *m)
{
	switch (roll(seed, 4)) {
	case 0:
		return LONG_MAX;
	case 1:
		return m->use + roll(seed, 20);
	case 2:
		return m->use / 2;
	default:
		return roll(seed, far_limit(res));
	}
}

TEST_F_TIMEOUT(bc, a_million_random_steps_agree_with_a_simple_model, 60)
{
	static const int severities[] = {
		UB_HARD, UB_HARD, UB_HARD, UB_SOFT, UB_SOFT, UB_SOFT | UB_TEST,
		UB_HARD | UB_TEST, UB_FORCE,
	};
	struct model m = { .barrier = LONG_MAX, .limit = LONG_MAX };
	u64 seed = self->res + 1;
	struct bc_stat stat;
	unsigned long n;
	int severity;

	for (int step = 0; step < 1000000; step++) {
		env_set_cpu(roll(&seed, nr_cpu_ids));
		env_in_task = roll(&seed, 4);
		if (!roll(&seed, 1000)) {
			m.barrier = random_bound(&seed, self->res, &m);
			m.limit = random_bound(&seed, self->res, &m);
			bc_set_limit(&self->bc, self->res, m.barrier, m.limit);
		}
		n = random_units(&seed, self->res, &m);
		if (roll(&seed, 2)) {
			n = min(n, m.use);
			m.use -= n;
			bc_uncharge(&self->bc, self->res, n);
		} else {
			severity = severities[roll(&seed, ARRAY_SIZE(severities))];
			ASSERT_EQ(model_charge(&m, n, severity),
				  bc_charge(&self->bc, self->res, n, severity)) {
				TH_LOG("step %d: %lu units, severity %x, use %lu, bounds %lu %lu",
				       step, n, severity, m.use, m.barrier, m.limit);
			}
		}
		ASSERT_EQ(m.use, bc_held(&self->bc, self->res));
	}
	stat = stat_of(&self->bc, self->res);
	EXPECT_EQ(m.failcnt, stat.failcnt);
	EXPECT_LE(m.max, stat.maxheld);
	EXPECT_GE(m.max + slack(self->res), stat.maxheld);
	EXPECT_EQ(0, env.messages);
	bc_uncharge(&self->bc, self->res, m.use);
	EXPECT_EQ(0, bc_held(&self->bc, self->res));
}

TEST(a_fresh_beancounter_holds_nothing_and_has_two_guarantees_and_the_bounds_of_pools)
{
	struct beancounter bc;
	struct bc_stat stat;

	ASSERT_EQ(0, bc_init(&bc, 101, NULL));
	for (unsigned int res = 0; res < VZMOD_RESOURCES; res++) {
		stat = stat_of(&bc, res);
		EXPECT_EQ(0, stat.held);
		EXPECT_EQ(0, stat.maxheld);
		EXPECT_EQ(0, stat.minheld);
		EXPECT_EQ(0, stat.failcnt);
		EXPECT_EQ(first_limit(res), stat.limit);
		if (res != UB_VMGUARPAGES && res != UB_OOMGUARPAGES)
			EXPECT_EQ(first_limit(res), stat.barrier);
	}
	EXPECT_EQ(0, stat_of(&bc, UB_VMGUARPAGES).barrier);
	EXPECT_EQ(env.totalram_pages / 4 * 3, stat_of(&bc, UB_OOMGUARPAGES).barrier);
	bc_destroy(&bc);
	EXPECT_EQ(0, env.allocated);
}

TEST(no_memory_for_the_stocks_means_no_beancounter)
{
	struct beancounter bc;

	env.fail_alloc = 1;
	EXPECT_EQ(-ENOMEM, bc_init(&bc, 101, NULL));
	EXPECT_EQ(0, env.allocated);
}

TEST_F(bc, follows_a_number_that_somebody_else_keeps)
{
	bc_adjust(&self->bc, variant->res, 5);
	bc_adjust(&self->bc, variant->res, 0);
	bc_adjust(&self->bc, variant->res, -3);
	EXPECT_EQ(2, bc_held(&self->bc, variant->res));
	bc_adjust(&self->bc, variant->res, -2);
	EXPECT_EQ(0, env.messages);
}

TEST(what_is_observed_is_held_and_remembered_at_its_most_and_least)
{
	struct beancounter bc;
	struct bc_stat stat;

	bc_init(&bc, 101, NULL);
	bc_observe(&bc, UB_PHYSPAGES, 100);
	bc_observe(&bc, UB_PHYSPAGES, 30);
	bc_read(&bc, UB_PHYSPAGES, &stat);
	EXPECT_EQ(30, stat.held);
	EXPECT_EQ(100, stat.maxheld);
	bc_observe(&bc, UB_PHYSPAGES, -1UL);
	EXPECT_EQ(UB_MAXVALUE, bc_held(&bc, UB_PHYSPAGES));
	bc_destroy(&bc);
}

TEST(a_change_of_what_is_observed_never_goes_below_nothing)
{
	struct beancounter bc;
	struct bc_stat stat;

	bc_init(&bc, 101, NULL);
	bc_observe(&bc, UB_KMEMSIZE, 100);
	bc_observe_change(&bc, UB_KMEMSIZE, 20);
	bc_observe_change(&bc, UB_KMEMSIZE, -50);
	bc_read(&bc, UB_KMEMSIZE, &stat);
	EXPECT_EQ(70, stat.held);
	EXPECT_EQ(120, stat.maxheld);
	bc_observe_change(&bc, UB_KMEMSIZE, -71);
	EXPECT_EQ(0, bc_held(&bc, UB_KMEMSIZE));
	bc_observe_peak(&bc, UB_KMEMSIZE, 500);
	bc_observe_peak(&bc, UB_KMEMSIZE, 400);
	bc_read(&bc, UB_KMEMSIZE, &stat);
	EXPECT_EQ(0, stat.held);
	EXPECT_EQ(500, stat.maxheld);
	EXPECT_EQ(0, env.messages);
	bc_destroy(&bc);
}

TEST(a_check_holds_nothing_and_counts_what_it_refuses)
{
	struct beancounter bc;
	struct bc_stat stat;

	bc_init(&bc, 101, NULL);
	bc_set_limit(&bc, UB_KMEMSIZE, 100, 120);
	bc_observe(&bc, UB_KMEMSIZE, 90);
	EXPECT_EQ(0, bc_check(&bc, UB_KMEMSIZE, 10, UB_HARD));
	EXPECT_EQ(-ENOMEM, bc_check(&bc, UB_KMEMSIZE, 11, UB_HARD | UB_TEST));
	EXPECT_EQ(-ENOMEM, bc_check(&bc, UB_KMEMSIZE, 11, UB_HARD));
	EXPECT_EQ(0, bc_check(&bc, UB_KMEMSIZE, 30, UB_SOFT));
	EXPECT_EQ(-ENOMEM, bc_check(&bc, UB_KMEMSIZE, 31, UB_SOFT));
	EXPECT_EQ(-ENOMEM, bc_check(&bc, UB_KMEMSIZE, -1UL, UB_SOFT));
	bc_read(&bc, UB_KMEMSIZE, &stat);
	EXPECT_EQ(90, stat.held);
	EXPECT_EQ(90, stat.maxheld);
	EXPECT_EQ(3, stat.failcnt);
	bc_destroy(&bc);
}

TEST(failures_that_the_kernel_counts_are_added)
{
	struct beancounter bc;
	struct bc_stat stat;

	bc_init(&bc, 101, NULL);
	bc_count_failures(&bc, UB_OOMGUARPAGES, 2);
	bc_count_failures(&bc, UB_OOMGUARPAGES, 1);
	bc_read(&bc, UB_OOMGUARPAGES, &stat);
	EXPECT_EQ(3, stat.failcnt);
	bc_destroy(&bc);
}

TEST_HARNESS_MAIN
