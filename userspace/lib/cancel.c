// SPDX-License-Identifier: GPL-2.0-or-later
/* Orderly interruption; see cancel.h. */
#include "cancel.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* A signal may come between the look at cancel_requested() and a wait. */
#define AGAIN_SECONDS	1

static volatile sig_atomic_t requested;
static volatile sig_atomic_t deaf;
static volatile sig_atomic_t child;

static void on_signal(int sig)
{
	static const char text[] = "\nCancelling...\n";
	int saved = errno;

	(void)sig;
	if (deaf)
		return;
	if (!requested && write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		errno = saved;
	requested = 1;
	if (child > 0)
		kill(child, SIGTERM);
	alarm(AGAIN_SECONDS);
	errno = saved;
}

static void set_handler(void (*handler)(int))
{
	static const int signals[] = { SIGINT, SIGTERM, SIGALRM };
	/* No SA_RESTART: waiting must end. */
	struct sigaction old, action = { .sa_handler = handler };

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (!sigaction(signals[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
}

void cancel_watch(void)
{
	alarm(0);
	requested = 0;
	deaf = 0;
	child = 0;
	set_handler(on_signal);
}

void cancel_ignore(void)
{
	deaf = 1;
	set_handler(on_signal);
}

void cancel_unwatch(void)
{
	alarm(0);
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
