// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file stays charged to the container that opened it, wherever it goes: a
 * container whose files somebody else has outlives its processes, visibly,
 * makes way for a new one with its CTID, and goes with the last file.
 *
 * Case T011.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>

#include "lib/container.h"

#define FILES	1000

FIXTURE(passed) {
	struct ct ct;
	int files[FILES];
};

/* Every file carries a lock, which goes where the file goes. */
static long open_and_pass(long unused)
{
	int files[FILES], i, ret;
	char name[32];

	(void)unused;
	for (i = 0; i < FILES; i++) {
		sprintf(name, "/tmp/%d", i);
		files[i] = open(name, O_RDWR | O_CREAT, 0600);
		if (files[i] < 0 || flock(files[i], LOCK_EX))
			return -errno;
	}
	ret = files_send(ORDERS_FD, files, FILES);
	for (i = 0; i < FILES; i++)
		close(files[i]);
	return ret;
}

FIXTURE_SETUP(passed)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	ct_begin(&self->ct, open_and_pass, 0);
	ASSERT_EQ(0, files_receive(self->ct.calls, self->files, FILES));
	ASSERT_EQ(0, ct_end(&self->ct));
}

FIXTURE_TEARDOWN(passed)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

static void close_files(int *files)
{
	int i;

	for (i = 0; i < FILES; i++)
		close(files[i]);
}

TEST_F(passed, files_stay_charged_to_their_opener)
{
	EXPECT_EQ(FILES, ct_held(&self->ct, UB_NUMFILE));
	EXPECT_EQ(FILES, ct_held(&self->ct, UB_NUMFLOCK));
	close_files(self->files);
	EXPECT_EQ(0, ct_held_when(&self->ct, UB_NUMFILE, 0));
	EXPECT_EQ(0, ct_held(&self->ct, UB_NUMFLOCK));
}

TEST_F(passed, files_keep_a_dead_container_visible)
{
	struct vzmod_ct_info info = { .ctid = 101 };

	ct_kill(&self->ct);
	EXPECT_EQ(0, vzctl(VZMOD_CT_INFO, &info));
	EXPECT_EQ(VZMOD_CT_STOPPED, info.state);
	EXPECT_EQ(0, info.pid);
	EXPECT_TRUE(ct_listed(101));
	EXPECT_EQ(FILES, ct_held(&self->ct, UB_NUMFILE));
	EXPECT_EQ(0, access("/proc/bc/101/resources", F_OK));

	close_files(self->files);
	EXPECT_EQ(0, ct_wait_gone(101));
	EXPECT_NE(0, access("/proc/bc/101/resources", F_OK));
}

/* Path of the file in the directory of a superseded container 101. */
static bool find_superseded(char *path)
{
	struct dirent *entry;
	DIR *bc = opendir("/proc/bc");
	bool found = false;

	while (!found && (entry = readdir(bc))) {
		found = !strncmp(entry->d_name, "101-", 4);
		if (found)
			sprintf(path, "/proc/bc/%.20s/resources", entry->d_name);
	}
	closedir(bc);
	return found;
}

static unsigned long numfile_in(const char *path)
{
	FILE *file = fopen(path, "r");
	unsigned long held = ~0UL;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, " numfile %lu", &held) == 1)
			break;
	if (file)
		fclose(file);
	return held;
}

TEST_F(passed, files_do_not_keep_the_ctid)
{
	struct ct second = { .uid_base = 500 * VZMOD_ID_RANGE };
	char path[64];

	ct_kill(&self->ct);
	ASSERT_EQ(0, ct_start(&second, 101));
	EXPECT_EQ(0, ct_held(&second, UB_NUMFILE));
	ASSERT_TRUE(find_superseded(path));
	EXPECT_EQ(FILES, numfile_in(path));

	close_files(self->files);
	EXPECT_TRUE(wait_until(!find_superseded(path)));
	EXPECT_EQ(0, ct_held(&second, UB_NUMFILE));
	EXPECT_EQ(1, ct_held(&second, UB_NUMPROC));
	EXPECT_EQ(0, ct_stop(&second));
}

/* And when the new one is gone first, the old one has its name back. */
TEST_F(passed, files_keep_the_ctid_if_nobody_else_has_it)
{
	struct ct second = { .uid_base = 500 * VZMOD_ID_RANGE };
	struct vzmod_arm arm = { .ctid = 101, .uid_base = 500 * VZMOD_ID_RANGE };
	char path[64];
	int fd;

	ct_kill(&self->ct);
	ASSERT_EQ(0, ct_start(&second, 101));
	ct_kill(&second);
	ASSERT_TRUE(wait_until(!find_superseded(path)));
	EXPECT_EQ(FILES, ct_held(&self->ct, UB_NUMFILE));
	EXPECT_EQ(FILES, numfile_in("/proc/bc/101/resources"));

	fd = open("/dev/vzctl", O_RDWR);
	ASSERT_EQ(0, ioctl(fd, VZMOD_ARM, &arm));
	EXPECT_FALSE(ct_listed(101));
	EXPECT_TRUE(find_superseded(path));
	close(fd);
	EXPECT_EQ(FILES, numfile_in("/proc/bc/101/resources"));
	close_files(self->files);
}

TEST_F(passed, files_do_not_give_up_the_id_range)
{
	struct ct second = { .uid_base = self->ct.uid_base };

	ct_kill(&self->ct);
	EXPECT_EQ(-EADDRINUSE, ct_start(&second, 101));
	EXPECT_EQ(-EADDRINUSE, ct_start(&second, 102));
	close_files(self->files);
	EXPECT_EQ(0, ct_wait_gone(101));
	EXPECT_EQ(0, ct_start(&second, 101));
	EXPECT_EQ(0, ct_stop(&second));
}

TEST_HARNESS_MAIN
