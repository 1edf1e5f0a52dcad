// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When a limit of the kernel itself refuses what was charged already, the
 * charge is given back, the errno is the kernel's, and failcnt does not count.
 *
 * Case T024 (undoing).
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "lib/group.h"
#include "lib/load.h"

FIXTURE(native) {
	struct ct ct;
};

FIXTURE_SETUP(native)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(native)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* The load is refused a few times with this error, and held stays. */
#define EXPECT_REFUSED(ct, load, error) ({					\
	unsigned long held_ = ct_held(ct, (load)->resource);			\
	int i_;									\
										\
	for (i_ = 0; i_ < 5; i_++)						\
		EXPECT_EQ(-(error), ct_call(ct, (load)->add, LOAD_MAX - 1));	\
	EXPECT_EQ(held_, ct_held_when(ct, (load)->resource, held_));		\
	EXPECT_EQ(0, ct_stat(ct, (load)->resource).failcnt);			\
})

TEST_F(native, pids_controller)
{
	if (group_make("pids", "2"))
		SKIP(return, "there is no pids controller");
	ASSERT_EQ(0, group_add(self->ct.init));
	ASSERT_EQ(0, ct_call(&self->ct, load_fork.add, 0));
	EXPECT_REFUSED(&self->ct, &load_fork, EAGAIN);
	EXPECT_REFUSED(&self->ct, &load_thread, EAGAIN);
}

static long limit_signals(long n)
{
	const struct rlimit limit = { n, n };

	return setrlimit(RLIMIT_SIGPENDING, &limit) ? -errno : 0;
}

TEST_F(native, limit_of_pending_signals)
{
	ASSERT_EQ(0, ct_call(&self->ct, limit_signals, 2));
	ASSERT_EQ(0, ct_call(&self->ct, load_sigqueue.add, 0));
	ASSERT_EQ(0, ct_call(&self->ct, load_timer.add, 1));
	EXPECT_REFUSED(&self->ct, &load_sigqueue, EAGAIN);
	EXPECT_REFUSED(&self->ct, &load_timer, EAGAIN);
}

static long limit_terminals(long n)
{
	char options[32];

	sprintf(options, "ptmxmode=666,max=%ld", n);
	return mount("devpts", "/dev/pts", "devpts", MS_REMOUNT, options) ? -errno : 0;
}

TEST_F(native, limit_of_terminals)
{
	ASSERT_EQ(0, ct_call(&self->ct, limit_terminals, 1));
	ASSERT_EQ(0, ct_call(&self->ct, load_pty.add, 0));
	EXPECT_REFUSED(&self->ct, &load_pty, ENOSPC);
}

static long limit_descriptors(long n)
{
	const struct rlimit limit = { n, n };

	return setrlimit(RLIMIT_NOFILE, &limit) ? -errno : 0;
}

/* ORDERS_FD and the three below are open. */
TEST_F(native, limit_of_descriptors)
{
	ASSERT_EQ(0, ct_call(&self->ct, limit_descriptors, ORDERS_FD + 2));
	ASSERT_EQ(0, ct_call(&self->ct, load_open.add, 0));
	EXPECT_REFUSED(&self->ct, &load_open, EMFILE);
	EXPECT_REFUSED(&self->ct, &load_pipe, EMFILE);
	EXPECT_REFUSED(&self->ct, &load_eventfd, EMFILE);
	EXPECT_REFUSED(&self->ct, &load_tcp, EMFILE);
	EXPECT_REFUSED(&self->ct, &load_unix_dgram, EMFILE);
}

/* Both kinds of lock that belong to an open file. */
static int lock_file(int fd)
{
	struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };

	return flock(fd, LOCK_EX | LOCK_NB) || fcntl(fd, F_OFD_SETLK, &range) ? -errno : 0;
}

static int open_locked(void)
{
	return open("/tmp/locked", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

/* From now on somebody has them. */
static long lock_first(long unused)
{
	(void)unused;
	return lock_file(open_locked());
}

static long flock_second(long unused)
{
	int fd = open_locked();
	long ret = flock(fd, LOCK_SH | LOCK_NB) ? -errno : 0;

	(void)unused;
	close(fd);
	return ret;
}

static long posix_lock_second(long unused)
{
	struct flock range = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	int fd = open_locked();
	long ret = fcntl(fd, F_SETLK, &range) ? -errno : 0;

	(void)unused;
	close(fd);
	return ret;
}

TEST_F(native, conflict_of_locks)
{
	const struct load second_flock = { UB_NUMFLOCK, 1, ENOMEM, flock_second, NULL };
	const struct load second_posix_lock = { UB_NUMFLOCK, 1, ENOLCK, posix_lock_second, NULL };

	ASSERT_EQ(0, ct_call(&self->ct, lock_first, 0));
	ASSERT_EQ(2, ct_held(&self->ct, UB_NUMFLOCK));
	EXPECT_REFUSED(&self->ct, &second_flock, EWOULDBLOCK);
	EXPECT_REFUSED(&self->ct, &second_posix_lock, EAGAIN);
}

TEST_HARNESS_MAIN
