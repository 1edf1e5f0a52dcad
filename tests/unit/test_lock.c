// SPDX-License-Identifier: GPL-2.0-or-later
/* One vzctl at a time per container. */
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "leaks.h"
#include "lib/lock.h"
#include "lib/log.h"

FIXTURE(lock) {
	struct vz_lock lock;
	struct vz_err err;
	char dir[64];
	char path[96];
};

FIXTURE_SETUP(lock)
{
	static const struct log_setup quiet = { .prog = "test", .quiet = true };

	log_setup(&quiet);
	self->lock = (struct vz_lock)VZ_LOCK_INIT;
	strcpy(self->dir, "/tmp/vz-test-lock.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	snprintf(self->path, sizeof(self->path), "%s/101.lck", self->dir);
}

FIXTURE_TEARDOWN(lock)
{
	lock_release(&self->lock);
	EXPECT_FALSE(leaks_memory());
	unlink(self->path);
	EXPECT_EQ(0, rmdir(self->dir));
}

static void write_lock_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t len = strlen(text);

	if (fd < 0 || write(fd, text, len) != len)
		abort();
	close(fd);
}

/* A pid that was alive a moment ago and is not any more. */
static pid_t dead_pid(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	return pid;
}

TEST_F(lock, is_taken_and_given_back_without_a_trace)
{
	struct stat st;

	ASSERT_EQ(0, lock_acquire(&self->lock, self->dir, 101, "starting", &self->err));
	EXPECT_EQ(0, stat(self->path, &st));
	EXPECT_EQ(0600, st.st_mode & 07777);
	lock_release(&self->lock);
	EXPECT_EQ(-1, self->lock.fd);
	EXPECT_EQ(-1, stat(self->path, &st));
	lock_release(&self->lock);
}

TEST_F(lock, tells_the_second_who_has_it)
{
	struct vz_lock second = VZ_LOCK_INIT;
	char pid[32];

	ASSERT_EQ(0, lock_acquire(&self->lock, self->dir, 101, "starting", &self->err));
	EXPECT_EQ(-1, lock_acquire(&second, self->dir, 101, "stopping", &self->err));
	EXPECT_EQ(VZ_LOCKED, self->err.code);
	snprintf(pid, sizeof(pid), "pid %d", getpid());
	EXPECT_NE(NULL, strstr(self->err.text, pid)) {
		TH_LOG("%s", self->err.text);
	}
	lock_release(&second);
	EXPECT_EQ(0, access(self->path, F_OK));
}

TEST_F(lock, of_another_container_is_another_lock)
{
	struct vz_lock second = VZ_LOCK_INIT;

	ASSERT_EQ(0, lock_acquire(&self->lock, self->dir, 101, "starting", &self->err));
	ASSERT_EQ(0, lock_acquire(&second, self->dir, 102, "starting", &self->err));
	lock_release(&second);
}

TEST_F(lock, of_a_killed_owner_is_free)
{
	pid_t pid = fork();

	if (!pid) {
		lock_acquire(&self->lock, self->dir, 101, "starting", &self->err);
		raise(SIGKILL);
	}
	waitpid(pid, NULL, 0);
	ASSERT_EQ(0, access(self->path, F_OK));
	EXPECT_EQ(0, lock_acquire(&self->lock, self->dir, 101, "starting", &self->err)) {
		TH_LOG("%s", self->err.text);
	}
}

TEST_F(lock, is_free_whatever_a_dead_or_damaged_file_says)
{
	char dead[32];
	const char *const texts[] = {
		"", "\n", dead, "0\nstarting\n", "-1\nstarting\n", "starting\n",
		"99999999999999999999\nx\n", "\xff\xfe", "1st\n", "1\nstarting\nflock\n",
	};

	snprintf(dead, sizeof(dead), "%d\nstarting\n", dead_pid());
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		write_lock_file(self->path, texts[i]);
		vz_err_clear(&self->err);
		EXPECT_EQ(0, lock_acquire(&self->lock, self->dir, 101, "starting", &self->err)) {
			TH_LOG("file says %s: %s", texts[i], self->err.text);
		}
		lock_release(&self->lock);
	}
}

TEST_F(lock, of_a_program_that_knows_only_the_old_rule_is_honoured_while_it_lives)
{
	char text[32];
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	snprintf(text, sizeof(text), "%d\nmigrating\n", pid);
	write_lock_file(self->path, text);
	EXPECT_EQ(-1, lock_acquire(&self->lock, self->dir, 101, "starting", &self->err));
	EXPECT_EQ(VZ_LOCKED, self->err.code);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	vz_err_clear(&self->err);
	EXPECT_EQ(0, lock_acquire(&self->lock, self->dir, 101, "starting", &self->err));
}

TEST_F(lock, does_not_follow_a_symlink)
{
	char target[96];

	snprintf(target, sizeof(target), "%s/target", self->dir);
	write_lock_file(target, "precious");
	ASSERT_EQ(0, symlink(target, self->path));
	EXPECT_EQ(-1, lock_acquire(&self->lock, self->dir, 101, "starting", &self->err));
	EXPECT_EQ(VZ_SYSTEM_ERROR, self->err.code);
	EXPECT_EQ(0, unlink(target));
}

TEST_F(lock, makes_its_folder)
{
	char dir[96], path[128];

	snprintf(dir, sizeof(dir), "%s/a", self->dir);
	snprintf(path, sizeof(path), "%s/b", dir);
	EXPECT_EQ(0, lock_acquire(&self->lock, path, 101, "starting", &self->err));
	lock_release(&self->lock);
	EXPECT_EQ(0, rmdir(path));
	EXPECT_EQ(0, rmdir(dir));
}

TEST_F(lock, without_a_folder_has_its_own_error)
{
	EXPECT_EQ(-1, lock_acquire(&self->lock, NULL, 101, "starting", &self->err));
	EXPECT_EQ(VZ_LOCKDIR_NOTSET, self->err.code);
	vz_err_clear(&self->err);
	EXPECT_EQ(-1, lock_acquire(&self->lock, "", 101, "starting", &self->err));
	EXPECT_EQ(VZ_LOCKDIR_NOTSET, self->err.code);
}

/* Eight processes, one counter in a file that only the lock protects. */
TEST_F(lock, lets_one_of_eight_in_at_a_time)
{
	char counter[96];
	int status, fd, wrong = 0;
	pid_t pids[8];

	snprintf(counter, sizeof(counter), "%s/inside", self->dir);
	for (int i = 0; i < 8; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		for (int round = 0; round < 100;) {
			vz_err_clear(&self->err);
			if (lock_acquire(&self->lock, self->dir, 101, "racing", &self->err))
				continue;
			fd = open(counter, O_CREAT | O_EXCL, 0600);
			if (fd < 0)
				_exit(1);
			sched_yield();
			close(fd);
			unlink(counter);
			lock_release(&self->lock);
			round++;
		}
		_exit(0);
	}
	for (int i = 0; i < 8; i++) {
		waitpid(pids[i], &status, 0);
		wrong += status != 0;
	}
	EXPECT_EQ(0, wrong);
}

TEST_HARNESS_MAIN
