// SPDX-License-Identifier: GPL-2.0-only
/* The registry of containers: numbers, states, references, death. */
#include "env.h"

#include <kselftest_harness.h>

#include "kernel/ct.h"

#define RANGE	VZMOD_ID_RANGE

FIXTURE(ct) {
	char ns[300];		/* addresses that stand for user namespaces */
};

FIXTURE_SETUP(ct)
{
	ASSERT_EQ(0, ct_registry_init());
}

/* Whatever a test has made is gone when it ends. */
FIXTURE_TEARDOWN(ct)
{
	EXPECT_EQ(0, ct_count());
	ct_registry_exit();
	rcu_barrier();
	EXPECT_EQ(0, env.allocated);
	EXPECT_EQ(0, env.warnings);
}

static struct ct *begin_at(u32 ctid, u32 uid_base, const void *ns)
{
	struct ct *ct = ct_reserve(ctid, 0, uid_base);

	assert(!IS_ERR(ct));
	ct_bind(ct, ns);
	return ct;
}

static struct ct *begin(u32 ctid, const void *ns)
{
	return begin_at(ctid, ctid * RANGE, ns);
}

static struct ct *begin_stopped(u32 ctid, u32 uid_base, const void *ns)
{
	struct ct *ct = begin_at(ctid, uid_base, ns);

	ct_set_running(ct, 1, 1, 1);
	ct_set_stopped(ct);
	return ct;
}

/* Is @ct what its CTID leads to? */
static bool is_found(u32 ctid, const struct ct *ct)
{
	struct ct *found = ct_find(ctid);

	ct_put(found);
	return found == ct;
}

static unsigned int walk(u32 *ctids, unsigned int max)
{
	struct ct *ct = NULL;
	unsigned int n = 0;

	while ((ct = ct_next(ct)) && n < max)
		ctids[n++] = ct->ctid;
	return n;
}

TEST_F(ct, the_host_is_container_0_and_runs)
{
	struct ct *host = ct_find(0);

	ASSERT_NE(NULL, host);
	EXPECT_EQ(ct_host(), host);
	EXPECT_EQ(0, host->ctid);
	EXPECT_EQ(VZMOD_CT_RUNNING, host->state);
	EXPECT_EQ(0, ct_count());
	ct_put(host);
}

TEST_F(ct, the_number_of_the_host_is_taken)
{
	EXPECT_EQ(-EEXIST, PTR_ERR(ct_reserve(0, 0, RANGE)));
}

TEST_F(ct, an_embryo_holds_its_number_and_its_range_but_is_not_listed)
{
	struct ct *ct = ct_reserve(101, 7, RANGE);
	u32 ctids[4];

	ASSERT_FALSE(IS_ERR(ct));
	EXPECT_EQ(101, ct->ctid);
	EXPECT_EQ(7, ct->class_id);
	EXPECT_EQ(RANGE, ct->uid_base);
	EXPECT_EQ(VZMOD_CT_EMBRYO, ct->state);
	EXPECT_EQ(-EEXIST, PTR_ERR(ct_reserve(101, 0, 2 * RANGE)));
	EXPECT_EQ(-EADDRINUSE, PTR_ERR(ct_reserve(102, 0, RANGE)));
	EXPECT_EQ(0, ct_count());
	EXPECT_EQ(1, walk(ctids, 4));
	ct_cancel(ct);
	EXPECT_TRUE(is_found(101, NULL));
}

TEST_F(ct, a_cancelled_embryo_gives_number_and_range_back)
{
	for (int i = 0; i < 3; i++) {
		struct ct *ct = ct_reserve(101, 0, RANGE);

		ASSERT_FALSE(IS_ERR(ct));
		ct_cancel(ct);
	}
}

TEST_F(ct, a_container_goes_from_embryo_over_starting_and_running_to_stopped)
{
	struct ct *ct = ct_reserve(101, 0, RANGE);

	ASSERT_FALSE(IS_ERR(ct));
	EXPECT_EQ(-EINVAL, ct_set_running(ct, 7, 8, 1));
	EXPECT_EQ(VZMOD_CT_EMBRYO, ct->state);

	ct_bind(ct, self->ns);
	EXPECT_EQ(VZMOD_CT_STARTING, ct->state);
	EXPECT_EQ(1, ct_count());

	EXPECT_EQ(0, ct_set_running(ct, 7, 8, 4711));
	EXPECT_EQ(VZMOD_CT_RUNNING, ct->state);
	EXPECT_EQ(7, ct->init_pid);
	EXPECT_EQ(8, ct->init_born);
	EXPECT_EQ(4711, ct->start_ns);
	EXPECT_EQ(-EINVAL, ct_set_running(ct, 1, 1, 4712));
	EXPECT_EQ(7, ct->init_pid);

	ct_set_stopped(ct);
	EXPECT_EQ(VZMOD_CT_STOPPED, ct->state);
	EXPECT_EQ(-EINVAL, ct_set_running(ct, 1, 1, 4713));
	EXPECT_EQ(0, ct_unbind(ct));
	EXPECT_EQ(0, ct_count());
}

TEST_F(ct, a_container_that_has_stopped_before_it_ran_never_runs)
{
	struct ct *ct = begin(101, self->ns);

	ct_set_stopped(ct);
	EXPECT_EQ(VZMOD_CT_STOPPED, ct->state);
	EXPECT_EQ(-EINVAL, ct_set_running(ct, 1, 1, 1));
	EXPECT_EQ(VZMOD_CT_STOPPED, ct->state);
	ct_unbind(ct);
}

TEST_F(ct, a_namespace_leads_to_its_container_from_bind_to_unbind)
{
	struct ct *a = ct_reserve(101, 0, RANGE);
	struct ct *b = begin(102, self->ns + 1);

	EXPECT_EQ(NULL, ct_lookup(self->ns));
	ct_bind(a, self->ns);
	EXPECT_EQ(a, ct_lookup(self->ns));
	EXPECT_EQ(b, ct_lookup(self->ns + 1));
	EXPECT_EQ(NULL, ct_lookup(self->ns + 2));
	ct_unbind(a);
	EXPECT_EQ(NULL, ct_lookup(self->ns));
	EXPECT_EQ(b, ct_lookup(self->ns + 1));
	ct_unbind(b);
}

TEST_F(ct, a_number_in_use_is_refused_until_its_container_has_stopped)
{
	struct ct *old = begin(101, self->ns);
	struct ct *young;

	EXPECT_EQ(-EEXIST, PTR_ERR(ct_reserve(101, 0, 2 * RANGE)));
	ct_set_running(old, 1, 1, 1);
	EXPECT_EQ(-EEXIST, PTR_ERR(ct_reserve(101, 0, 2 * RANGE)));
	ct_set_stopped(old);
	young = ct_reserve(101, 0, 2 * RANGE);
	ASSERT_FALSE(IS_ERR(young));
	EXPECT_TRUE(is_found(101, young));
	EXPECT_TRUE(old->superseded);
	EXPECT_FALSE(young->superseded);
	ct_cancel(young);
	ct_unbind(old);
}

TEST_F(ct, the_range_of_a_stopped_container_is_not_given_away)
{
	struct ct *old = begin_stopped(101, RANGE, self->ns);

	EXPECT_EQ(-EADDRINUSE, PTR_ERR(ct_reserve(101, 0, RANGE)));
	EXPECT_EQ(-EADDRINUSE, PTR_ERR(ct_reserve(102, 0, RANGE)));
	ct_unbind(old);
	old = ct_reserve(102, 0, RANGE);
	ASSERT_FALSE(IS_ERR(old));
	ct_cancel(old);
}

TEST_F(ct, the_older_of_two_speaks_for_the_number_again_when_the_younger_is_gone)
{
	struct ct *old = begin_stopped(101, RANGE, self->ns);
	struct ct *middle = begin_stopped(101, 2 * RANGE, self->ns + 1);
	struct ct *young = ct_reserve(101, 0, 3 * RANGE);

	EXPECT_TRUE(is_found(101, young));
	ct_cancel(young);
	EXPECT_TRUE(is_found(101, middle));
	EXPECT_FALSE(middle->superseded);
	EXPECT_TRUE(old->superseded);
	ct_unbind(middle);
	EXPECT_TRUE(is_found(101, old));
	EXPECT_FALSE(old->superseded);
	ct_unbind(old);
	EXPECT_TRUE(is_found(101, NULL));
}

TEST_F(ct, the_death_of_a_superseded_container_changes_nothing_for_the_younger)
{
	struct ct *old = begin_stopped(101, RANGE, self->ns);
	struct ct *young = begin(101, self->ns + 1);

	ct_unbind(old);
	EXPECT_TRUE(is_found(101, young));
	EXPECT_FALSE(young->superseded);
	EXPECT_EQ(VZMOD_CT_STARTING, young->state);
	EXPECT_EQ(-EEXIST, PTR_ERR(ct_reserve(101, 0, RANGE)));
	ct_unbind(young);
}

TEST_F(ct, a_reference_keeps_a_dead_container_readable)
{
	struct ct *ct = begin(101, self->ns);

	ct_get(ct);
	ct_unbind(ct);
	rcu_barrier();
	EXPECT_EQ(101, ct->ctid);
	EXPECT_EQ(VZMOD_CT_STOPPED, ct->state);
	EXPECT_EQ(0, bc_held(&ct->bc, UB_NUMPROC));
	EXPECT_TRUE(is_found(101, NULL));
	ct_put(ct);
}

TEST_F(ct, what_a_dead_container_still_holds_is_counted_and_logged)
{
	struct ct *ct = begin(101, self->ns);

	bc_charge(&ct->bc, UB_NUMFILE, 3, UB_HARD);
	bc_charge(&ct->bc, UB_NUMPTY, 1, UB_HARD);
	bc_charge(&ct->bc, UB_NUMPROC, 2, UB_HARD);
	bc_uncharge(&ct->bc, UB_NUMPROC, 2);
	EXPECT_EQ(2, ct_unbind(ct));
	EXPECT_EQ(2, env.messages);
	EXPECT_NE(NULL, strstr(env.log, "101"));
	EXPECT_NE(NULL, strstr(env.log, "numfile"));
	EXPECT_NE(NULL, strstr(env.log, "3"));
}

/* Far from the limit a stock hides it; the end of the container must not. */
TEST_F(ct, what_a_dead_container_gave_back_too_often_is_logged_as_well)
{
	struct ct *ct = begin(101, self->ns);

	bc_charge(&ct->bc, UB_NUMFILE, 1, UB_HARD);
	bc_uncharge(&ct->bc, UB_NUMFILE, 2);
	ct_unbind(ct);
	EXPECT_EQ(1, env.messages);
	EXPECT_NE(NULL, strstr(env.log, "numfile"));
}

TEST_F(ct, a_walk_meets_all_from_the_youngest_to_the_host)
{
	struct ct *cts[50];
	u32 ctids[64];

	for (u32 i = 0; i < 50; i++)
		cts[i] = begin(1000 + i, self->ns + i);
	ASSERT_EQ(51, walk(ctids, 64));
	for (u32 i = 0; i < 50; i++)
		EXPECT_EQ(1049 - i, ctids[i]);
	EXPECT_EQ(0, ctids[50]);
	EXPECT_EQ(50, ct_count());
	for (u32 i = 0; i < 50; i++)
		ct_unbind(cts[i]);
}

/* The walker stands on a container when that one and the next ones go. */
TEST_F(ct, a_walk_goes_on_when_those_next_to_it_have_died)
{
	struct ct *cts[5], *ct = NULL;

	for (u32 i = 0; i < 5; i++)
		cts[i] = begin(101 + i, self->ns + i);
	do
		ct = ct_next(ct);
	while (ct != cts[3]);
	ct_unbind(cts[3]);
	ct_unbind(cts[2]);
	ct_unbind(cts[1]);
	rcu_barrier();
	ct = ct_next(ct);
	EXPECT_EQ(cts[0], ct);
	ct_unbind(cts[0]);
	rcu_barrier();
	ct = ct_next(ct);
	EXPECT_EQ(ct_host(), ct);
	EXPECT_EQ(NULL, ct_next(ct));
	ct_unbind(cts[4]);
}

/* The youngest is the one whose namespace is, not the one that was armed last. */
TEST_F(ct, a_walk_misses_nobody_who_was_armed_first_and_bound_last)
{
	struct ct *armed_first = ct_reserve(101, 0, RANGE);
	struct ct *armed_last = ct_reserve(102, 0, 2 * RANGE);
	struct ct *ct;

	ct_bind(armed_last, self->ns);
	ct_bind(armed_first, self->ns + 1);
	ct = ct_next(NULL);
	ASSERT_EQ(armed_first, ct);
	ct_unbind(armed_first);
	ct = ct_next(ct);
	EXPECT_EQ(armed_last, ct);
	ct = ct_next(ct);
	EXPECT_EQ(ct_host(), ct);
	ct_put(ct);
	ct_unbind(armed_last);
}

TEST_F(ct, a_walk_does_not_meet_who_is_born_on_its_way)
{
	struct ct *old = begin(101, self->ns), *young, *ct;

	ct = ct_next(NULL);
	EXPECT_EQ(old, ct);
	young = begin(102, self->ns + 1);
	ct = ct_next(ct);
	EXPECT_EQ(ct_host(), ct);
	EXPECT_EQ(NULL, ct_next(ct));
	ct_unbind(old);
	ct_unbind(young);
}

TEST_F(ct, many_numbers_and_ranges_share_the_hashes_without_mixing)
{
	struct ct *cts[300];

	for (u32 i = 0; i < 300; i++)
		cts[i] = begin_at(i * 256 + 1, (i + 1) * RANGE, self->ns + i);
	for (u32 i = 0; i < 300; i++) {
		EXPECT_TRUE(is_found(i * 256 + 1, cts[i]));
		EXPECT_EQ(cts[i], ct_lookup(self->ns + i));
		EXPECT_TRUE(is_found(i * 256 + 2, NULL));
	}
	for (u32 i = 0; i < 300; i += 2)
		ct_unbind(cts[i]);
	for (u32 i = 0; i < 300; i++)
		EXPECT_EQ(i % 2 ? cts[i] : NULL, ct_lookup(self->ns + i));
	for (u32 i = 1; i < 300; i += 2)
		ct_unbind(cts[i]);
}

TEST_F(ct, the_highest_number_is_a_number)
{
	struct ct *ct = ct_reserve(VZMOD_CTID_MAX, 0, RANGE);

	ASSERT_FALSE(IS_ERR(ct));
	EXPECT_TRUE(is_found(VZMOD_CTID_MAX, ct));
	ct_cancel(ct);
}

TEST_F(ct, each_allocation_that_fails_leaves_nothing_behind)
{
	int before = env.allocated;
	struct ct *ct;

	for (int nth = 1; ; nth++) {
		env.fail_alloc = nth;
		ct = ct_reserve(101, 0, RANGE);
		if (!IS_ERR(ct))
			break;
		EXPECT_EQ(-ENOMEM, PTR_ERR(ct));
		rcu_barrier();
		EXPECT_EQ(before, env.allocated);
		EXPECT_TRUE(is_found(101, NULL));
	}
	EXPECT_LT(0, env.fail_alloc);
	env.fail_alloc = 0;
	ct_cancel(ct);
}

TEST(a_registry_without_memory_does_not_begin)
{
	for (env.fail_alloc = 1; ; env.fail_alloc++) {
		int nth = env.fail_alloc;

		if (!ct_registry_init())
			break;
		EXPECT_EQ(0, env.allocated);
		env.fail_alloc = nth;
	}
	env.fail_alloc = 0;
	ct_registry_exit();
	rcu_barrier();
	EXPECT_EQ(0, env.allocated);
}

/* Births, deaths, look-ups and walks at once; the sanitizers watch the memory. */
struct storm {
	char ns[8][4];
	unsigned long wrong;
};

static void live_and_die(struct storm *storm, unsigned int me)
{
	struct ct *ct[4];

	for (int i = 0; i < 300; i++) {
		for (u32 k = 0; k < 4; k++) {
			ct[k] = ct_reserve(100 * me + k, 0, (4 * me + k + 1) * RANGE);
			assert(!IS_ERR(ct[k]));
			ct_bind(ct[k], &storm->ns[me][k]);
			ct_set_running(ct[k], 1, 1, i);
		}
		for (u32 k = 0; k < 4; k++) {
			ct_set_stopped(ct[k ^ (i & 3)]);
			ct_unbind(ct[k ^ (i & 3)]);
		}
	}
}

static void look_around(struct storm *storm, unsigned int me)
{
	struct ct *ct;
	u64 serial;

	for (int i = 0; i < 2000; i++) {
		rcu_read_lock();
		ct = ct_lookup(&storm->ns[i % 4][i / 4 % 4]);
		if (ct && ct->ctid != 100 * (i % 4) + i / 4 % 4)
			storm->wrong++;
		rcu_read_unlock();
		for (ct = NULL, serial = -1; (ct = ct_next(ct)); serial = ct->serial) {
			if (ct->serial >= serial || bc_held(&ct->bc, UB_NUMPROC))
				storm->wrong++;
		}
		if (me % 2)
			rcu_barrier();
	}
}

static void live_or_look(void *arg, unsigned int me)
{
	if (me >= 1 && me <= 3)
		live_and_die(arg, me);
	else
		look_around(arg, me);
}

TEST_F(ct, births_deaths_and_walks_do_not_disturb_each_other)
{
	struct storm storm = { 0 };

	env.yield = 16;
	env_run(6, live_or_look, &storm);
	EXPECT_EQ(0, storm.wrong);
	EXPECT_EQ(0, env.messages);
}

TEST_HARNESS_MAIN
