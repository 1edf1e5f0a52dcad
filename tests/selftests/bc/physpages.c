// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * physpages and swappages are the memory cgroup of the container: held is what
 * it uses, the limits are the cgroup's, reclaim in vain and OOM kills are
 * counted, and a container that has no cgroup of its own is not accounted.
 *
 * vm: --mem 1536
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <limits.h>
#include <sys/swap.h>
#include <unistd.h>

#include "lib/cgroup.h"
#include "lib/container.h"
#include "lib/memory.h"

#define BIG_FILE	"/var/tmp/big"
#define SWAP_FILE	"/var/tmp/swap"

/* What the kernel may have charged ahead, and what a process is beside its load. */
#define SLACK		(64 * sysconf(_SC_NPROCESSORS_CONF) + 200)

/* Step: read a file; how many MiB it has. */
static long read_big(long arg)
{
	static char buffer[1 << 20];
	int fd = open(BIG_FILE, O_RDONLY | O_CLOEXEC);
	long n = 0;

	(void)arg;
	while (read(fd, buffer, sizeof(buffer)) == sizeof(buffer))
		n++;
	close(fd);
	return n;
}

static int make_file(const char *path, long mib)
{
	static char buffer[1 << 20];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int ret = 0;

	while (!ret && mib--)
		ret = write(fd, buffer, sizeof(buffer)) != sizeof(buffer);
	ret |= fsync(fd);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
	return ret;
}

FIXTURE(memory) {
	struct ct ct;
};

FIXTURE_SETUP(memory)
{
	klog_mark();
	self->ct.cgroup = cgroup_make("101");
	ASSERT_LT(0, self->ct.cgroup);
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(memory)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	close(self->ct.cgroup);
	EXPECT_EQ(0, cgroup_remove("101"));
	EXPECT_TRUE(no_leaks());
}

TEST_F_TIMEOUT(memory, held_follows_what_is_used, 120)
{
	unsigned long before = ct_held(&self->ct, UB_PHYSPAGES), after, known;
	struct vzmod_ubstat stat;

	EXPECT_LT(0, before);
	ASSERT_EQ(0, ct_call(&self->ct, eat, PAGES(64)));
	stat = ct_stat(&self->ct, UB_PHYSPAGES);
	EXPECT_TRUE(stat.flags & VZMOD_UB_ACCOUNTED);
	EXPECT_LE(before + PAGES(64), stat.held + SLACK);
	EXPECT_GE(before + PAGES(64) + SLACK, stat.held);
	EXPECT_LE(stat.held, stat.maxheld);
	known = cgroup_number(self->ct.cgroup, "memory.current") / PAGE;
	EXPECT_LE(known, stat.held + SLACK);
	EXPECT_GE(known + SLACK, stat.held);
	ASSERT_EQ(1, ct_call(&self->ct, stop_eating, 0));
	after = ct_held(&self->ct, UB_PHYSPAGES);
	EXPECT_GE(before + SLACK, after);
	EXPECT_LE(PAGES(64), ct_stat(&self->ct, UB_PHYSPAGES).maxheld);
}

TEST_F(memory, limits_are_those_of_the_cgroup)
{
	EXPECT_EQ(LONG_MAX, cgroup_number(self->ct.cgroup, "memory.max"));
	EXPECT_EQ(0, ct_limit(&self->ct, UB_PHYSPAGES, 0, 12345));
	EXPECT_EQ(0, ct_limit(&self->ct, UB_SWAPPAGES, 0, 54321));
	EXPECT_EQ(12345 * PAGE, cgroup_number(self->ct.cgroup, "memory.max"));
	EXPECT_EQ(54321 * PAGE, cgroup_number(self->ct.cgroup, "memory.swap.max"));
	EXPECT_EQ(0, ct_limit(&self->ct, UB_PHYSPAGES, 0, UB_MAXVALUE));
	EXPECT_EQ(0, ct_limit(&self->ct, UB_SWAPPAGES, 0, UB_MAXVALUE - 1));
	EXPECT_EQ(LONG_MAX, cgroup_number(self->ct.cgroup, "memory.max"));
	EXPECT_EQ(LONG_MAX, cgroup_number(self->ct.cgroup, "memory.swap.max"));
}

TEST_F_TIMEOUT(memory, oom_in_the_container_is_counted_and_stays_there, 120)
{
	unsigned long limit = ct_held(&self->ct, UB_PHYSPAGES) + PAGES(8);
	unsigned long fails;

	ASSERT_EQ(0, ct_limit(&self->ct, UB_PHYSPAGES, 0, limit));
	ASSERT_EQ(0, ct_limit(&self->ct, UB_SWAPPAGES, 0, 0));
	EXPECT_EQ(-SIGKILL, ct_call(&self->ct, eat, PAGES(64)));
	EXPECT_EQ(1, ct_stat(&self->ct, UB_OOMGUARPAGES).failcnt);
	fails = ct_stat(&self->ct, UB_PHYSPAGES).failcnt;
	EXPECT_LT(0, fails);
	EXPECT_EQ(fails, ct_stat(&self->ct, UB_SWAPPAGES).failcnt);
	EXPECT_GE(limit, ct_stat(&self->ct, UB_PHYSPAGES).maxheld);

	ASSERT_EQ(0, ct_limit(&self->ct, UB_PHYSPAGES, 0, limit + PAGES(80)));
	EXPECT_EQ(0, ct_call(&self->ct, eat, PAGES(64)));
	EXPECT_EQ(1, ct_call(&self->ct, stop_eating, 0));
	EXPECT_EQ(1, ct_stat(&self->ct, UB_OOMGUARPAGES).failcnt);
}

TEST_F_TIMEOUT(memory, what_can_be_reclaimed_kills_nobody, 120)
{
	unsigned long limit = ct_held(&self->ct, UB_PHYSPAGES) + PAGES(8);

	ASSERT_EQ(0, make_file(BIG_FILE, 64));
	ASSERT_EQ(64, ct_call(&self->ct, read_big, 0));
	EXPECT_LE(PAGES(60), ct_held(&self->ct, UB_PHYSPAGES));

	ASSERT_EQ(0, ct_limit(&self->ct, UB_PHYSPAGES, 0, limit));
	EXPECT_GE(limit, ct_held(&self->ct, UB_PHYSPAGES));
	EXPECT_EQ(64, ct_call(&self->ct, read_big, 0));
	EXPECT_GE(limit, ct_held(&self->ct, UB_PHYSPAGES));
	EXPECT_GT(cgroup_event(self->ct.cgroup, "memory.events", "max"),
		  ct_stat(&self->ct, UB_PHYSPAGES).failcnt);
	EXPECT_EQ(0, ct_stat(&self->ct, UB_OOMGUARPAGES).failcnt);
	unlink(BIG_FILE);
}

TEST_F_TIMEOUT(memory, what_does_not_fit_goes_to_swap_up_to_swappages, 120)
{
	unsigned long limit = ct_held(&self->ct, UB_PHYSPAGES) + PAGES(8);
	struct vzmod_ubstat swap;

	ASSERT_EQ(0, make_file(SWAP_FILE, 128));
	ASSERT_EQ(0, system("mkswap " SWAP_FILE " >/dev/null 2>&1"));
	ASSERT_EQ(0, swapon(SWAP_FILE, 0));
	ASSERT_EQ(0, ct_limit(&self->ct, UB_PHYSPAGES, 0, limit));
	ASSERT_EQ(0, ct_limit(&self->ct, UB_SWAPPAGES, 0, PAGES(48)));
	EXPECT_EQ(0, ct_call(&self->ct, eat, PAGES(32)));
	swap = ct_stat(&self->ct, UB_SWAPPAGES);
	EXPECT_LE(PAGES(20), swap.held);
	EXPECT_GE(PAGES(32), swap.held);
	EXPECT_LE(PAGES(32), ct_held(&self->ct, UB_OOMGUARPAGES) + SLACK);
	EXPECT_EQ(0, ct_stat(&self->ct, UB_OOMGUARPAGES).failcnt);
	EXPECT_EQ(1, ct_call(&self->ct, stop_eating, 0));

	EXPECT_EQ(-SIGKILL, ct_call(&self->ct, eat, PAGES(96)));
	swap = ct_stat(&self->ct, UB_SWAPPAGES);
	EXPECT_GE(PAGES(48), swap.maxheld);
	EXPECT_LE(PAGES(40), swap.maxheld);
	EXPECT_LT(0, swap.failcnt);
	EXPECT_LE(swap.failcnt, ct_stat(&self->ct, UB_PHYSPAGES).failcnt);
	EXPECT_EQ(1, ct_stat(&self->ct, UB_OOMGUARPAGES).failcnt);
	EXPECT_EQ(0, swapoff(SWAP_FILE));
	unlink(SWAP_FILE);
}

TEST_F(memory, a_container_in_the_cgroup_of_others_is_not_accounted)
{
	struct ct other = { 0 };
	struct vzmod_ubstat stat;

	ASSERT_EQ(0, ct_start(&other, 102));
	EXPECT_EQ(0, ct_limit(&other, UB_PHYSPAGES, 0, 1000));
	stat = ct_stat(&other, UB_PHYSPAGES);
	EXPECT_FALSE(stat.flags & VZMOD_UB_ACCOUNTED);
	EXPECT_EQ(0, stat.held);
	EXPECT_EQ(0, ct_stop(&other));

	other.cgroup = self->ct.cgroup;
	ASSERT_EQ(0, ct_start(&other, 102));
	EXPECT_FALSE(ct_stat(&other, UB_PHYSPAGES).flags & VZMOD_UB_ACCOUNTED);
	EXPECT_EQ(0, ct_limit(&other, UB_PHYSPAGES, 0, 1000));
	EXPECT_EQ(LONG_MAX, cgroup_number(self->ct.cgroup, "memory.max"));
	EXPECT_TRUE(ct_stat(&self->ct, UB_PHYSPAGES).flags & VZMOD_UB_ACCOUNTED);
	EXPECT_EQ(0, ct_stop(&other));
}

TEST_HARNESS_MAIN
