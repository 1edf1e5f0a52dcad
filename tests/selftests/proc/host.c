// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Beancounter 0 shows what the host itself uses: what its tasks take and not
 * what those of a container take, so that nothing is counted twice; what the
 * kernel has no total of is 0 and says so; and its limits bind nobody.
 *
 * vm: --mem 1536
 */
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/mman.h>
#include <sys/swap.h>

#include "lib/cgroup.h"
#include "lib/load.h"
#include "lib/memory.h"

/* A machine is never quite still. */
#define UNITS		100
#define NOISE		20
#define PAGES_NOISE	PAGES(6)

static const struct ct host = { .ctid = 0 };

static bool is_about(unsigned long got, unsigned long wanted, unsigned long noise)
{
	return got + noise >= wanted && got <= wanted + noise;
}

/* Has the host about that much, at last? */
static bool host_has(unsigned int res, unsigned long wanted, unsigned long noise)
{
	return wait_until(is_about(ct_held(&host, res), wanted, noise));
}

#define EXPECT_HOST(res, wanted, noise) do {				\
	unsigned long wanted_ = wanted;					\
									\
	EXPECT_TRUE(host_has(res, wanted_, noise)) {			\
		TH_LOG("resource %u: %lu, not %lu", res,		\
		       ct_held(&host, res), wanted_);			\
	}								\
} while (0)

/* --- what is counted one by one --------------------------------------------- */

FIXTURE(units) {
	struct ct ct;
};

FIXTURE_SETUP(units)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(units)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

FIXTURE_VARIANT(units) {
	const struct load *load;
};

#define LOAD(name) FIXTURE_VARIANT_ADD(units, name) { &load_##name }

LOAD(fork);
LOAD(thread);
LOAD(eventfd);
LOAD(tcp);
LOAD(udp);
LOAD(unix_dgram);
LOAD(pty);
LOAD(mmap);
LOAD(mlock);

TEST_F_TIMEOUT(units, of_the_host_are_what_it_takes_and_not_what_a_container_takes, 120)
{
	const struct load *load = variant->load;
	const unsigned long all = UNITS * load->units, noise = NOISE * load->units;
	unsigned long idle;
	int i;

	/* Warm up: a first use may leave something open for good. */
	ASSERT_EQ(0, load->add(0));
	ASSERT_EQ(0, load->drop(0));
	idle = ct_held(&host, load->resource);

	for (i = 0; i < UNITS; i++)
		ASSERT_EQ(0, load->add(i));
	EXPECT_HOST(load->resource, idle + all, noise);
	for (i = 0; i < UNITS; i++)
		ASSERT_EQ(0, load->drop(i));
	EXPECT_HOST(load->resource, idle, noise);
	EXPECT_LE(idle + all, ct_stat(&host, load->resource).maxheld + noise);

	for (i = 0; i < UNITS; i++)
		ASSERT_EQ(0, ct_call(&self->ct, load->add, i));
	EXPECT_LE(all, ct_held(&self->ct, load->resource));
	EXPECT_HOST(load->resource, idle, noise);
}

/* --- memory ----------------------------------------------------------------- */

FIXTURE(memory) {
	struct ct ct;
};

/* Free pages that a CPU keeps for itself are not free; let it keep few. */
#define KEEP_FILE	"/proc/sys/vm/percpu_pagelist_high_fraction"

FIXTURE_SETUP(memory)
{
	klog_mark();
	ASSERT_EQ(0, write_text(KEEP_FILE, "1000"));
	self->ct.cgroup = cgroup_make("101");
	ASSERT_LT(0, self->ct.cgroup);
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(memory)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	close(self->ct.cgroup);
	EXPECT_EQ(0, cgroup_remove("101"));
	EXPECT_EQ(0, write_text(KEEP_FILE, "0"));
	EXPECT_TRUE(no_leaks());
}

/* What grows with a process; CPUs keep some of what is free all the same. */
#define KEPT		PAGES(24)
#define N_OF_PROCESSES	3

static const unsigned int of_processes[N_OF_PROCESSES] = {
	UB_PRIVVMPAGES, UB_PHYSPAGES, UB_OOMGUARPAGES,
};

static void look(unsigned long held[N_OF_PROCESSES])
{
	int i;

	for (i = 0; i < N_OF_PROCESSES; i++)
		held[i] = ct_held(&host, of_processes[i]);
}

TEST_F_TIMEOUT(memory, of_processes_is_held_by_whose_processes_they_are, 120)
{
	unsigned long idle[N_OF_PROCESSES];
	int i;

	/* The CPUs give up what they have kept until now. */
	ASSERT_EQ(0, eat(PAGES(64)));
	ASSERT_EQ(1, stop_eating(0));
	look(idle);
	ASSERT_EQ(0, eat(PAGES(64)));
	for (i = 0; i < N_OF_PROCESSES; i++)
		EXPECT_HOST(of_processes[i], idle[i] + PAGES(64), KEPT);
	ASSERT_EQ(1, stop_eating(0));
	for (i = 0; i < N_OF_PROCESSES; i++)
		EXPECT_HOST(of_processes[i], idle[i], KEPT);

	ASSERT_EQ(0, ct_call(&self->ct, eat, PAGES(64)));
	for (i = 0; i < N_OF_PROCESSES; i++) {
		EXPECT_LE(PAGES(64), ct_held(&self->ct, of_processes[i]) + KEPT);
		EXPECT_HOST(of_processes[i], idle[i], KEPT);
	}
	ASSERT_EQ(1, ct_call(&self->ct, stop_eating, 0));
}

/* Step: share @pages of memory, all of them in memory; 0 gives them back. */
static long share(long pages)
{
	static void *memory;
	static long had;

	if (had)
		munmap(memory, had * PAGE);
	had = pages;
	if (!pages)
		return 0;
	memory = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	return memory == MAP_FAILED ? -1 : 0;
}

TEST_F(memory, that_is_shared_is_held_by_who_has_made_it)
{
	unsigned long idle = ct_held(&host, UB_SHMPAGES);

	ASSERT_EQ(0, share(PAGES(32)));
	EXPECT_HOST(UB_SHMPAGES, idle + PAGES(32), PAGES_NOISE);
	ASSERT_EQ(0, share(0));
	EXPECT_HOST(UB_SHMPAGES, idle, PAGES_NOISE);

	ASSERT_EQ(0, ct_call(&self->ct, share, PAGES(32)));
	EXPECT_LE(PAGES(32), ct_held(&self->ct, UB_SHMPAGES));
	EXPECT_HOST(UB_SHMPAGES, idle, PAGES_NOISE);
}

/* So many processes are more than so much memory of the kernel. */
#define CROWD		(2 * UNITS)
#define CROWD_BYTES	(CROWD * 20480UL)

/* What was freed may come back later. */
static bool host_has_no_crowd(unsigned long idle)
{
	return wait_until(ct_held(&host, UB_KMEMSIZE) < idle + CROWD_BYTES / 2);
}

TEST_F(memory, of_the_kernel_is_held_by_whom_it_serves)
{
	unsigned long idle = ct_held(&host, UB_KMEMSIZE);
	int i;

	for (i = 0; i < CROWD; i++)
		ASSERT_EQ(0, load_fork.add(i));
	EXPECT_LE(idle + CROWD_BYTES, ct_held(&host, UB_KMEMSIZE));
	for (i = 0; i < CROWD; i++)
		ASSERT_EQ(0, load_fork.drop(i));
	EXPECT_TRUE(host_has_no_crowd(idle));

	for (i = 0; i < CROWD; i++)
		ASSERT_EQ(0, ct_call(&self->ct, load_fork.add, i));
	EXPECT_LE(CROWD_BYTES, ct_held(&self->ct, UB_KMEMSIZE));
	EXPECT_TRUE(host_has_no_crowd(idle));
}

#define SWAP_FILE	"/var/tmp/swap"
#define SWAP_MIB	64

static bool make_swap(void)
{
	static char buffer[1 << 20];
	int fd = open(SWAP_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool done = true;
	int i;

	for (i = 0; i < SWAP_MIB; i++)
		done &= write(fd, buffer, sizeof(buffer)) == sizeof(buffer);
	done &= !fsync(fd);
	close(fd);
	return done && !system("mkswap " SWAP_FILE " >/dev/null 2>&1") && !swapon(SWAP_FILE, 0);
}

/* Have the kernel put out what is in a cgroup until so much is in swap. */
static bool is_swapped(const struct ct *ct, int cgroup, unsigned long pages)
{
	int fd = openat(cgroup, "memory.reclaim", O_WRONLY | O_CLOEXEC);
	/* It fails if that much is not there: no matter. */
	bool done = wait_until(write(fd, "64M", 3) &&
			       is_about(ct_held(ct, UB_SWAPPAGES), pages, PAGES(2)));

	close(fd);
	return done;
}

TEST_F_TIMEOUT(memory, that_is_swapped_out_is_held_by_whose_it_is, 120)
{
	int cgroup = cgroup_make("host");

	ASSERT_LT(0, cgroup);
	ASSERT_TRUE(make_swap());
	EXPECT_EQ(0, ct_held(&host, UB_SWAPPAGES));
	ASSERT_EQ(0, write_text("/sys/fs/cgroup/test/host/cgroup.procs", "0"));
	ASSERT_EQ(0, eat(PAGES(16)));
	EXPECT_TRUE(is_swapped(&host, cgroup, PAGES(16)));

	ASSERT_EQ(0, ct_call(&self->ct, eat, PAGES(16)));
	EXPECT_TRUE(is_swapped(&self->ct, self->ct.cgroup, PAGES(16)));
	EXPECT_HOST(UB_SWAPPAGES, PAGES(16), PAGES(2));

	ASSERT_EQ(1, stop_eating(0));
	EXPECT_HOST(UB_SWAPPAGES, 0, PAGES(1));
	ASSERT_EQ(1, ct_call(&self->ct, stop_eating, 0));
	EXPECT_EQ(0, swapoff(SWAP_FILE));
	unlink(SWAP_FILE);
	ASSERT_EQ(0, write_text("/sys/fs/cgroup/cgroup.procs", "0"));
	close(cgroup);
	EXPECT_EQ(0, cgroup_remove("host"));
}

/* --- without a container ---------------------------------------------------- */

FIXTURE(totals) {
};

FIXTURE_SETUP(totals)
{
	klog_mark();
}

FIXTURE_TEARDOWN(totals)
{
	EXPECT_TRUE(no_leaks());
}

static bool has_line(const char *path, const char *wanted)
{
	FILE *file = fopen(path, "r");
	bool found = false;
	char line[256];

	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, wanted, strlen(wanted));
	if (file)
		fclose(file);
	return found;
}

TEST_F(totals, tell_whether_they_are_known)
{
	static const unsigned int unknown[] = {
		UB_NUMFLOCK, UB_NUMSIGINFO, UB_NUMIPTENT, UB_TCPSNDBUF, UB_TCPRCVBUF,
		UB_OTHERSOCKBUF, UB_DGRAMRCVBUF,
	};
	struct vzmod_ubstat stat;
	size_t i;

	for (i = 0; i < sizeof(unknown) / sizeof(*unknown); i++) {
		stat = ct_stat(&host, unknown[i]);
		EXPECT_FALSE(stat.flags & VZMOD_UB_ACCOUNTED);
		EXPECT_EQ(0, stat.held);
		EXPECT_EQ(0, stat.maxheld);
	}
	EXPECT_TRUE(ct_stat(&host, UB_NUMFILE).flags & VZMOD_UB_ACCOUNTED);
	EXPECT_TRUE(has_line("/proc/bc/0/debug", "numproc: observed\n"));
	EXPECT_TRUE(has_line("/proc/bc/0/debug", "kmemsize: observed; "));
	EXPECT_TRUE(has_line("/proc/bc/0/debug", "numflock: not accounted\n"));
}

static unsigned long threads(void)
{
	FILE *file = fopen("/proc/loadavg", "r");
	unsigned long all = 0;

	if (fscanf(file, "%*f %*f %*f %*d/%lu", &all) != 1)
		all = 0;
	fclose(file);
	return all;
}

/* In KiB. */
static unsigned long meminfo(const char *name)
{
	FILE *file = fopen("/proc/meminfo", "r");
	unsigned long value, found = 0;
	char line[128], word[64];

	while (!found && fgets(line, sizeof(line), file))
		if (sscanf(line, "%63[^:]: %lu", word, &value) == 2 && !strcmp(word, name))
			found = value;
	fclose(file);
	return found;
}

static unsigned long files(void)
{
	FILE *file = fopen("/proc/sys/fs/file-nr", "r");
	unsigned long all = 0;

	if (fscanf(file, "%lu", &all) != 1)
		all = 0;
	fclose(file);
	return all;
}

TEST_F(totals, are_those_of_the_kernel)
{
	const unsigned long kib = PAGES_NOISE * 4;

	EXPECT_TRUE(is_about(ct_held(&host, UB_NUMPROC), threads(), NOISE));
	/* The kernel shows that number without the stocks of its CPUs. */
	EXPECT_TRUE(is_about(ct_held(&host, UB_NUMFILE), files(), 100));
	EXPECT_TRUE(is_about(ct_held(&host, UB_PHYSPAGES) * 4,
			     meminfo("MemTotal") - meminfo("MemFree"), kib));
	EXPECT_TRUE(is_about(ct_held(&host, UB_SHMPAGES) * 4, meminfo("Shmem"), kib));
	EXPECT_TRUE(is_about(ct_held(&host, UB_OOMGUARPAGES) * 4,
			     meminfo("Active(anon)") + meminfo("Inactive(anon)") +
			     meminfo("Unevictable"), kib));
	EXPECT_TRUE(is_about(ct_held(&host, UB_DCACHESIZE) / 1024, meminfo("SReclaimable"), kib));
	EXPECT_TRUE(is_about(ct_held(&host, UB_KMEMSIZE) / 1024,
			     meminfo("Slab") + meminfo("KernelStack") + meminfo("PageTables"),
			     kib));
}

TEST_F(totals, are_bound_by_nothing)
{
	struct ct zero = { .ctid = 0 };
	int fds[2];

	ASSERT_EQ(0, ct_limit(&zero, UB_NUMFILE, 1, 1));
	EXPECT_EQ(0, pipe(fds));
	EXPECT_LT(1, ct_held(&zero, UB_NUMFILE));
	EXPECT_EQ(0, ct_stat(&zero, UB_NUMFILE).failcnt);
	ASSERT_EQ(0, ct_limit(&zero, UB_NUMFILE, UB_MAXVALUE, UB_MAXVALUE));
	close(fds[0]);
	close(fds[1]);
}

TEST_HARNESS_MAIN
