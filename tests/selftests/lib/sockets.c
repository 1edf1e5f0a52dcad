// SPDX-License-Identifier: GPL-2.0-or-later
/* See sockets.h. */
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static socklen_t loopback(int family, struct sockaddr_storage *address)
{
	struct sockaddr_in6 *in6 = (void *)address;
	struct sockaddr_in *in = (void *)address;

	memset(address, 0, sizeof(*address));
	address->ss_family = family;
	if (family == AF_INET6) {
		in6->sin6_addr = in6addr_loopback;
		return sizeof(*in6);
	}
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sizeof(*in);
}

static int close_with(int fd, int error)
{
	close(fd);
	return -error;
}

static int tcp_pair(int family, int fds[2])
{
	struct sockaddr_storage address;
	socklen_t len = loopback(family, &address);
	int listener = socket(family, SOCK_STREAM, 0), ret;
	const int tries = 2;	/* where connections are refused nobody waits for long */

	if (listener < 0)
		return -errno;
	if (bind(listener, (void *)&address, len) || listen(listener, 1) ||
	    getsockname(listener, (void *)&address, &len))
		return close_with(listener, errno);
	fds[0] = socket(family, SOCK_STREAM, 0);
	if (fds[0] < 0)
		return close_with(listener, errno);
	setsockopt(fds[0], IPPROTO_TCP, TCP_SYNCNT, &tries, sizeof(tries));
	if (connect(fds[0], (void *)&address, len)) {
		ret = close_with(fds[0], errno);
		close(listener);
		return ret;
	}
	fds[1] = accept(listener, NULL, NULL);
	return close_with(listener, fds[1] < 0 ? errno : 0);
}

static int udp_pair(int family, int fds[2])
{
	struct sockaddr_storage address;
	socklen_t len = loopback(family, &address);

	fds[0] = socket(family, SOCK_DGRAM, 0);
	fds[1] = socket(family, SOCK_DGRAM, 0);
	if (fds[0] < 0 || fds[1] < 0 || bind(fds[1], (void *)&address, len) ||
	    getsockname(fds[1], (void *)&address, &len) || connect(fds[0], (void *)&address, len))
		return -errno;
	return 0;
}

/* Two sockets; what is sent to the first one comes out of the second one. */
int pair_open(enum pair_kind kind, int fds[2])
{
	static const int type[] = {
		[PAIR_UNIX_STREAM] = SOCK_STREAM,
		[PAIR_UNIX_DGRAM] = SOCK_DGRAM,
		[PAIR_UNIX_SEQPACKET] = SOCK_SEQPACKET,
	};

	switch (kind) {
	case PAIR_TCP:
	case PAIR_TCP6:
		return tcp_pair(kind == PAIR_TCP ? AF_INET : AF_INET6, fds);
	case PAIR_UDP:
	case PAIR_UDP6:
		return udp_pair(kind == PAIR_UDP ? AF_INET : AF_INET6, fds);
	default:
		return socketpair(AF_UNIX, type[kind], 0, fds) ? -errno : 0;
	}
}

long memory_of(int fd, enum memory what)
{
	static const int index[] = {
		[MEMORY_RECEIVED] = SK_MEMINFO_RMEM_ALLOC,
		[MEMORY_SENT] = SK_MEMINFO_WMEM_ALLOC,
		[MEMORY_QUEUED] = SK_MEMINFO_WMEM_QUEUED,
	};
	unsigned int info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);

	return getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len) ? -errno : info[index[what]];
}

bool is_writable(int fd, int timeout_ms)
{
	struct pollfd poll_for = { .fd = fd, .events = POLLOUT };

	return poll(&poll_for, 1, timeout_ms) == 1 && poll_for.revents & POLLOUT;
}

/* Send until it would block; bytes, or -errno if it was something else. */
long fill(int fd, size_t piece)
{
	static char block[65536];
	long sum = 0, n;

	while ((n = send(fd, block, piece, MSG_DONTWAIT | MSG_NOSIGNAL)) >= 0)
		sum += n;
	return errno == EAGAIN ? sum : -errno;
}

/* Read all there is; bytes. */
long drain(int fd)
{
	static char block[65536];
	long sum = 0, n;

	while ((n = recv(fd, block, sizeof(block), MSG_DONTWAIT)) > 0)
		sum += n;
	return sum;
}

/* Ask for a list of all network devices. */
int netlink_ask(int fd)
{
	const struct {
		struct nlmsghdr header;
		struct rtgenmsg message;
	} request = {
		.header = {
			.nlmsg_len = sizeof(request), .nlmsg_type = RTM_GETLINK,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
	};

	return send(fd, &request, sizeof(request), 0) < 0 ? -errno : 0;
}
