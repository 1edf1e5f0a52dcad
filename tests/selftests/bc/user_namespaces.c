// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tasks that change their user namespace take their charge along, to the
 * unit, and whatever is done in namespaces inside a container is charged to
 * that container.
 *
 * Cases T014 (setns and unshare), T015.
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

#include "lib/container.h"

#define ROUNDS		200
#define LEVELS		31	/* the kernel allows 32 below the first, we are one */
#define SIBLINGS	100
#define BATCHES		20

FIXTURE(userns) {
	struct ct ct;
};

FIXTURE_SETUP(userns)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(userns)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* --- from the host into a container --------------------------------------- */

/* The inner process of a visitor; it leaves a file open to be closed by exit. */
static void visit_child(bool first)
{
	eventfd(0, 0);
	if (!first)
		while (getppid() != 1)
			nap();
	_exit(0);
}

/* Fork before, join, fork after, and end in either order; 0 if all worked. */
static int visit(pid_t init, bool child_first)
{
	pid_t outer = fork(), inner;

	if (!outer)
		_exit(0);
	if (eventfd(0, 0) < 0 || join_user_ns(init) || eventfd(0, 0) < 0)
		return 1;
	inner = fork();
	if (!inner)
		visit_child(child_first);
	if (inner < 0 || waitpid(outer, NULL, 0) != outer)
		return 2;
	return child_first && waitpid(inner, NULL, 0) != inner ? 3 : 0;
}

TEST_F(userns, visitors_from_the_host_leave_both_accounts_as_they_were)
{
	struct ct *ct = &self->ct;
	int i, status;
	pid_t pid;

	for (i = 0; i < ROUNDS; i++) {
		pid = fork();
		if (!pid)
			_exit(visit(ct->init, i % 2));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		ASSERT_EQ(0, status);
	}
	EXPECT_EQ(1, ct_held_when(ct, UB_NUMPROC, 1));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMFILE, 0));
	EXPECT_LE(2, ct_stat(ct, UB_NUMPROC).maxheld);
}

/* Who has joined counts, is not refused, and can do no more than the limit. */
TEST_F(userns, a_visitor_may_enter_a_full_container_and_not_fork_there)
{
	struct ct *ct = &self->ct;
	int ready[2], go[2], status;
	char byte = 0;
	pid_t pid;

	ASSERT_EQ(0, ct_limit(ct, UB_NUMPROC, 1, 1));
	ASSERT_EQ(0, pipe(ready) | pipe(go));
	pid = fork();
	if (!pid) {
		if (join_user_ns(ct->init) || write(ready[1], "", 1) != 1 ||
		    read(go[0], &byte, 1) != 1)
			_exit(1);
		_exit(fork() < 0 && errno == ENOMEM ? 0 : 2);
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	EXPECT_EQ(2, ct_held(ct, UB_NUMPROC));
	EXPECT_EQ(0, ct_stat(ct, UB_NUMPROC).failcnt);
	ASSERT_EQ(1, write(go[1], "", 1));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(1, ct_held(ct, UB_NUMPROC));
	EXPECT_EQ(1, ct_stat(ct, UB_NUMPROC).failcnt);
}

/* --- namespaces inside a container ---------------------------------------- */

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = write(fd, text, strlen(text)) < 0 ? -errno : 0;

	close(fd);
	return ret;
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
TEST_F(userns, nested_levels_are_charged_to_the_container)
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

TEST_F_TIMEOUT(userns, siblings_are_charged_to_the_container, 60)
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

TEST_F(userns, the_root_of_a_nested_one_is_bound_by_the_same_limit)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_limit(ct, UB_NUMPROC, 2, 2));
	EXPECT_EQ(0, ct_call(ct, try_to_escape, 0));
	EXPECT_EQ(1, ct_stat(ct, UB_NUMPROC).failcnt);
	EXPECT_EQ(2, ct_stat(ct, UB_NUMPROC).limit);
}

/* A namespace of the host that nobody has armed is the host. */
TEST_F(userns, unarmed_ones_of_the_host_are_nobodys)
{
	struct ct *ct = &self->ct;
	struct vzmod_ct_info info = { 0 };
	int ready[2];
	char byte;

	ASSERT_EQ(0, pipe(ready));
	info.pid = fork();
	if (!info.pid) {
		if (unshare(CLONE_NEWUSER))
			_exit(1);
		stay(ready[1]);
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	EXPECT_EQ(0, vzctl(VZMOD_CT_INFO, &info));
	EXPECT_EQ(0, info.ctid);
	EXPECT_EQ(1, ct_held(ct, UB_NUMPROC));
}

TEST_HARNESS_MAIN
