// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /dev/vzctl survives every byte pattern: four processes make random calls,
 * most of them almost right, as 64-bit and as 32-bit callers; none takes long,
 * the kernel does not complain, and containers are as they were.
 *
 * Case T002.  VZFUZZ_CALLS in the environment is how many calls, VZFUZZ_SEED
 * where the random numbers begin.
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "lib/calls.h"
#include "lib/container.h"

#define PROCESSES	4
#define CALLS		100000
#define SECONDS		1	/* that a call may take */

/* What the fuzzers must not touch: their CTIDs go up to 1100. */
#define CTID		2000
#define OTHERS		1100

static struct tally {
	long accepted, refused;
	double longest;
} *tally;

static const unsigned long values[] = {
	0, 1, 2, 24, 25, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff, UB_MAXVALUE,
	UB_MAXVALUE + 1, -1UL, 0xffff888000000000, 1UL << 32 | 101,
};

/* One member of 32 or 64 bits gets a value that is special, or is not. */
static void mutate(char *arg, size_t size)
{
	unsigned long value = rand() % 2 ? values[rand() % (sizeof(values) / sizeof(*values))] :
				(unsigned long)rand() << rand() % 40;
	size_t at = rand() % size & ~3;

	memcpy(arg + at, &value, rand() % 2 && at + 8 <= size ? 8 : 4);
}

static unsigned long random_cmd(void)
{
	static const char types[] = { VZCTLTYPE, VZLISTTYPE, (char)VZMODTYPE, 'v', '(' };

	return _IOC(rand() % 4, (unsigned char)types[rand() % sizeof(types)], rand() % 16,
		    rand() % 128);
}

/* A call of the grammar, or nothing but noise. */
static unsigned long make_up(char *arg)
{
	const struct call *call = &calls[rand() % n_calls];
	size_t i;

	if (rand() % 5 == 0) {
		for (i = 0; i < CALL_MAX_SIZE; i++)
			arg[i] = rand();
		return rand() % 2 ? call->cmd : random_cmd();
	}
	memset(arg, 0, CALL_MAX_SIZE);
	call->fill(arg, rand() % (OTHERS + 1));
	if (rand() % 2)
		mutate(arg, call->size);
	return call->cmd;
}

/* A list goes where it harms nobody; what is special stays special. */
static void keep_lists_off(unsigned long cmd, char *arg, void *spare)
{
	struct vzlist_veidctl *list = (void *)arg;

	if (cmd != VZCTL_GET_VEIDS)
		return;
	list->num %= 1000;
	if ((unsigned long)list->id > 4096)
		list->id = spare;
}

static void one_call(int fd, char *arg, void *spare)
{
	unsigned long cmd = make_up(arg);
	double start;
	long ret;

	if (cmd == VZMOD_SET_LIMIT && !((struct vzmod_limit *)arg)->ctid)
		return;		/* the limits of the host are not ours to change */
	keep_lists_off(cmd, arg, spare);
	start = now();
	ret = rand() % 2 ? ioctl(fd, cmd, arg) : ioctl32(fd, cmd, arg);
	if (tally->longest < now() - start)
		tally->longest = now() - start;
	__atomic_add_fetch(ret < 0 ? &tally->refused : &tally->accepted, 1, __ATOMIC_RELAXED);
}

/* Now and then an armed task does what it was armed for. */
static void maybe_clone(void)
{
	pid_t pid;

	if (rand() % 20)
		return;
	pid = syscall(SYS_clone, (rand() % 2 ? CLONE_NEWUSER | CLONE_NEWPID : 0) | SIGCHLD,
		      0, 0, 0, 0);
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
}

static void fuzz(int seed, long n)
{
	char *arg = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	int fd = -1;

	srand(seed);
	while (n--) {
		if (fd < 0 || rand() % 50 == 0) {
			maybe_clone();
			close(fd);
			fd = open("/dev/vzctl", O_RDWR | O_CLOEXEC);
		}
		one_call(fd, arg, arg + 4096);
	}
	_exit(0);
}

static long number(const char *name, long otherwise)
{
	const char *text = getenv(name);

	return text ? atol(text) : otherwise;
}

static bool only_one_left(void)
{
	struct vzlist_veidctl list = { 0 };

	return vzctl(VZCTL_GET_VEIDS, &list) == 1 && ct_listed(CTID);
}

FIXTURE(vzctl) {
};

FIXTURE_SETUP(vzctl)
{
}

FIXTURE_TEARDOWN(vzctl)
{
}

TEST_F_TIMEOUT(vzctl, survives_random_calls, 600)
{
	struct vzmod_ubstat before[UB_RESOURCES], after;
	long n = number("VZFUZZ_CALLS", CALLS), seed = number("VZFUZZ_SEED", 1);
	struct ct ct = { 0 };
	int i;

	klog_mark();
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	ASSERT_EQ(0, ct_start(&ct, CTID));
	for (i = 0; i < UB_RESOURCES; i++)
		before[i] = ct_stat(&ct, i);

	for (i = 0; i < PROCESSES; i++)
		if (!fork())
			fuzz(seed + i, n / PROCESSES);
	for (i = 0; i < PROCESSES; i++)
		EXPECT_LT(0, wait(NULL));

	EXPECT_TRUE(wait_until(only_one_left()));
	for (i = 0; i < UB_RESOURCES; i++) {
		after = ct_stat(&ct, i);
		EXPECT_EQ(0, memcmp(&before[i], &after, sizeof(after)));
	}
	EXPECT_LT(n / 20, tally->accepted);
	EXPECT_LT(n / 20, tally->refused);
	EXPECT_GT(SECONDS, tally->longest);
	EXPECT_EQ(0, ct_stop(&ct));
	EXPECT_TRUE(no_leaks());
}

TEST_HARNESS_MAIN
