// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A refused request leaves nothing behind: after 10^5 of them no slab of the
 * kernel has grown.
 *
 * vm: --time 1200
 *
 * Case T024 (10^5 requests, of forks a tenth, as they take ten times as long).
 * What leaks does so with each request.  So a bound of a hundredth of them is
 * strict, and still more than anything else does to the slabs meanwhile: what
 * a CPU has at hand of the smallest objects alone is some hundred.
 */
#include <kselftest_harness.h>

#include "lib/load.h"
#include "lib/slab.h"

#define REFUSALS	100000
#define FORKS		(REFUSALS / 10)
#define BOUND		(REFUSALS / 100)
#define WARM_UP		1000

FIXTURE(refused) {
	struct ct ct;
};

FIXTURE_VARIANT(refused) {
	const struct load *load;
	long times;
};

#define LOAD(name, times) FIXTURE_VARIANT_ADD(refused, name) { &load_##name, times }

LOAD(fork, FORKS);
LOAD(thread, FORKS);
LOAD(open, REFUSALS);
LOAD(pipe, REFUSALS);
LOAD(eventfd, REFUSALS);
LOAD(unix_dgram, REFUSALS);
LOAD(socketpair, REFUSALS);
LOAD(netlink, REFUSALS);
LOAD(packet, REFUSALS);
LOAD(udp, REFUSALS);
LOAD(tcp, REFUSALS);
LOAD(tcp6, REFUSALS);
LOAD(flock, REFUSALS);
LOAD(posix_lock, REFUSALS);
LOAD(ofd_lock, REFUSALS);
LOAD(pty, REFUSALS);
LOAD(sigqueue, REFUSALS);
LOAD(timer, REFUSALS);
LOAD(mmap, REFUSALS);
LOAD(brk, REFUSALS);
LOAD(mlock, REFUSALS);
LOAD(map_locked, REFUSALS);
LOAD(shm_lock, REFUSALS);
LOAD(shmget, REFUSALS);
LOAD(shared, REFUSALS);
LOAD(memfd, REFUSALS);
LOAD(tmpfs, REFUSALS);
LOAD(utsns, FORKS);
LOAD(inotify, REFUSALS);
LOAD(inowatch, REFUSALS);
LOAD(fanotify, REFUSALS);
LOAD(fanmark, REFUSALS);
LOAD(aio, REFUSALS);
LOAD(mount, REFUSALS);

FIXTURE_SETUP(refused)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	ASSERT_EQ(0, ct_call(&self->ct, variant->load->add, 0));
	ASSERT_EQ(0, ct_limit(&self->ct, variant->load->resource, 0, 0));
}

FIXTURE_TEARDOWN(refused)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

static long (*add)(long step);

static long choose(long step)
{
	add = (ct_step *)step;
	return 0;
}

/* Returns how many were refused. */
static long ask(long times)
{
	long refused = 0;

	while (times--)
		refused += add(1) < 0;
	return refused;
}

TEST_F_TIMEOUT(refused, requests_leave_nothing_in_the_slabs, 300)
{
	const struct load *load = variant->load;
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, choose, (long)load->add));
	ASSERT_EQ(WARM_UP, ct_call(ct, ask, WARM_UP));
	if (slabs_mark() <= 0)
		SKIP(return, "this kernel does not tell what is in its slabs");

	ASSERT_EQ(variant->times, ct_call(ct, ask, variant->times));
	EXPECT_EQ(WARM_UP + variant->times, ct_stat(ct, load->resource).failcnt);
	EXPECT_EQ(0, slabs_grown(BOUND));
}

TEST_HARNESS_MAIN
