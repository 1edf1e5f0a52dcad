// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * numfile is exact for every kind of file: after any sequence of opening,
 * duplicating, closing, forking and executing it equals the number of open
 * file descriptions that a model of these calls has counted.
 *
 * Case T010.  NUMFILE_STEPS in the environment is the number of random steps.
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "lib/container.h"
#include "lib/files.h"

#define MAX_FDS		200
#define MAX_CHILDREN	8
#define FIRST_FD	10	/* below are those of init itself */
#define CHECKS		200

/* What the model knows of an open file description. */
struct description {
	int refs;
};

/* What it knows of a descriptor. */
struct descriptor {
	struct description *file;	/* NULL: closed */
	bool cloexec;
};

struct child {
	pid_t pid;
	struct descriptor fds[MAX_FDS];
	bool has_exe;		/* it runs a program that it has opened itself */
};

static struct descriptor fds[MAX_FDS];
static struct child children[MAX_CHILDREN];
static long expected;

/* This program again, with nothing to do but to keep its files open. */
static void __attribute__((constructor)) be_child(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "wait")) {
		kill(getpid(), SIGSTOP);
		_exit(0);
	}
}

static void forget(struct descriptor *fd)
{
	if (fd->file && !--fd->file->refs) {
		free(fd->file);
		expected--;
	}
	fd->file = NULL;
}

static void remember(int fd, struct description *file, bool cloexec)
{
	if (!file) {
		file = calloc(1, sizeof(*file));
		expected++;
	}
	fds[fd].file = file;
	fds[fd].cloexec = cloexec;
	file->refs++;
}

static int random_open_fd(void)
{
	int start = rand() % MAX_FDS, i;

	for (i = 0; i < MAX_FDS; i++)
		if (fds[(start + i) % MAX_FDS].file)
			return (start + i) % MAX_FDS;
	return -1;
}

static void close_one(void)
{
	int fd = random_open_fd();

	if (fd < 0)
		return;
	close(fd);
	forget(&fds[fd]);
}

/* Move a new descriptor out of the way of init's own, and perhaps mark it. */
static int adopt(int fd)
{
	bool cloexec = rand() % 2;
	int moved = fcntl(fd, cloexec ? F_DUPFD_CLOEXEC : F_DUPFD, FIRST_FD);

	close(fd);
	if (moved >= 0 && moved < MAX_FDS) {
		remember(moved, NULL, cloexec);
		return 0;
	}
	close(moved);
	return moved < 0 ? -errno : 0;
}

static int open_some(void)
{
	const struct file_kind *kind = &file_kinds[rand() % n_file_kinds];
	int new[FILES_MAX], n = kind->open(new), i, ret = 0;

	if (n < 0 && n != -ENOSYS)
		return n;
	for (i = 0; i < n; i++)
		ret = ret ?: adopt(new[i]);
	return ret;
}

static void duplicate(void)
{
	int from = random_open_fd(), to = FIRST_FD + rand() % (MAX_FDS - FIRST_FD);

	if (from < 0 || from == to)
		return;
	switch (rand() % 2) {
	case 0:
		to = fcntl(from, F_DUPFD, FIRST_FD);
		break;
	case 1:
		to = dup3(from, to, 0);
		break;
	}
	if (to < 0 || to >= MAX_FDS) {
		close(to);
		return;
	}
	fds[from].file->refs++;		/* so that it survives being replaced by itself */
	forget(&fds[to]);
	remember(to, fds[from].file, false);
	fds[from].file->refs--;
}

static void close_some(void)
{
	unsigned int first = FIRST_FD + rand() % (MAX_FDS - FIRST_FD), fd;

	close_range(first, first + 5, 0);
	for (fd = first; fd <= first + 5 && fd < MAX_FDS; fd++)
		forget(&fds[fd]);
}

static void end_child(struct child *child)
{
	int fd;

	kill(child->pid, SIGKILL);
	waitpid(child->pid, NULL, 0);
	for (fd = 0; fd < MAX_FDS; fd++)
		forget(&child->fds[fd]);
	expected -= child->has_exe;
	child->pid = 0;
}

static void become_child(bool exec)
{
	if (exec)
		execl("/proc/self/exe", "child", "wait", NULL);
	kill(getpid(), SIGSTOP);
	_exit(1);
}

/* A child shares all descriptions until it dies, or executes a program. */
static int fork_one(bool exec)
{
	struct child *child = &children[rand() % MAX_CHILDREN];
	int fd, status;

	if (child->pid)
		end_child(child);
	child->pid = fork();
	if (!child->pid)
		become_child(exec);
	waitpid(child->pid, &status, WUNTRACED);
	if (!WIFSTOPPED(status))
		return -ECHILD;
	child->has_exe = exec;
	expected += exec;
	for (fd = 0; fd < MAX_FDS; fd++) {
		child->fds[fd] = fds[fd];
		if (exec && fds[fd].cloexec)
			child->fds[fd].file = NULL;
		if (child->fds[fd].file)
			child->fds[fd].file->refs++;
	}
	return 0;
}

/* Returns what the model expects, or a negative errno. */
static long random_steps(long n)
{
	int ret = 0, dice;

	while (n-- && !ret) {
		dice = rand() % 1000;
		if (dice < 400)
			ret = open_some();
		else if (dice < 600)
			duplicate();
		else if (dice < 920)
			close_one();
		else if (dice < 990)
			close_some();
		else if (dice < 997)
			ret = fork_one(false);
		else
			ret = fork_one(true);
	}
	return ret ?: expected;
}

static long seed(long value)
{
	const struct rlimit limit = { MAX_FDS + 20, MAX_FDS + 20 };

	srand(value);
	return setrlimit(RLIMIT_NOFILE, &limit) ? -errno : 0;
}

static long end_all(long unused)
{
	int i;

	(void)unused;
	for (i = 0; i < MAX_CHILDREN; i++)
		if (children[i].pid)
			end_child(&children[i]);
	while (random_open_fd() >= 0)
		close_one();
	return expected;
}

FIXTURE(numfile) {
	struct ct ct;
};

FIXTURE_SETUP(numfile)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(numfile)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

TEST_F_TIMEOUT(numfile, equals_the_model_after_random_steps, 300)
{
	const char *steps = getenv("NUMFILE_STEPS");
	long per_check = (steps ? atol(steps) : 100000) / CHECKS;
	long model, most = 0;
	struct ct *ct = &self->ct;
	int i;

	ASSERT_EQ(0, ct_call(ct, seed, 1));
	for (i = 0; i < CHECKS; i++) {
		model = ct_call(ct, random_steps, per_check);
		ASSERT_LE(0, model);
		if (most < model)
			most = model;
		ASSERT_EQ(model, ct_held_when(ct, UB_NUMFILE, model)) {
			TH_LOG("after %ld steps", (i + 1) * per_check);
		}
	}
	EXPECT_LE(MAX_FDS / 4, most);	/* it was a load */
	EXPECT_EQ(0, ct_call(ct, end_all, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMFILE, 0));
}

TEST_HARNESS_MAIN
