// SPDX-License-Identifier: GPL-2.0-or-later
/* Conditions on a barrier and a limit; see ubc_rules.h. */
#include "ubc_rules.h"

#include <stdio.h>

#include "kernel/resources.h"

static unsigned long long ull(uint64_t value)
{
	return value;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t add(uint64_t a, uint64_t b)
{
	return a > UB_MAXVALUE - b ? UB_MAXVALUE : a + b;
}

static bool is_equal(const struct ct_limit *pair, uint64_t need)
{
	(void)need;
	return pair->barrier == pair->limit;
}

static void say_equal(char *text, size_t size, const char *name,
		      const struct ct_limit *pair, uint64_t need)
{
	(void)need;
	snprintf(text, size,
		 "barrier should be equal to limit for %s (currently, %llu:%llu)",
		 name, ull(pair->barrier), ull(pair->limit));
}

static void make_equal(struct ct_limit *pair, uint64_t need)
{
	(void)need;
	pair->barrier = larger(pair->barrier, pair->limit);
	pair->limit = pair->barrier;
}

static bool is_ordered(const struct ct_limit *pair, uint64_t need)
{
	(void)need;
	return pair->barrier <= pair->limit;
}

static void say_ordered(char *text, size_t size, const char *name,
			const struct ct_limit *pair, uint64_t need)
{
	(void)need;
	snprintf(text, size,
		 "barrier should be <= limit for %s (currently, %llu:%llu)",
		 name, ull(pair->barrier), ull(pair->limit));
}

static void make_ordered(struct ct_limit *pair, uint64_t need)
{
	(void)need;
	pair->limit = larger(pair->limit, pair->barrier);
}

static bool has_no_limit(const struct ct_limit *pair, uint64_t need)
{
	(void)need;
	return pair->limit >= UB_MAXVALUE;
}

static void say_no_limit(char *text, size_t size, const char *name,
			 const struct ct_limit *pair, uint64_t need)
{
	(void)need;
	snprintf(text, size,
		 "limit should be = %llu for %s (currently, %llu)",
		 ull(UB_MAXVALUE), name, ull(pair->limit));
}

static void drop_limit(struct ct_limit *pair, uint64_t need)
{
	(void)need;
	pair->limit = UB_MAXVALUE;
}

static bool has_no_barrier(const struct ct_limit *pair, uint64_t need)
{
	(void)need;
	return !pair->barrier;
}

static void say_no_barrier(char *text, size_t size, const char *name,
			   const struct ct_limit *pair, uint64_t need)
{
	(void)need;
	snprintf(text, size, "barrier should be = 0 for %s (currently, %llu)",
		 name, ull(pair->barrier));
}

static void say_barrier_is_0(char *text, size_t size, const char *name,
			     const struct ct_limit *pair, uint64_t need)
{
	(void)need;
	snprintf(text, size, "%s.bar should be = 0 (currently, %llu)", name,
		 ull(pair->barrier));
}

static void drop_barrier(struct ct_limit *pair, uint64_t need)
{
	(void)need;
	pair->barrier = 0;
}

static bool has_limit(const struct ct_limit *pair, uint64_t need)
{
	return pair->limit >= need;
}

static void say_limit_min(char *text, size_t size, const char *name,
			  const struct ct_limit *pair, uint64_t need)
{
	snprintf(text, size, "%s.lim should be > %llu (currently, %llu)", name,
		 ull(need), ull(pair->limit));
}

static void set_limit(struct ct_limit *pair, uint64_t need)
{
	pair->limit = need;
}

static bool fits(const struct ct_limit *pair, uint64_t need)
{
	return pair->limit <= need;
}

static void say_limit_max(char *text, size_t size, const char *name,
			  const struct ct_limit *pair, uint64_t need)
{
	snprintf(text, size, "%s.lim should be <= %llu (currently, %llu)", name,
		 ull(need), ull(pair->limit));
}

static bool has_barrier(const struct ct_limit *pair, uint64_t need)
{
	return pair->barrier >= need;
}

static void say_barrier_min(char *text, size_t size, const char *name,
			    const struct ct_limit *pair, uint64_t need)
{
	snprintf(text, size, "%s.bar should be > %llu (currently, %llu)", name,
		 ull(need), ull(pair->barrier));
}

static void raise_both(struct ct_limit *pair, uint64_t need)
{
	pair->limit = larger(add(pair->limit, need - pair->barrier), need);
	pair->barrier = need;
}

static void raise_barrier(struct ct_limit *pair, uint64_t need)
{
	pair->barrier = need;
	pair->limit = larger(pair->limit, need);
}

static bool needs_no_advice(const struct ct_limit *pair, uint64_t need)
{
	return pair->barrier >= need || pair->barrier < RULE_ADVICE_FROM;
}

static bool has_room(const struct ct_limit *pair, uint64_t need)
{
	return pair->limit >= UB_MAXVALUE ||
		pair->limit >= add(pair->barrier, need);
}

static void say_room(char *text, size_t size, const char *name,
		     const struct ct_limit *pair, uint64_t need)
{
	snprintf(text, size,
		 "%s.lim-%s.bar should be > %llu (currently, %llu-%llu=%lld)",
		 name, name, ull(need), ull(pair->limit), ull(pair->barrier),
		 (long long)(pair->limit - pair->barrier));
}

static void make_room(struct ct_limit *pair, uint64_t need)
{
	pair->limit = add(pair->barrier, need);
}

static void say_both_min(char *text, size_t size, const char *name,
			 const struct ct_limit *pair, uint64_t need)
{
	snprintf(text, size, "%s should be > %llu (currently, %llu)", name,
		 ull(need), ull(pair->barrier));
}

const struct rule_kind rule_equal = { is_equal, say_equal, make_equal };
const struct rule_kind rule_ordered = { is_ordered, say_ordered, make_ordered };
const struct rule_kind rule_no_limit = { has_no_limit, say_no_limit, drop_limit };
const struct rule_kind rule_no_barrier = {
	has_no_barrier, say_no_barrier, drop_barrier,
};

const struct rule_kind rule_barrier_is_0 = {
	has_no_barrier, say_barrier_is_0, drop_barrier,
};

const struct rule_kind rule_limit_min = { has_limit, say_limit_min, set_limit };
const struct rule_kind rule_limit_max = { fits, say_limit_max, set_limit };
const struct rule_kind rule_barrier_min = {
	has_barrier, say_barrier_min, raise_both,
};

const struct rule_kind rule_barrier_only_min = {
	has_barrier, say_barrier_min, raise_barrier,
};

const struct rule_kind rule_barrier_advice = {
	needs_no_advice, say_barrier_min, NULL,
};

const struct rule_kind rule_room_min = { has_room, say_room, make_room };
const struct rule_kind rule_both_min = { has_barrier, say_both_min, raise_both };
