// SPDX-License-Identifier: GPL-2.0-or-later
/* contain CTID COMMAND...: run a command in a container that is there as long as it runs. */
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/container.h"

static char **command;

static long run(long unused)
{
	pid_t pid = fork();
	int status;

	(void)unused;
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	if (waitpid(pid, &status, 0) != pid)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	struct ct ct = { };
	int ret;

	if (argc < 3)
		errx(2, "usage: contain CTID COMMAND...");
	command = argv + 2;
	ret = ct_start(&ct, strtoul(argv[1], NULL, 10));
	if (ret)
		errx(1, "container %s: %s", argv[1], strerror(-ret));
	ret = ct_call(&ct, run, 0);
	ct_kill(&ct);
	return ret < 0 ? 1 : ret;
}
