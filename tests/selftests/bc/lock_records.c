// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * numflock counts installed records: splits, merges, conversions and waiters
 * are counted as they end up in the list, and unlocking works at the limit.
 *
 * Case T030 (locks).
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/file.h>

#include "lib/container.h"

FIXTURE(locks) {
	struct ct ct;
};

FIXTURE_VARIANT(locks) {
	long set;	/* command that sets a lock */
	long wait;	/* the same, waiting */
};

FIXTURE_VARIANT_ADD(locks, posix) { F_SETLK, F_SETLKW };
FIXTURE_VARIANT_ADD(locks, ofd) { F_OFD_SETLK, F_OFD_SETLKW };

/* In init: the file, and the commands of the variant. */
static int file = -1, set_cmd, wait_cmd;

static long open_file(long arg)
{
	set_cmd = arg;
	wait_cmd = arg == F_SETLK ? F_SETLKW : F_OFD_SETLKW;
	file = open("/tmp/locks", O_RDWR | O_CREAT, 0600);
	return file < 0 ? -errno : 0;
}

FIXTURE_SETUP(locks)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	ASSERT_EQ(0, ct_call(&self->ct, open_file, variant->set));
}

FIXTURE_TEARDOWN(locks)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* A step's argument: a lock type for the bytes from..to-1. */
#define RANGE(type, from, to)	((type) | (from) << 8 | (to) << 16)

static int lock_range(int fd, int cmd, long range)
{
	struct flock lock = {
		.l_type = range & 0xff,
		.l_whence = SEEK_SET,
		.l_start = range >> 8 & 0xff,
		.l_len = (range >> 16) - (range >> 8 & 0xff),
	};

	return fcntl(fd, cmd, &lock) ? -errno : 0;
}

static long set(long range)
{
	return lock_range(file, set_cmd, range);
}

static unsigned long held(struct ct *ct)
{
	return ct_held(ct, UB_NUMFLOCK);
}

TEST_F(locks, a_split_is_one_more_and_a_merge_one_less)
{
	struct ct *ct = &self->ct;

	EXPECT_EQ(0, ct_call(ct, set, RANGE(F_WRLCK, 0, 100)));
	EXPECT_EQ(1, held(ct));
	EXPECT_EQ(0, ct_call(ct, set, RANGE(F_UNLCK, 40, 60)));
	EXPECT_EQ(2, held(ct));
	EXPECT_EQ(0, ct_call(ct, set, RANGE(F_WRLCK, 30, 70)));
	EXPECT_EQ(1, held(ct));
	EXPECT_EQ(0, ct_call(ct, set, RANGE(F_RDLCK, 40, 60)));
	EXPECT_EQ(3, held(ct));
	EXPECT_EQ(0, ct_call(ct, set, RANGE(F_WRLCK, 40, 60)));
	EXPECT_EQ(1, held(ct));
	EXPECT_EQ(0, ct_call(ct, set, RANGE(F_RDLCK, 0, 100)));
	EXPECT_EQ(1, held(ct));
	EXPECT_EQ(0, ct_call(ct, set, RANGE(F_UNLCK, 0, 200)));
	EXPECT_EQ(0, held(ct));
	EXPECT_EQ(0, ct_call(ct, set, RANGE(F_UNLCK, 0, 200)));
	EXPECT_EQ(0, held(ct));
}

TEST_F(locks, unlocking_the_middle_works_at_the_limit)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_limit(ct, UB_NUMFLOCK, 1, 1));
	EXPECT_EQ(0, ct_call(ct, set, RANGE(F_WRLCK, 0, 100)));
	EXPECT_EQ(-ENOLCK, ct_call(ct, set, RANGE(F_WRLCK, 200, 210)));
	EXPECT_EQ(0, ct_call(ct, set, RANGE(F_UNLCK, 40, 60)));
	EXPECT_EQ(2, held(ct));
	EXPECT_EQ(1, ct_stat(ct, UB_NUMFLOCK).failcnt);
	EXPECT_EQ(0, ct_call(ct, set, RANGE(F_UNLCK, 0, 100)));
	EXPECT_EQ(0, held(ct));
	EXPECT_EQ(0, ct_call(ct, set, RANGE(F_WRLCK, 200, 210)));
}

static long close_file(long unused)
{
	(void)unused;
	return close(file) ? -errno : 0;
}

TEST_F(locks, closing_the_file_gives_all_of_them_back)
{
	struct ct *ct = &self->ct;
	int i;

	for (i = 0; i < 50; i++)
		ASSERT_EQ(0, ct_call(ct, set, RANGE(F_WRLCK, 2 * i, 2 * i + 1)));
	EXPECT_EQ(50, held(ct));
	EXPECT_EQ(0, ct_call(ct, close_file, 0));
	EXPECT_EQ(0, held(ct));
}

/* A child with a file of its own waits for the first ten bytes. */
static long start_waiter(long unused)
{
	int fd;

	(void)unused;
	if (!fork()) {
		fd = open("/tmp/locks", O_RDWR);
		_exit(lock_range(fd, wait_cmd, RANGE(F_WRLCK, 0, 10)) != 0);
	}
	return 0;
}

/* The kernel lists a waiter with an arrow. */
static long waiters(long unused)
{
	char line[256];
	int n = 0;
	FILE *locks = fopen("/proc/locks", "r");

	(void)unused;
	while (fgets(line, sizeof(line), locks))
		n += !!strstr(line, "-> ");
	fclose(locks);
	return n;
}

static long reap(long unused)
{
	(void)unused;
	return children_reap();
}

TEST_F(locks, a_waiter_is_not_counted_until_it_has_the_lock)
{
	struct ct *ct = &self->ct;

	EXPECT_EQ(0, ct_call(ct, set, RANGE(F_WRLCK, 0, 10)));
	ASSERT_EQ(0, ct_call(ct, start_waiter, 0));
	ASSERT_TRUE(wait_until(ct_call(ct, waiters, 0) == 1));
	EXPECT_EQ(1, held(ct));
	EXPECT_EQ(0, ct_call(ct, set, RANGE(F_UNLCK, 0, 10)));
	EXPECT_EQ(0, ct_call(ct, reap, 0));
	EXPECT_EQ(0, held(ct));
}

/* Does the lock exclude, and convert, as ever? */
static long convert_flock(long unused)
{
	int a = open("/tmp/f", O_RDWR | O_CREAT, 0600), b = open("/tmp/f", O_RDWR);
	long ret = 0;

	(void)unused;
	if (flock(a, LOCK_SH | LOCK_NB) || flock(a, LOCK_EX | LOCK_NB))
		ret = -errno;
	else if (!flock(b, LOCK_EX | LOCK_NB) || errno != EWOULDBLOCK)
		ret = 1;
	close(b);
	return ret;
}

TEST_F(locks, a_converted_flock_is_still_one)
{
	EXPECT_EQ(0, ct_call(&self->ct, convert_flock, 0));
	EXPECT_EQ(1, held(&self->ct));
	EXPECT_EQ(0, ct_stat(&self->ct, UB_NUMFLOCK).failcnt);
}

static long lease(long unused)
{
	int fd = open("/tmp/leased", O_RDONLY | O_CREAT, 0600);

	(void)unused;
	if (fcntl(fd, F_SETLEASE, F_RDLCK))
		return -errno;
	return fcntl(fd, F_SETLEASE, F_UNLCK) || close(fd) ? -errno : 0;
}

TEST_F(locks, a_lease_leaves_nothing)
{
	EXPECT_EQ(0, ct_call(&self->ct, lease, 0));
	EXPECT_EQ(0, held(&self->ct));
}

TEST_HARNESS_MAIN
