// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two CPUs, every order of their steps with up to three turns.
 *
 * One CPU is stopped in the middle of an operation, then another one is in the
 * middle of its own; then both end.  Whatever comes out must be what one of
 * them after the other would have given: same results, same held, same failcnt,
 * and the same room for those who come next.
 */
#include "env.h"

#include <kselftest_harness.h>

#include "kernel/charge.h"

#define MAX_SHOWN	2	/* of the wrong orders of two operations */

enum what { CHARGE, FORCE, UNCHARGE, LIMIT };

struct op {
	enum what what;
	unsigned long n;
};

/* Where a counter can stand: its limit, and what each CPU has done before. */
struct start {
	unsigned long limit;
	unsigned long charged[2];	/* stays in use */
	unsigned long passed[2];	/* was charged and uncharged, one by one */
};

struct model {
	long use, limit, failcnt;
};

static struct beancounter bc;
static unsigned int res;
static const struct op *ops[2];	/* of both CPUs */
static int rets[2];

static int run(const struct op *op)
{
	switch (op->what) {
	case CHARGE:
		return bc_charge(&bc, res, op->n, UB_SOFT);
	case FORCE:
		return bc_charge(&bc, res, op->n, UB_FORCE);
	case UNCHARGE:
		bc_uncharge(&bc, res, op->n);
		return 0;
	default:
		bc_set_limit(&bc, res, op->n, op->n);
		return 0;
	}
}

static int run_model(struct model *m, const struct op *op)
{
	switch (op->what) {
	case CHARGE:
		if (m->use + (long)op->n > m->limit) {
			m->failcnt++;
			return -ENOMEM;
		}
		fallthrough;
	case FORCE:
		m->use += op->n;
		return 0;
	case UNCHARGE:
		m->use -= op->n;
		return 0;
	default:
		m->limit = op->n;
		return 0;
	}
}

static void run_on_cpu_0(void)
{
	rets[0] = run(ops[0]);
}

static void run_on_cpu_1(void)
{
	rets[1] = run(ops[1]);
}

static struct model begin(const struct start *start)
{
	struct model m = { .limit = start->limit };
	int ret = bc_init(&bc, 101, NULL);

	assert(!ret);
	bc_set_limit(&bc, res, start->limit, start->limit);
	for (int cpu = 0; cpu < 2; cpu++) {
		env_set_cpu(cpu);
		if (start->charged[cpu])
			bc_charge(&bc, res, start->charged[cpu], UB_SOFT);
		for (unsigned long i = 0; i < start->passed[cpu]; i++)
			bc_charge(&bc, res, 1, UB_SOFT);
		for (unsigned long i = 0; i < start->passed[cpu]; i++)
			bc_uncharge(&bc, res, 1);
		m.use += start->charged[cpu];
	}
	env_set_cpu(0);
	return m;
}

/* What is visible afterwards; the room is what a CPU can still charge. */
static bool agrees(const struct model *m)
{
	struct bc_stat stat;
	long room = m->limit - m->use;
	bool ok;

	bc_read(&bc, res, &stat);
	ok = (long)stat.held == m->use && (long)stat.failcnt == m->failcnt;
	for (int cpu = 0; cpu < 2; cpu++) {
		env_set_cpu(cpu);
		ok &= bc_charge(&bc, res, max(room, 0L) + 1, UB_SOFT) == -ENOMEM;
		if (room > 0) {
			ok &= bc_charge(&bc, res, room, UB_SOFT) == 0;
			bc_uncharge(&bc, res, room);
		} else {
			/* Units given back while above the limit stay given back. */
			bc_uncharge(&bc, res, min(m->use, 1L));
			ok &= room == 0 || !m->use ||
			      bc_charge(&bc, res, 1, UB_SOFT) == -ENOMEM;
			bc_charge(&bc, res, min(m->use, 1L), UB_FORCE);
		}
	}
	env_set_cpu(0);
	return ok;
}

/* Was it as if @first had been first? */
static bool is_as_if(struct model m, int first)
{
	return run_model(&m, ops[first]) == rets[first] &&
	       run_model(&m, ops[!first]) == rets[!first] && agrees(&m);
}

static const char *const names[] = { "charge", "force", "uncharge", "limit" };

static void show(const struct start *start, unsigned int i, unsigned int j)
{
	fprintf(stderr,
		"# limit %lu, in use %lu+%lu, passed %lu+%lu: %s %lu (%d) up to step %u, %s %lu (%d) up to step %u\n",
		start->limit, start->charged[0], start->charged[1],
		start->passed[0], start->passed[1],
		names[ops[0]->what], ops[0]->n, rets[0], i,
		names[ops[1]->what], ops[1]->n, rets[1], j);
}

static unsigned int wrong_orders(const struct start *start)
{
	unsigned int wrong = 0, i, j;
	struct model m;
	int reached;

	for (i = 1, reached = 1; reached > 0; i++) {
		for (j = 1, reached = 2; reached == 2; j++) {
			m = begin(start);
			reached = env_interleave(run_on_cpu_0, run_on_cpu_1, i, j);
			if (!is_as_if(m, 0) && !is_as_if(m, 1) && wrong++ < MAX_SHOWN)
				show(start, i, j);
			bc_destroy(&bc);
		}
	}
	return wrong;
}

FIXTURE(two_cpus) {
	int batch;
};

FIXTURE_VARIANT(two_cpus) {
	unsigned int res;
};

FIXTURE_VARIANT_ADD(two_cpus, numpty) { .res = UB_NUMPTY };
FIXTURE_VARIANT_ADD(two_cpus, numproc) { .res = UB_NUMPROC };
FIXTURE_VARIANT_ADD(two_cpus, numfile) { .res = UB_NUMFILE };

FIXTURE_SETUP(two_cpus)
{
	nr_cpu_ids = 2;
	res = variant->res;
	self->batch = ub_resources[res].batch;
}

FIXTURE_TEARDOWN(two_cpus)
{
	EXPECT_EQ(0, env.allocated);
}

static unsigned int all_pairs(const struct start *start, const struct op *list, size_t n)
{
	unsigned int wrong = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			ops[0] = &list[i];
			ops[1] = &list[j];
			wrong += wrong_orders(start);
		}
	}
	return wrong;
}

TEST_F(two_cpus, at_an_exact_limit_behave_as_one_after_the_other)
{
	static const struct start starts[] = {
		{ 10, { 4, 4 }, { 0, 0 } },
		{ 10, { 5, 5 }, { 0, 0 } },
		{ 8,  { 4, 3 }, { 1, 1 } },
	};
	static const struct op list[] = {
		{ CHARGE, 1 }, { CHARGE, 2 }, { CHARGE, 3 }, { FORCE, 3 },
		{ UNCHARGE, 1 }, { UNCHARGE, 3 }, { LIMIT, 2 }, { LIMIT, 9 }, { LIMIT, 12 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		EXPECT_EQ(0, all_pairs(&starts[i], list, ARRAY_SIZE(list)));
}

/* Stocks on both CPUs; amounts that need one's own, the other's, or all of it. */
TEST_F(two_cpus, with_stocks_behave_as_one_after_the_other)
{
	unsigned long b = max(self->batch, 1);
	unsigned long limit = 10 * b + 10;
	unsigned long use = 2 * b;
	const struct start starts[] = {
		{ limit, { b, b }, { 1, 1 } },
		{ limit, { b, b }, { b, 2 * b } },
		{ limit, { 2 * b, 0 }, { 3 * b, 0 } },
		{ 1UL << 40, { b, b }, { b, b } },
	};
	const struct op list[] = {
		{ CHARGE, 1 }, { CHARGE, b / 2 + 1 }, { CHARGE, 4 * b },
		{ CHARGE, limit - use - 1 }, { CHARGE, limit - use }, { CHARGE, limit - use + 1 },
		{ FORCE, limit }, { UNCHARGE, 1 }, { UNCHARGE, b }, { UNCHARGE, b / 2 },
		{ LIMIT, 0 }, { LIMIT, use }, { LIMIT, use + 1 }, { LIMIT, 50 * b },
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		EXPECT_EQ(0, all_pairs(&starts[i], list, ARRAY_SIZE(list)));
}

/*
 * A container may ask for more on all CPUs at once, for ever.  A refusal that
 * made another one look again would let them keep each other busy in the kernel.
 */
TEST_F(two_cpus, when_refused_at_the_limit_do_not_make_each_other_try_again)
{
	static const struct start full = { 10, { 5, 5 }, { 0, 0 } };
	static const struct op charge = { CHARGE, 1 };
	unsigned int alone, most = 0, i, j;
	int reached;

	ops[0] = &charge;
	ops[1] = &charge;
	begin(&full);
	env_interleave(run_on_cpu_0, run_on_cpu_1, UINT_MAX, UINT_MAX);
	alone = env.taken;
	bc_destroy(&bc);
	for (i = 1, reached = 1; reached > 0; i++) {
		for (j = 1, reached = 2; reached == 2; j++) {
			begin(&full);
			reached = env_interleave(run_on_cpu_0, run_on_cpu_1, i, j);
			most = max(most, env.taken);
			EXPECT_EQ(-ENOMEM, rets[0]);
			EXPECT_EQ(-ENOMEM, rets[1]);
			bc_destroy(&bc);
		}
	}
	EXPECT_EQ(alone, most);
}

TEST_HARNESS_MAIN
