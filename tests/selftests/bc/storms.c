// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Storms of every kind against low limits: nothing is ever held above its
 * limit, and nothing is left when the storm is over, when init is killed in
 * the middle of it, or when memory runs out.
 */
#include <kselftest_harness.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "lib/files.h"
#include "lib/group.h"
#include "lib/load.h"
#include "lib/low_limits.h"
#include "lib/memory.h"
#include "lib/storm.h"

#define WORKERS		8

FIXTURE(storm) {
	struct ct ct;
	unsigned long idle[LOW_LIMITS];
};

FIXTURE_VARIANT(storm) {
	void (*rage)(void);	/* once; is repeated until the storm is over */
	unsigned int resource;	/* that it runs against */
};

#define STORM(name, resource) FIXTURE_VARIANT_ADD(storm, name) { storm_##name, resource }

STORM(fork, UB_NUMPROC);
STORM(file, UB_NUMFILE);
STORM(socket, UB_NUMOTHERSOCK);
STORM(accept, UB_NUMTCPSOCK);
STORM(pass, UB_NUMOTHERSOCK);
STORM(signal, UB_NUMSIGINFO);
STORM(pty, UB_NUMPTY);
STORM(lock, UB_NUMFLOCK);
STORM(map, UB_PRIVVMPAGES);
STORM(mlock, UB_LOCKEDPAGES);
STORM(shm, UB_SHMPAGES);

static int *over;

/* Eight processes rage, each in its own way, until it is over. */
static long rage(long storm)
{
	void (*once)(void) = (void (*)(void))storm;
	int i;

	for (i = 0; i < WORKERS; i++) {
		if (!fork()) {
			srand(i);
			while (!__atomic_load_n(over, __ATOMIC_RELAXED))
				once();
			_exit(0);
		}
	}
	children_reap();
	return 0;
}

FIXTURE_SETUP(storm)
{
	size_t i;

	over = mmap(NULL, sizeof(*over), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	for (i = 0; i < LOW_LIMITS; i++)
		self->idle[i] = ct_held(&self->ct, low_limits[i].resource);
	ASSERT_EQ(0, low_limits_set(&self->ct));
}

FIXTURE_TEARDOWN(storm)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* Sockets in flight that nobody can reach go when anybody closes a socket. */
static void collect_garbage(void)
{
	close(socket(AF_UNIX, SOCK_STREAM, 0));
}

/* Was it refused this often, and never let through?  The storm goes on. */
static bool has_hit_limit(struct ct *ct, unsigned int resource, unsigned long times)
{
	bool within = true;

	return wait_until(!(within = low_limits_hold(ct, 1, WORKERS)) ||
			  (collect_garbage(), ct_stat(ct, resource).failcnt >= times)) && within;
}

TEST_F(storm, leaves_nothing_when_it_is_over)
{
	struct ct *ct = &self->ct;
	size_t i;

	ct_begin(ct, rage, (long)variant->rage);
	EXPECT_TRUE(has_hit_limit(ct, variant->resource, 100));
	*over = 1;
	EXPECT_EQ(0, ct_end(ct));
	collect_garbage();
	for (i = 0; i < LOW_LIMITS; i++) {
		EXPECT_EQ(self->idle[i], ct_held_when(ct, low_limits[i].resource, self->idle[i])) {
			TH_LOG("resource %u", low_limits[i].resource);
		}
	}
}

TEST_F(storm, leaves_nothing_when_init_is_killed)
{
	struct ct *ct = &self->ct;

	ct_begin(ct, rage, (long)variant->rage);
	EXPECT_TRUE(has_hit_limit(ct, variant->resource, 100));
	ct_kill(ct);
	EXPECT_EQ(0, ct_wait_gone(101));
}

/* --- out of memory ---------------------------------------------------------- */

/* Hold a bit of everything, then more memory than there is. */
static void eat_memory(void)
{
	int i;

	for (i = 0; i < 4; i++) {
		load_open.add(i);
		load_flock.add(10 + i);
		load_unix_dgram.add(20 + i);
		load_tcp.add(30 + i);
		load_sigqueue.add(i);
		load_memfd.add(40 + i);
		load_mlock.add(i);
	}
	eat_forever();
}

static long starve(long unused)
{
	int i;

	(void)unused;
	for (i = 0; i < WORKERS; i++)
		if (!fork())
			eat_memory();
	return children_reap();
}

FIXTURE(memory) {
	struct ct ct;
	unsigned long pages;
};

FIXTURE_SETUP(memory)
{
	klog_mark();
	if (group_make("memory", "32M"))
		SKIP(return, "there is no memory controller");
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	self->pages = ct_held(&self->ct, UB_PRIVVMPAGES);
}

FIXTURE_TEARDOWN(memory)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_EQ(0, group_remove());
	EXPECT_TRUE(no_leaks());
}

TEST_F(memory, that_runs_out_leaves_nothing_charged)
{
	struct ct *ct = &self->ct;

	if (!ct->init)
		return;
	ASSERT_EQ(0, group_add(ct->init));
	EXPECT_EQ(WORKERS, ct_call(ct, starve, 0));
	EXPECT_EQ(1, ct_held_when(ct, UB_NUMPROC, 1));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMFILE, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMFLOCK, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMTCPSOCK, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMOTHERSOCK, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMSIGINFO, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_LOCKEDPAGES, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_SHMPAGES, 0));
	EXPECT_EQ(self->pages, ct_held_when(ct, UB_PRIVVMPAGES, self->pages));
	EXPECT_LT(WORKERS, ct_stat(ct, UB_NUMTCPSOCK).maxheld);
}

TEST_HARNESS_MAIN
