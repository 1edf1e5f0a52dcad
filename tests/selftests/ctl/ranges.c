// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Numbers are checked against their range and never cut: a call with a CTID,
 * resource, bound, flag or pid that it does not know says so and leaves every
 * container and the host as they are.
 *
 * Cases T005 and T006 (ioctl).
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sched.h>
#include <sys/ioctl.h>

#include "lib/container.h"

FIXTURE(ranges) {
	struct ct ct;
	struct vzmod_ubstat before[2][UB_RESOURCES];	/* of the host, and of it */
};

/* What the host holds is never the same for long. */
static void read_all(struct vzmod_ubstat stat[2][UB_RESOURCES])
{
	const struct ct both[2] = { { .ctid = 0 }, { .ctid = 101 } };
	int i, res;

	for (i = 0; i < 2; i++)
		for (res = 0; res < UB_RESOURCES; res++)
			stat[i][res] = ct_stat(&both[i], res);
	for (res = 0; res < UB_RESOURCES; res++) {
		stat[0][res].held = 0;
		stat[0][res].maxheld = 0;
		stat[0][res].minheld = 0;
	}
}

FIXTURE_SETUP(ranges)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	read_all(self->before);
}

FIXTURE_TEARDOWN(ranges)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* Same as @wanted, or a message. */
#define EXPECT_UNCHANGED(self) ({					\
	struct vzmod_ubstat now_[2][UB_RESOURCES];			\
									\
	read_all(now_);							\
	EXPECT_EQ(0, memcmp((self)->before, now_, sizeof(now_)));	\
})

/* vzctl() on a file of its own, so that an arming ends with it. */
static int call_once(unsigned long cmd, void *arg)
{
	int fd = open("/dev/vzctl", O_RDWR | O_CLOEXEC);
	int ret = ioctl(fd, cmd, arg);

	ret = ret < 0 ? -errno : ret;
	close(fd);
	return ret;
}

static int arm(unsigned int ctid, unsigned int uid_base, unsigned int reserved)
{
	struct vzmod_arm req = { .ctid = ctid, .uid_base = uid_base, .reserved = reserved };

	return call_once(VZMOD_ARM, &req);
}

TEST_F(ranges, of_arming)
{
	const unsigned int base = 9 * VZMOD_ID_RANGE;
	static const unsigned int bad[] = { 0, VZMOD_CTID_MAX + 1, 0x7fffffff, 0x80000000,
					    0xffffffff };
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		EXPECT_EQ(-EINVAL, arm(bad[i], base, 0));
	EXPECT_EQ(-EINVAL, arm(9, 0, 0));
	EXPECT_EQ(-EINVAL, arm(9, 1, 0));
	EXPECT_EQ(-EINVAL, arm(9, base + 1, 0));
	EXPECT_EQ(-EINVAL, arm(9, base - 1, 0));
	EXPECT_EQ(-EINVAL, arm(9, base, 1));
	EXPECT_EQ(-EEXIST, arm(101, base, 0));
	EXPECT_EQ(-EADDRINUSE, arm(9, self->ct.uid_base, 0));
	EXPECT_EQ(0, arm(1, base, 0));
	EXPECT_EQ(0, arm(VZMOD_CTID_MAX, base, 0));
	EXPECT_UNCHANGED(self);
}

TEST_F(ranges, of_arming_twice)
{
	struct vzmod_arm first = { .ctid = 8, .uid_base = 8 * VZMOD_ID_RANGE };
	struct vzmod_arm second = { .ctid = 9, .uid_base = 9 * VZMOD_ID_RANGE };

	EXPECT_EQ(0, vzctl(VZMOD_ARM, &first));
	EXPECT_EQ(-EBUSY, vzctl(VZMOD_ARM, &second));
	EXPECT_EQ(-EEXIST, arm(8, 10 * VZMOD_ID_RANGE, 0));
	EXPECT_EQ(-EADDRINUSE, arm(10, 8 * VZMOD_ID_RANGE, 0));
	EXPECT_EQ(0, arm(9, 9 * VZMOD_ID_RANGE, 0));
	EXPECT_FALSE(ct_listed(8));
}

/* CTIDs that cutting would turn into an existing one do not fit in 32 bits. */
TEST_F(ranges, of_ctids_that_do_not_exist)
{
	static const unsigned int none[] = { 1, 100, 102, 101 + 0x10000, 0x80000065, 0x7fffffff,
					     0xffffffff };
	unsigned int i;

	for (i = 0; i < sizeof(none) / sizeof(*none); i++) {
		struct vzmod_limit limit = { .ctid = none[i] };
		struct vzmod_ubstat stat = { .ctid = none[i] };
		struct vzmod_ct_info info = { .ctid = none[i] };
		struct vzmod_start start = { .ctid = none[i], .pid = self->ct.init };
		struct vzctl_env_create env = { .veid = none[i], .flags = VE_TEST };

		EXPECT_EQ(-ESRCH, vzctl(VZMOD_SET_LIMIT, &limit));
		EXPECT_EQ(-ESRCH, vzctl(VZMOD_GET_UBSTAT, &stat));
		EXPECT_EQ(-ESRCH, vzctl(VZMOD_CT_INFO, &info));
		EXPECT_EQ(-ESRCH, vzctl(VZMOD_START, &start));
		EXPECT_EQ(-ESRCH, vzctl(VZCTL_ENV_CREATE, &env));
	}
	EXPECT_UNCHANGED(self);
}

TEST_F(ranges, of_resources_and_bounds)
{
	static const unsigned int bad[] = { VZMOD_RESOURCES, 255, 0x80000000, 0xffffffff };
	static const __u64 beyond[] = { UB_MAXVALUE + 1, 0xffffffffffffffff };
	struct vzmod_ubstat stat = { .ctid = 101, .reserved = 1 };
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct vzmod_limit req = { .ctid = 101, .resource = bad[i] };

		EXPECT_EQ(-EINVAL, vzctl(VZMOD_SET_LIMIT, &req));
		EXPECT_EQ(-EINVAL, ct_limit(&self->ct, bad[i], 1, 1));
	}
	for (i = 0; i < sizeof(beyond) / sizeof(*beyond); i++) {
		EXPECT_EQ(-EINVAL, ct_limit(&self->ct, UB_NUMFILE, beyond[i], 1));
		EXPECT_EQ(-EINVAL, ct_limit(&self->ct, UB_NUMFILE, 1, beyond[i]));
	}
	EXPECT_EQ(-EINVAL, vzctl(VZMOD_GET_UBSTAT, &stat));
	EXPECT_UNCHANGED(self);
}

/* All 25, the placeholders too, in every order that two numbers have. */
TEST_F(ranges, of_bounds_are_all_of_63_bits)
{
	static const __u64 good[] = { 0, 1, 0x7fffffff, 0x80000000, 0xffffffff, UB_MAXVALUE };
	const unsigned int n = sizeof(good) / sizeof(*good);
	struct vzmod_ubstat stat;
	unsigned int res, i, j;

	for (res = 0; res < UB_RESOURCES; res++) {
		for (i = 0; i < n; i++) {
			for (j = 0; j < n; j++) {
				ASSERT_EQ(0, ct_limit(&self->ct, res, good[i], good[j]));
				stat = ct_stat(&self->ct, res);
				ASSERT_EQ(good[i], stat.barrier);
				ASSERT_EQ(good[j], stat.limit);
				ASSERT_EQ(self->before[1][res].held, stat.held);
			}
		}
	}
	EXPECT_EQ(1, ct_held(&self->ct, UB_NUMPROC));
}

TEST_F(ranges, of_flags)
{
	struct vzctl_env_create env = { .veid = 101 };

	EXPECT_EQ(0, vzctl(VZCTL_ENV_CREATE, &env));	/* who am I: the host */
	for (env.flags = 1; env.flags; env.flags <<= 1)
		EXPECT_EQ(env.flags == VE_TEST ? 0 : -EINVAL, vzctl(VZCTL_ENV_CREATE, &env));
	env.flags = VE_TEST | VE_CREATE;
	EXPECT_EQ(-EINVAL, vzctl(VZCTL_ENV_CREATE, &env));
	EXPECT_UNCHANGED(self);
}

static long start_child(long unused)
{
	(void)unused;
	if (!fork())
		for (;;)
			pause();
	return 0;
}

/* A container that runs cannot be started again, and nobody else is its init. */
TEST_F(ranges, of_pids)
{
	struct vzmod_start start = { .ctid = 101 };
	struct vzmod_ct_info info = { .ctid = 101 };
	static const int bad[] = { 0, -1, 0x7fffffff };
	unsigned int i;

	ASSERT_EQ(0, ct_call(&self->ct, start_child, 0));
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		start.pid = bad[i];
		EXPECT_EQ(-ESRCH, vzctl(VZMOD_START, &start));
	}
	start.pid = getpid();
	EXPECT_EQ(-EINVAL, vzctl(VZMOD_START, &start));
	start.pid = self->ct.init;
	EXPECT_EQ(-EINVAL, vzctl(VZMOD_START, &start));
	EXPECT_EQ(0, vzctl(VZMOD_CT_INFO, &info));
	EXPECT_EQ(self->ct.init, info.pid);
	EXPECT_EQ(VZMOD_CT_RUNNING, info.state);

	info = (struct vzmod_ct_info){ .pid = -5 };
	EXPECT_EQ(-ESRCH, vzctl(VZMOD_CT_INFO, &info));
	info = (struct vzmod_ct_info){ .pid = self->ct.init };
	EXPECT_EQ(0, vzctl(VZMOD_CT_INFO, &info));
	EXPECT_EQ(101, info.ctid);
	EXPECT_EQ(1, info.vpid);
}

TEST_F(ranges, of_numbers_of_calls)
{
	char arg[4096] = "";
	unsigned int nr;

	for (nr = 0; nr < 256; nr++) {
		EXPECT_EQ(-ENOTTY, vzctl(_IO(VZMODTYPE, nr), arg));
		EXPECT_EQ(-ENOTTY, vzctl(_IOC(_IOC_READ, VZMODTYPE, nr, 16), arg));
		EXPECT_EQ(-ENOTTY, vzctl(_IOC(_IOC_WRITE, VZCTLTYPE, nr, 4000), arg));
	}
	EXPECT_UNCHANGED(self);
}

TEST_HARNESS_MAIN
