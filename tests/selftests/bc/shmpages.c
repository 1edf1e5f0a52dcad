// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shmpages: segments and shared mappings count as a whole, files in memory page
 * by page; privvmpages count the same pages, and either may refuse, with the
 * errno or signal of the call.  What was shared stays with its creator until
 * the last one lets go of it.
 *
 * Cases T021, T028.
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include "lib/container.h"
#include "lib/pages.h"

#define RW	(PROT_READ | PROT_WRITE)
#define LIMIT	100

/* --- steps ---------------------------------------------------------------- */

static int file = -1;
static char *block;

static long result(long ret)
{
	return ret < 0 ? -errno : ret;
}

static long make_segment(long pages)
{
	return result(shmget(IPC_PRIVATE, pages * PAGE, 0600));
}

/* Attached and to go with its last user. */
static long make_lazy_segment(long pages)
{
	int id = shmget(IPC_PRIVATE, pages * PAGE, 0600 | SHM_NORESERVE);

	block = shmat(id, NULL, 0);
	if (block == (void *)-1)
		return -errno;
	return result(shmctl(id, IPC_RMID, NULL));
}

static long remove_segment(long id)
{
	return result(shmctl(id, IPC_RMID, NULL));
}

static long detach(long unused)
{
	(void)unused;
	return result(shmdt(block));
}

static long map_shared(long pages)
{
	block = map_at(NULL, pages, RW, MAP_SHARED);
	return block ? 0 : -errno;
}

static long unmap_shared(long pages)
{
	return unmap(block, pages);
}

static long have_child(long unused)
{
	static pid_t pid;

	if (unused) {
		kill(pid, SIGKILL);
		return result(waitpid(pid, NULL, 0)) < 0;
	}
	pid = fork();
	if (!pid)
		for (;;)
			pause();
	return pid < 0 ? -errno : 0;
}

static long open_memfd(long unused)
{
	(void)unused;
	file = memfd_create("test", MFD_CLOEXEC);
	return file < 0 ? -errno : 0;
}

static long open_tmpfs(long unused)
{
	(void)unused;
	file = open("/tmp/file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return file < 0 ? -errno : 0;
}

static long open_huge(long unused)
{
	(void)unused;
	if (mkdir("/tmp/huge", 0700) || mount("huge", "/tmp/huge", "tmpfs", 0, "huge=always"))
		return -errno;
	file = open("/tmp/huge/file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return file < 0 ? -errno : 0;
}

/* How many pages could be written from the beginning, or why not one. */
static long write_pages(long pages)
{
	static const char page[PAGE];
	long i;

	for (i = 0; i < pages; i++)
		if (pwrite(file, page, PAGE, i * PAGE) != PAGE)
			return i ?: -errno;
	return i;
}

static long allocate(long pages)
{
	return result(fallocate(file, 0, 0, pages * PAGE));
}

static long punch(long pages)
{
	return result(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
				pages * PAGE));
}

static long set_size(long pages)
{
	return result(ftruncate(file, pages * PAGE));
}

static long close_file(long unused)
{
	(void)unused;
	return result(close(file));
}

static long remove_file(long unused)
{
	(void)unused;
	return result(unlink("/tmp/file"));
}

static long make_link(long unused)
{
	static char target[2000];

	(void)unused;
	memset(target, 'x', sizeof(target) - 1);
	return result(symlink(target, "/tmp/link"));
}

static long remove_link(long unused)
{
	(void)unused;
	return result(unlink("/tmp/link"));
}

/* The signal that a child dies of when it touches that many pages of the file. */
static long touch_pages(long pages)
{
	int status;
	pid_t pid;
	long i;

	block = mmap(NULL, pages * PAGE, RW, MAP_SHARED, file, 0);
	if (block == MAP_FAILED)
		return -errno;
	pid = vfork();
	if (!pid) {
		for (i = 0; i < pages; i++)
			((volatile char *)block)[i * PAGE] = 1;
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static long send_file(long unused)
{
	(void)unused;
	return files_send(ORDERS_FD, &file, 1);
}

static long receive_file(long unused)
{
	(void)unused;
	return files_receive(ORDERS_FD, &file, 1);
}

/* --- tests ---------------------------------------------------------------- */

FIXTURE(shm) {
	struct ct ct;
	unsigned long idle;	/* privvmpages */
};

FIXTURE_SETUP(shm)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	ASSERT_EQ(0, ct_limit(&self->ct, UB_SHMPAGES, LIMIT, LIMIT));
	self->idle = ct_held(&self->ct, UB_PRIVVMPAGES);
}

FIXTURE_TEARDOWN(shm)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

static unsigned long held(struct ct *ct)
{
	return ct_held(ct, UB_SHMPAGES);
}

static unsigned long failcnt(struct ct *ct)
{
	return ct_stat(ct, UB_SHMPAGES).failcnt;
}

TEST_F(shm, segments_count_as_a_whole)
{
	struct ct *ct = &self->ct;
	long id;

	EXPECT_TRUE(ct_stat(ct, UB_SHMPAGES).flags & VZMOD_UB_ACCOUNTED);
	EXPECT_EQ(-ENOMEM, ct_call(ct, make_segment, LIMIT + 1));
	EXPECT_EQ(1, failcnt(ct));
	EXPECT_EQ(0, held(ct));
	id = ct_call(ct, make_segment, LIMIT);
	ASSERT_LE(0, id);
	EXPECT_EQ(LIMIT, held(ct));
	EXPECT_EQ(self->idle + LIMIT, ct_held(ct, UB_PRIVVMPAGES));
	EXPECT_EQ(0, ct_call(ct, remove_segment, id));
	EXPECT_EQ(0, ct_held_when(ct, UB_SHMPAGES, 0));
	EXPECT_EQ(self->idle, ct_held(ct, UB_PRIVVMPAGES));
}

TEST_F(shm, mappings_count_as_a_whole_and_once)
{
	struct ct *ct = &self->ct;

	EXPECT_EQ(-ENOMEM, ct_call(ct, map_shared, LIMIT + 1));
	EXPECT_EQ(1, failcnt(ct));
	EXPECT_EQ(0, ct_call(ct, map_shared, 60));
	EXPECT_EQ(0, ct_call(ct, have_child, 0));
	EXPECT_EQ(60, held(ct));
	EXPECT_EQ(0, ct_call(ct, unmap_shared, 60));
	EXPECT_EQ(60, held(ct));
	EXPECT_EQ(0, ct_call(ct, have_child, 1));
	EXPECT_EQ(0, ct_held_when(ct, UB_SHMPAGES, 0));
	EXPECT_EQ(self->idle, ct_held(ct, UB_PRIVVMPAGES));
}

TEST_F(shm, segments_that_reserve_nothing_count_page_by_page)
{
	struct ct *ct = &self->ct;

	EXPECT_EQ(0, ct_call(ct, make_lazy_segment, 10 * LIMIT));
	EXPECT_EQ(0, held(ct));
	EXPECT_EQ(0, ct_call(ct, detach, 0));
}

FIXTURE(files) {
	struct ct ct;
	unsigned long idle;
};

FIXTURE_VARIANT(files) {
	ct_step *open;
};

FIXTURE_VARIANT_ADD(files, memfd) { open_memfd };
FIXTURE_VARIANT_ADD(files, tmpfs) { open_tmpfs };

FIXTURE_SETUP(files)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	ASSERT_EQ(0, ct_limit(&self->ct, UB_SHMPAGES, LIMIT, LIMIT));
	ASSERT_EQ(0, ct_call(&self->ct, variant->open, 0));
	self->idle = ct_held(&self->ct, UB_PRIVVMPAGES);
}

FIXTURE_TEARDOWN(files)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

TEST_F(files, count_page_by_page)
{
	struct ct *ct = &self->ct;

	EXPECT_EQ(0, ct_call(ct, set_size, 10 * LIMIT));
	EXPECT_EQ(0, held(ct));
	EXPECT_EQ(60, ct_call(ct, write_pages, 60));
	EXPECT_EQ(60, held(ct));
	EXPECT_EQ(self->idle + 60, ct_held(ct, UB_PRIVVMPAGES));
	EXPECT_EQ(60, ct_call(ct, write_pages, 60));
	EXPECT_EQ(60, held(ct));
	EXPECT_EQ(0, ct_call(ct, punch, 10));
	EXPECT_EQ(50, held(ct));
	EXPECT_EQ(0, ct_call(ct, set_size, 30));
	EXPECT_EQ(20, held(ct));
	EXPECT_EQ(self->idle + 20, ct_held(ct, UB_PRIVVMPAGES));
}

TEST_F(files, that_are_full_say_so)
{
	struct ct *ct = &self->ct;

	EXPECT_EQ(LIMIT, ct_call(ct, write_pages, LIMIT + 1));
	EXPECT_EQ(1, failcnt(ct));
	EXPECT_EQ(0, ct_call(ct, set_size, 0));
	EXPECT_EQ(-ENOSPC, ct_call(ct, allocate, LIMIT + 1));
	EXPECT_EQ(2, failcnt(ct));
	EXPECT_EQ(0, held(ct));
	EXPECT_EQ(0, ct_call(ct, allocate, LIMIT));
	EXPECT_EQ(LIMIT, held(ct));
	EXPECT_EQ(0, ct_call(ct, set_size, LIMIT + 1));
	EXPECT_EQ(SIGBUS, ct_call(ct, touch_pages, LIMIT + 1));
	EXPECT_EQ(3, failcnt(ct));
	EXPECT_EQ(0, ct_stat(ct, UB_PRIVVMPAGES).failcnt);
}

TEST_F(files, are_refused_by_privvmpages_too)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_limit(ct, UB_PRIVVMPAGES, self->idle + 50, self->idle + 50));
	EXPECT_EQ(50, ct_call(ct, write_pages, LIMIT));
	EXPECT_EQ(1, ct_stat(ct, UB_PRIVVMPAGES).failcnt);
	EXPECT_EQ(0, failcnt(ct));
	EXPECT_EQ(50, held(ct));
	EXPECT_EQ(-ENOMEM, ct_call(ct, make_segment, 1));
	EXPECT_EQ(50, held(ct));
}

/* Cases of T028: the creator pays as long as anybody holds it. */
TEST_F(files, stay_with_their_creator)
{
	struct ct *ct = &self->ct, other = { 0 };
	int fd;

	ASSERT_EQ(0, ct_start(&other, 102));
	ASSERT_EQ(10, ct_call(ct, write_pages, 10));
	ct_begin(ct, send_file, 0);
	ASSERT_EQ(0, files_receive(ct->calls, &fd, 1));
	ASSERT_EQ(0, ct_end(ct));
	ct_begin(&other, receive_file, 0);
	ASSERT_EQ(0, files_send(other.calls, &fd, 1));
	ASSERT_EQ(0, ct_end(&other));
	close(fd);

	EXPECT_EQ(0, ct_call(&other, set_size, 20));
	EXPECT_EQ(0, ct_call(&other, touch_pages, 20));
	EXPECT_EQ(20, held(ct));
	EXPECT_EQ(0, held(&other));
	ct_kill(ct);
	EXPECT_EQ(0, ct_call(&other, close_file, 0));
	EXPECT_EQ(20, held(ct));
	EXPECT_TRUE(ct_listed(101));

	EXPECT_EQ(0, ct_call(&other, unmap_shared, 20));
	EXPECT_EQ(0, ct_wait_gone(101));
	EXPECT_EQ(0, held(&other));
	EXPECT_EQ(0, ct_stop(&other));
}

TEST_F(shm, files_without_a_name_end_with_their_last_user)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, open_tmpfs, 0));
	ASSERT_EQ(10, ct_call(ct, write_pages, 10));
	EXPECT_EQ(0, ct_call(ct, remove_file, 0));
	EXPECT_EQ(10, held(ct));
	EXPECT_EQ(0, ct_call(ct, close_file, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_SHMPAGES, 0));
}

TEST_F(shm, long_symbolic_links_have_a_page)
{
	struct ct *ct = &self->ct;

	EXPECT_EQ(0, ct_call(ct, make_link, 0));
	EXPECT_EQ(1, held(ct));
	EXPECT_EQ(0, ct_call(ct, remove_link, 0));
	EXPECT_EQ(0, held(ct));
	ASSERT_EQ(0, ct_limit(ct, UB_SHMPAGES, 0, 0));
	EXPECT_EQ(-ENOSPC, ct_call(ct, make_link, 0));
	EXPECT_EQ(1, failcnt(ct));
}

TEST_F(shm, huge_pages_count_as_so_many_pages)
{
	struct ct *ct = &self->ct;
	long ret;

	ASSERT_EQ(0, ct_limit(ct, UB_SHMPAGES, 700, 700));
	ret = ct_call(ct, open_huge, 0);
	if (ret == -EINVAL)
		SKIP(return, "this kernel has no huge tmpfs");
	ASSERT_EQ(0, ret);
	EXPECT_EQ(600, ct_call(ct, write_pages, 600));
	EXPECT_LE(600, held(ct));
	EXPECT_GE(700, held(ct));
	EXPECT_EQ(0, failcnt(ct));
	EXPECT_EQ(0, ct_call(ct, set_size, 0));
	EXPECT_EQ(0, held(ct));
}

TEST_HARNESS_MAIN
