// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each resource that is charged, on each path that charges it: held follows the
 * load to the unit and returns to idle, the bounds refuse with the errno that
 * OpenVZ documents, every refusal is counted, and limits change live.
 *
 * Case T006 (charges below a lowered limit), T021 (severity HARD), T030.
 */
#include <kselftest_harness.h>

#include "lib/load.h"

#define STEPS	100	/* more than any CPU may hold in stock, so that maxheld is exact */

FIXTURE(resource) {
	struct ct ct;
	unsigned long idle;
};

FIXTURE_VARIANT(resource) {
	const struct load *load;
};

#define LOAD(name) FIXTURE_VARIANT_ADD(resource, name) { &load_##name }

LOAD(fork);
LOAD(thread);
LOAD(open);
LOAD(pipe);
LOAD(eventfd);
LOAD(unix_dgram);
LOAD(socketpair);
LOAD(netlink);
LOAD(packet);
LOAD(udp);
LOAD(tcp);
LOAD(tcp6);
LOAD(flock);
LOAD(posix_lock);
LOAD(ofd_lock);
LOAD(pty);
LOAD(sigqueue);
LOAD(timer);
LOAD(mmap);
LOAD(brk);
LOAD(mlock);
LOAD(map_locked);
LOAD(shm_lock);
LOAD(shmget);
LOAD(shared);
LOAD(memfd);
LOAD(tmpfs);
LOAD(userns);
LOAD(pidns);
LOAD(utsns);
LOAD(ipcns);
LOAD(netns);
LOAD(mntns);
LOAD(cgroupns);
LOAD(timens);
LOAD(inotify);
LOAD(inowatch);
LOAD(fanotify);
LOAD(fanmark);
LOAD(aio);
LOAD(mount);
LOAD(netdev);

FIXTURE_SETUP(resource)
{
	const struct load *load = variant->load;

	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	/* A container is not without namespaces. */
	self->idle = load->resource < UB_RESOURCES ? load->resource == UB_NUMPROC :
		     ct_held(&self->ct, load->resource);
	/* Warm up: a first use may leave something open for good. */
	ASSERT_EQ(0, ct_call(&self->ct, load->add, 0));
	ASSERT_EQ(0, ct_call(&self->ct, load->drop, 0));
	/* A process is never without memory. */
	if (load->resource == UB_PRIVVMPAGES)
		self->idle = ct_held(&self->ct, load->resource);
	ASSERT_EQ(self->idle, ct_held_when(&self->ct, load->resource, self->idle));
}

FIXTURE_TEARDOWN(resource)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* Bring the load from @from to @to; returns where it got. */
static int move(struct ct *ct, const struct load *load, int from, int to)
{
	for (; from < to; from++)
		if (ct_call(ct, load->add, from))
			return from;
	for (; from > to; from--)
		if (ct_call(ct, load->drop, from - 1))
			return from;
	return to;
}

static unsigned long failcnt(const struct ct *ct, const struct load *load)
{
	return ct_stat(ct, load->resource).failcnt;
}

TEST_F(resource, held_follows_the_load_to_the_unit)
{
	const struct load *load = variant->load;
	int i;

	EXPECT_TRUE(ct_stat(&self->ct, load->resource).flags & VZMOD_UB_ACCOUNTED);
	for (i = 0; i < STEPS; i++) {
		ASSERT_EQ(0, ct_call(&self->ct, load->add, i));
		ASSERT_EQ(self->idle + (i + 1) * load->units, ct_held(&self->ct, load->resource));
	}
	for (i = STEPS; i > 0; i--) {
		ASSERT_EQ(0, ct_call(&self->ct, load->drop, i - 1));
		ASSERT_EQ(self->idle + (i - 1) * load->units,
			  ct_held_when(&self->ct, load->resource,
				       self->idle + (i - 1) * load->units));
	}
	EXPECT_EQ(0, failcnt(&self->ct, load));
}

TEST_F(resource, the_limit_refuses_and_failcnt_counts_it)
{
	const struct load *load = variant->load;
	unsigned long limit = self->idle + STEPS * load->units;
	struct vzmod_ubstat stat;
	int i;

	ASSERT_EQ(0, ct_limit(&self->ct, load->resource, limit, limit));
	ASSERT_EQ(STEPS, move(&self->ct, load, 0, STEPS));
	for (i = 1; i <= 5; i++) {
		EXPECT_EQ(-load->error, ct_call(&self->ct, load->add, STEPS));
		EXPECT_EQ(i, failcnt(&self->ct, load));
	}
	stat = ct_stat(&self->ct, load->resource);
	EXPECT_EQ(limit, stat.held);
	EXPECT_EQ(limit, stat.maxheld);
	EXPECT_EQ(limit, stat.limit);

	/* One given back is one that can be had. */
	EXPECT_EQ(STEPS - 1, move(&self->ct, load, STEPS, STEPS - 1));
	EXPECT_EQ(limit - load->units,
		  ct_held_when(&self->ct, load->resource, limit - load->units));
	EXPECT_EQ(STEPS, move(&self->ct, load, STEPS - 1, STEPS));
	EXPECT_EQ(-load->error, ct_call(&self->ct, load->add, STEPS));
	EXPECT_EQ(0, move(&self->ct, load, STEPS, 0));
	EXPECT_EQ(self->idle, ct_held_when(&self->ct, load->resource, self->idle));
}

TEST_F(resource, the_barrier_refuses_below_the_limit)
{
	const struct load *load = variant->load;
	unsigned long barrier = self->idle + 10 * load->units;

	ASSERT_EQ(0, ct_limit(&self->ct, load->resource, barrier, UB_MAXVALUE));
	EXPECT_EQ(10, move(&self->ct, load, 0, STEPS));
	EXPECT_EQ(-load->error, ct_call(&self->ct, load->add, 10));
	EXPECT_EQ(2, failcnt(&self->ct, load));
	EXPECT_EQ(barrier, ct_held(&self->ct, load->resource));
}

TEST_F(resource, limits_change_live_and_what_is_held_stays)
{
	const struct load *load = variant->load;
	unsigned long units = load->units;
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_limit(ct, load->resource, self->idle + 10 * units,
			      self->idle + 10 * units));
	ASSERT_EQ(10, move(ct, load, 0, STEPS));

	ASSERT_EQ(0, ct_limit(ct, load->resource, self->idle + 15 * units,
			      self->idle + 15 * units));
	EXPECT_EQ(15, move(ct, load, 10, STEPS));

	ASSERT_EQ(0, ct_limit(ct, load->resource, self->idle + 5 * units,
			      self->idle + 5 * units));
	EXPECT_EQ(self->idle + 15 * units, ct_held(ct, load->resource));
	EXPECT_EQ(-load->error, ct_call(ct, load->add, 15));
	EXPECT_EQ(5, move(ct, load, 15, 5));
	EXPECT_EQ(self->idle + 5 * units,
		  ct_held_when(ct, load->resource, self->idle + 5 * units));
	EXPECT_EQ(-load->error, ct_call(ct, load->add, 5));
	EXPECT_EQ(4, move(ct, load, 5, 4));
	EXPECT_EQ(self->idle + 4 * units,
		  ct_held_when(ct, load->resource, self->idle + 4 * units));
	EXPECT_EQ(5, move(ct, load, 4, STEPS));

	ASSERT_EQ(0, ct_limit(ct, load->resource, UB_MAXVALUE, UB_MAXVALUE));
	EXPECT_EQ(STEPS, move(ct, load, 5, STEPS));
}

TEST_HARNESS_MAIN
