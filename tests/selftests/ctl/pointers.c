// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A bad pointer gives EFAULT and changes nothing; what a call writes is what
 * its header says and nothing else; a 32-bit caller gets the same answers.
 *
 * Cases T003, T004, T006 (32-bit callers).
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "lib/calls.h"
#include "lib/container.h"

#define PAGE	4096

FIXTURE(pointers) {
	struct ct ct;
	char *pages;	/* the first can be used, the second not; below 4 GB */
	int fd;
};

FIXTURE_SETUP(pointers)
{
	klog_mark();
	self->pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	ASSERT_NE(MAP_FAILED, self->pages);
	ASSERT_EQ(0, munmap(self->pages + PAGE, PAGE));
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	self->fd = open("/dev/vzctl", O_RDWR);
}

FIXTURE_TEARDOWN(pointers)
{
	struct vzlist_veidctl list = { 0 };

	EXPECT_EQ(1, vzctl(VZCTL_GET_VEIDS, &list));
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

static long call(int fd, const struct call *what, void *arg)
{
	long ret = ioctl(fd, what->cmd, arg);

	return ret < 0 ? -errno : ret;
}

TEST_F(pointers, that_are_bad_give_efault_and_change_nothing)
{
	char *end = self->pages + PAGE;
	char copy[CALL_MAX_SIZE];
	size_t i;

	for (i = 0; i < n_calls; i++) {
		memset(copy, 0, sizeof(copy));
		calls[i].fill(copy, 101);
		memcpy(end - calls[i].size + 1, copy, calls[i].size - 1);
		EXPECT_EQ(-EFAULT, call(self->fd, &calls[i], NULL));
		EXPECT_EQ(-EFAULT, call(self->fd, &calls[i], (void *)0xffff888000000000));
		EXPECT_EQ(-EFAULT, call(self->fd, &calls[i], end - calls[i].size + 1));
		EXPECT_EQ(-EFAULT, call(self->fd, &calls[i], end)) {
			TH_LOG("%s", calls[i].name);
		}
	}
	EXPECT_EQ(UB_MAXVALUE, ct_stat(&self->ct, UB_NUMFILE).limit);
}

TEST_F(pointers, to_read_only_memory_give_efault_where_something_is_written)
{
	char *arg = self->pages;
	size_t i;

	for (i = 0; i < n_calls; i++) {
		if (!calls[i].writes)
			continue;
		mprotect(self->pages, PAGE, PROT_READ | PROT_WRITE);
		memset(arg, 0, CALL_MAX_SIZE);
		calls[i].fill(arg, 101);
		mprotect(self->pages, PAGE, PROT_READ);
		EXPECT_EQ(-EFAULT, call(self->fd, &calls[i], arg)) {
			TH_LOG("%s", calls[i].name);
		}
	}
}

TEST_F(pointers, to_a_bad_list_give_efault)
{
	struct vzlist_veidctl list = { .num = 1, .id = NULL };

	EXPECT_EQ(-EFAULT, vzctl(VZCTL_GET_VEIDS, &list));
	list.id = (void *)(self->pages + PAGE - 3);
	EXPECT_EQ(-EFAULT, vzctl(VZCTL_GET_VEIDS, &list));
	list.num = 0;
	EXPECT_EQ(1, vzctl(VZCTL_GET_VEIDS, &list));
	list = (struct vzlist_veidctl){ .num = 5, .id = (void *)self->pages };
	memset(self->pages, 0xa5, 20);
	EXPECT_EQ(1, vzctl(VZCTL_GET_VEIDS, &list));
	EXPECT_EQ(101, list.id[0]);
	EXPECT_EQ(0xa5a5a5a5, list.id[1]);
}

/* Fill kernel stacks and slabs with a pattern. */
static void spray(char pattern)
{
	static char data[16384];
	struct pollfd fds[256];
	int pair[2], i;

	memset(fds, pattern, sizeof(fds));
	for (i = 0; i < 256; i++)
		fds[i].fd = -1 - (i & pattern);
	poll(fds, 256, 0);
	memset(data, pattern, sizeof(data));
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return;
	for (i = 0; i < 20; i++)
		if (send(pair[0], data, 64 << i % 9, MSG_DONTWAIT) < 0)
			break;
	close(pair[0]);
	close(pair[1]);
}

TEST_F(pointers, are_given_nothing_that_was_not_asked_for)
{
	char *arg = self->pages, first[PAGE];
	char fill[] = { 0xa5, 0x5a };
	size_t i, j;
	int round;

	for (i = 0; i < n_calls; i++) {
		for (round = 0; round < 2; round++) {
			memset(arg, fill[round], PAGE);
			memset(arg, 0, calls[i].size);
			calls[i].fill(arg, 101);
			spray(fill[round]);
			ioctl(self->fd, calls[i].cmd, arg);
			for (j = calls[i].size; j < PAGE; j++)
				ASSERT_EQ(fill[round], arg[j]);
			if (round)
				EXPECT_EQ(0, memcmp(first, arg, calls[i].size)) {
					TH_LOG("%s", calls[i].name);
				}
			memcpy(first, arg, PAGE);
		}
		/* An arming would be in the way of the next one. */
		close(self->fd);
		self->fd = open("/dev/vzctl", O_RDWR);
	}
}

/* The only structure with a pointer in it has a number of its own there. */
TEST_F(pointers, of_32_bit_callers_mean_the_same)
{
	char *arg = self->pages, *arg32 = self->pages + 2048;
	long ret, ret32;
	size_t i;

	for (i = 0; i < n_calls; i++) {
		memset(arg, 0, PAGE);
		calls[i].fill(arg, 101);
		calls[i].fill(arg32, 101);
		ret = call(self->fd, &calls[i], arg);
		close(self->fd);
		self->fd = open("/dev/vzctl", O_RDWR);
		ret32 = ioctl32(self->fd, calls[i].cmd, arg32);
		close(self->fd);
		self->fd = open("/dev/vzctl", O_RDWR);
		EXPECT_EQ(ret, ret32) {
			TH_LOG("%s", calls[i].name);
		}
		EXPECT_EQ(0, memcmp(arg, arg32, calls[i].size));
	}
	/* struct { __u32 num; __u32 *id; } of a 32-bit program */
	EXPECT_EQ(-ENOTTY, ioctl32(self->fd, _IOC(_IOC_READ, VZLISTTYPE, 1, 8), arg32));
}

/* Let the @n-th thing that can fail in the next call fail; did it get that far? */
static long call_failing(int fd, const struct call *what, void *arg, int n, bool *reached)
{
	int knob = open("/proc/thread-self/fail-nth", O_RDWR);
	char left[16] = "";
	long ret;

	dprintf(knob, "%d", n);
	ret = call(fd, what, arg);
	*reached = pread(knob, left, sizeof(left) - 1, 0) > 0 && !atoi(left);
	dprintf(knob, "0");
	close(knob);
	return ret;
}

TEST_F(pointers, survive_every_allocation_and_copy_that_fails)
{
	bool reached;
	size_t i;
	long ret;
	int n;

	if (access("/proc/thread-self/fail-nth", F_OK))
		SKIP(return, "this kernel has no fault injection");
	for (i = 0; i < n_calls; i++) {
		for (n = 1, reached = true; reached; n++) {
			memset(self->pages, 0, CALL_MAX_SIZE);
			calls[i].fill(self->pages, 101);
			ret = call_failing(self->fd, &calls[i], self->pages, n, &reached);
			close(self->fd);
			self->fd = open("/dev/vzctl", O_RDWR);
			if (reached)
				EXPECT_TRUE(ret >= 0 || ret == -ENOMEM || ret == -EFAULT) {
					TH_LOG("%s, failure %d", calls[i].name, n);
				}
		}
	}
}

TEST_HARNESS_MAIN
