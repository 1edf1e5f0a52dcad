// SPDX-License-Identifier: GPL-2.0-or-later
/* See memory.h. */
#include "memory.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define KIDS_MAX	64

static pid_t kids[KIDS_MAX];
static int n_kids;

static void __attribute__((noreturn)) be_hungry(unsigned long pages)
{
	char *memory = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long i;

	if (memory == MAP_FAILED)
		_exit(1);
	madvise(memory, pages * PAGE, MADV_NOHUGEPAGE);
	for (i = 0; i < pages; i++)
		memory[i * PAGE] = i;
	kill(getpid(), SIGSTOP);
	_exit(0);
}

long eat(long pages)
{
	pid_t kid = fork();
	int status;

	if (!kid)
		be_hungry(pages);
	if (kid < 0 || waitpid(kid, &status, WUNTRACED) != kid)
		return -errno;
	if (!WIFSTOPPED(status))
		return WIFSIGNALED(status) ? -WTERMSIG(status) : -EIO;
	kids[n_kids++ % KIDS_MAX] = kid;
	return 0;
}

long eating(long unused)
{
	long n = 0;
	int i;

	(void)unused;
	for (i = 0; i < n_kids; i++) {
		siginfo_t info = { 0 };

		waitid(P_PID, kids[i], &info, WEXITED | WNOHANG | WNOWAIT);
		n += !info.si_pid;
	}
	return n;
}

long stop_eating(long arg)
{
	int status;
	long n = 0;

	(void)arg;
	while (n_kids) {
		n_kids--;
		n += !waitpid(kids[n_kids], &status, WNOHANG);
		kill(kids[n_kids], SIGKILL);
		waitpid(kids[n_kids], &status, 0);
	}
	return n;
}

bool eat_piece(void)
{
	const size_t piece = PAGES(1) * PAGE;
	void *at = mmap(NULL, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return false;
	memset(at, 1, piece);
	return true;
}

void __attribute__((noreturn)) eat_forever(void)
{
	while (eat_piece())
		;
	_exit(1);
}
