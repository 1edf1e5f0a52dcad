// SPDX-License-Identifier: GPL-2.0-or-later
/* See probe.h. */
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container.h"
#include "memory.h"
#include "sockets.h"

#define PATHS	100
#define TIMES	8192
#define MEMORY	(PAGES(1) * PAGE)

static char block[PAGE];
static int file = -1;
static int line[2] = { -1, -1 };	/* both ends of a connection */

/* --- one of each kind ------------------------------------------------------- */

static int execute(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	return waitpid(pid, &status, 0) == pid && !status ? 0 : -1;
}

/* A block that is a new one each time, so that the journal has to be written. */
static int save(void)
{
	return ftruncate(file, 0) ?: pwrite(file, block, PAGE, 0) == PAGE ? fsync(file) : -1;
}

/* There and back; in one process, as the scheduler has more than one way with two. */
static int echo(void)
{
	char byte = 0;
	int i;

	for (i = 0; i < 2; i++)
		if (send(line[i], &byte, 1, MSG_NOSIGNAL) != 1 || recv(line[!i], &byte, 1, 0) != 1)
			return -1;
	return 0;
}

static int touch(void)
{
	char *at = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long i;

	if (at == MAP_FAILED)
		return -1;
	for (i = 0; i < MEMORY; i += PAGE)
		at[i] = 1;
	return munmap(at, MEMORY);
}

static int look_up(void)
{
	struct stat stat_buf;
	char name[16];
	int i, fd, bad = 0;

	for (i = 0; i < PATHS; i++) {
		snprintf(name, sizeof(name), "paths/%d", i);
		fd = open(name, O_RDONLY | O_CLOEXEC);
		bad |= fd < 0 || close(fd) || stat(name, &stat_buf);
	}
	return bad ? -1 : 0;
}

/* A round is so many of each, which take about the same time. */
static const struct {
	int (*once)(void);
	int times;
} kinds[PROBE_KINDS] = {
	[PROBE_EXEC] = { execute, 1 },
	[PROBE_FSYNC] = { save, 6 },
	[PROBE_TCP] = { echo, 60 },
	[PROBE_MEMORY] = { touch, 1 },
	[PROBE_PATHS] = { look_up, 1 },
};

const char *const probe_names[PROBE_KINDS] = { "exec", "fsync", "tcp", "memory", "paths" };

/* --- before and after --------------------------------------------------------- */

static int make_files(void)
{
	char name[16];
	int i, fd;

	if (mkdir("paths", 0700) && errno != EEXIST)
		return -errno;
	for (i = 0; i < PATHS; i++) {
		snprintf(name, sizeof(name), "paths/%d", i);
		fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			return -errno;
		close(fd);
	}
	file = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return file < 0 ? -errno : 0;
}

static int open_line(void)
{
	const int on = 1;
	int ret = pair_open(PAIR_TCP, line), i;

	for (i = 0; i < 2 && !ret; i++)
		ret = setsockopt(line[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return ret;
}

/* Step: get ready, for as many runs as there will be. */
long probe_prepare(long arg)
{
	const struct probe *probe = (void *)arg;

	if (chdir(probe->folder))
		return -errno;
	return make_files() ?: open_line();
}

/* What each has taken; of a long run the beginning. */
static double times[PROBE_KINDS][TIMES];

static int work_once(int kind, struct probe_work *work)
{
	double start = now(), took;
	int ret = kinds[kind].once();

	took = now() - start;
	if (work->ops < TIMES)
		times[kind][(int)work->ops] = took;
	work->ops++;
	work->seconds += took;
	return ret;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void find_slowest(int kind, struct probe_work *work)
{
	int n = work->ops < TIMES ? work->ops : TIMES;

	if (!n)
		return;
	qsort(times[kind], n, sizeof(*times[kind]), by_size);
	work->p95 = times[kind][n * 95 / 100];
	work->longest = times[kind][n - 1];
}

static int work_round(struct probe_work *work)
{
	int kind, i, ret = 0;

	for (kind = 0; kind < PROBE_KINDS; kind++)
		for (i = 0; i < kinds[kind].times && !ret; i++)
			ret = work_once(kind, &work[kind]);
	return ret;
}

/* Step: do rounds until the time is over; fails if any of the work does. */
long probe_run(long arg)
{
	struct probe *probe = (void *)arg;
	double start = now();
	int i, ret = 0;

	for (i = 0; i < PROBE_KINDS; i++)
		probe->work[i] = (struct probe_work){ 0 };
	for (probe->rounds = 0; !ret && now() < start + probe->seconds; probe->rounds++)
		ret = work_round(probe->work);
	probe->took = now() - start;
	for (i = 0; i < PROBE_KINDS; i++)
		find_slowest(i, &probe->work[i]);
	return ret ? -EIO : 0;
}

/* probe_share() - the speed in one run by that in another */
double probe_share(const struct probe *with, const struct probe *without)
{
	return (with->rounds / with->took) / (without->rounds / without->took);
}
