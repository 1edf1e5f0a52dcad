// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * failcnt is the number of refusals that programs have seen, no more and no
 * less: many processes in several containers take and give back everything at
 * random, against low limits that go up and down meanwhile, below what is held
 * too, and each of them counts what it was refused, by call and errno.
 *
 * That holds where one refusal is one error of one call.  It does not for
 *
 *  - kmemsize and dcachesize, whose refusals the kernel may get over by itself;
 *  - tcpsndbuf and othersockbuf, where whoever gets in line is counted, also in
 *    poll() and while it sleeps;
 *  - tcprcvbuf, where what was refused comes again, and dgramrcvbuf, where it is
 *    dropped: nobody is told;
 *  - numtcpsock of connections that come in, for the same reason;
 *  - numsiginfo of signals that arrive without it;
 *  - numiptent, a transaction of which is refused as a whole;
 *  - physpages, swappages and oomguarpages, which count something else.
 */
#include <errno.h>
#include <kselftest_harness.h>
#include <sys/mman.h>

#include "lib/load.h"

#define CONTAINERS	3
#define WORKERS		6	/* in each */
#define SLOTS		(LOAD_MAX / WORKERS)
#define ENOUGH		100	/* refusals of each resource, or ... */
#define SECONDS		20	/* ... so long */
#define COUNT(array)	((int)(sizeof(array) / sizeof(*(array))))

/* What is asked for, and which other resources would refuse it with the same errno. */
static const struct row {
	const struct load *load;
	unsigned long ambiguous;
} rows[] = {
	{ &load_fork,		1UL << UB_PRIVVMPAGES },
	{ &load_thread,		0 },
	{ &load_open,		0 },
	{ &load_pipe,		0 },
	{ &load_eventfd,	0 },
	{ &load_unix_dgram,	0 },
	{ &load_socketpair,	0 },
	{ &load_netlink,	0 },
	{ &load_packet,		0 },
	{ &load_udp,		0 },
	{ &load_tcp,		0 },
	{ &load_tcp6,		0 },
	{ &load_flock,		0 },
	{ &load_posix_lock,	0 },
	{ &load_ofd_lock,	0 },
	{ &load_pty,		0 },
	{ &load_sigqueue,	0 },
	{ &load_timer,		0 },
	{ &load_mmap,		0 },
	{ &load_brk,		0 },
	{ &load_mlock,		1UL << UB_PRIVVMPAGES },
	{ &load_map_locked,	1UL << UB_PRIVVMPAGES },
	{ &load_shm_lock,	1UL << UB_PRIVVMPAGES | 1UL << UB_SHMPAGES },
	{ &load_shmget,		1UL << UB_PRIVVMPAGES },
	{ &load_shared,		1UL << UB_PRIVVMPAGES },
	{ &load_memfd,		1UL << UB_PRIVVMPAGES },
	{ &load_tmpfs,		1UL << UB_PRIVVMPAGES },
};

/* Units beyond what the idle workers have: less than they ask for. */
static const struct room {
	unsigned int resource, units;
} rooms[] = {
	{ UB_NUMPROC, 10 },
	{ UB_NUMFILE, 60 },
	{ UB_NUMTCPSOCK, 10 },
	{ UB_NUMOTHERSOCK, 20 },
	{ UB_NUMFLOCK, 8 },
	{ UB_NUMPTY, 4 },
	{ UB_NUMSIGINFO, 8 },
	{ UB_PRIVVMPAGES, 160 },
	{ UB_LOCKEDPAGES, 160 },
	{ UB_SHMPAGES, 160 },
};

/* Shared by the test and all processes of a container. */
struct shared {
	unsigned long refused[UB_RESOURCES];
	unsigned int ready;
	int go, stop;
	int unexpected;		/* an error that no limit explains, ... */
	unsigned int by;	/* ... and the row that has met it */
};

/* A container, and what it holds while its workers are idle. */
struct asker {
	struct ct ct;
	struct shared *shared;
	unsigned long idle[UB_RESOURCES];
};

FIXTURE(refusals) {
	struct asker askers[CONTAINERS];
};

/* Which resources are not limited, so that others can be told apart. */
FIXTURE_VARIANT(refusals) {
	unsigned long unlimited;
};

FIXTURE_VARIANT_ADD(refusals, of_all_but_private_memory) {
	.unlimited = 1UL << UB_PRIVVMPAGES,
};

FIXTURE_VARIANT_ADD(refusals, of_all_but_private_and_shared_memory) {
	.unlimited = 1UL << UB_PRIVVMPAGES | 1UL << UB_SHMPAGES,
};

FIXTURE_VARIANT_ADD(refusals, of_private_memory_and_others) {
	.unlimited = 1UL << UB_SHMPAGES | 1UL << UB_LOCKEDPAGES,
};

/* --- inside the containers --------------------------------------------------- */

static struct shared *shared;
static unsigned long limited;

static bool is_limited(unsigned int resource)
{
	return limited & 1UL << resource;
}

static bool is_asked_for(const struct row *row)
{
	return is_limited(row->load->resource) && !(limited & row->ambiguous);
}

static void complain(const struct row *row, int error)
{
	shared->by = row - rows;
	shared->unexpected = error;
}

/* Nobody but numfile says ENFILE, and almost everybody needs a file. */
static void count(const struct row *row, int error)
{
	unsigned int resource = error == ENFILE ? UB_NUMFILE : row->load->resource;

	if (error == ENFILE || error == row->load->error)
		__atomic_add_fetch(&shared->refused[resource], 1, __ATOMIC_RELAXED);
	else
		complain(row, error);
}

/* Returns what is had now. */
static const struct row *take(long i)
{
	const struct row *row;
	long ret;

	do {
		row = &rows[rand() % COUNT(rows)];
	} while (!is_asked_for(row));
	ret = row->load->add(i);
	if (ret)
		count(row, -ret);
	return ret ? NULL : row;
}

static void give_back(const struct row *row, long i)
{
	long ret = row->load->drop(i);

	if (ret)
		complain(row, -ret);
}

/* Slots are numbered throughout, so that locks are not in each other's way. */
static void __attribute__((noreturn)) work(int me, int seed)
{
	const struct row *held[SLOTS] = { NULL };
	int i;

	srand(seed);
	__atomic_add_fetch(&shared->ready, 1, __ATOMIC_RELAXED);
	while (!__atomic_load_n(&shared->go, __ATOMIC_RELAXED))
		nap();
	while (!__atomic_load_n(&shared->stop, __ATOMIC_RELAXED)) {
		i = rand() % SLOTS;
		if (held[i]) {
			give_back(held[i], me * SLOTS + i);
			held[i] = NULL;
		} else {
			held[i] = take(me * SLOTS + i);
		}
	}
	for (i = 0; i < SLOTS; i++)
		if (held[i])
			give_back(held[i], me * SLOTS + i);
	_exit(0);
}

/* A first use may leave something open for good, so that it comes before the limits. */
static long warm_up(void)
{
	long ret = 0;
	int i;

	for (i = 0; i < COUNT(rows) && !ret; i++)
		ret = rows[i].load->add(0) ?: rows[i].load->drop(0);
	return ret;
}

/* Until they are told to stop; the result is how many have died of something else. */
static long ask(long seed)
{
	long ret = warm_up();
	int i;

	for (i = 0; i < WORKERS && !ret; i++)
		if (!fork())
			work(i, seed + i);
	return ret ?: children_reap();
}

/* --- outside ----------------------------------------------------------------- */

static void set_limited(unsigned long unlimited)
{
	int i;

	limited = 0;
	for (i = 0; i < COUNT(rooms); i++)
		limited |= 1UL << rooms[i].resource;
	limited &= ~unlimited;
}

static int start(struct asker *asker, unsigned int ctid)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	asker->shared = shared;
	return shared == MAP_FAILED ? -errno : ct_start(&asker->ct, ctid);
}

FIXTURE_SETUP(refusals)
{
	int i;

	klog_mark();
	set_limited(variant->unlimited);
	for (i = 0; i < CONTAINERS; i++)
		ASSERT_EQ(0, start(&self->askers[i], 101 + i));
}

FIXTURE_TEARDOWN(refusals)
{
	int i;

	for (i = 0; i < CONTAINERS; i++)
		EXPECT_EQ(0, ct_stop(&self->askers[i].ct));
	EXPECT_TRUE(no_leaks());
}

/* Mostly above what the idle workers have, by up to twice the room; now and then far below. */
static unsigned long some_bound(unsigned long idle, unsigned long room)
{
	return rand() % 4 ? idle + rand() % (2 * room) : idle / 2 + rand() % (idle / 2 + 1);
}

static int move_limits(struct asker *asker)
{
	const struct room *room;
	unsigned long idle;
	int ret = 0;

	for (room = rooms; room < rooms + COUNT(rooms) && !ret; room++) {
		idle = asker->idle[room->resource];
		if (is_limited(room->resource))
			ret = ct_limit(&asker->ct, room->resource, some_bound(idle, room->units),
				       some_bound(idle, room->units));
	}
	return ret;
}

static bool is_refused_enough(const struct asker *asker)
{
	int i;

	for (i = 0; i < COUNT(rooms); i++)
		if (is_limited(rooms[i].resource) &&
		    asker->shared->refused[rooms[i].resource] < ENOUGH)
			return false;
	return true;
}

static bool begin(struct asker *asker)
{
	int i;

	ct_begin(&asker->ct, ask, 100 * asker->ct.ctid);
	if (!wait_until(__atomic_load_n(&asker->shared->ready, __ATOMIC_RELAXED) == WORKERS))
		return false;
	for (i = 0; i < UB_RESOURCES; i++)
		asker->idle[i] = ct_held(&asker->ct, i);
	return !move_limits(asker);
}

static void compare(struct __test_metadata *_metadata, struct asker *asker)
{
	const struct shared *seen = asker->shared;
	int i;

	EXPECT_EQ(0, ct_end(&asker->ct));
	EXPECT_EQ(0, seen->unexpected) {
		TH_LOG("met by row %u", seen->by);
	}
	for (i = 0; i < UB_RESOURCES; i++) {
		EXPECT_EQ(seen->refused[i], ct_stat(&asker->ct, i).failcnt) {
			TH_LOG("CT %u, resource %d", asker->ct.ctid, i);
		}
		EXPECT_EQ(is_limited(i), !!seen->refused[i]) {
			TH_LOG("CT %u, resource %d", asker->ct.ctid, i);
		}
	}
}

TEST_F_TIMEOUT(refusals, are_counted_once_each, 180)
{
	struct asker *const end = self->askers + CONTAINERS, *asker;
	double give_up = now() + SECONDS;
	int enough = 0;

	for (asker = self->askers; asker < end; asker++)
		ASSERT_TRUE(begin(asker));
	for (asker = self->askers; asker < end; asker++)
		asker->shared->go = 1;
	while (enough < CONTAINERS && now() < give_up) {
		for (enough = 0, asker = self->askers; asker < end; asker++) {
			ASSERT_EQ(0, move_limits(asker));
			enough += is_refused_enough(asker);
		}
		nap();
	}
	for (asker = self->askers; asker < end; asker++)
		__atomic_store_n(&asker->shared->stop, 1, __ATOMIC_RELAXED);
	for (asker = self->askers; asker < end; asker++)
		compare(_metadata, asker);
}

TEST_HARNESS_MAIN
