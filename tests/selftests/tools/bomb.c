// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bomb fork|open FILE: takes as many processes, or open files, as there are to
 * be had, for as long as FILE is there.  Its remains need not be hunted down.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define REST_USECS	10000	/* after a refusal */

static int take_process(void)
{
	return fork();
}

static int take_file(void)
{
	return open("/dev/null", O_RDONLY);
}

/* The roof is to be the container's, not that of one process. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	int (*take)(void);

	if (argc != 3) {
		fputs("usage: bomb fork|open FILE\n", stderr);
		return 2;
	}
	take = strcmp(argv[1], "fork") ? take_file : take_process;
	raise_file_limit();
	while (!access(argv[2], F_OK))
		if (take() < 0)
			usleep(REST_USECS);
	return 0;
}
