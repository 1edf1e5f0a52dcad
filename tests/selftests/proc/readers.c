// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Readers of beancounter files always see whole lines with possible numbers,
 * whatever size they read in, while containers come, go, are charged and are
 * given other limits.
 *
 * Case T026.  READERS_READS in the environment is how many files are read.
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "lib/container.h"

#define WRITERS		8
#define READS		10000
#define ROW_LEN		130
#define HEADER_LEN	143
#define MOST_HELD	0x80000000UL	/* bytes: the machine has less */

static int *stop;

static bool stopped(void)
{
	return __atomic_load_n(stop, __ATOMIC_RELAXED);
}

/* In a container: files come and go, now and then more than there may be. */
static void be_busy(void)
{
	int fds[32], i;

	for (;;) {
		for (i = 0; i < 32; i++)
			fds[i] = eventfd(0, 0);
		for (i = 0; i < 32; i++)
			close(fds[i]);
	}
}

/* Barrier and limit are always one apart, so that a torn pair shows. */
static void change_limits(int fd, unsigned int ctid, int i)
{
	struct vzmod_limit limit = { .ctid = ctid, .resource = UB_NUMFILE,
				     .barrier = 10 + i % 20, .limit = 11 + i % 20 };

	ioctl(fd, VZMOD_SET_LIMIT, &limit);
}

static void write_container(unsigned int ctid)
{
	struct vzmod_arm arm = { .ctid = ctid, .uid_base = ctid * VZMOD_ID_RANGE };
	int i, fd = open("/dev/vzctl", O_RDWR | O_CLOEXEC);
	pid_t pid;

	if (ioctl(fd, VZMOD_ARM, &arm)) {
		close(fd);
		return;
	}
	pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
	if (!pid)
		be_busy();
	for (i = 0; i < 50 && !stopped(); i++)
		change_limits(fd, ctid, i);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd);
}

static void writer(int i)
{
	while (!stopped())
		write_container(101 + i);
	_exit(0);
}

/*
 * The file as it comes in reads of this size; its length.  A file that goes
 * away with its container while it is read gives an error, and counts as none.
 */
static size_t read_in_pieces(const char *path, size_t piece, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t at = 0;
	ssize_t n = 0;

	if (fd < 0)
		return 0;
	while (at + piece < size && (n = read(fd, text + at, piece)) > 0)
		at += n;
	close(fd);
	text[at] = 0;
	return n < 0 ? 0 : at;
}

static bool check_row(const char *row)
{
	unsigned long held, maxheld, barrier, limit, failcnt;
	char name[16];

	if (sscanf(row + 12, "%15s %lu %lu %lu %lu %lu", name, &held, &maxheld, &barrier, &limit,
		   &failcnt) != 6)
		return false;
	if (held > MOST_HELD || maxheld < held)
		return false;
	if (strcmp(name, "numfile"))
		return true;
	return (barrier == UB_MAXVALUE || (barrier >= 10 && barrier < 30)) &&
	       (limit == UB_MAXVALUE || (limit >= 11 && limit < 31));
}

/* Rows per beancounter, the first of each with its CTID, none of them torn. */
static bool check_file(const char *text, size_t len, size_t header, int rows)
{
	size_t at, n = 0;

	if (len < header || (len - header) % ROW_LEN || (len - header) / ROW_LEN % rows)
		return false;
	for (at = header; at < len; at += ROW_LEN, n++) {
		if (text[at + ROW_LEN - 1] != '\n' || !check_row(text + at))
			return false;
		if (header && (text[at + 9] == ':') != (n % rows == 0))
			return false;
	}
	return true;
}

FIXTURE(readers) {
};

FIXTURE_SETUP(readers)
{
}

FIXTURE_TEARDOWN(readers)
{
}

TEST_F_TIMEOUT(readers, see_sane_files_whatever_happens, 240)
{
	static const struct {
		const char *path;
		size_t header;
		int rows;
		size_t smallest;	/* piece: single bytes of long files take long */
	} files[] = {
		{ "/proc/user_beancounters", HEADER_LEN, 24, 129 },
		{ "/proc/bc/resources", HEADER_LEN, 21, 129 },
		{ "/proc/bc/101/resources", 0, 21, 1 },
	};
	static const size_t pieces[] = { 1, 7, 129, 130, 131, 1000, 4095, 4096, 4097, 65000 };
	static char text[131072];
	const char *wanted = getenv("READERS_READS");
	long i, n = wanted ? atol(wanted) : READS, many = 0;
	size_t len, piece;
	int f;

	klog_mark();
	stop = mmap(NULL, sizeof(*stop), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < WRITERS; i++)
		if (!fork())
			writer(i);
	setpriority(PRIO_PROCESS, 0, -20);	/* the others only have to keep us busy */
	for (i = 0; i < n; i++) {
		f = i % 3;
		piece = pieces[i / 3 % 10];
		if (piece < files[f].smallest)
			continue;
		len = read_in_pieces(files[f].path, piece, text, sizeof(text));
		many += len > HEADER_LEN + 3 * 24 * ROW_LEN;
		if (len)
			ASSERT_TRUE(check_file(text, len, files[f].header, files[f].rows)) {
				*stop = 1;
				TH_LOG("%s in pieces of %zu:\n%s", files[f].path, piece, text);
			}
	}
	*stop = 1;
	EXPECT_EQ(0, children_reap());
	EXPECT_LT(n / 10, many);	/* there was something to see */
	for (i = 0; i < WRITERS; i++)
		EXPECT_EQ(0, ct_wait_gone(101 + i));
	EXPECT_TRUE(no_leaks());
}

TEST_HARNESS_MAIN
