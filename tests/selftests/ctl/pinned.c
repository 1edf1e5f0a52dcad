// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A call that hangs on memory of its caller holds up nobody: the module stays
 * loaded, containers start and stop meanwhile, and the call ends as usual when
 * the memory comes.
 *
 * Case T009, with userfaultfd in the place of FUSE.
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "lib/container.h"

#define PAGE	4096

FIXTURE(hanging) {
	struct ct ct;
	int faults;	/* userfaultfd of the page */
	void *page;
};

FIXTURE_SETUP(hanging)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	klog_mark();
	self->faults = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (self->faults < 0)
		SKIP(return, "this kernel has no userfaultfd");
	self->page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_EQ(0, ioctl(self->faults, UFFDIO_API, &api));
	range.range.start = (unsigned long)self->page;
	range.range.len = PAGE;
	ASSERT_EQ(0, ioctl(self->faults, UFFDIO_REGISTER, &range));
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(hanging)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

struct hanging_call {
	int fd;
	unsigned long cmd;
	void *arg;
	long ret;
};

static void *make_call(void *data)
{
	struct hanging_call *call = data;

	call->ret = ioctl(call->fd, call->cmd, call->arg);
	if (call->ret < 0)
		call->ret = -errno;
	return NULL;
}

/* Somebody waits for the page. */
static bool hangs(int faults)
{
	struct pollfd poll_for = { .fd = faults, .events = POLLIN };

	return poll(&poll_for, 1, PATIENCE * 1000) == 1;
}

/* Let the page appear, with this at its beginning. */
static int supply(int faults, void *page, const void *data, size_t size)
{
	static char content[PAGE] __attribute__((aligned(PAGE)));
	struct uffdio_copy copy = {
		.dst = (unsigned long)page, .src = (unsigned long)content, .len = PAGE,
	};

	memcpy(content, data, size);
	return ioctl(faults, UFFDIO_COPY, &copy) ? -errno : 0;
}

static int unload_module(void)
{
	return syscall(SYS_delete_module, "vzmod", O_NONBLOCK) ? -errno : 0;
}

static bool cannot_unload(void)
{
	int ret = unload_module();

	return ret == -EWOULDBLOCK || ret == -EBUSY;
}

TEST_F(hanging, on_its_argument_lets_others_go_on)
{
	struct hanging_call call = {
		.fd = open("/dev/vzctl", O_RDWR | O_CLOEXEC), .cmd = VZMOD_SET_LIMIT,
		.arg = self->page,
	};
	const struct vzmod_limit limit = { .ctid = 101, .resource = UB_NUMFILE };
	struct ct other = { 0 };
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, make_call, &call));
	ASSERT_TRUE(hangs(self->faults));
	EXPECT_EQ(0, ct_start(&other, 102));
	EXPECT_EQ(0, ct_stop(&other));
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(cannot_unload());
	EXPECT_EQ(0, supply(self->faults, self->page, &limit, sizeof(limit)));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(-ESRCH, call.ret);
	close(call.fd);
}

TEST_F(hanging, on_its_answer_lets_others_go_on)
{
	struct vzlist_veidctl list = { .num = 16, .id = self->page };
	struct hanging_call call = {
		.fd = open("/dev/vzctl", O_RDWR | O_CLOEXEC), .cmd = VZCTL_GET_VEIDS,
		.arg = &list,
	};
	struct ct other = { 0 };
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, make_call, &call));
	ASSERT_TRUE(hangs(self->faults));
	EXPECT_EQ(0, ct_start(&other, 102));
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_EQ(0, ct_stop(&other));
	EXPECT_TRUE(cannot_unload());
	EXPECT_EQ(0, supply(self->faults, self->page, "", 1));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_LE(1, call.ret);
	close(call.fd);
}

/* An open device is enough, and so is a container. */
TEST_F(hanging, or_not_the_module_stays_while_it_is_in_use)
{
	int fd = open("/dev/vzctl", O_RDWR | O_CLOEXEC);

	EXPECT_TRUE(cannot_unload());
	EXPECT_EQ(0, close(fd));
	EXPECT_TRUE(cannot_unload());
}

TEST_HARNESS_MAIN
