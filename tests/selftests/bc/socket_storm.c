// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ten thousand TCP sockets and many others, in every state and with something
 * in every kind of queue, are closed and reset, and their processes killed, in
 * random order: the numbers of sockets are those of a model, no buffer is ever
 * over its limit by more than what the table in README.md allows a socket, and
 * half a minute later nothing is left.
 *
 * Case T029.
 *
 * vm: --mem 1536 --time 900
 */
#include <errno.h>
#include <kselftest_harness.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "lib/container.h"
#include "lib/sock_set.h"

#define WORKERS		16
#define SOCKETS		10000		/* of TCP, at least */
#define ORDERS		100
#define ROUNDS		10
#define LIMIT		(512 * 1024)
#define ONE_PACKET	(96 * 1024)	/* the most that one can take on loopback */
#define BEYOND		2048		/* what a cut or a FIN takes, for a TCP socket */
#define GONE		30		/* seconds until nothing is left */
#define COUNT(array)	((int)(sizeof(array) / sizeof(*(array))))

/* --- workers ----------------------------------------------------------------- */

#define SETS_MAX	1024

enum { MAKE, END };

struct order {
	int what, n;
};

/* How many sockets a worker has, and sets of them with bytes in their queues. */
struct model {
	long tcp, other, full;
};

static struct worker {
	pid_t pid;
	int orders, answers;
} workers[WORKERS];

static struct model *models;	/* of the workers */

static struct sock_set sets[SETS_MAX];
static int n_sets;

static void count(struct model *model, const struct sock_set *set, int sign)
{
	model->tcp += sign * set->tcp;
	model->other += sign * set->other;
	model->full += sign * set->full;
}

static bool is_refusal(int error)
{
	return error == -ENOBUFS || error == -ENOMEM || error == -ETIMEDOUT;
}

/* What is refused is not there. */
static int make_one(struct model *model)
{
	int ret;

	if (n_sets == SETS_MAX)
		return -E2BIG;
	ret = sock_set_make(&sets[n_sets]);
	if (!ret)
		count(model, &sets[n_sets++], 1);
	return is_refusal(ret) ? 0 : ret;
}

static int end_one(struct model *model)
{
	struct sock_set *set;

	if (!n_sets)
		return 0;
	set = &sets[rand() % n_sets];
	sock_set_end(set);
	count(model, set, -1);
	*set = sets[--n_sets];
	return 0;
}

static void __attribute__((noreturn)) be_worker(int orders, int answers, struct model *model)
{
	struct order order;
	int ret;

	while (read(orders, &order, sizeof(order)) == sizeof(order)) {
		for (ret = 0; order.n && !ret; order.n--)
			ret = order.what == MAKE ? make_one(model) : end_one(model);
		if (write(answers, &ret, sizeof(ret)) != sizeof(ret))
			break;
	}
	_exit(0);
}

static long start_worker(int i)
{
	struct worker *worker = &workers[i];
	int orders[2], answers[2], seed = rand();

	if (pipe(orders) || pipe(answers))
		return -errno;
	worker->pid = fork();
	if (!worker->pid) {
		srand(seed);
		be_worker(orders[0], answers[1], &models[i]);
	}
	close(orders[0]);
	close(answers[1]);
	worker->orders = orders[1];
	worker->answers = answers[0];
	return worker->pid < 0 ? -errno : 0;
}

static void kill_worker(int i)
{
	kill(workers[i].pid, SIGKILL);
	waitpid(workers[i].pid, NULL, 0);
	close(workers[i].orders);
	close(workers[i].answers);
	models[i] = (struct model){ 0 };
}

static void tell(int i, int what, int n)
{
	const struct order order = { what, n };

	if (write(workers[i].orders, &order, sizeof(order)) != sizeof(order))
		kill_worker(i);
}

static long answer_of(int i)
{
	int ret;

	return read(workers[i].answers, &ret, sizeof(ret)) == sizeof(ret) ? ret : -EPIPE;
}

/* --- steps of init ----------------------------------------------------------- */

/* More ports than usual: every connection leaves one of them in TIME-WAIT. */
static long prepare(long seed)
{
	long ret = write_text("/proc/sys/net/ipv4/ip_local_port_range", "1024 65535");
	int i;

	srand(seed);
	for (i = 0; i < WORKERS && !ret; i++)
		ret = start_worker(i);
	return ret;
}

/* Each of them makes @n sets. */
static long make_all(long n)
{
	long ret = 0;
	int i;

	for (i = 0; i < WORKERS; i++)
		tell(i, MAKE, n);
	for (i = 0; i < WORKERS; i++)
		ret = answer_of(i) ?: ret;
	return ret;
}

static long kill_and_replace(int i)
{
	kill_worker(i);
	return start_worker(i);
}

/* Any of them does anything. */
static long do_something(long unused)
{
	int i = rand() % WORKERS;

	(void)unused;
	if (rand() % 8 == 0)
		return kill_and_replace(i);
	tell(i, rand() % 3 ? END : MAKE, 1 + rand() % 50);
	return answer_of(i);
}

/* All of them end what they have, or are killed with it. */
static long end_all(long unused)
{
	bool killed[WORKERS];
	long ret = 0;
	int i;

	(void)unused;
	for (i = 0; i < WORKERS; i++) {
		killed[i] = rand() % 2;
		if (!killed[i])
			tell(i, END, SETS_MAX);
	}
	for (i = 0; i < WORKERS; i++)
		ret = (killed[i] ? kill_and_replace(i) : answer_of(i)) ?: ret;
	return ret;
}

/* --- what holds -------------------------------------------------------------- */

static const unsigned int numbers[] = { UB_NUMTCPSOCK, UB_NUMOTHERSOCK };

/* Datagrams come only while there is room in othersockbuf. */
static const struct {
	unsigned int resource;
	unsigned long limit;
} buffers[] = {
	{ UB_TCPSNDBUF, LIMIT },
	{ UB_TCPRCVBUF, LIMIT },
	{ UB_OTHERSOCKBUF, LIMIT },
	{ UB_DGRAMRCVBUF, LIMIT / 8 },
};

FIXTURE(storm) {
	struct ct ct;
};

FIXTURE_SETUP(storm)
{
	struct rlimit files = { 2 * SETS_MAX * SOCK_SET_MAX, 2 * SETS_MAX * SOCK_SET_MAX };
	struct rlimit locked = { RLIM_INFINITY, RLIM_INFINITY };

	models = mmap(NULL, WORKERS * sizeof(*models), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, models);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	ASSERT_EQ(0, setrlimit(RLIMIT_MEMLOCK, &locked));
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	ASSERT_EQ(0, ct_call(&self->ct, prepare, 1));
}

FIXTURE_TEARDOWN(storm)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

static struct model sum_of_models(void)
{
	struct model sum = { 0 };
	int i;

	for (i = 0; i < WORKERS; i++) {
		sum.tcp += models[i].tcp;
		sum.other += models[i].other;
		sum.full += models[i].full;
	}
	return sum;
}

static bool is_as_modelled(const struct ct *ct)
{
	struct model sum = sum_of_models();

	return wait_until(ct_held(ct, UB_NUMTCPSOCK) == sum.tcp &&
			  ct_held(ct, UB_NUMOTHERSOCK) == sum.other);
}

static bool is_nothing_left(const struct ct *ct, double patience)
{
	double end = now() + patience;
	unsigned long left;
	int i;

	do {
		nap();
		left = 0;
		for (i = 0; i < COUNT(numbers); i++)
			left += ct_held(ct, numbers[i]);
		for (i = 0; i < COUNT(buffers); i++)
			left += ct_held(ct, buffers[i].resource);
	} while (left && now() < end);
	return !left;
}

/* So much may be beyond the limit while @full sets have bytes in their queues. */
static unsigned long beyond(unsigned int resource, long full)
{
	switch (resource) {
	case UB_TCPSNDBUF:
		return (full + WORKERS) * BEYOND;
	case UB_DGRAMRCVBUF:
		return 0;
	default:
		return ONE_PACKET;
	}
}

TEST_F_TIMEOUT(storm, ten_thousand_sockets_are_counted_in_whatever_order_they_end, 600)
{
	struct ct *ct = &self->ct;
	int i;

	while (sum_of_models().tcp < SOCKETS)
		ASSERT_EQ(0, ct_call(ct, make_all, 20));
	ASSERT_TRUE(is_as_modelled(ct));
	for (i = 0; i < ORDERS; i++) {
		ASSERT_EQ(0, ct_call(ct, do_something, 0));
		ASSERT_TRUE(is_as_modelled(ct)) {
			TH_LOG("order %d: %ld and %ld sockets, held %lu and %lu", i,
			       sum_of_models().tcp, sum_of_models().other,
			       ct_held(ct, UB_NUMTCPSOCK), ct_held(ct, UB_NUMOTHERSOCK));
		}
	}
	EXPECT_EQ(0, ct_call(ct, end_all, 0));
	EXPECT_TRUE(is_nothing_left(ct, GONE));
	for (i = 0; i < COUNT(buffers); i++)
		EXPECT_EQ(0, ct_stat(ct, buffers[i].resource).failcnt);
}

/*
 * A segment that was dropped is sent again after as long as it has been tried
 * so far, and only then its sender learns that the peer is gone.
 */
TEST_F_TIMEOUT(storm, buffers_keep_to_their_limits_in_whatever_order_they_are_freed, 600)
{
	struct ct *ct = &self->ct;
	double begin, took;
	long full = 0;
	int i, round;

	for (i = 0; i < COUNT(buffers); i++)
		ASSERT_EQ(0, ct_limit(ct, buffers[i].resource, buffers[i].limit,
				      buffers[i].limit));
	for (round = 0; round < ROUNDS; round++) {
		begin = now();
		ASSERT_EQ(0, ct_call(ct, make_all, 10));
		full = sum_of_models().full > full ? sum_of_models().full : full;
		ASSERT_EQ(0, ct_call(ct, end_all, 0));
		took = now() - begin;
		ASSERT_TRUE(is_nothing_left(ct, GONE + took)) {
			TH_LOG("round %d, which took %.0f s: %lu and %lu sockets", round, took,
			       ct_held(ct, UB_NUMTCPSOCK), ct_held(ct, UB_NUMOTHERSOCK));
		}
	}
	for (i = 0; i < COUNT(buffers); i++) {
		unsigned int resource = buffers[i].resource;
		struct vzmod_ubstat stat = ct_stat(ct, resource);

		EXPECT_LT(0, stat.failcnt) {
			TH_LOG("resource %u was never refused", resource);
		}
		EXPECT_GE(buffers[i].limit + beyond(resource, full), stat.maxheld) {
			TH_LOG("resource %u, %ld full", resource, full);
		}
	}
}

TEST_HARNESS_MAIN
