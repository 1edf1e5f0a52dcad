// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmemsize is the kernel memory of the container: held follows a known load,
 * bombs of pipes, processes and page tables meet the barrier or the limit, and
 * the container works as before afterwards.  The hooks that refuse are there
 * while a container has a limit, and come and go under load.
 * vm: --turns
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <limits.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/cgroup.h"
#include "lib/memory.h"

#define KIB		1024UL
#define MIB		(1024 * KIB)
#define PIPE_BYTES	(64 * KIB)
#define PIPES_MAX	400
#define FORKS_MAX	1000
#define TABLE_BYTES	(512 * PAGE)	/* what one page table maps */
#define TOGGLE_SECONDS	20

/* Pages that the kernel has charged ahead or not counted yet. */
#define SLACK		(64 * PAGE * sysconf(_SC_NPROCESSORS_CONF))

static int pipes[PIPES_MAX][2];
static int n_pipes;
static char *sparse;

static void close_pipe(void)
{
	n_pipes--;
	close(pipes[n_pipes][0]);
	close(pipes[n_pipes][1]);
}

/* Fill one more pipe: 0 or -errno. */
static int fill_pipe(void)
{
	static const char buffer[PIPE_BYTES];
	int ret = 0;

	if (pipe2(pipes[n_pipes], O_NONBLOCK))
		return -errno;
	n_pipes++;
	if (write(pipes[n_pipes - 1][1], buffer, PIPE_BYTES) < 0)
		ret = -errno;
	return ret;
}

/*
 * Step: fill pipes, @arg of them at most; how many, or the errno.  The last two
 * are given back then, because the answer itself takes memory.  pipe() says
 * ENFILE when it gets no inode.
 */
static long fill_pipes(long arg)
{
	int ret = 0;
	long n;

	for (n = 0; n < arg && !ret; n++)
		ret = fill_pipe();
	for (n = 0; ret && n < 2 && n_pipes; n++)
		close_pipe();
	return ret == -ENFILE ? -ENOMEM : ret ?: arg;
}

static long close_pipes(long arg)
{
	(void)arg;
	while (n_pipes)
		close_pipe();
	return 0;
}

/* Step: processes until one is refused; the errno. */
static long fork_bomb(long arg)
{
	static pid_t kids[FORKS_MAX];
	long n, ret = 0;

	(void)arg;
	for (n = 0; n < FORKS_MAX && !ret; n++) {
		kids[n] = fork();
		if (!kids[n])
			for (;;)
				pause();
		if (kids[n] < 0)
			ret = -errno;
	}
	while (n-- > 0) {
		if (kids[n] <= 0)
			continue;
		kill(kids[n], SIGKILL);
		waitpid(kids[n], NULL, 0);
	}
	return ret;
}

/* Step: a range that needs @arg page tables, when it is touched. */
static long map_sparse(long arg)
{
	sparse = mmap(NULL, arg * TABLE_BYTES, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (sparse == MAP_FAILED)
		return -errno;
	madvise(sparse, arg * TABLE_BYTES, MADV_NOHUGEPAGE);
	return 0;
}

static void touch_sparse(long tables)
{
	long i;

	for (i = 0; i < tables; i++)
		sparse[i * TABLE_BYTES] = 1;
}

/* Step: take them and give them back. */
static long use_sparse(long arg)
{
	touch_sparse(arg);
	return munmap(sparse, arg * TABLE_BYTES) ? -errno : 0;
}

/* Step: a child needs @arg page tables; the signal that ended it. */
static long table_bomb(long arg)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		map_sparse(arg);
		touch_sparse(arg);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* Step: pipes come and go for so many seconds. */
static long churn(long seconds)
{
	double end = now() + seconds;
	long ret = 0;

	while (now() < end && ret >= 0) {
		ret = fill_pipes(20);
		close_pipes(0);
	}
	return ret;
}

/* The state of a hook, as /proc/vz/hooks has it. */
static bool hook_is(const char *function, const char *state)
{
	char line[256], name[64], found[16];
	FILE *file = fopen("/proc/vz/hooks", "r");
	bool is = false;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %15s", name, found) == 2 && !strcmp(name, function))
			is = !strcmp(found, state);
	if (file)
		fclose(file);
	return is;
}

FIXTURE(kmem) {
	struct ct ct;
};

FIXTURE_SETUP(kmem)
{
	klog_mark();
	self->ct.cgroup = cgroup_make("101");
	ASSERT_LT(0, self->ct.cgroup);
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(kmem)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	close(self->ct.cgroup);
	EXPECT_EQ(0, cgroup_remove("101"));
	EXPECT_TRUE(wait_until(hook_is("__memcg_kmem_charge_page", "idle")));
	EXPECT_TRUE(no_leaks());
}

static unsigned long held(const struct ct *ct)
{
	return ct_held(ct, UB_KMEMSIZE);
}

/* held follows a load of @ct, within what it is allowed to be off. */
static void expect_to_follow(struct __test_metadata *_metadata, struct ct *ct)
{
	const int n = 64;
	unsigned long before = held(ct), after;

	ASSERT_EQ(n, ct_call(ct, fill_pipes, n));
	after = held(ct);
	EXPECT_LE(before + n * PIPE_BYTES, after + SLACK);
	EXPECT_GE(before + n * (PIPE_BYTES + 4 * KIB) + SLACK, after);
	EXPECT_LE(after, cgroup_event(ct->cgroup, "memory.stat", "kernel") + SLACK);
	EXPECT_GE(after + SLACK, cgroup_event(ct->cgroup, "memory.stat", "kernel"));
	ASSERT_EQ(0, ct_call(ct, close_pipes, 0));
	EXPECT_GE(before + SLACK, held(ct));
}

TEST_F(kmem, held_follows_what_is_used_with_and_without_a_limit)
{
	unsigned long limit = held(&self->ct) + 64 * MIB;

	EXPECT_TRUE(ct_stat(&self->ct, UB_KMEMSIZE).flags & VZMOD_UB_ACCOUNTED);
	expect_to_follow(_metadata, &self->ct);
	ASSERT_EQ(0, ct_limit(&self->ct, UB_KMEMSIZE, limit, limit));
	EXPECT_TRUE(hook_is("__memcg_kmem_charge_page", "on"));
	expect_to_follow(_metadata, &self->ct);
	EXPECT_EQ(0, ct_stat(&self->ct, UB_KMEMSIZE).failcnt);
	ASSERT_EQ(0, ct_limit(&self->ct, UB_KMEMSIZE, UB_MAXVALUE, UB_MAXVALUE));
	EXPECT_TRUE(wait_until(hook_is("__memcg_kmem_charge_page", "idle")));
}

TEST_F_TIMEOUT(kmem, bombs_are_refused_at_the_barrier, 120)
{
	unsigned long barrier = held(&self->ct) + 2 * MIB;
	struct vzmod_ubstat stat;

	ASSERT_EQ(0, ct_limit(&self->ct, UB_KMEMSIZE, barrier, barrier + 2 * MIB));
	EXPECT_EQ(-ENOMEM, ct_call(&self->ct, fill_pipes, PIPES_MAX));
	stat = ct_stat(&self->ct, UB_KMEMSIZE);
	EXPECT_LT(0, stat.failcnt);
	EXPECT_GE(barrier + SLACK, stat.maxheld);
	EXPECT_LE(barrier, stat.held + SLACK);
	EXPECT_EQ(-ENOMEM, ct_call(&self->ct, fork_bomb, 0));
	EXPECT_EQ(0, ct_call(&self->ct, close_pipes, 0));

	EXPECT_EQ(-ENOMEM, ct_call(&self->ct, fork_bomb, 0));
	EXPECT_GE(barrier + SLACK, ct_stat(&self->ct, UB_KMEMSIZE).maxheld);
	EXPECT_EQ(10, ct_call(&self->ct, fill_pipes, 10));
	EXPECT_EQ(0, ct_call(&self->ct, close_pipes, 0));
	EXPECT_EQ(0, ct_stat(&self->ct, UB_OOMGUARPAGES).failcnt);
}

TEST_F_TIMEOUT(kmem, page_tables_may_pass_the_barrier_but_not_the_limit, 120)
{
	unsigned long barrier = held(&self->ct) + 2 * MIB;
	unsigned long limit = barrier + 2 * MIB;

	ASSERT_EQ(0, ct_call(&self->ct, map_sparse, 256));
	ASSERT_EQ(0, ct_limit(&self->ct, UB_KMEMSIZE, barrier, limit));
	EXPECT_EQ(-ENOMEM, ct_call(&self->ct, fill_pipes, PIPES_MAX));
	EXPECT_EQ(0, ct_call(&self->ct, use_sparse, 256));
	EXPECT_LE(barrier + MIB / 4, ct_stat(&self->ct, UB_KMEMSIZE).maxheld);
	EXPECT_EQ(0, ct_stat(&self->ct, UB_OOMGUARPAGES).failcnt);
	EXPECT_EQ(0, ct_call(&self->ct, close_pipes, 0));

	EXPECT_EQ(SIGKILL, ct_call(&self->ct, table_bomb, 2048));
	EXPECT_EQ(1, ct_stat(&self->ct, UB_OOMGUARPAGES).failcnt);
	EXPECT_GE(limit + SLACK, ct_stat(&self->ct, UB_KMEMSIZE).maxheld);
	EXPECT_EQ(0, ct_call(&self->ct, table_bomb, 20));
}

TEST_F_TIMEOUT(kmem, hooks_come_and_go_under_load, 120)
{
	unsigned long limit = held(&self->ct) + 64 * MIB;
	double end = now() + TOGGLE_SECONDS;
	int n;

	ct_begin(&self->ct, churn, TOGGLE_SECONDS);
	for (n = 0; now() < end; n++)
		ASSERT_EQ(0, ct_limit(&self->ct, UB_KMEMSIZE, limit,
				      n % 2 ? UB_MAXVALUE : limit));
	EXPECT_EQ(20, ct_end(&self->ct));
	EXPECT_LT(2, n);
	ASSERT_EQ(0, ct_limit(&self->ct, UB_KMEMSIZE, limit, limit));
	expect_to_follow(_metadata, &self->ct);
}

TEST_HARNESS_MAIN
