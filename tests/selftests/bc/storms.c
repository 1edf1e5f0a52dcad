// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Storms of every kind against low limits: nothing is ever held above its
 * limit, and nothing is left when the storm is over, when init is killed in
 * the middle of it, or when memory runs out.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "lib/files.h"
#include "lib/load.h"
#include "lib/storm.h"

#define WORKERS		8

/* Low enough for each storm to hit them at once. */
static const struct { unsigned int resource, limit; } limits[] = {
	{ UB_NUMPROC, 40 },
	{ UB_NUMFILE, 100 },
	{ UB_NUMTCPSOCK, 30 },
	{ UB_NUMOTHERSOCK, 30 },
	{ UB_NUMFLOCK, 12 },
	{ UB_NUMPTY, 5 },
	{ UB_NUMSIGINFO, 20 },
	{ UB_PRIVVMPAGES, 16000 },	/* more than so many small processes have */
	{ UB_LOCKEDPAGES, 100 },
	{ UB_SHMPAGES, 300 },
};

#define LIMITS	(sizeof(limits) / sizeof(*limits))

FIXTURE(storm) {
	struct ct ct;
	unsigned long idle[LIMITS];
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
	for (i = 0; i < LIMITS; i++) {
		self->idle[i] = ct_held(&self->ct, limits[i].resource);
		ASSERT_EQ(0, ct_limit(&self->ct, limits[i].resource, limits[i].limit,
				      limits[i].limit));
	}
}

FIXTURE_TEARDOWN(storm)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* Splits of locks while unlocking are forced, at most one for each worker. */
static bool is_within_limits(const struct ct *ct)
{
	unsigned long roof;
	size_t i;

	for (i = 0; i < LIMITS; i++) {
		roof = limits[i].limit + (limits[i].resource == UB_NUMFLOCK ? 2 * WORKERS : 0);
		if (ct_held(ct, limits[i].resource) > roof)
			return false;
	}
	return true;
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

	return wait_until(!(within = is_within_limits(ct)) ||
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
	for (i = 0; i < LIMITS; i++) {
		EXPECT_EQ(self->idle[i], ct_held_when(ct, limits[i].resource, self->idle[i])) {
			TH_LOG("resource %u", limits[i].resource);
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

#define GROUP	"/sys/fs/cgroup/storm"

/* Hold a bit of everything, then more memory than there is. */
static void eat_memory(void)
{
	const size_t piece = 1 << 20;
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
	for (;;)
		memset(mmap(NULL, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0), 1, piece);
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
	write_text("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	mkdir(GROUP, 0755);
	if (write_text(GROUP "/memory.max", "32M"))
		SKIP(return, "there is no memory controller");
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	self->pages = ct_held(&self->ct, UB_PRIVVMPAGES);
}

FIXTURE_TEARDOWN(memory)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_EQ(0, rmdir(GROUP));
	EXPECT_TRUE(no_leaks());
}

TEST_F(memory, that_runs_out_leaves_nothing_charged)
{
	struct ct *ct = &self->ct;
	char pid[16];

	if (!ct->init)
		return;
	sprintf(pid, "%d", ct->init);
	ASSERT_EQ(0, write_text(GROUP "/cgroup.procs", pid));
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
