// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * privvmpages is exact: after any sequence of mapping, unmapping, protecting,
 * moving, forking, executing, growing stacks and breaks it equals what a model
 * of these calls, page by page, has counted.
 *
 * Case T020.  PRIVVM_STEPS in the environment is the number of random steps.
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "lib/container.h"
#include "lib/pages.h"

#define WINDOW		262144L		/* pages: 1 GiB */
#define MAX_LEN		2000
#define MAX_BREAK	1000
#define MAX_STACK	1000
#define MAX_CHILDREN	4
#define CHECKS		100

/* What the model knows of a page of the window. */
enum page {
	UNMAPPED, CLOSED, WRITABLE, SHARED, SHARED_CLOSED,
};

static char *window;
static unsigned char model[WINDOW];
static long in_window, in_break, in_stack, elsewhere;
static int file;

static struct child {
	pid_t pid;
	long pages;
} children[MAX_CHILDREN];

/* This program again, with nothing to do but to keep its memory. */
static void __attribute__((constructor)) be_child(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "wait")) {
		kill(getpid(), SIGSTOP);
		_exit(0);
	}
}

static long expected(void)
{
	long sum = in_window + in_break + in_stack + elsewhere;
	int i;

	for (i = 0; i < MAX_CHILDREN; i++)
		sum += children[i].pages;
	return sum;
}

static void set(long first, long len, enum page state)
{
	for (; len--; first++) {
		in_window += (state == WRITABLE) - (model[first] == WRITABLE);
		model[first] = state;
	}
}

static char *at(long page)
{
	return window + page * PAGE;
}

struct range {
	long first, len;
};

static struct range some(void)
{
	struct range range = { .len = 1 + rand() % MAX_LEN };

	range.first = rand() % (WINDOW - range.len);
	return range;
}

static int failed(const void *map)
{
	return map == MAP_FAILED ? -errno : 0;
}

static int map_some(void)
{
	struct range range = some();
	int prot = rand() % 3 ? PROT_READ | PROT_WRITE : rand() % 2 ? PROT_READ : PROT_NONE;
	bool shared = rand() % 4 == 0, anonymous = !shared && rand() % 2;
	void *map = mmap(at(range.first), range.len * PAGE, prot,
			 MAP_FIXED | (shared ? MAP_SHARED : MAP_PRIVATE) |
			 (anonymous ? MAP_ANONYMOUS : 0), anonymous ? -1 : file, 0);

	if (shared)
		set(range.first, range.len, prot & PROT_WRITE ? SHARED : SHARED_CLOSED);
	else
		set(range.first, range.len, prot & PROT_WRITE ? WRITABLE : CLOSED);
	return failed(map);
}

static int unmap_some(void)
{
	struct range range = some();

	set(range.first, range.len, UNMAPPED);
	return unmap(at(range.first), range.len);
}

/* Ends with an error at the first hole, having changed what is before that. */
static int protect_some(void)
{
	struct range range = some();
	bool writable = rand() % 2;
	int ret = mprotect(at(range.first), range.len * PAGE,
			   writable ? PROT_READ | PROT_WRITE : PROT_READ);
	int error = ret ? errno : 0;
	long i = range.first;

	for (; i < range.first + range.len && model[i] != UNMAPPED; i++) {
		if (model[i] == SHARED || model[i] == SHARED_CLOSED)
			set(i, 1, writable ? SHARED : SHARED_CLOSED);
		else
			set(i, 1, writable ? WRITABLE : CLOSED);
	}
	return error == (i < range.first + range.len ? ENOMEM : 0) ? 0 : -error ?: -EINVAL;
}

/* A mapping that is certainly one, so that the kernel may move all of it. */
static int map_one(struct range *range)
{
	*range = some();
	set(range->first, range->len, WRITABLE);
	return failed(mmap(at(range->first), range->len * PAGE, PROT_READ | PROT_WRITE,
			   MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static bool overlap(struct range a, struct range b)
{
	return a.first < b.first + b.len && b.first < a.first + a.len;
}

static int move_one(void)
{
	struct range from, to;
	bool keep = rand() % 4 == 0;
	int ret = map_one(&from);

	do {
		to = some();
		if (keep)
			to.len = from.len;
	} while (overlap(from, to) || to.first + to.len > WINDOW);
	if (ret)
		return ret;
	ret = failed(mremap(at(from.first), from.len * PAGE, to.len * PAGE,
			    MREMAP_MAYMOVE | MREMAP_FIXED | (keep ? MREMAP_DONTUNMAP : 0),
			    at(to.first)));
	if (!keep)
		set(from.first, from.len, UNMAPPED);
	set(to.first, to.len, WRITABLE);
	return ret;
}

/* In place, if the pages after it are free. */
static int resize_one(void)
{
	struct range range;
	long len = 1 + rand() % MAX_LEN, i;
	int ret = map_one(&range);
	bool fits;

	if (ret || range.first + len > WINDOW)
		return ret;
	for (i = range.len; i < len && model[range.first + i] == UNMAPPED; i++)
		;
	fits = i >= len;
	ret = failed(mremap(at(range.first), range.len * PAGE, len * PAGE, 0));
	if (!fits)
		return ret == -ENOMEM ? 0 : -EINVAL;
	set(range.first, range.len, UNMAPPED);
	set(range.first, len, WRITABLE);
	return ret;
}

static int move_break(void)
{
	static char *lowest;
	long pages = rand() % MAX_BREAK;

	if (!lowest)
		lowest = (char *)((syscall(SYS_brk, 0) + PAGE - 1) & -PAGE);
	in_break = pages;
	return (char *)syscall(SYS_brk, lowest + pages * PAGE) == lowest + pages * PAGE ?
		0 : -ENOMEM;
}

static int grow_stack(void)
{
	static char *lowest;
	long pages = rand() % MAX_STACK;

	if (!lowest)
		lowest = stack_start();
	*(volatile char *)(lowest - pages * PAGE) = 1;
	if (in_stack < pages)
		in_stack = pages;
	return 0;
}

static void end_child(struct child *child)
{
	kill(child->pid, SIGKILL);
	waitpid(child->pid, NULL, 0);
	*child = (struct child){ };
}

static void become_child(bool exec)
{
	if (exec)
		execl("/proc/self/exe", "child", "wait", NULL);
	kill(getpid(), SIGSTOP);
	_exit(1);
}

/* A child has what its parent has, or as much as the kernel says that a program has. */
static int fork_one(bool exec)
{
	struct child *child = &children[rand() % MAX_CHILDREN];
	int status;

	if (child->pid)
		end_child(child);
	child->pid = fork();
	if (!child->pid)
		become_child(exec);
	if (child->pid < 0)
		return -errno;
	waitpid(child->pid, &status, WUNTRACED);
	if (!WIFSTOPPED(status))
		return -ECHILD;
	child->pages = exec ? pages_private(child->pid) :
			      in_window + in_break + in_stack + elsewhere;
	return 0;
}

static const struct { int weight; int (*once)(void); } ways[] = {
	{ 350, map_some }, { 200, unmap_some }, { 250, protect_some }, { 60, move_one },
	{ 60, resize_one }, { 60, move_break }, { 18, grow_stack },
};

/* Returns what the model expects, or a negative errno. */
static long random_steps(long n)
{
	int ret = 0, dice, i;

	while (n-- && !ret) {
		dice = rand() % 1000;
		for (i = 0; i < 7 && (dice -= ways[i].weight) >= 0; i++)
			;
		ret = i < 7 ? ways[i].once() : fork_one(dice % 2);
	}
	return ret ?: expected();
}

static long begin(long seed)
{
	srand(seed);
	file = open("/tmp/file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0)
		return -errno;
	window = map_at(NULL, WINDOW, PROT_NONE, MAP_PRIVATE);
	if (!window || unmap(window, WINDOW))
		return -errno;
	stack_start();
	elsewhere = pages_private(0);
	return elsewhere;
}

static long end_all(long unused)
{
	int i;

	(void)unused;
	for (i = 0; i < MAX_CHILDREN; i++)
		if (children[i].pid)
			end_child(&children[i]);
	set(0, WINDOW, UNMAPPED);
	return unmap(window, WINDOW) ?: expected();
}

FIXTURE(privvm) {
	struct ct ct;
};

FIXTURE_SETUP(privvm)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(privvm)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

TEST_F_TIMEOUT(privvm, equals_the_model_after_random_steps, 900)
{
	const char *steps = getenv("PRIVVM_STEPS");
	long per_check = (steps ? atol(steps) : 100000) / CHECKS;
	long pages, most = 0;
	struct ct *ct = &self->ct;
	int i;

	pages = ct_call(ct, begin, 1);
	ASSERT_LT(0, pages);
	ASSERT_EQ(pages, ct_held(ct, UB_PRIVVMPAGES));
	for (i = 0; i < CHECKS; i++) {
		pages = ct_call(ct, random_steps, per_check);
		ASSERT_LE(0, pages);
		if (most < pages)
			most = pages;
		ASSERT_EQ(pages, ct_held(ct, UB_PRIVVMPAGES)) {
			TH_LOG("after %ld steps", (i + 1) * per_check);
		}
	}
	EXPECT_LE(WINDOW / 4, most);	/* it was a load */
	EXPECT_EQ(ct_call(ct, end_all, 0), ct_held(ct, UB_PRIVVMPAGES));
	EXPECT_EQ(0, ct_stat(ct, UB_PRIVVMPAGES).failcnt);
}

TEST_HARNESS_MAIN
