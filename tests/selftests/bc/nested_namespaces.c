// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whatever is done in user namespaces inside a container is charged to that
 * container and bound by its limits, however deep and however many.
 *
 * Case T015.
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sched.h>
#include <sys/eventfd.h>

#include "lib/container.h"

#define LEVELS		31	/* the kernel allows 32 below the first, we are one */
#define SIBLINGS	100
#define BATCHES		20

FIXTURE(nested) {
	struct ct ct;
};

FIXTURE_SETUP(nested)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(nested)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* A namespace inside the one of the caller, who is its root. */
static int descend(void)
{
	if (unshare(CLONE_NEWUSER))
		return -errno;
	return write_text("/proc/self/setgroups", "deny") ?:
	       write_text("/proc/self/uid_map", "0 0 1") ?:
	       write_text("/proc/self/gid_map", "0 0 1");
}

/* Say "here" and wait to be killed. */
static void __attribute__((noreturn)) stay(int ready)
{
	if (write(ready, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* One process and one file on each level, as deep as it goes. */
static void __attribute__((noreturn)) go_down(int ready)
{
	while (!descend() && eventfd(0, 0) >= 0) {
		if (!fork())
			continue;
		stay(ready);
	}
	close(ready);
	for (;;)
		pause();
}

static int count_bytes(int fd, int most)
{
	char byte;
	int n = 0;

	while (n < most && read(fd, &byte, 1) == 1)
		n++;
	return n;
}

static long nest(long levels)
{
	int ready[2], n;

	if (pipe(ready))
		return -errno;
	if (!fork()) {
		close(ready[0]);
		go_down(ready[1]);
	}
	close(ready[1]);
	n = count_bytes(ready[0], levels);
	close(ready[0]);
	return n;
}

static long kill_all(long unused)
{
	(void)unused;
	kill(-1, SIGKILL);
	children_reap();
	return 0;
}

/*
 * Process k of the chain has the eventfds of levels 1 to k open, but those
 * are shared: one description per level, and one for the level that was
 * refused is not there.  The pipe's writing end is one more.
 */
TEST_F(nested, levels_are_charged_to_the_container)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(LEVELS, ct_call(ct, nest, LEVELS));
	EXPECT_LE(1 + LEVELS, ct_held(ct, UB_NUMPROC));
	EXPECT_LE(LEVELS, ct_held(ct, UB_NUMFILE));
	EXPECT_EQ(0, ct_call(ct, kill_all, 0));
	EXPECT_EQ(1, ct_held_when(ct, UB_NUMPROC, 1));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMFILE, 0));
}

static long siblings(long n)
{
	int ready[2], i;

	if (pipe(ready))
		return -errno;
	for (i = 0; i < n; i++) {
		if (!fork()) {
			close(ready[0]);
			if (descend() || eventfd(0, 0) < 0)
				_exit(1);
			stay(ready[1]);
		}
	}
	close(ready[1]);
	n = count_bytes(ready[0], n);
	close(ready[0]);
	return n;
}

TEST_F_TIMEOUT(nested, siblings_are_charged_to_the_container, 60)
{
	struct ct *ct = &self->ct;
	int i;

	for (i = 0; i < BATCHES; i++) {
		ASSERT_EQ(SIBLINGS, ct_call(ct, siblings, SIBLINGS));
		EXPECT_EQ(1 + SIBLINGS, ct_held(ct, UB_NUMPROC));
		/* and the end of the pipe that they share */
		EXPECT_EQ(1 + SIBLINGS, ct_held(ct, UB_NUMFILE));
		EXPECT_EQ(0, ct_call(ct, kill_all, 0));
		EXPECT_EQ(1, ct_held_when(ct, UB_NUMPROC, 1));
		EXPECT_EQ(0, ct_held_when(ct, UB_NUMFILE, 0));
	}
}

/* In a namespace of its own: fork at the limit, and try to have it lifted. */
static long try_to_escape(long unused)
{
	struct vzmod_limit limit = { .ctid = 101, .resource = UB_NUMPROC,
				     .barrier = 100, .limit = 100 };
	pid_t pid = fork();

	(void)unused;
	if (!pid) {
		if (descend())
			_exit(1);
		if (fork() >= 0 || errno != ENOMEM)
			_exit(2);
		if (vzctl(VZMOD_SET_LIMIT, &limit) >= 0)
			_exit(3);
		_exit(0);
	}
	return children_reap();
}

TEST_F(nested, root_is_bound_by_the_same_limit)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_limit(ct, UB_NUMPROC, 2, 2));
	EXPECT_EQ(0, ct_call(ct, try_to_escape, 0));
	EXPECT_EQ(1, ct_stat(ct, UB_NUMPROC).failcnt);
	EXPECT_EQ(2, ct_stat(ct, UB_NUMPROC).limit);
}

TEST_HARNESS_MAIN
