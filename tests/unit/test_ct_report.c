// SPDX-License-Identifier: GPL-2.0-or-later
/* What a process inside a container tells the one on the host. */
#include <kselftest_harness.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/report.h"

FIXTURE(ct_report) {
	int socks[2];
	int fd;
	struct report got;
	struct vz_err err;
};

FIXTURE_SETUP(ct_report)
{
	self->fd = -1;
	ASSERT_EQ(0, report_pair(self->socks, &self->err));
}

FIXTURE_TEARDOWN(ct_report)
{
	close(self->socks[0]);
	close(self->socks[1]);
	if (self->fd >= 0)
		close(self->fd);
}

static int pass(int socks[2], enum report_kind kind, int with, struct report *got, int *fd,
		struct vz_err *err)
{
	struct report report = { .kind = kind, .status = 256 };

	report.err = (struct vz_err){ VZ_BAD_TEMPLATE, "no init" };
	return report_send(socks[0], &report, with) ?: report_recv(socks[1], got, fd, err);
}

TEST_F(ct_report, ready_brings_a_file_along)
{
	ASSERT_EQ(0, pass(self->socks, REPORT_READY, 0, &self->got, &self->fd, &self->err));
	EXPECT_EQ(REPORT_READY, self->got.kind);
	EXPECT_GE(self->fd, 0);
}

TEST_F(ct_report, ready_without_a_file_is_a_failure_with_code_and_text)
{
	ASSERT_EQ(-1, pass(self->socks, REPORT_READY, -1, &self->got, &self->fd, &self->err));
	EXPECT_EQ(VZ_SYSTEM_ERROR, self->err.code);
	EXPECT_STREQ("No terminal came from the container", self->err.text);
}

TEST_F(ct_report, a_failure_has_the_words_of_the_peer)
{
	ASSERT_EQ(-1, pass(self->socks, REPORT_FAILED, -1, &self->got, &self->fd, &self->err));
	EXPECT_EQ(VZ_BAD_TEMPLATE, self->err.code);
	EXPECT_STREQ("no init", self->err.text);
}

TEST_F(ct_report, others_bring_nothing)
{
	ASSERT_EQ(0, pass(self->socks, REPORT_EXIT, -1, &self->got, NULL, &self->err));
	EXPECT_EQ(256, self->got.status);
}

TEST_F(ct_report, a_peer_that_is_gone_is_a_report_too)
{
	shutdown(self->socks[0], SHUT_RDWR);
	ASSERT_EQ(0, report_recv(self->socks[1], &self->got, &self->fd, &self->err));
	EXPECT_EQ(REPORT_GONE, self->got.kind);
	EXPECT_EQ(-1, self->fd);
}

TEST_HARNESS_MAIN
