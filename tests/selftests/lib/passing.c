// SPDX-License-Identifier: GPL-2.0-or-later
/* Open files over sockets, see container.h. */
#include "container.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Descriptors that go with one message; the kernel's limit is 253. */
#define FILES_PER_MESSAGE	250

union files_message {
	struct cmsghdr header;
	char space[CMSG_SPACE(FILES_PER_MESSAGE * sizeof(int))];
};

static int min(int a, int b)
{
	return a < b ? a : b;
}

/*
 * files_send() - pass open files over a socket: between ct_begin() and
 * ct_end() over ct.calls, at the other end, in the step, over ORDERS_FD
 */
int files_send(int over, const int *fds, int n)
{
	struct iovec byte = { "", 1 };
	union files_message control;
	struct msghdr message = { .msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control };
	int part;

	for (; n; n -= part, fds += part) {
		part = min(n, FILES_PER_MESSAGE);
		message.msg_controllen = CMSG_SPACE(part * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(part * sizeof(int));
		memcpy(CMSG_DATA(&control.header), fds, part * sizeof(int));
		if (sendmsg(over, &message, 0) < 0)
			return -errno;
	}
	return 0;
}

/* files_receive() - the other end of files_send() */
int files_receive(int over, int *fds, int n)
{
	char data;
	struct iovec byte = { &data, 1 };
	union files_message control;
	struct msghdr message = { .msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control };
	int part;

	for (; n; n -= part, fds += part) {
		part = min(n, FILES_PER_MESSAGE);
		message.msg_controllen = sizeof(control);
		if (recvmsg(over, &message, MSG_CMSG_CLOEXEC) != 1 ||
		    control.header.cmsg_len != CMSG_LEN(part * sizeof(int)))
			return -EPROTO;
		memcpy(fds, CMSG_DATA(&control.header), part * sizeof(int));
	}
	return 0;
}

/*
 * files_collect() - files in flight that nobody can reach any more go when
 * anybody closes a unix socket; until then they count
 */
void files_collect(void)
{
	close(socket(AF_UNIX, SOCK_STREAM, 0));
}
