// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hundred containers, each killed with a bit of everything open: every one
 * is gone soon, none leaves a charge, one after the other and eight at a time.
 *
 * LIFECYCLE_CONTAINERS in the environment is how many.
 */
#include <errno.h>
#include <kselftest_harness.h>

#include "lib/load.h"

#define CONTAINERS	100
#define AT_A_TIME	8

static const struct load *const loads[] = {
	&load_fork, &load_thread, &load_open, &load_pipe, &load_eventfd, &load_unix_dgram,
	&load_socketpair, &load_netlink, &load_packet, &load_udp, &load_tcp, &load_tcp6,
	&load_flock, &load_posix_lock, &load_ofd_lock, &load_pty, &load_sigqueue, &load_timer,
	&load_mmap, &load_brk, &load_mlock, &load_map_locked, &load_shm_lock, &load_shmget,
	&load_shared, &load_memfd, &load_tmpfs,
	&load_userns, &load_pidns, &load_utsns, &load_ipcns, &load_netns, &load_mntns,
	&load_cgroupns, &load_timens, &load_inotify, &load_inowatch, &load_fanotify,
	&load_fanmark, &load_aio, &load_mount,
};

#define LOADS	(sizeof(loads) / sizeof(*loads))

/* Some of each, in other slots for each; what is behind stays open. */
static long take_everything(long each)
{
	size_t i;
	long ret, n;

	for (i = 0; i < LOADS; i++) {
		for (n = 0; n < each; n++) {
			ret = loads[i]->add(i * each + n);
			if (ret)
				return ret;
		}
	}
	return 0;
}

FIXTURE(containers) {
	int n;
};

FIXTURE_SETUP(containers)
{
	const char *text = getenv("LIFECYCLE_CONTAINERS");

	self->n = text ? atoi(text) : CONTAINERS;
	klog_mark();
}

FIXTURE_TEARDOWN(containers)
{
	struct vzlist_veidctl list = { 0 };

	EXPECT_EQ(0, vzctl(VZCTL_GET_VEIDS, &list));
	EXPECT_TRUE(no_leaks());
}

TEST_F_TIMEOUT(containers, come_and_go_in_a_row, 240)
{
	int i;

	for (i = 0; i < self->n; i++) {
		struct ct ct = { 0 };

		ASSERT_EQ(0, ct_start(&ct, 101 + i % 10));
		ASSERT_EQ(0, ct_call(&ct, take_everything, 1 + i % 10));
		ASSERT_LT(0, ct_held(&ct, UB_NUMSIGINFO));
		ASSERT_EQ(0, ct_stop(&ct));
	}
}

TEST_F_TIMEOUT(containers, come_and_go_eight_at_a_time, 240)
{
	struct ct cts[AT_A_TIME];
	int i, round;

	for (round = 0; round < self->n / AT_A_TIME; round++) {
		memset(cts, 0, sizeof(cts));
		for (i = 0; i < AT_A_TIME; i++) {
			ASSERT_EQ(0, ct_start(&cts[i], 101 + i));
			ct_begin(&cts[i], take_everything, 1 + i);
		}
		for (i = 0; i < AT_A_TIME; i++)
			ASSERT_EQ(0, ct_end(&cts[i]));
		for (i = 0; i < AT_A_TIME; i++)
			ct_kill(&cts[i]);
		for (i = 0; i < AT_A_TIME; i++)
			ASSERT_EQ(0, ct_wait_gone(101 + i));
	}
}

TEST_HARNESS_MAIN
