// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * privvmpages: what is asked for is refused at the barrier, what a program
 * needs to go on only at the limit; with the errno, or signal, that OpenVZ
 * documents, and failcnt counts each refusal once.  No way around.
 *
 * Case T021 (severities HARD and SOFT).
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "lib/container.h"
#include "lib/pages.h"

#define RW	(PROT_READ | PROT_WRITE)

#define PROGRAM_PAGES	100
#define PROGRAM_AT	0x400000

/* A program that needs memory and asks for none: it ends at once, without a library. */
static const struct {
	unsigned char ident[16];
	__u16 type, machine;
	__u32 version;
	__u64 entry, segments_at, sections_at;
	__u32 header_flags;
	__u16 header_size, segment_size, segments, section_size, sections, names;

	__u32 segment_type, segment_flags;
	__u64 offset, address, physical, file_size, memory_size, align;

	unsigned char code[9];
} program = {
	.ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
	.type = ET_EXEC, .machine = EM_X86_64, .version = EV_CURRENT,
	.entry = PROGRAM_AT + offsetof(typeof(program), code),
	.segments_at = offsetof(typeof(program), segment_type),
	.header_size = offsetof(typeof(program), segment_type), .segments = 1,
	.segment_size = offsetof(typeof(program), code) - offsetof(typeof(program), segment_type),

	.segment_type = PT_LOAD, .segment_flags = PF_R | PF_W | PF_X, .address = PROGRAM_AT,
	.file_size = sizeof(program), .memory_size = PROGRAM_PAGES * PAGE, .align = PAGE,

	.code = { 0x31, 0xff, 0xb8, SYS_exit, 0, 0, 0, 0x0f, 0x05 },
};

/* --- steps ---------------------------------------------------------------- */

static char *block;

static long private_pages(long unused)
{
	(void)unused;
	return pages_private(0);
}

static long keep(void *map)
{
	if (!map)
		return -errno;
	block = map;
	return 0;
}

static long map_block(long pages)
{
	return keep(map_private(pages));
}

static long map_none(long pages)
{
	return keep(map_at(NULL, pages, PROT_NONE, MAP_PRIVATE));
}

/* Over what is there already, or a part of it. */
static long map_over(long pages)
{
	return map_at(block, pages, RW, MAP_PRIVATE | MAP_FIXED) ? 0 : -errno;
}

static long unmap_block(long pages)
{
	return unmap(block, pages);
}

static long protect_block(long pages)
{
	return mprotect(block, pages * PAGE, RW) ? -errno : 0;
}

static long withdraw_block(long pages)
{
	return mprotect(block, pages * PAGE, PROT_READ) ? -errno : 0;
}

/* From one page to @pages. */
static long remap_block(long pages)
{
	void *map = mremap(block, PAGE, pages * PAGE, MREMAP_MAYMOVE);

	return keep(map == MAP_FAILED ? NULL : map);
}

/* 0 if the break is where it was asked to be, 1 if it stayed, anything else is wrong. */
static long move_break(long pages)
{
	long old = syscall(SYS_brk, 0), new = syscall(SYS_brk, old + pages * PAGE);

	return new == old + pages * PAGE ? 0 : new == old ? 1 : -1;
}

static long fork_once(long unused)
{
	pid_t pid = fork();

	(void)unused;
	if (!pid)
		_exit(0);
	return pid < 0 ? -errno : children_reap();
}

/* Another limit, which is reached long since. */
static long limit_data(long pages)
{
	const struct rlimit limit = { pages * PAGE, RLIM_INFINITY };

	return setrlimit(RLIMIT_DATA, &limit) ? -errno : 0;
}

/* The signal that a child dies of when it touches its stack @pages below what there is. */
static long touch_stack(long pages)
{
	char *below = stack_start() - pages * PAGE;
	int status;
	pid_t pid = vfork();

	if (!pid) {
		*(volatile char *)below = 1;
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static long write_program(long unused)
{
	int fd = open("/tmp/program", O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	ssize_t len = write(fd, &program, sizeof(program));

	(void)unused;
	return close(fd) || len != sizeof(program) ? -errno : 0;
}

/* Grow, shrink and move in one address space, several at a time. */
static void *churn(void *arg)
{
	unsigned int seed = (long)arg;
	long pages, more;
	void *at, *moved;
	int i;

	for (i = 0; i < 2000; i++) {
		pages = 1 + rand_r(&seed) % 50;
		more = 1 + rand_r(&seed) % 50;
		at = map_private(pages);
		if (!at)
			continue;
		moved = mremap(at, pages * PAGE, more * PAGE, MREMAP_MAYMOVE);
		if (moved != MAP_FAILED) {
			at = moved;
			pages = more;
		}
		mprotect(at, PAGE, rand_r(&seed) % 2 ? PROT_READ : RW);
		if (rand_r(&seed) % 8 == 0)
			map_at(at, 1, RW, MAP_PRIVATE | MAP_FIXED);
		unmap(at, pages);
	}
	return NULL;
}

static long churn_together(long threads)
{
	pthread_t thread[8];
	long i;

	for (i = 0; i < threads; i++)
		if (pthread_create(&thread[i], NULL, churn, (void *)i))
			return -EAGAIN;
	for (i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	return pages_private(0);
}

/* What execve() says, or 0 if it works. vfork(), so that the child costs nothing before. */
static long execute(long unused)
{
	static char *const args[] = { "program", NULL }, *const environment[] = { NULL };
	static volatile int error;
	int status;
	pid_t pid;

	(void)unused;
	error = 0;
	pid = vfork();
	if (!pid) {
		execve("/tmp/program", args, environment);
		error = errno;
		_exit(1);
	}
	waitpid(pid, &status, 0);
	return error ? -error : WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* --- tests ---------------------------------------------------------------- */

FIXTURE(privvm) {
	struct ct ct;
	unsigned long idle;
};

FIXTURE_SETUP(privvm)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	ASSERT_EQ(0, ct_call(&self->ct, write_program, 0));
	self->idle = ct_held(&self->ct, UB_PRIVVMPAGES);
}

FIXTURE_TEARDOWN(privvm)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

static unsigned long failcnt(struct ct *ct)
{
	return ct_stat(ct, UB_PRIVVMPAGES).failcnt;
}

/* Held by address spaces; what is in files in memory counts as well. */
static unsigned long mapped(struct ct *ct)
{
	return ct_held(ct, UB_PRIVVMPAGES) - ct_held(ct, UB_SHMPAGES);
}

/* Leave @hard pages to what is asked for and @soft to what has to be. */
static int leave(struct ct *ct, unsigned long hard, unsigned long soft)
{
	unsigned long held = ct_held(ct, UB_PRIVVMPAGES);

	return ct_limit(ct, UB_PRIVVMPAGES, held + hard, held + soft);
}

TEST_F(privvm, is_what_the_kernel_counts_from_the_first_process_on)
{
	EXPECT_TRUE(ct_stat(&self->ct, UB_PRIVVMPAGES).flags & VZMOD_UB_ACCOUNTED);
	EXPECT_LT(0, self->idle);
	EXPECT_EQ(mapped(&self->ct), ct_call(&self->ct, private_pages, 0));
}

TEST_F(privvm, that_are_asked_for_are_refused_at_the_barrier)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, map_block, 1));
	ASSERT_EQ(0, leave(ct, 10, 100000));
	EXPECT_EQ(-ENOMEM, ct_call(ct, map_block, 11));
	EXPECT_EQ(1, failcnt(ct));
	EXPECT_EQ(-ENOMEM, ct_call(ct, remap_block, 12));
	EXPECT_EQ(2, failcnt(ct));
	EXPECT_EQ(1, ct_call(ct, move_break, 11));
	EXPECT_EQ(3, failcnt(ct));
	EXPECT_EQ(-ENOMEM, ct_call(ct, fork_once, 0));
	EXPECT_EQ(4, failcnt(ct));

	EXPECT_EQ(0, ct_call(ct, move_break, 2));
	EXPECT_EQ(0, ct_call(ct, remap_block, 4));
	EXPECT_EQ(0, ct_call(ct, map_block, 5));
	EXPECT_EQ(4, failcnt(ct));
	EXPECT_EQ(self->idle + 11, ct_held(ct, UB_PRIVVMPAGES));
	EXPECT_EQ(mapped(ct), ct_call(ct, private_pages, 0));
	EXPECT_EQ(-ENOMEM, ct_call(ct, map_block, 1));
}

TEST_F(privvm, that_are_needed_are_refused_at_the_limit)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, map_none, 11));
	ASSERT_EQ(0, leave(ct, 0, 10));
	EXPECT_EQ(-ENOMEM, ct_call(ct, protect_block, 11));
	EXPECT_EQ(1, failcnt(ct));
	EXPECT_EQ(SIGSEGV, ct_call(ct, touch_stack, 11));
	EXPECT_EQ(2, failcnt(ct));
	EXPECT_EQ(self->idle, ct_held(ct, UB_PRIVVMPAGES));

	EXPECT_EQ(0, ct_call(ct, protect_block, 6));
	EXPECT_EQ(0, ct_call(ct, touch_stack, 4));
	EXPECT_EQ(2, failcnt(ct));
	EXPECT_EQ(self->idle + 10, ct_held(ct, UB_PRIVVMPAGES));
	EXPECT_EQ(mapped(ct), ct_call(ct, private_pages, 0));

	EXPECT_EQ(-ENOMEM, ct_call(ct, execute, 0));
	EXPECT_EQ(3, failcnt(ct));
	EXPECT_EQ(self->idle + 10, ct_held(ct, UB_PRIVVMPAGES));
}

TEST_F(privvm, that_a_program_needs_to_begin_pass_the_barrier)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, leave(ct, 0, 10000));
	EXPECT_EQ(0, ct_call(ct, execute, 0));
	EXPECT_EQ(0, failcnt(ct));
	EXPECT_EQ(self->idle, ct_held(ct, UB_PRIVVMPAGES));
	EXPECT_LT(self->idle + PROGRAM_PAGES, ct_stat(ct, UB_PRIVVMPAGES).maxheld);
}

/* Enough for the stack, but not for the program: too late to return an error. */
TEST_F(privvm, that_are_missing_while_it_is_loaded_kill_it)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, leave(ct, 0, PROGRAM_PAGES / 2));
	EXPECT_EQ(SIGSEGV, ct_call(ct, execute, 0));
	EXPECT_EQ(self->idle, ct_held_when(ct, UB_PRIVVMPAGES, self->idle));
}

TEST_F(privvm, cannot_be_had_by_mapping_over_what_is_free)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, map_none, 100));
	ASSERT_EQ(0, leave(ct, 10, 10));
	EXPECT_EQ(self->idle, ct_held(ct, UB_PRIVVMPAGES));
	EXPECT_EQ(-ENOMEM, ct_call(ct, map_over, 100));
	EXPECT_EQ(1, failcnt(ct));
	EXPECT_EQ(0, ct_call(ct, map_over, 10));
	EXPECT_EQ(self->idle + 10, ct_held(ct, UB_PRIVVMPAGES));

	/* What takes the place of as much costs nothing. */
	EXPECT_EQ(0, ct_call(ct, map_over, 10));
	EXPECT_EQ(0, ct_call(ct, map_over, 5));
	EXPECT_EQ(-ENOMEM, ct_call(ct, map_over, 11));
	EXPECT_EQ(self->idle + 10, ct_held(ct, UB_PRIVVMPAGES));
	EXPECT_EQ(2, failcnt(ct));
}

TEST_F(privvm, that_cannot_be_written_to_any_more_are_given_back)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, map_block, 100));
	EXPECT_EQ(self->idle + 100, ct_held(ct, UB_PRIVVMPAGES));
	EXPECT_EQ(0, ct_call(ct, withdraw_block, 60));
	EXPECT_EQ(self->idle + 40, ct_held(ct, UB_PRIVVMPAGES));
	EXPECT_EQ(0, ct_call(ct, unmap_block, 100));
	EXPECT_EQ(self->idle, ct_held(ct, UB_PRIVVMPAGES));
}

TEST_F(privvm, that_are_refused_for_another_reason_are_not_charged)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, map_block, 1));
	ASSERT_EQ(0, ct_call(ct, limit_data, 1));
	EXPECT_EQ(-ENOMEM, ct_call(ct, map_block, 10));
	EXPECT_EQ(-ENOMEM, ct_call(ct, remap_block, 10));
	EXPECT_EQ(1, ct_call(ct, move_break, 10));
	EXPECT_EQ(0, failcnt(ct));
	EXPECT_EQ(self->idle + 1, ct_held(ct, UB_PRIVVMPAGES));
}

TEST_F_TIMEOUT(privvm, are_exact_after_threads_were_in_each_others_way, 120)
{
	struct ct *ct = &self->ct;

	EXPECT_LT(0, ct_call(ct, churn_together, 4));
	EXPECT_EQ(mapped(ct), ct_call(ct, private_pages, 0));
	EXPECT_EQ(0, failcnt(ct));

	/* And while they are refused. */
	ASSERT_EQ(0, leave(ct, 60, 60));
	EXPECT_LT(0, ct_call(ct, churn_together, 4));
	EXPECT_EQ(mapped(ct), ct_call(ct, private_pages, 0));
	EXPECT_LT(0, failcnt(ct));
	EXPECT_GE(ct_stat(ct, UB_PRIVVMPAGES).limit, ct_held(ct, UB_PRIVVMPAGES));
}

TEST_HARNESS_MAIN
