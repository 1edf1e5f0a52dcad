// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * numproc is a hard roof: while many processes race to fork, clone, vfork,
 * start threads, execute and be killed, no look at held finds more than the
 * limit, every refusal is ENOMEM and is counted, and afterwards nothing is held.
 *
 * Case T013.
 */
#include <errno.h>
#include <kselftest_harness.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "lib/container.h"

#define LIMIT		50
#define WORKERS		16
#define MAX_KIDS	8
#define SECONDS		6

/* What the workers count, and when they are to begin and to end. */
static struct tally {
	long started;
	long refused;
	long other;	/* refused with another errno */
	int go, stop;
} *tally;

static void count(long *what)
{
	__atomic_add_fetch(what, 1, __ATOMIC_RELAXED);
}

/* This program again, as one that does nothing. */
static void __attribute__((constructor)) be_idle(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "idle"))
		for (;;)
			pause();
}

/* Ways to start a process: its pid, 0 if it has ended already, -1 if refused. */

static pid_t by_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		for (;;)
			pause();
	return pid;
}

static pid_t by_fork_and_exec(void)
{
	pid_t pid = fork();

	if (!pid) {
		execl("/proc/self/exe", "child", "idle", NULL);
		_exit(1);
	}
	return pid;
}

static pid_t by_clone3(void)
{
	struct { __u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls; }
		args = { .exit_signal = SIGCHLD };
	pid_t pid = syscall(SYS_clone3, &args, sizeof(args));

	if (!pid)
		_exit(0);
	return pid;
}

static pid_t by_vfork(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(0);
	return pid;
}

static int thread(void *arg)
{
	(void)arg;
	return 0;
}

static pid_t by_thread(void)
{
	static char stack[16384] __attribute__((aligned(16)));
	static pid_t tid;
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			  CLONE_SYSVSEM | CLONE_CHILD_CLEARTID;
	pid_t seen;

	tid = 1;
	if (clone(thread, stack + sizeof(stack), flags, NULL, NULL, NULL, &tid) < 0)
		return -1;
	while ((seen = __atomic_load_n(&tid, __ATOMIC_ACQUIRE)))
		syscall(SYS_futex, &tid, FUTEX_WAIT, seen, NULL);
	return 0;
}

static pid_t (*const ways[])(void) = {
	by_fork, by_fork_and_exec, by_clone3, by_vfork, by_thread,
};

static void start_one(pid_t *kid)
{
	*kid = ways[rand() % (sizeof(ways) / sizeof(*ways))]();
	if (*kid >= 0) {
		count(&tally->started);
		return;
	}
	count(errno == ENOMEM ? &tally->refused : &tally->other);
	*kid = 0;
}

static void end_one(pid_t *kid)
{
	if (!*kid)
		return;
	kill(*kid, SIGKILL);
	waitpid(*kid, NULL, 0);
	*kid = 0;
}

static void work(int seed)
{
	pid_t kids[MAX_KIDS] = { 0 };
	int i;

	srand(seed);
	while (!__atomic_load_n(&tally->go, __ATOMIC_RELAXED))
		nap();
	while (!__atomic_load_n(&tally->stop, __ATOMIC_RELAXED)) {
		i = rand() % MAX_KIDS;
		end_one(&kids[i]);
		start_one(&kids[i]);
	}
	for (i = 0; i < MAX_KIDS; i++)
		end_one(&kids[i]);
	_exit(0);
}

static long race(long workers)
{
	pid_t pid;

	while (workers--) {
		pid = fork();
		if (pid < 0)
			return -errno;
		if (!pid)
			work(workers);
	}
	__atomic_store_n(&tally->go, 1, __ATOMIC_RELAXED);
	return children_reap();
}

FIXTURE(roof) {
	struct ct ct;
};

FIXTURE_SETUP(roof)
{
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	ASSERT_EQ(0, ct_limit(&self->ct, UB_NUMPROC, LIMIT, LIMIT));
}

FIXTURE_TEARDOWN(roof)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

TEST_F_TIMEOUT(roof, holds_while_processes_race_to_pass_it, 60)
{
	struct vzmod_ubstat stat;
	double end = now() + SECONDS;
	unsigned long looks = 0;

	ct_begin(&self->ct, race, WORKERS);
	for (; now() < end; looks++) {
		stat = ct_stat(&self->ct, UB_NUMPROC);
		ASSERT_GE(LIMIT, stat.held);
		ASSERT_GE(LIMIT, stat.maxheld);
	}
	tally->stop = 1;
	EXPECT_EQ(0, ct_end(&self->ct));

	EXPECT_LT(1000, looks);
	EXPECT_LT(100, tally->started);
	EXPECT_LT(100, tally->refused);
	EXPECT_EQ(0, tally->other);
	EXPECT_EQ(1, ct_held_when(&self->ct, UB_NUMPROC, 1));
	stat = ct_stat(&self->ct, UB_NUMPROC);
	EXPECT_EQ(tally->refused, stat.failcnt);
	EXPECT_EQ(LIMIT, stat.maxheld);
}

TEST_HARNESS_MAIN
