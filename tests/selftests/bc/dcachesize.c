// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dcachesize bounds the directory entries and inodes of the container, on the
 * file systems of the host, too: what is unused is dropped to make room, and
 * what is in use and does not fit is refused with ENOMEM.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cgroup.h"
#include "lib/container.h"

#define KIB		1024UL
#define MIB		(1024 * KIB)
#define PLACE		"/var/tmp"	/* of the host, for everybody to write */
#define MARGIN		(512 * KIB)	/* what the limit may be passed by */

/* Step: look for @arg files that are not there; how many were really not. */
static long look_in_vain(long arg)
{
	char path[64];
	long i, n = 0;

	for (i = 0; i < arg; i++) {
		snprintf(path, sizeof(path), PLACE "/nothing-%d-%ld", getpid(), i);
		n += access(path, F_OK) && errno == ENOENT;
	}
	return n;
}

/* Step: directories in directories, at most @arg; the errno that ends it. */
static long dig(long arg)
{
	long i;

	if (chdir(PLACE))
		return -errno;
	for (i = 0; i < arg; i++)
		if ((mkdir("d", 0755) && errno != EEXIST) || chdir("d"))
			return -errno;
	return i;
}

static long go_up(long arg)
{
	(void)arg;
	return chdir("/") ? -errno : 0;
}

FIXTURE(dcache) {
	struct ct ct;
	unsigned long limit;
};

FIXTURE_SETUP(dcache)
{
	klog_mark();
	self->ct.cgroup = cgroup_make("101");
	ASSERT_LT(0, self->ct.cgroup);
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	self->limit = ct_held(&self->ct, UB_DCACHESIZE) + 2 * MIB;
}

FIXTURE_TEARDOWN(dcache)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	close(self->ct.cgroup);
	EXPECT_EQ(0, cgroup_remove("101"));
	EXPECT_TRUE(no_leaks());
}

TEST_F_TIMEOUT(dcache, held_follows_what_is_looked_up, 60)
{
	unsigned long before = ct_held(&self->ct, UB_DCACHESIZE), after, known;

	EXPECT_TRUE(ct_stat(&self->ct, UB_DCACHESIZE).flags & VZMOD_UB_ACCOUNTED);
	ASSERT_EQ(20000, ct_call(&self->ct, look_in_vain, 20000));
	after = ct_held(&self->ct, UB_DCACHESIZE);
	EXPECT_LE(before + 20000 * 192, after + MARGIN);
	EXPECT_GE(before + 20000 * 208 + MARGIN, after);
	known = cgroup_event(self->ct.cgroup, "memory.stat", "slab_reclaimable");
	EXPECT_LE(known, after + MARGIN / 8);
	EXPECT_GE(known + MARGIN / 8, after);
}

TEST_F_TIMEOUT(dcache, what_is_unused_makes_room, 120)
{
	struct vzmod_ubstat stat;

	ASSERT_EQ(0, ct_limit(&self->ct, UB_DCACHESIZE, self->limit, self->limit));
	EXPECT_EQ(60000, ct_call(&self->ct, look_in_vain, 60000));
	stat = ct_stat(&self->ct, UB_DCACHESIZE);
	EXPECT_EQ(0, stat.failcnt);
	EXPECT_GE(self->limit + MARGIN, stat.held);
	EXPECT_GE(self->limit + MARGIN, stat.maxheld);
	EXPECT_GE(self->limit + MARGIN,
		  cgroup_event(self->ct.cgroup, "memory.stat", "slab_reclaimable"));
}

TEST_F_TIMEOUT(dcache, what_is_in_use_is_refused, 120)
{
	struct vzmod_ubstat stat;

	ASSERT_EQ(0, ct_limit(&self->ct, UB_DCACHESIZE, self->limit, self->limit));
	EXPECT_EQ(-ENOMEM, ct_call(&self->ct, dig, 20000));
	stat = ct_stat(&self->ct, UB_DCACHESIZE);
	EXPECT_LT(0, stat.failcnt);
	EXPECT_GE(self->limit + MARGIN, stat.maxheld);

	EXPECT_EQ(0, ct_call(&self->ct, go_up, 0));
	EXPECT_EQ(1000, ct_call(&self->ct, look_in_vain, 1000));
	EXPECT_EQ(100, ct_call(&self->ct, dig, 100));
	EXPECT_EQ(0, ct_call(&self->ct, go_up, 0));

	ASSERT_EQ(0, ct_limit(&self->ct, UB_DCACHESIZE, UB_MAXVALUE, UB_MAXVALUE));
	EXPECT_EQ(3000, ct_call(&self->ct, dig, 3000));
	EXPECT_EQ(0, ct_call(&self->ct, go_up, 0));
}

TEST_HARNESS_MAIN
