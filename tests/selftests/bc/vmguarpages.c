// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vmguarpages: a container within its guarantee may allocate although the
 * machine as a whole has promised enough already, one outside of it may not,
 * and what it was granted is part of what the machine has promised.
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/mman.h>

#include "lib/container.h"
#include "lib/pages.h"

#define SOME	20000L		/* pages */

static char *block;

static long map_block(long pages)
{
	void *map = map_private(pages);

	if (!map)
		return -errno;
	block = map;
	return 0;
}

static long unmap_block(long pages)
{
	return unmap(block, pages);
}

static long read_meminfo(const char *name)
{
	static char text[8192];
	int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n < 0 ? 0 : n] = 0;
	return atol(strstr(text, name) + strlen(name)) * 1024 / PAGE;
}

static int write_number(const char *path, long number)
{
	char text[32];
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = write(fd, text, sprintf(text, "%ld\n", number)) < 0 ? -errno : 0;

	close(fd);
	return ret;
}

#define VM	"/proc/sys/vm/"

FIXTURE(guarantee) {
	struct ct inside, outside;
};

FIXTURE_SETUP(guarantee)
{
	unsigned long held;

	klog_mark();
	ASSERT_EQ(0, ct_start(&self->inside, 101));
	ASSERT_EQ(0, ct_start(&self->outside, 102));
	held = ct_held(&self->inside, UB_PRIVVMPAGES);
	ASSERT_EQ(0, ct_limit(&self->inside, UB_VMGUARPAGES, held + 2 * SOME, UB_MAXVALUE));
	/* A bit is left for what runs this test, less than anybody asks for here. */
	ASSERT_EQ(0, write_number(VM "admin_reserve_kbytes", 0));
	ASSERT_EQ(0, write_number(VM "user_reserve_kbytes", 0));
	ASSERT_EQ(0, write_number(VM "overcommit_kbytes",
				  (read_meminfo("Committed_AS:") + SOME / 2) * PAGE / 1024));
	ASSERT_EQ(0, write_number(VM "overcommit_memory", 2));
}

FIXTURE_TEARDOWN(guarantee)
{
	EXPECT_EQ(0, write_number(VM "overcommit_memory", 0));
	EXPECT_EQ(0, ct_stop(&self->inside));
	EXPECT_EQ(0, ct_stop(&self->outside));
	EXPECT_TRUE(no_leaks());
}

TEST_F(guarantee, lets_pass_what_is_within_it)
{
	long before = read_meminfo("Committed_AS:"), during;

	EXPECT_EQ(-ENOMEM, ct_call(&self->outside, map_block, SOME));
	EXPECT_EQ(0, ct_call(&self->inside, map_block, SOME));
	during = read_meminfo("Committed_AS:");
	EXPECT_LE(before + SOME - SOME / 10, during);
	EXPECT_GE(before + SOME + SOME / 10, during);
	EXPECT_EQ(0, ct_call(&self->inside, map_block, SOME));
	EXPECT_EQ(0, ct_stat(&self->inside, UB_VMGUARPAGES).held);

	/* It is used up. */
	EXPECT_EQ(-ENOMEM, ct_call(&self->inside, map_block, SOME));
	EXPECT_EQ(0, ct_stat(&self->inside, UB_PRIVVMPAGES).failcnt);
	EXPECT_EQ(0, ct_call(&self->inside, unmap_block, SOME));
	EXPECT_EQ(0, ct_call(&self->inside, map_block, SOME));
}

TEST_F(guarantee, changes_at_once)
{
	ASSERT_EQ(0, ct_limit(&self->inside, UB_VMGUARPAGES, 0, UB_MAXVALUE));
	EXPECT_EQ(-ENOMEM, ct_call(&self->inside, map_block, SOME));
	ASSERT_EQ(0, ct_limit(&self->outside, UB_VMGUARPAGES, UB_MAXVALUE, UB_MAXVALUE));
	EXPECT_EQ(0, ct_call(&self->outside, map_block, SOME));
}

TEST_F(guarantee, is_more_than_the_guess_of_the_kernel)
{
	long huge = read_meminfo("MemTotal:") + read_meminfo("SwapTotal:") + SOME;

	ASSERT_EQ(0, write_number(VM "overcommit_memory", 0));
	EXPECT_EQ(-ENOMEM, ct_call(&self->inside, map_block, huge));
	ASSERT_EQ(0, ct_limit(&self->inside, UB_VMGUARPAGES, 2 * huge, UB_MAXVALUE));
	EXPECT_EQ(0, ct_call(&self->inside, map_block, huge));
	EXPECT_EQ(-ENOMEM, ct_call(&self->outside, map_block, huge));
}

TEST_HARNESS_MAIN
