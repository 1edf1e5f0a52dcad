// SPDX-License-Identifier: GPL-2.0-only
/* Records: found by object, listed by container, gone with the object. */
#include "env.h"

#include <kselftest_harness.h>

#include "kernel/ct.h"

#define N_OBJECTS	10000

FIXTURE(record) {
	struct ct ct, other;
	char *objects;		/* addresses that stand for objects */
	struct record *recs;
};

FIXTURE_SETUP(record)
{
	record_set_init(self->ct.records);
	record_set_init(self->other.records);
	self->objects = calloc(N_OBJECTS, 1);
	self->recs = calloc(N_OBJECTS, sizeof(*self->recs));
}

FIXTURE_TEARDOWN(record)
{
	free(self->objects);
	free(self->recs);
}

static void count(struct record *rec, void *arg)
{
	assert(rec->object);
	++*(int *)arg;
}

static int listed(struct ct *ct, enum record_kind kind)
{
	int n = 0;

	record_walk(ct, kind, count, &n);
	return n;
}

TEST_F(record, is_found_by_its_object_until_it_is_deleted)
{
	struct record *rec = self->recs;

	EXPECT_EQ(NULL, record_find(RECORD_MM, self->objects));
	EXPECT_EQ(rec, record_add(RECORD_MM, rec, self->objects, &self->ct));
	EXPECT_EQ(rec, record_find(RECORD_MM, self->objects));
	EXPECT_EQ(&self->ct, rec->ct);
	record_del(RECORD_MM, rec);
	EXPECT_EQ(NULL, record_find(RECORD_MM, self->objects));
	EXPECT_EQ(0, listed(&self->ct, RECORD_MM));
}

TEST_F(record, kinds_do_not_see_each_other)
{
	record_add(RECORD_MM, self->recs, self->objects, &self->ct);
	EXPECT_EQ(NULL, record_find(RECORD_SOCK, self->objects));
	EXPECT_EQ(0, listed(&self->ct, RECORD_SOCK));
	record_add(RECORD_SOCK, self->recs + 1, self->objects, &self->ct);
	record_del(RECORD_MM, self->recs);
	EXPECT_EQ(self->recs + 1, record_find(RECORD_SOCK, self->objects));
	record_del(RECORD_SOCK, self->recs + 1);
}

TEST_F(record, second_one_for_an_object_gives_way_to_the_first)
{
	record_add(RECORD_SHM, self->recs, self->objects, &self->ct);
	EXPECT_EQ(self->recs, record_add(RECORD_SHM, self->recs + 1,
					 self->objects, &self->other));
	EXPECT_EQ(0, listed(&self->other, RECORD_SHM));
	record_del(RECORD_SHM, self->recs);
}

TEST_F(record, many_are_listed_with_the_container_that_pays)
{
	int i;

	for (i = 0; i < N_OBJECTS; i++)
		record_add(RECORD_SOCK, &self->recs[i], &self->objects[i],
			   i % 4 ? &self->ct : &self->other);
	EXPECT_EQ(N_OBJECTS / 4 * 3, listed(&self->ct, RECORD_SOCK));
	EXPECT_EQ(N_OBJECTS / 4, listed(&self->other, RECORD_SOCK));
	for (i = 0; i < N_OBJECTS; i++)
		EXPECT_EQ(&self->recs[i],
			  record_find(RECORD_SOCK, &self->objects[i]));
	for (i = 0; i < N_OBJECTS; i++)
		record_del(RECORD_SOCK, &self->recs[i]);
	EXPECT_EQ(0, listed(&self->ct, RECORD_SOCK));
}

struct crowd {
	struct ct *ct;
	char *objects;
	struct record *recs;
	atomic_t winners;
};

static void add_and_delete_own(void *arg, unsigned int i)
{
	struct crowd *crowd = arg;
	struct record *rec = &crowd->recs[i];
	int n;

	for (n = 0; n < 300; n++) {
		assert(record_add(RECORD_SOCK, rec, &crowd->objects[i],
				  crowd->ct) == rec);
		rcu_read_lock();
		assert(record_find(RECORD_SOCK, &crowd->objects[i]) == rec);
		rcu_read_unlock();
		assert(listed(crowd->ct, RECORD_SOCK) >= 1);
		record_del(RECORD_SOCK, rec);
	}
}

static void claim_one(void *arg, unsigned int i)
{
	struct crowd *crowd = arg;

	if (record_add(RECORD_MM, &crowd->recs[i], crowd->objects,
		       crowd->ct) == &crowd->recs[i])
		atomic_inc(&crowd->winners);
}

TEST_F(record, cpus_add_walk_and_delete_at_the_same_time)
{
	struct crowd crowd = {
		.ct = &self->ct,
		.objects = self->objects,
		.recs = self->recs,
	};

	env_run(nr_cpu_ids, add_and_delete_own, &crowd);
	EXPECT_EQ(0, listed(&self->ct, RECORD_SOCK));
}

TEST_F(record, one_of_those_who_add_at_the_same_time_wins)
{
	struct crowd crowd = {
		.ct = &self->ct,
		.objects = self->objects,
		.recs = self->recs,
	};

	env_run(nr_cpu_ids, claim_one, &crowd);
	EXPECT_EQ(1, atomic_read(&crowd.winners));
	EXPECT_EQ(1, listed(&self->ct, RECORD_MM));
	record_del(RECORD_MM, record_find(RECORD_MM, self->objects));
}

TEST_HARNESS_MAIN
