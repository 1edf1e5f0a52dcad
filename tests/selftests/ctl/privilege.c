// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who may use /dev/vzctl is decided when a call is made: an open file that
 * was handed to an ordinary user, or to the root of a container, is of no use
 * but to ask who one is.
 *
 * Case T001.
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sched.h>
#include <sys/ioctl.h>

#include "lib/calls.h"
#include "lib/container.h"

FIXTURE(privilege) {
	struct ct ct;
	int fd;
};

FIXTURE_SETUP(privilege)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
	ASSERT_EQ(0, ct_limit(&self->ct, UB_NUMFILE, 777, 777));
	self->fd = open("/dev/vzctl", O_RDWR);
	ASSERT_LE(0, self->fd);
}

/* Whatever was tried, nothing has changed. */
FIXTURE_TEARDOWN(privilege)
{
	struct vzlist_veidctl list = { 0 };

	EXPECT_EQ(1, vzctl(VZCTL_GET_VEIDS, &list));
	EXPECT_EQ(777, ct_stat(&self->ct, UB_NUMFILE).limit);
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* Number of the first call, from 1, that is not answered as it must be. */
static long try_all(int fd, long ctid)
{
	char arg[CALL_MAX_SIZE];
	long ret, i;

	for (i = 0; i < n_calls; i++) {
		memset(arg, 0, sizeof(arg));
		calls[i].fill(arg, 101);
		ret = ioctl(fd, calls[i].cmd, arg);
		if (calls[i].anybody ? ret != ctid : ret >= 0 || errno != EPERM)
			return i + 1;
	}
	return ioctl(fd, _IO(VZMODTYPE, 99), arg) < 0 && errno == ENOTTY ? 0 : n_calls + 1;
}

static long open_refused(long unused)
{
	(void)unused;
	return open("/dev/vzctl", O_RDWR) < 0 ? -errno : 0;
}

static long try_with_passed_file(long unused)
{
	int fd;
	long ret = files_receive(ORDERS_FD, &fd, 1);

	(void)unused;
	return ret ?: try_all(fd, 101);
}

TEST_F(privilege, is_not_what_the_root_of_a_container_has)
{
	EXPECT_EQ(-EACCES, ct_call(&self->ct, open_refused, 0));
	ct_begin(&self->ct, try_with_passed_file, 0);
	ASSERT_EQ(0, files_send(self->ct.calls, &self->fd, 1));
	EXPECT_EQ(0, ct_end(&self->ct));
}

/* Exit status of a child that runs a function. */
#define in_child(statement) ({						\
	int status_;							\
	pid_t pid_ = fork();						\
									\
	if (!pid_)							\
		_exit(statement);					\
	waitpid(pid_, &status_, 0);					\
	WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;			\
})

TEST_F(privilege, is_not_what_an_ordinary_user_has)
{
	EXPECT_EQ(EACCES, in_child(setgid(1000) || setuid(1000) ? 0 : -open_refused(0)));
	EXPECT_EQ(0, in_child(setgid(1000) || setuid(1000) ? 99 : try_all(self->fd, 0)));
}

TEST_F(privilege, is_not_what_the_root_of_another_namespace_has)
{
	EXPECT_EQ(0, in_child(unshare(CLONE_NEWUSER) ? 99 : try_all(self->fd, 0)));
}

/* The same file, in the same process, before and after. */
TEST_F(privilege, is_looked_at_when_a_call_is_made)
{
	struct vzmod_ubstat stat = { .ctid = 101 };

	EXPECT_EQ(0, ioctl(self->fd, VZMOD_GET_UBSTAT, &stat));
	EXPECT_EQ(0, in_child(seteuid(1000) ? 99 : try_all(self->fd, 0)));
}

TEST_HARNESS_MAIN
