// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file of a container that the host has made a loop device of is given back
 * when a kernel thread lets go of it, after the container's last process.
 *
 * Case T019 (loop devices).
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

#include "lib/container.h"

FIXTURE(image) {
	struct ct ct;
};

FIXTURE_SETUP(image)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(image)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

static long pass_image(long unused)
{
	int fd = open("/tmp/image", O_RDWR | O_CREAT, 0600), ret;

	(void)unused;
	ret = ftruncate(fd, 65536) ? -errno : files_send(ORDERS_FD, &fd, 1);
	close(fd);
	return ret;
}

/* A loop device over @image that goes when it is closed; -1 without any. */
static int open_loop(int image)
{
	struct loop_config config = { .fd = image, .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	char path[32];
	int control, loop;

	if (access("/dev/loop-control", F_OK) && system("modprobe -q loop"))
		return -1;
	control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	sprintf(path, "/dev/loop%d", ioctl(control, LOOP_CTL_GET_FREE));
	close(control);
	if (!wait_until(!access(path, F_OK)))
		return -1;
	loop = open(path, O_RDWR | O_CLOEXEC);
	return ioctl(loop, LOOP_CONFIGURE, &config) ? -1 : loop;
}

TEST_F(image, of_a_loop_device_keeps_its_container)
{
	struct ct *ct = &self->ct;
	int image, loop;

	ct_begin(ct, pass_image, 0);
	ASSERT_EQ(0, files_receive(ct->calls, &image, 1));
	ASSERT_EQ(0, ct_end(ct));
	loop = open_loop(image);
	close(image);
	if (loop < 0)
		SKIP(return, "this kernel has no loop devices");
	EXPECT_EQ(1, ct_held(ct, UB_NUMFILE));
	ct_kill(ct);
	EXPECT_EQ(1, ct_held(ct, UB_NUMFILE));
	EXPECT_TRUE(ct_listed(101));
	close(loop);
}

TEST_HARNESS_MAIN
