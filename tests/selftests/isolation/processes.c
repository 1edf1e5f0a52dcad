// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bombs of processes and of what they send each other.
 *
 * Case T100 (fork bomb); signals and locks of files.
 *
 * vm: --icount --mem 1536 --time 900
 */
#include <kselftest_harness.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bomb.h"
#include "lib/load.h"
#include "lib/storm.h"

#define PROCESSES	100

/* Each child goes on as its parent does. */
static void fork_all(void)
{
	fork();
}

static void reap_dead(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* Each waits in vfork() for its child, down to where there are no more; then all end. */
static void vfork_chain(void)
{
	pid_t pid = vfork();

	if (!pid) {
		vfork_chain();
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

/* Threads until there are no more, and all of them end at once. */
static void thread_all(void)
{
	pid_t pid = fork();
	long i;

	if (!pid) {
		for (i = 0; i < LOAD_MAX && !load_thread.add(i); i++)
			;
		_exit(0);
	}
	reap_dead();
}

/* The dead are counted until somebody asks for them. */
static void die_unnoticed(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid < 0)
		children_reap();
}

static void exec_all(void)
{
	if (!fork()) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	reap_dead();
}

/* Step: a hundred processes at the same time. */
static long can_fork(long arg)
{
	pid_t pids[PROCESSES];
	int i, n;

	(void)arg;
	for (n = 0; n < PROCESSES && (pids[n] = fork()) >= 0; n++)
		if (!pids[n])
			for (;;)
				pause();
	for (i = 0; i < n; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	return n == PROCESSES ? 0 : -EAGAIN;
}

BOMB(fork, 95, fork_all, 1, .meanwhile = can_fork, ROOF(UB_NUMPROC));
BOMB(fork_and_wait, 95, storm_fork, 40, .meanwhile = can_fork, ROOF(UB_NUMPROC));
BOMB(vfork, 95, vfork_chain, 4, .meanwhile = can_fork, ROOF(UB_NUMPROC));
BOMB(threads, 95, thread_all, 4, .meanwhile = can_fork, ROOF(UB_NUMPROC));
BOMB(zombies, 95, die_unnoticed, 4, .meanwhile = can_fork, ROOF(UB_NUMPROC));
BOMB(exec, 95, exec_all, 20, .meanwhile = can_fork, ROOF(UB_NUMPROC));
BOMB(signals, 90, storm_signal, 20, ROOF(UB_NUMSIGINFO));
BOMB(locks, 90, storm_lock, 40, ROOF(UB_NUMFLOCK));

TEST_HARNESS_MAIN
