// SPDX-License-Identifier: GPL-2.0-or-later
/* Orderly interruption; see cancel.h. */
#include "cancel.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t requested;
static volatile sig_atomic_t child;

static void on_signal(int sig)
{
	static const char text[] = "\nCancelling...\n";
	int saved = errno;

	(void)sig;
	if (!requested && write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		errno = saved;
	requested = 1;
	if (child > 0)
		kill(child, SIGTERM);
	errno = saved;
}

static void set_handler(void (*handler)(int))
{
	/* No SA_RESTART: waiting must end. */
	struct sigaction action = { .sa_handler = handler };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

void cancel_watch(void)
{
	requested = 0;
	child = 0;
	set_handler(on_signal);
}

void cancel_unwatch(void)
{
	set_handler(SIG_DFL);
}

bool cancel_requested(void)
{
	return requested;
}

void cancel_set_child(pid_t pid)
{
	child = pid;
	/* The signal may have come between fork() and this call. */
	if (pid > 0 && requested)
		kill(pid, SIGTERM);
}
