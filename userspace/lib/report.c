// SPDX-License-Identifier: GPL-2.0-or-later
/* What a process inside a container tells the one on the host: see report.h. */
#include "report.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union fd_space {
	struct cmsghdr align;
	char buf[CMSG_SPACE(sizeof(int))];
};

int report_pair(int socks[2], struct vz_err *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socks))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to create a socket pair");
	return 0;
}

int report_send(int sock, const struct report *report, int fd)
{
	struct iovec iov = { (void *)report, sizeof(*report) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union fd_space space = { .buf = { 0 } };
	struct cmsghdr *cmsg;

	if (fd >= 0) {
		msg.msg_control = &space;
		msg.msg_controllen = sizeof(space);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	}
	return sendmsg(sock, &msg, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

static void take_fd(struct msghdr *msg, int *fd)
{
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);
	int got;

	if (!cmsg || cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_RIGHTS)
		return;
	memcpy(&got, CMSG_DATA(cmsg), sizeof(int));
	if (fd)
		*fd = got;
	else
		close(got);
}

int report_recv(int sock, struct report *report, int *fd, struct vz_err *err)
{
	struct iovec iov = { report, sizeof(*report) };
	union fd_space space;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &space,
		.msg_controllen = sizeof(space),
	};
	ssize_t got = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);

	if (fd)
		*fd = -1;
	if (got < 0 && errno != ECONNRESET)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to hear from the container");
	if (got <= 0) {
		report->kind = REPORT_GONE;
		return 0;
	}
	take_fd(&msg, fd);
	if (got != sizeof(*report))
		return vz_fail(err, VZ_SYSTEM_ERROR, "Odd report from the container");
	if (report->kind == REPORT_READY && fd && *fd < 0)
		return vz_fail(err, VZ_SYSTEM_ERROR, "No terminal came from the container");
	if (report->kind != REPORT_FAILED)
		return 0;
	report->err.text[sizeof(report->err.text) - 1] = '\0';
	return vz_fail(err, report->err.code, "%s", report->err.text);
}

int report_go(int sock)
{
	return send(sock, "", 1, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

int report_wait_go(int sock)
{
	char byte;

	return TEMP_FAILURE_RETRY(read(sock, &byte, 1)) == 1 ? 0 : -1;
}
