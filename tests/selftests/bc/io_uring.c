// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Work that a ring has the kernel do is charged to its container: the kernel's
 * threads that do it count in numproc, the files that it opens in numfile, also
 * if they get no descriptor but a place in the ring; both have their roof, and
 * all is given back when the owner of the ring is killed.
 *
 * Case T017.
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/container.h"

#define ENTRIES		512
#define FILES		100000
#define WORKERS		512
#define OWN_FILES	3	/* of the owner of a ring: the ring and a pipe */
#define SECONDS		300

FIXTURE(ring) {
	struct ct ct;
};

/* Who looks for new entries: the kernel when it is asked to, or a thread of its own. */
FIXTURE_VARIANT(ring) {
	bool polled;
};

FIXTURE_VARIANT_ADD(ring, asked) { .polled = false };
FIXTURE_VARIANT_ADD(ring, polled) { .polled = true };

/* So many files are more than the kernel allows a small machine, or a process. */
FIXTURE_SETUP(ring)
{
	struct rlimit files = { 2 * FILES, 2 * FILES };

	klog_mark();
	ASSERT_EQ(0, write_text("/proc/sys/fs/file-max", "1000000"));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(ring)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* --- a ring ------------------------------------------------------------------ */

static struct {
	int fd;
	struct io_uring_params params;
	struct io_uring_sqe *entries;
	char *submissions, *completions;
} ring;

static void *map_ring(size_t size, off_t offset)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd,
			offset);

	return at == MAP_FAILED ? NULL : at;
}

static long ring_open(unsigned int flags)
{
	const struct io_sqring_offsets *sq = &ring.params.sq_off;
	const struct io_cqring_offsets *cq = &ring.params.cq_off;

	ring.params.flags = flags;
	ring.fd = syscall(SYS_io_uring_setup, ENTRIES, &ring.params);
	if (ring.fd < 0)
		return -errno;
	ring.entries = map_ring(ring.params.sq_entries * sizeof(*ring.entries), IORING_OFF_SQES);
	ring.submissions = map_ring(sq->array + ring.params.sq_entries * sizeof(__u32),
				    IORING_OFF_SQ_RING);
	ring.completions = map_ring(cq->cqes + ring.params.cq_entries * sizeof(struct io_uring_cqe),
				    IORING_OFF_CQ_RING);
	return ring.entries && ring.submissions && ring.completions ? 0 : -ENOMEM;
}

static long ring_register(unsigned int what, void *arg, unsigned int n)
{
	return syscall(SYS_io_uring_register, ring.fd, what, arg, n) < 0 ? -errno : 0;
}

static unsigned int *submission(__u32 offset)
{
	return (unsigned int *)(ring.submissions + offset);
}

static unsigned int *completion(__u32 offset)
{
	return (unsigned int *)(ring.completions + offset);
}

/* There has to be room. */
static void ring_add(const struct io_uring_sqe *entry)
{
	const struct io_sqring_offsets *sq = &ring.params.sq_off;
	unsigned int tail = *submission(sq->tail), i = tail % ring.params.sq_entries;

	ring.entries[i] = *entry;
	submission(sq->array)[i] = i;
	__atomic_store_n(submission(sq->tail), tail + 1, __ATOMIC_RELEASE);
}

/* Submit what was added, and wait until so many have completed. */
static long ring_enter(unsigned int completed)
{
	const struct io_sqring_offsets *sq = &ring.params.sq_off;
	unsigned int head = __atomic_load_n(submission(sq->head), __ATOMIC_ACQUIRE);
	unsigned int flags = IORING_ENTER_GETEVENTS;

	if (ring.params.flags & IORING_SETUP_SQPOLL)
		flags |= IORING_ENTER_SQ_WAKEUP;
	return syscall(SYS_io_uring_enter, ring.fd, *submission(sq->tail) - head, completed, flags,
		       NULL, 0) < 0 && errno != EINTR ? -errno : 0;
}

/* The next result. */
static long ring_wait(void)
{
	const struct io_cqring_offsets *cq = &ring.params.cq_off;
	const struct io_uring_cqe *done = (void *)(ring.completions + cq->cqes);
	unsigned int head = *completion(cq->head);
	long ret = 0;

	while (__atomic_load_n(completion(cq->tail), __ATOMIC_ACQUIRE) == head && !ret)
		ret = ring_enter(1);
	if (ret)
		return ret;
	ret = done[head % ring.params.cq_entries].res;
	__atomic_store_n(completion(cq->head), head + 1, __ATOMIC_RELEASE);
	return ret;
}

/* --- its owner --------------------------------------------------------------- */

/* Add up to as many opens into places of the ring as it has entries. */
static int add_opens(int first)
{
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_OPENAT, .flags = IOSQE_ASYNC, .fd = AT_FDCWD,
		.addr = (__u64)(unsigned long)"/tmp", .open_flags = O_PATH,
	};
	int n;

	for (n = 0; n < ENTRIES && first + n < FILES; n++) {
		entry.file_index = first + n + 1;
		ring_add(&entry);
	}
	return n;
}

/* How many were refused, or another error. */
static long open_files(void)
{
	struct io_uring_rsrc_register places = {
		.nr = FILES, .flags = IORING_RSRC_REGISTER_SPARSE,
	};
	long refused = 0, ret = ring_register(IORING_REGISTER_FILES2, &places, sizeof(places));
	int i, n;

	for (i = 0; i < FILES && !ret; i += n) {
		n = add_opens(i);
		for (int k = 0; k < n; k++) {
			ret = ring_wait();
			if (ret && ret != -ENFILE)
				return ret;
			refused += ret == -ENFILE;
		}
		ret = 0;
	}
	return ret ?: refused;
}

/* Nobody ever writes there, so each of them keeps a thread of the kernel. */
static long open_fifos(void)
{
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_OPENAT, .flags = IOSQE_ASYNC, .fd = AT_FDCWD,
		.addr = (__u64)(unsigned long)"/tmp/fifo", .open_flags = O_RDONLY,
	};
	unsigned int workers[] = { WORKERS, WORKERS };
	long ret = ring_register(IORING_REGISTER_IOWQ_MAX_WORKERS, workers, 2);
	int i;

	if (ret || mkfifo("/tmp/fifo", 0600))
		return ret ?: -errno;
	for (i = 0; i < WORKERS; i++)
		ring_add(&entry);
	return ring_enter(0);
}

static pid_t owner;

/* A child that opens a ring, works with it, reports and waits to be killed. */
static long start_owner(long (*work)(void), bool polled)
{
	int report[2];
	long ret;

	if (pipe(report))
		return -errno;
	owner = fork();
	if (!owner) {
		close(report[0]);
		ret = ring_open(polled ? IORING_SETUP_SQPOLL : 0) ?: work();
		if (write(report[1], &ret, sizeof(ret)) == sizeof(ret))
			for (;;)
				pause();
		_exit(1);
	}
	close(report[1]);
	if (read(report[0], &ret, sizeof(ret)) != sizeof(ret))
		ret = -EPIPE;
	close(report[0]);
	return ret;
}

static long own_files(long polled)
{
	return start_owner(open_files, polled);
}

static long own_fifos(long polled)
{
	return start_owner(open_fifos, polled);
}

static long kill_owner(long unused)
{
	(void)unused;
	kill(owner, SIGKILL);
	return waitpid(owner, NULL, 0) == owner ? 0 : -errno;
}

/* --- what holds -------------------------------------------------------------- */

TEST_F_TIMEOUT(ring, its_files_count, SECONDS)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, own_files, variant->polled));
	EXPECT_EQ(FILES + 2, ct_held_when(ct, UB_NUMFILE, FILES + 2));
	EXPECT_EQ(0, ct_call(ct, kill_owner, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMFILE, 0));
	EXPECT_EQ(1, ct_held_when(ct, UB_NUMPROC, 1));
}

TEST_F_TIMEOUT(ring, its_files_have_their_roof, SECONDS)
{
	struct ct *ct = &self->ct;
	unsigned long limit = FILES / 100;
	long refused;

	ASSERT_EQ(0, ct_limit(ct, UB_NUMFILE, limit, limit));
	refused = ct_call(ct, own_files, variant->polled);
	EXPECT_EQ(FILES - (limit - OWN_FILES), refused);
	EXPECT_EQ(refused, ct_stat(ct, UB_NUMFILE).failcnt);
	EXPECT_EQ(limit, ct_stat(ct, UB_NUMFILE).maxheld);
	EXPECT_EQ(0, ct_call(ct, kill_owner, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMFILE, 0));
}

TEST_F_TIMEOUT(ring, its_threads_count, SECONDS)
{
	struct ct *ct = &self->ct;
	unsigned long tasks = 2 + variant->polled + WORKERS;

	ASSERT_EQ(0, ct_call(ct, own_fifos, variant->polled));
	EXPECT_TRUE(wait_until(ct_held(ct, UB_NUMPROC) >= tasks));
	EXPECT_TRUE(wait_until(ct_held(ct, UB_NUMPROC) == ct_call(ct, tasks_seen, 0)));
	EXPECT_LE(tasks, ct_held(ct, UB_NUMPROC));
	EXPECT_EQ(0, ct_call(ct, kill_owner, 0));
	EXPECT_EQ(1, ct_held_when(ct, UB_NUMPROC, 1));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMFILE, 0));
}

TEST_F_TIMEOUT(ring, its_threads_have_their_roof, SECONDS)
{
	struct ct *ct = &self->ct;
	unsigned long limit = WORKERS / 2;

	ASSERT_EQ(0, ct_limit(ct, UB_NUMPROC, limit, limit));
	ASSERT_EQ(0, ct_call(ct, own_fifos, variant->polled));
	EXPECT_TRUE(wait_until(ct_stat(ct, UB_NUMPROC).failcnt));
	EXPECT_EQ(limit, ct_stat(ct, UB_NUMPROC).maxheld);
	EXPECT_EQ(limit, ct_call(ct, tasks_seen, 0));
	EXPECT_EQ(0, ct_call(ct, kill_owner, 0));
	EXPECT_EQ(1, ct_held_when(ct, UB_NUMPROC, 1));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMFILE, 0));
}

TEST_HARNESS_MAIN
