// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Making and ending containers of one CTID is serialised: many processes that
 * arm, start, limit and end the same four never have two that live under one
 * CTID, no list shows a CTID twice, and all are gone afterwards.
 *
 * Case T007.  SERIAL_SECONDS in the environment is how long.
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "lib/container.h"

#define WORKERS		8
#define CTIDS		4
#define FIRST		101

static struct tally {
	int live[CTIDS];	/* containers that somebody thinks are his */
	long armed, refused;
	long twice;		/* armed while it was somebody else's */
	long wrong;		/* answers that no call may give */
	int stop;
} *tally;

static long count(long *what)
{
	return __atomic_add_fetch(what, 1, __ATOMIC_RELAXED);
}

static void check(long ret, int allowed)
{
	if (ret < 0 && errno != allowed)
		count(&tally->wrong);
}

/* What others do with a container that may be there or not. */
static void meddle(int fd, int i)
{
	struct vzmod_limit limit = { .ctid = FIRST + i, .resource = UB_NUMPROC,
				     .barrier = 100, .limit = 100 };
	struct vzmod_ct_info info = { .ctid = FIRST + i };
	struct vzmod_ubstat stat = { .ctid = FIRST + i, .resource = UB_NUMPROC };

	check(ioctl(fd, VZMOD_SET_LIMIT, &limit), ESRCH);
	check(ioctl(fd, VZMOD_CT_INFO, &info), ESRCH);
	check(ioctl(fd, VZMOD_GET_UBSTAT, &stat), ESRCH);
}

/* Be the owner of a container from before it is one to after it is dead. */
static void live(int fd, int i)
{
	struct vzmod_start start = { .ctid = FIRST + i };
	int pair[2];

	if (__atomic_fetch_add(&tally->live[i], 1, __ATOMIC_SEQ_CST))
		count(&tally->twice);
	if (rand() % 4 && !pipe2(pair, O_CLOEXEC)) {
		start.pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
		if (!start.pid) {
			close(fd);
			_exit(read(pair[0], &i, 1));
		}
		if (rand() % 2)
			check(ioctl(fd, VZMOD_START, &start), 0);
		meddle(fd, i);
	}
	/* From here on it may be dead. */
	__atomic_fetch_sub(&tally->live[i], 1, __ATOMIC_SEQ_CST);
	if (start.pid > 0) {
		kill(start.pid, SIGKILL);
		close(pair[0]);
		close(pair[1]);
		waitpid(start.pid, NULL, 0);
	}
}

static void work(int number)
{
	struct vzmod_arm arm = { .uid_base = (200 + number) * VZMOD_ID_RANGE };
	int i, fd;

	srand(number);
	while (!__atomic_load_n(&tally->stop, __ATOMIC_RELAXED)) {
		i = rand() % CTIDS;
		fd = open("/dev/vzctl", O_RDWR | O_CLOEXEC);
		arm.ctid = FIRST + i;
		if (!ioctl(fd, VZMOD_ARM, &arm)) {
			count(&tally->armed);
			live(fd, i);
		} else if (errno == EEXIST || errno == EADDRINUSE) {
			count(&tally->refused);
			meddle(fd, rand() % CTIDS);
		} else {
			count(&tally->wrong);
		}
		close(fd);
	}
	_exit(0);
}

static int listed_twice(void)
{
	unsigned int ids[64];
	struct vzlist_veidctl list = { .num = 64, .id = ids };
	int n = vzctl(VZCTL_GET_VEIDS, &list), i, j, twice = 0;

	for (i = 0; i < n; i++)
		for (j = 0; j < i; j++)
			twice += ids[i] == ids[j];
	return twice;
}

TEST(containers_of_one_ctid_come_one_after_the_other)
{
	const char *text = getenv("SERIAL_SECONDS");
	double end = now() + (text ? atof(text) : 15);
	int i;

	klog_mark();
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	for (i = 0; i < WORKERS; i++)
		if (!fork())
			work(i);
	while (now() < end)
		ASSERT_EQ(0, listed_twice());
	tally->stop = 1;
	EXPECT_EQ(0, children_reap());
	for (i = 0; i < CTIDS; i++)
		EXPECT_EQ(0, ct_wait_gone(FIRST + i));
	EXPECT_EQ(0, tally->twice);
	EXPECT_EQ(0, tally->wrong);
	EXPECT_LT(100, tally->armed);
	EXPECT_LT(10, tally->refused);
	EXPECT_TRUE(no_leaks());
}

TEST_HARNESS_MAIN
