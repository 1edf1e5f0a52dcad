// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * No trick with processes hides one: whatever they do to their parents,
 * sessions, tracers and threads, numproc is the number of tasks that the
 * container sees in its own /proc, zombies included.
 *
 * Case T016.
 */
#include <errno.h>
#include <kselftest_harness.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "lib/container.h"

#define THREADS	64

FIXTURE(tricks) {
	struct ct ct;
};

/* A trick, played in init, and how many tasks more there are afterwards. */
FIXTURE_VARIANT(tricks) {
	ct_step *play;
	long tasks;
};

static void wait_for_ever(void)
{
	for (;;)
		pause();
}

/* This program again, as one that does nothing. */
static void __attribute__((constructor)) be_idle(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "idle"))
		wait_for_ever();
}

static long double_fork(long unused)
{
	pid_t pid = fork();

	(void)unused;
	if (!pid) {
		if (!fork())
			wait_for_ever();
		_exit(0);
	}
	return waitpid(pid, NULL, 0) == pid ? 0 : -errno;
}

static long new_session(long unused)
{
	(void)unused;
	if (!fork()) {
		setsid();
		wait_for_ever();
	}
	return 0;
}

/* The grandchild's parent becomes its grandparent, which never waits. */
static long subreaper(long unused)
{
	(void)unused;
	if (!fork()) {
		prctl(PR_SET_CHILD_SUBREAPER, 1);
		if (!fork()) {
			if (!fork())
				wait_for_ever();
			_exit(0);
		}
		wait_for_ever();
	}
	return 0;
}

/* One child seizes another, which dies and stays a zombie of two parents. */
static long seized_zombie(long unused)
{
	pid_t victim = fork(), tracer;
	int ready[2];
	char byte;

	(void)unused;
	if (!victim)
		wait_for_ever();
	if (pipe(ready))
		return -errno;
	tracer = fork();
	if (!tracer) {
		if (ptrace(PTRACE_SEIZE, victim, NULL, NULL))
			_exit(1);
		kill(victim, SIGKILL);
		if (write(ready[1], "", 1) == 1)
			wait_for_ever();
	}
	close(ready[1]);
	return read(ready[0], &byte, 1) == 1 ? 0 : -EPERM;
}

static long parent_death(long unused)
{
	pid_t parent = fork();
	int ready[2];
	char byte;

	(void)unused;
	if (parent)
		return waitpid(parent, NULL, 0) == parent ? 0 : -errno;
	if (pipe(ready))
		_exit(1);
	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (write(ready[1], "", 1) == 1)
			wait_for_ever();
	}
	_exit(read(ready[0], &byte, 1) != 1);
}

static void *idle_thread(void *unused)
{
	wait_for_ever();
	return unused;
}

static void start_threads(int n)
{
	pthread_t ignored;

	while (n--)
		if (pthread_create(&ignored, NULL, idle_thread, NULL))
			_exit(1);
}

static long many_threads(long unused)
{
	(void)unused;
	if (!fork()) {
		start_threads(THREADS - 1);
		wait_for_ever();
	}
	return 0;
}

static long exec_of_many_threads(long unused)
{
	(void)unused;
	if (!fork()) {
		start_threads(THREADS - 1);
		execl("/proc/self/exe", "child", "idle", NULL);
	}
	return 0;
}

/* The thread that executes takes over the identity of the first one. */
static void *exec_thread(void *unused)
{
	execl("/proc/self/exe", "child", "idle", NULL);
	return unused;
}

static long exec_of_another_thread(long unused)
{
	pthread_t ignored;

	(void)unused;
	if (!fork()) {
		start_threads(10);
		pthread_create(&ignored, NULL, exec_thread, NULL);
		wait_for_ever();
	}
	return 0;
}

static long leader_is_gone(long unused)
{
	(void)unused;
	if (!fork()) {
		start_threads(1);
		syscall(SYS_exit, 0);
	}
	return 0;
}

static long zombies(long n)
{
	for (n = 20; n; n--)
		if (!fork())
			_exit(0);
	return 0;
}

#define TRICK(name, n) FIXTURE_VARIANT_ADD(tricks, name) { .play = name, .tasks = n }

TRICK(double_fork, 1);
TRICK(new_session, 1);
TRICK(subreaper, 3);
TRICK(seized_zombie, 2);
TRICK(parent_death, 1);
TRICK(many_threads, THREADS);
TRICK(exec_of_many_threads, 1);
TRICK(exec_of_another_thread, 1);
TRICK(leader_is_gone, 2);
TRICK(zombies, 20);

FIXTURE_SETUP(tricks)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(tricks)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* Everybody but init. */
static long kill_all(long unused)
{
	(void)unused;
	kill(-1, SIGKILL);
	children_reap();
	return 0;
}

TEST_F(tricks, hide_no_task)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, variant->play, 0));
	EXPECT_TRUE(wait_until(ct_call(ct, tasks_seen, 0) == 1 + variant->tasks));
	EXPECT_EQ(1 + variant->tasks, ct_held_when(ct, UB_NUMPROC, 1 + variant->tasks));
	EXPECT_EQ(0, ct_call(ct, kill_all, 0));
	EXPECT_EQ(1, ct_held_when(ct, UB_NUMPROC, 1));
}

TEST_HARNESS_MAIN
