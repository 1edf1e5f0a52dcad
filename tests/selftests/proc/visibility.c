// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who sees what in /proc: an ordinary user nothing of value, a container its
 * own lines and not the files that only a host has, neither by name nor in a
 * listing, and nobody more by looking through somebody else's /proc.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <kselftest_harness.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "lib/container.h"

/* Every path that is ours. */
static const struct path {
	const char *name;
	mode_t mode;
	bool in_ct;
	int user;	/* errno of open() for an ordinary user of the host */
} paths[] = {
	{ "/proc/user_beancounters", S_IFREG | 0400, true, EACCES },
	{ "/proc/bc", S_IFDIR | 0500, false, EACCES },
	{ "/proc/bc/resources", S_IFREG | 0400, false, EACCES },
	{ "/proc/bc/101", S_IFDIR | 0500, false, EACCES },
	{ "/proc/bc/101/resources", S_IFREG | 0400, false, EACCES },
	{ "/proc/bc/101/debug", S_IFREG | 0400, false, EACCES },
	{ "/proc/bc/101/ioacct", S_IFREG | 0400, false, EACCES },
	{ "/proc/bc/101/ioprio", S_IFREG | 0400, false, EACCES },
	{ "/proc/bc/101/meminfo", S_IFREG | 0400, false, EACCES },
	{ "/proc/bc/101/precharge", S_IFREG | 0400, false, EACCES },
	{ "/proc/bc/101/vmaux", S_IFREG | 0400, false, EACCES },
	{ "/proc/bc/0/resources", S_IFREG | 0400, false, EACCES },
	{ "/proc/vz", S_IFDIR | 0555, true, 0 },
	{ "/proc/vz/veinfo", S_IFREG | 0400, true, EACCES },
	{ "/proc/vz/vestat", S_IFREG | 0400, true, EACCES },
	{ "/proc/vz/version", S_IFREG | 0444, false, 0 },
	{ "/proc/vz/veip", S_IFREG | 0400, false, EACCES },
	{ "/proc/vz/hooks", S_IFREG | 0400, false, EACCES },
};

#define PATHS	(sizeof(paths) / sizeof(*paths))

FIXTURE(visible) {
	struct ct ct, neighbour;
};

FIXTURE_SETUP(visible)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	ASSERT_EQ(0, ct_start(&self->neighbour, 102));
}

FIXTURE_TEARDOWN(visible)
{
	EXPECT_EQ(0, ct_stop(&self->neighbour));
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* --- steps ------------------------------------------------------------------ */

/* 0, or the errno of opening path number @i. */
static long try_open(long i)
{
	int fd = open(paths[i].name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Mode of path number @i if root owns it, or -errno. */
static long mode_of(long i)
{
	struct stat st;

	if (stat(paths[i].name, &st))
		return -errno;
	return st.st_uid || st.st_gid ? -EPERM : (long)st.st_mode;
}

/* The errno of each way to change path number @i, if it is one and the same. */
static long change(long i)
{
	const char *name = paths[i].name;
	int error;

	error = chmod(name, 0777) ? errno : 0;
	if ((chown(name, 0, 0) ? errno : 0) != error || (utimes(name, NULL) ? errno : 0) != error)
		return -1;
	return error;
}

/* Is path number @i in the listing of its directory? */
static long is_listed(long i)
{
	const char *slash = strrchr(paths[i].name, '/');
	char dir[64];
	struct dirent *entry;
	bool found = false;
	DIR *stream;

	sprintf(dir, "%.*s", (int)(slash - paths[i].name), paths[i].name);
	stream = opendir(dir);
	if (!stream)
		return -errno;
	while (!found && (entry = readdir(stream)))
		found = !strcmp(entry->d_name, slash + 1);
	closedir(stream);
	return found;
}

/* Exit status of a child that gives up what makes it root of its container. */
#define as_other(give_up, i) ({						\
	int status_;							\
	pid_t pid_ = fork();						\
									\
	if (!pid_)							\
		_exit((give_up) ? 99 : try_open(i));			\
	waitpid(pid_, &status_, 0);					\
	(long)WEXITSTATUS(status_);					\
})

static long open_as_user(long i)
{
	return as_other(setgroups(0, NULL) || setgid(1000) || setuid(1000), i);
}

static long open_as_nested_root(long i)
{
	return as_other(setgid(1000) || setuid(1000) || prctl(PR_SET_DUMPABLE, 1) ||
			unshare(CLONE_NEWUSER), i);
}

/* Uid 0, but without the two capabilities that override modes of files. */
static int drop_dac(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return -1;
	data[0].effective &= ~(1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH);
	data[0].permitted = data[0].effective;
	return syscall(SYS_capset, &head, data);
}

static long open_without_dac(long i)
{
	return as_other(drop_dac(), i);
}

/* And has them where they do not count. */
static long open_with_dac_elsewhere(long i)
{
	return as_other(drop_dac() || unshare(CLONE_NEWUSER), i);
}

/* --- tests ------------------------------------------------------------------ */

TEST_F(visible, to_root_of_the_host_is_everything)
{
	size_t i;

	for (i = 0; i < PATHS; i++) {
		EXPECT_EQ(paths[i].mode, mode_of(i)) {
			TH_LOG("%s", paths[i].name);
		}
		EXPECT_EQ(0, try_open(i));
		EXPECT_EQ(1, is_listed(i));
	}
}

TEST_F(visible, to_a_user_of_the_host_is_nothing_of_value)
{
	size_t i;

	for (i = 0; i < PATHS; i++) {
		EXPECT_EQ(paths[i].user, open_as_user(i)) {
			TH_LOG("path %zu", i);
		}
	}
}

TEST_F(visible, to_a_container_are_its_own_files)
{
	struct ct *ct = &self->ct;
	size_t i;

	for (i = 0; i < PATHS; i++) {
		if (paths[i].in_ct) {
			EXPECT_EQ(paths[i].mode, ct_call(ct, mode_of, i));
			EXPECT_EQ(0, ct_call(ct, try_open, i));
			EXPECT_EQ(1, ct_call(ct, is_listed, i));
		} else {
			EXPECT_EQ(-ENOENT, ct_call(ct, mode_of, i));
			EXPECT_EQ(ENOENT, ct_call(ct, try_open, i));
			EXPECT_GE(0, ct_call(ct, is_listed, i));
		}
		EXPECT_TRUE(_metadata->passed) {
			TH_LOG("%s", paths[i].name);
		}
	}
}

/* Modes and owners are the entries', which all of /proc everywhere shares. */
TEST_F(visible, nobody_changes_what_he_sees)
{
	struct ct later = { 0 };
	size_t i;

	for (i = 0; i < PATHS; i++)
		if (paths[i].in_ct)
			EXPECT_EQ(EPERM, ct_call(&self->ct, change, i)) {
				TH_LOG("path %zu", i);
			}
	ASSERT_EQ(0, ct_start(&later, 103));
	for (i = 0; i < PATHS; i++)
		if (paths[i].in_ct)
			EXPECT_EQ(paths[i].mode, ct_call(&later, mode_of, i)) {
				TH_LOG("path %zu", i);
			}
	EXPECT_EQ(0, ct_stop(&later));
}

TEST_F(visible, to_users_of_a_container_is_nothing_of_value)
{
	static long (*const ways[])(long step) = {
		open_as_user, open_as_nested_root, open_without_dac, open_with_dac_elsewhere,
	};
	struct ct *ct = &self->ct;
	size_t i, way;

	for (i = 0; i < PATHS; i++) {
		if (!paths[i].in_ct || !S_ISREG(paths[i].mode))
			continue;
		for (way = 0; way < ARRAY_SIZE(ways); way++) {
			/* Those of /proc/vz are ordinary files, root is their owner. */
			if (way >= 2 && strstr(paths[i].name, "/vz/"))
				continue;
			EXPECT_EQ(EACCES, ct_call(ct, ways[way], i)) {
				TH_LOG("%s, way %zu", paths[i].name, way);
			}
		}
	}
}

/* The CTIDs that a file shows, in the order in which it does, as text. */
static void ctids_in(const char *path, char *text)
{
	FILE *file = fopen(path, "r");
	unsigned int ctid, last = -1;
	char line[512], uid[32];

	*text = 0;
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%31s", uid) != 1 || sscanf(uid, "%u", &ctid) != 1 ||
		    ctid == last)
			continue;
		text += sprintf(text, "%u ", ctid);
		last = ctid;
	}
	if (file)
		fclose(file);
}

static const char *const lists[] = {
	"user_beancounters", "vz/veinfo", "vz/vestat",
};

/* Is the first word of list number @i our CTID, and the only one? */
static long sees_only(long arg)
{
	char path[64], seen[256], wanted[32];

	sprintf(path, "/proc/%s", lists[arg & 0xff]);
	sprintf(wanted, "%ld ", arg >> 8);
	ctids_in(path, seen);
	return strcmp(wanted, seen) == 0;
}

TEST_F(visible, to_a_container_are_its_own_lines)
{
	char path[64], seen[256];
	long i;

	for (i = 0; i < 3; i++) {
		EXPECT_EQ(1, ct_call(&self->ct, sees_only, i | 101 << 8));
		EXPECT_EQ(1, ct_call(&self->neighbour, sees_only, i | 102 << 8));

		/* Its /proc shows what it shows to whoever looks at it. */
		sprintf(path, "/proc/%d/root/proc/%s", self->ct.init, lists[i]);
		ctids_in(path, seen);
		EXPECT_STREQ("101 ", seen);

		sprintf(path, "/proc/%s", lists[i]);
		ctids_in(path, seen);
		EXPECT_STREQ(i == 2 ? "102 101 " : "102 101 0 ", seen);
	}
}

/* A name that the host has looked up there is not in the container's cache. */
TEST_F(visible, names_do_not_leak_through_the_cache)
{
	char path[64];

	sprintf(path, "/proc/%d/root/proc/bc", self->ct.init);
	EXPECT_NE(0, access(path, F_OK));
	sprintf(path, "/proc/%d/root/proc/vz/version", self->ct.init);
	EXPECT_NE(0, access(path, F_OK));
	EXPECT_EQ(0, access("/proc/bc", F_OK));
	EXPECT_EQ(ENOENT, ct_call(&self->ct, try_open, 1));
}

TEST_HARNESS_MAIN
