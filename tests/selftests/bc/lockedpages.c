// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lockedpages: every way to lock memory is charged with the length that is
 * locked and refused with ENOMEM at the barrier, only a locked stack may grow
 * up to the limit; every way to unlock it, to unmap it or to die gives it back.
 *
 * Case T021.
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "lib/container.h"
#include "lib/pages.h"

#define RW		(PROT_READ | PROT_WRITE)
#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE	0x08
#endif

#define BARRIER		100
#define IA32_MLOCKALL	152

/* --- steps ---------------------------------------------------------------- */

static char *block;
static int segment;

static long result(long ret)
{
	return ret < 0 ? -errno : ret;
}

static long map_block(long pages)
{
	block = map_private(pages);
	return block ? 0 : -errno;
}

static long map_locked(long pages)
{
	return map_at(NULL, pages, RW, MAP_PRIVATE | MAP_LOCKED) ? 0 : -errno;
}

static long lock(long pages)
{
	return result(mlock(block, pages * PAGE));
}

static long lock_on_fault(long pages)
{
	return result(mlock2(block, pages * PAGE, MLOCK_ONFAULT));
}

static long unlock(long pages)
{
	return result(munlock(block, pages * PAGE));
}

static long unmap_some(long pages)
{
	return unmap(block, pages);
}

static long resize(long pages)
{
	return mremap(block, PAGE, pages * PAGE, MREMAP_MAYMOVE) == MAP_FAILED ? -errno : 0;
}

static long lock_all(long flags)
{
	return result(mlockall(flags));
}

static long lock_all_ia32(long flags)
{
	long ret;

	asm volatile ("int $0x80" : "=a" (ret) : "0" ((long)IA32_MLOCKALL), "b" (flags)
		      : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}

static long unlock_all(long unused)
{
	(void)unused;
	return result(munlockall());
}

static long move_break(long pages)
{
	return sbrk(pages * PAGE) == (void *)-1 ? -errno : 0;
}

static long make_segment(long pages)
{
	segment = shmget(IPC_PRIVATE, pages * PAGE, 0600);
	return result(segment);
}

static long attach_segment(long unused)
{
	(void)unused;
	block = shmat(segment, NULL, 0);
	return block == (void *)-1 ? -errno : 0;
}

static long detach_segment(long unused)
{
	(void)unused;
	return result(shmdt(block));
}

static long control_segment(long cmd)
{
	return result(shmctl(segment, cmd, NULL));
}

/* How much more is held while there is a child, which does not inherit locks. */
static long have_child(long unused)
{
	pid_t pid = fork();

	(void)unused;
	if (!pid)
		for (;;)
			pause();
	return pid < 0 ? -errno : 0;
}

/* The signal that a child of ours dies of when it touches its stack below what there is. */
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

/* Pages that the kernel says are locked. */
static long kernel_counts(long unused)
{
	char text[4096], *at;
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	(void)unused;
	close(fd);
	text[n < 0 ? 0 : n] = 0;
	at = strstr(text, "VmLck:");
	return at ? atol(at + 6) * 1024 / PAGE : -ENOENT;
}

/* Memory that locks itself when it is mapped; -ENOSYS if there is none on this machine. */
static long map_secret(long pages)
{
	int fd = syscall(SYS_memfd_secret, 0);
	void *map;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, pages * PAGE))
		return -errno;
	map = mmap(NULL, pages * PAGE, RW, MAP_SHARED, fd, 0);
	close(fd);
	return map == MAP_FAILED ? -errno : 0;
}

/* Memory that the kernel may drop, and does not lock; -EINVAL if there is none. */
static long lock_droppable(long pages)
{
	void *map = mmap(NULL, pages * PAGE, RW, MAP_DROPPABLE | MAP_ANONYMOUS, -1, 0);

	return map == MAP_FAILED || mlock(map, pages * PAGE) ? -errno : 0;
}

/* --- tests ---------------------------------------------------------------- */

FIXTURE(locked) {
	struct ct ct;
};

FIXTURE_SETUP(locked)
{
	const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };

	klog_mark();
	ASSERT_EQ(0, setrlimit(RLIMIT_MEMLOCK, &none));
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	ASSERT_EQ(0, ct_limit(&self->ct, UB_LOCKEDPAGES, BARRIER, BARRIER + 10));
	ASSERT_EQ(0, ct_call(&self->ct, map_block, BARRIER + 1));
}

FIXTURE_TEARDOWN(locked)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

static unsigned long held(struct ct *ct)
{
	return ct_held(ct, UB_LOCKEDPAGES);
}

static unsigned long failcnt(struct ct *ct)
{
	return ct_stat(ct, UB_LOCKEDPAGES).failcnt;
}

TEST_F(locked, pages_are_refused_at_the_barrier)
{
	struct ct *ct = &self->ct;

	EXPECT_TRUE(ct_stat(ct, UB_LOCKEDPAGES).flags & VZMOD_UB_ACCOUNTED);
	EXPECT_EQ(-ENOMEM, ct_call(ct, lock, BARRIER + 1));
	EXPECT_EQ(1, failcnt(ct));
	EXPECT_EQ(-ENOMEM, ct_call(ct, lock_on_fault, BARRIER + 1));
	EXPECT_EQ(2, failcnt(ct));
	EXPECT_EQ(-ENOMEM, ct_call(ct, map_locked, BARRIER + 1));
	EXPECT_EQ(3, failcnt(ct));
	EXPECT_EQ(0, held(ct));

	EXPECT_EQ(0, ct_call(ct, lock, 10));
	EXPECT_EQ(10, held(ct));
	EXPECT_EQ(0, ct_call(ct, lock, 10));
	EXPECT_EQ(10, held(ct));
	EXPECT_EQ(0, ct_call(ct, lock_on_fault, 20));
	EXPECT_EQ(20, held(ct));
	EXPECT_EQ(0, ct_call(ct, map_locked, BARRIER - 20));
	EXPECT_EQ(BARRIER, held(ct));
	EXPECT_EQ(-ENOMEM, ct_call(ct, map_locked, 1));
	EXPECT_EQ(4, failcnt(ct));
}

TEST_F(locked, pages_are_given_back_when_they_are_unlocked_or_unmapped)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, lock, 100));
	EXPECT_EQ(0, ct_call(ct, unlock, 30));
	EXPECT_EQ(70, held(ct));
	EXPECT_EQ(0, ct_call(ct, unmap_some, 50));
	EXPECT_EQ(50, held(ct));
	EXPECT_EQ(0, ct_call(ct, unlock_all, 0));
	EXPECT_EQ(0, held(ct));
}

TEST_F(locked, pages_are_not_inherited)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, lock, 100));
	EXPECT_EQ(0, ct_call(ct, have_child, 0));
	EXPECT_EQ(100, held(ct));
	EXPECT_EQ(0, failcnt(ct));
}

TEST_F(locked, mappings_do_not_grow_over_the_barrier)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, unmap_some, BARRIER));
	ASSERT_EQ(0, ct_call(ct, map_block, 1));
	ASSERT_EQ(0, ct_call(ct, lock, 1));
	EXPECT_EQ(-ENOMEM, ct_call(ct, resize, BARRIER + 1));
	EXPECT_EQ(1, failcnt(ct));
	EXPECT_EQ(1, held(ct));
	EXPECT_EQ(0, ct_call(ct, resize, BARRIER));
	EXPECT_EQ(BARRIER, held(ct));
}

TEST_F(locked, all_that_is_to_come_is_charged_when_it_comes)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, lock_all, MCL_FUTURE));
	EXPECT_EQ(0, held(ct));
	EXPECT_EQ(-ENOMEM, ct_call(ct, map_block, BARRIER + 1));
	EXPECT_EQ(1, failcnt(ct));
	EXPECT_EQ(-ENOMEM, ct_call(ct, move_break, BARRIER + 1));
	EXPECT_EQ(2, failcnt(ct));
	EXPECT_EQ(0, ct_call(ct, map_block, 60));
	EXPECT_EQ(0, ct_call(ct, move_break, 40));
	EXPECT_EQ(BARRIER, held(ct));
	EXPECT_EQ(0, ct_call(ct, unmap_some, 60));
	EXPECT_EQ(0, ct_call(ct, move_break, -40));
	EXPECT_EQ(0, held(ct));
}

TEST_F(locked, all_that_there_is_fits_or_is_refused_once)
{
	struct ct *ct = &self->ct;
	unsigned long all;

	EXPECT_EQ(-ENOMEM, ct_call(ct, lock_all, MCL_CURRENT));
	EXPECT_EQ(1, failcnt(ct));
	EXPECT_GE(BARRIER, held(ct));
	EXPECT_EQ(-ENOMEM, ct_call(ct, lock_all_ia32, MCL_CURRENT));
	EXPECT_EQ(2, failcnt(ct));
	EXPECT_EQ(0, ct_call(ct, unlock_all, 0));
	EXPECT_EQ(0, held(ct));

	ASSERT_EQ(0, ct_limit(ct, UB_LOCKEDPAGES, UB_MAXVALUE, UB_MAXVALUE));
	EXPECT_EQ(0, ct_call(ct, lock_all, MCL_CURRENT));
	all = held(ct);
	EXPECT_LT(BARRIER, all);
	EXPECT_EQ(0, ct_call(ct, unlock_all, 0));

	/* It fits exactly, whatever there is that cannot be locked. */
	ASSERT_EQ(0, ct_limit(ct, UB_LOCKEDPAGES, all, all));
	EXPECT_EQ(0, ct_call(ct, lock_all, MCL_CURRENT));
	EXPECT_EQ(all, held(ct));
	EXPECT_EQ(2, failcnt(ct));
}

TEST_F(locked, stack_grows_up_to_the_limit)
{
	struct ct *ct = &self->ct;
	unsigned long all;

	ASSERT_EQ(0, ct_limit(ct, UB_LOCKEDPAGES, UB_MAXVALUE, UB_MAXVALUE));
	ASSERT_EQ(0, ct_call(ct, lock_all, MCL_CURRENT));
	all = held(ct);
	ASSERT_EQ(0, ct_limit(ct, UB_LOCKEDPAGES, all, all + 10));
	EXPECT_EQ(SIGSEGV, ct_call(ct, touch_stack, 11));
	EXPECT_EQ(1, failcnt(ct));
	EXPECT_EQ(0, ct_call(ct, touch_stack, 10));
	EXPECT_EQ(all + 10, held(ct));
}

TEST_F(locked, segments_count_with_their_size)
{
	struct ct *ct = &self->ct;

	ASSERT_LE(0, ct_call(ct, make_segment, BARRIER + 1));
	EXPECT_EQ(-ENOMEM, ct_call(ct, control_segment, SHM_LOCK));
	EXPECT_EQ(1, failcnt(ct));
	ASSERT_LE(0, ct_call(ct, make_segment, 60));
	EXPECT_EQ(0, ct_call(ct, control_segment, SHM_LOCK));
	EXPECT_EQ(0, ct_call(ct, control_segment, SHM_LOCK));
	EXPECT_EQ(60, held(ct));
	EXPECT_EQ(0, ct_call(ct, control_segment, SHM_UNLOCK));
	EXPECT_EQ(0, held(ct));
	EXPECT_EQ(0, ct_call(ct, control_segment, SHM_LOCK));
	EXPECT_EQ(0, ct_call(ct, control_segment, IPC_RMID));
	EXPECT_EQ(0, held(ct));
}

TEST_F(locked, mappings_of_segments_are_given_back_when_they_are_detached)
{
	struct ct *ct = &self->ct;

	ASSERT_LE(0, ct_call(ct, make_segment, 60));
	ASSERT_EQ(0, ct_call(ct, attach_segment, 0));
	ASSERT_EQ(0, ct_call(ct, lock, 40));
	EXPECT_EQ(40, held(ct));
	EXPECT_EQ(0, ct_call(ct, detach_segment, 0));
	EXPECT_EQ(0, held(ct));
}

TEST_F(locked, what_cannot_be_locked_is_not_refused)
{
	struct ct *ct = &self->ct;
	long ret = ct_call(ct, lock_droppable, BARRIER + 1);

	if (ret == -EINVAL)
		SKIP(return, "this kernel has no droppable memory");
	EXPECT_EQ(0, ret);
	EXPECT_EQ(0, held(ct));
	EXPECT_EQ(0, failcnt(ct));
}

TEST_F(locked, secret_memory_is_no_way_around)
{
	struct ct *ct = &self->ct;
	long ret = ct_call(ct, map_secret, 60);

	if (ret == -ENOSYS)
		SKIP(return, "this kernel has no secret memory");
	ASSERT_EQ(0, ret);
	if (!ct_call(ct, kernel_counts, 0))
		SKIP(return, "this kernel does not lock secret memory");
	EXPECT_EQ(60, held(ct));
	EXPECT_EQ(-ENOMEM, ct_call(ct, map_secret, BARRIER - 60 + 1));
	EXPECT_EQ(1, failcnt(ct));
	EXPECT_EQ(60, held(ct));
}

TEST_HARNESS_MAIN
