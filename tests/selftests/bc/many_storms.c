// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hundred containers, one after the other: each is in all storms at once,
 * against low limits that go up and down all the time, below what is held too,
 * and out of memory, when its init is killed, and none leaves a charge.
 *
 * MANY_STORMS in the environment is how many containers.
 * vm: --time 1200
 */
#include <kselftest_harness.h>

#include "lib/cgroup.h"
#include "lib/low_limits.h"
#include "lib/memory.h"
#include "lib/storm.h"

#define CONTAINERS	100
#define MEMORY		PAGES(16)
#define SECONDS		3	/* at most, in the storms */
#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

/* --- inside the container ------------------------------------------------- */

/*
 * Whoever eats, and nobody else, is killed for it; there is always another one.
 * He waits until his address space may be large enough.
 */
static void starve(void)
{
	if (!fork()) {
		write_text("/proc/self/oom_score_adj", "1000");
		for (;;)
			if (!eat_piece())
				nap();
	}
	children_reap();
}

/* The storm of forks takes all the processes that others do not have yet. */
static void (*const storms[])(void) = {
	starve, storm_file, storm_socket, storm_accept, storm_pass, storm_signal, storm_pty,
	storm_lock, storm_map, storm_mlock, storm_shm, storm_shm, storm_fork,
};

static long rage(long seed)
{
	size_t i;

	for (i = 0; i < COUNT(storms); i++)
		storm_begin(storms[i], seed + i);
	return children_reap();
}

/* --- what holds ----------------------------------------------------------- */

FIXTURE(containers) {
	struct ct ct;
	int n;
};

FIXTURE_SETUP(containers)
{
	const char *text = getenv("MANY_STORMS");

	self->n = text ? atoi(text) : CONTAINERS;
	klog_mark();
}

FIXTURE_TEARDOWN(containers)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_EQ(0, cgroup_remove("storm"));
	EXPECT_TRUE(no_leaks());
}

/* What the storms have met, in any of the containers. */
struct met {
	bool limit[LOW_LIMITS];
	bool oom;
};

/* Has this one met everything? */
static bool look(const struct ct *ct, struct met *met)
{
	bool oom = cgroup_event(ct->cgroup, "memory.events", "oom_kill") > 0;
	int i, n = 0;

	for (i = 0; i < LOW_LIMITS; i++) {
		bool hit = ct_stat(ct, low_limits[i].resource).failcnt;

		met->limit[i] |= hit;
		n += hit;
	}
	met->oom |= oom;
	return n == LOW_LIMITS && oom;
}

/* So much memory that only those who eat it have to be killed. */
static int move_memory(struct ct *ct)
{
	unsigned long pages = MEMORY * 3 / 4 + rand() % (MEMORY / 2);

	return ct_limit(ct, UB_PHYSPAGES, pages, pages);
}

static int rage_on(struct ct *ct, struct met *met)
{
	double end = now() + SECONDS;
	int ret = 0;

	while (!ret && !look(ct, met) && now() < end) {
		ret = rand() % 16 ? low_limits_move(ct) : move_memory(ct);
		nap();
	}
	return ret;
}

static void show_held(struct __test_metadata *_metadata, const struct ct *ct)
{
	int resource;

	for (resource = 0; resource < UB_RESOURCES; resource++)
		if (ct_held(ct, resource))
			TH_LOG("resource %d: held %lu", resource, ct_held(ct, resource));
}

TEST_F_TIMEOUT(containers, die_in_all_storms, 2400)
{
	struct ct *ct = &self->ct;
	struct met met = { 0 };
	int i;

	for (i = 0; i < self->n; i++) {
		*ct = (struct ct){ .cgroup = cgroup_make("storm") };
		ASSERT_LT(0, ct->cgroup);
		ASSERT_EQ(0, ct_start(ct, 101 + i % 10));
		ASSERT_EQ(0, low_limits_set(ct));
		ASSERT_EQ(0, ct_limit(ct, UB_PHYSPAGES, MEMORY, MEMORY));
		ct_begin(ct, rage, i);
		ASSERT_EQ(0, rage_on(ct, &met));
		EXPECT_TRUE(low_limits_hold(ct, LOW_LIMITS_TIMES, COUNT(storms)));
		ct_kill(ct);
		ASSERT_EQ(0, ct_wait_gone(ct->ctid)) {
			show_held(_metadata, ct);
		}
		close(ct->cgroup);
	}
	EXPECT_TRUE(met.oom);
	for (i = 0; i < LOW_LIMITS; i++) {
		EXPECT_TRUE(met.limit[i]) {
			TH_LOG("resource %u was never refused", low_limits[i].resource);
		}
	}
}

TEST_HARNESS_MAIN
