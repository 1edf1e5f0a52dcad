// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bombs of memory of every kind.
 *
 * Cases T101 (memory bomb) and T106 (a tmpfs that is filled).
 *
 * vm: --icount --mem 1536 --time 900
 */
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bomb.h"
#include "lib/load.h"
#include "lib/memory.h"
#include "lib/storm.h"

#define FILE_BYTES	(512L << 20)
#define PIECE		(256 * PAGE)
#define TABLE_BYTES	(512 * PAGE)	/* what one page table maps */
#define ENOUGH		PAGES(32)

/* The one who has eaten is killed for it, and none of those who count. */
static void starve(void)
{
	if (!fork()) {
		write_text("/proc/self/oom_score_adj", "1000");
		eat_forever();
	}
	children_reap();
}

/* Units of it until they are refused; then all are given back. */
static void take_all(const struct load *load)
{
	long n = 0;

	while (n < LOAD_MAX && !load->add(n))
		n++;
	while (n--)
		load->drop(n);
}

static void lock_all(void)
{
	take_all(&load_mlock);
}

static void share_all(void)
{
	take_all(&load_shmget);
	take_all(&load_shared);
}

static void fill_memfds(void)
{
	take_all(&load_memfd);
}

/* Pages of a file that is a hole cost no disk. */
static void fill_page_cache(void)
{
	static char piece[PIECE];
	int fd = open("hole", O_RDWR | O_CREAT, 0600);
	ssize_t n;

	if (!ftruncate(fd, FILE_BYTES))
		do
			n = read(fd, piece, sizeof(piece));
		while (n > 0);
	close(fd);
}

static void fill_tmpfs(void)
{
	static char piece[PIECE];
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "/tmp/fill.%d", getpid());
	fd = open(name, O_WRONLY | O_CREAT, 0600);
	while (write(fd, piece, sizeof(piece)) > 0)
		;
	close(fd);
	unlink(name);
}

/* Files without anything in them, and directories. */
static void name_in_tmpfs(void)
{
	char name[48];
	int i, n;

	for (n = 0; n < 5000; n++) {
		snprintf(name, sizeof(name), "/tmp/name.%d.%d", getpid(), n);
		if (n % 2 ? mkdir(name, 0700) : mknod(name, S_IFREG, 0))
			break;
	}
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "/tmp/name.%d.%d", getpid(), i);
		remove(name);
	}
}

/* A byte here and there needs more page tables than pages. */
static void touch_sparse(void)
{
	const long bytes = 1L << 38;
	char *at;
	long i;

	if (!fork()) {
		write_text("/proc/self/oom_score_adj", "1000");
		at = mmap(NULL, bytes, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		for (i = 0; at != MAP_FAILED && i < bytes; i += TABLE_BYTES)
			*(volatile char *)(at + i);
		_exit(0);
	}
	children_reap();
}

static long grow_stack(long depth)
{
	volatile char frame[4 * PAGE];

	frame[0] = depth;
	return depth ? grow_stack(depth - 1) + frame[0] : 0;
}

/* Seven of the eight MiB that there are. */
static void grow_stacks(void)
{
	if (!fork())
		_exit(grow_stack(440) == 1);
	children_reap();
}

/* Step: a process takes more memory than it takes to work. */
static long can_use_memory(long arg)
{
	long ret = eat(ENOUGH);

	(void)arg;
	return ret ?: stop_eating(0) == 1 ? 0 : -EIO;
}

#define MEMORY_BOMB(name, ...) BOMB(name, 95, __VA_ARGS__, .meanwhile = can_use_memory)

MEMORY_BOMB(anonymous, starve, 4, ROOF(UB_OOMGUARPAGES));
MEMORY_BOMB(maps, storm_map, 4);
MEMORY_BOMB(locked, lock_all, 4, ROOF(UB_LOCKEDPAGES));
MEMORY_BOMB(lock_storm, storm_mlock, 4, ROOF(UB_LOCKEDPAGES));
MEMORY_BOMB(shared, share_all, 4, ROOF(UB_SHMPAGES));
MEMORY_BOMB(shm_storm, storm_shm, 4);
MEMORY_BOMB(memfd, fill_memfds, 4, ROOF(UB_SHMPAGES));
MEMORY_BOMB(tmpfs, fill_tmpfs, 4, ROOF(UB_SHMPAGES));
MEMORY_BOMB(tmpfs_names, name_in_tmpfs, 4);
MEMORY_BOMB(page_cache, fill_page_cache, 2);
MEMORY_BOMB(page_tables, touch_sparse, 4, ROOF(UB_KMEMSIZE));
MEMORY_BOMB(stacks, grow_stacks, 8);

TEST_HARNESS_MAIN
