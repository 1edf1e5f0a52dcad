// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A refused request leaves nothing behind: after very many of them no slab of
 * the objects that were about to be made has grown.
 *
 * Case T024 (10^5 requests, of forks a tenth: a million takes minutes).
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>

#include "lib/load.h"

#define REFUSALS	100000
#define GROWTH		64	/* objects, as the case has it */

static const char *const slabs[] = {
	"filp", "lsm_file_cache", "task_struct", "cred_jar", "sock_inode_cache",
	"signal_cache", "sighand_cache", "files_cache", "mm_struct", "vm_area_struct", "pid",
	"UNIX", "TCP", "TCPv6", "UDP", "file_lock_cache", "sigqueue", "posix_timers_cache",
	"pipe_inode_cache", "proc_inode_cache", "shmem_inode_cache", "eventpoll_epi",
	"kmalloc-64", "kmalloc-192", "kmalloc-1k", "kmalloc-2k",
};

#define SLABS	(sizeof(slabs) / sizeof(*slabs))

FIXTURE(refused) {
	struct ct ct;
};

FIXTURE_VARIANT(refused) {
	const struct load *load;
	long times;
};

#define LOAD(name, times) FIXTURE_VARIANT_ADD(refused, name) { &load_##name, times }

LOAD(fork, REFUSALS / 10);
LOAD(thread, REFUSALS / 10);
LOAD(open, REFUSALS);
LOAD(pipe, REFUSALS);
LOAD(unix_dgram, REFUSALS);
LOAD(netlink, REFUSALS);
LOAD(packet, REFUSALS);
LOAD(udp, REFUSALS);
LOAD(tcp, REFUSALS);
LOAD(flock, REFUSALS);
LOAD(posix_lock, REFUSALS);
LOAD(pty, REFUSALS);
LOAD(sigqueue, REFUSALS);
LOAD(timer, REFUSALS);

FIXTURE_SETUP(refused)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	ASSERT_EQ(0, ct_call(&self->ct, variant->load->add, 0));
	ASSERT_EQ(0, ct_limit(&self->ct, variant->load->resource, 0, 0));
}

FIXTURE_TEARDOWN(refused)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

static long (*add)(long step);

static long choose(long step)
{
	add = (ct_step *)step;
	return 0;
}

/* Returns how many were refused. */
static long ask(long times)
{
	long refused = 0;

	while (times--)
		refused += add(1) < 0;
	return refused;
}

/* Objects in use, after what CPUs keep ready was given back; -1 if unknown. */
static long objects(const char *slab)
{
	char path[128], text[32] = "";
	int fd;

	sprintf(path, "/sys/kernel/slab/%s/shrink", slab);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) != 1)
		return -1;
	close(fd);
	sprintf(path, "/sys/kernel/slab/%s/objects", slab);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (read(fd, text, sizeof(text) - 1) < 0)
		return -1;
	close(fd);
	return atol(text);
}

TEST_F_TIMEOUT(refused, requests_leave_nothing_in_the_slabs, 120)
{
	const struct load *load = variant->load;
	long before[SLABS], growth, known = 0;
	struct ct *ct = &self->ct;
	unsigned int i;

	ASSERT_EQ(0, ct_call(ct, choose, (long)load->add));
	ASSERT_EQ(100, ct_call(ct, ask, 100));
	for (i = 0; i < SLABS; i++) {
		before[i] = objects(slabs[i]);
		known += before[i] > 0;
	}
	if (!known)
		SKIP(return, "this kernel does not tell what is in its slabs");

	ASSERT_EQ(variant->times, ct_call(ct, ask, variant->times));
	EXPECT_EQ(100 + variant->times, ct_stat(ct, load->resource).failcnt);
	for (i = 0; i < SLABS; i++) {
		/* What is freed after a grace period takes a moment. */
		growth = 0;
		EXPECT_TRUE(wait_until((growth = objects(slabs[i]) - before[i]) <= GROWTH)) {
			TH_LOG("%s: %ld more after %ld refusals", slabs[i], growth,
			       variant->times);
		}
	}
}

TEST_HARNESS_MAIN
