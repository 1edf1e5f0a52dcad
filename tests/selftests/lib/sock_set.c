// SPDX-License-Identifier: GPL-2.0-or-later
/* See sock_set.h. */
#include "sock_set.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/container.h"
#include "lib/sockets.h"

#ifndef SO_ZEROCOPY
#define SO_ZEROCOPY	60
#endif

#define BUFFER		32768	/* of a socket, half of what it gets */
#define PIECE		1000
#define PIECES		40
#define QUEUE_NAPS	400	/* until a connection is there, or was refused */
#define COUNT(array)	((int)(sizeof(array) / sizeof(*(array))))

static const char data[PIECES * PIECE];

static int add_pair(struct sock_set *set, enum pair_kind kind)
{
	int ret = pair_open(kind, set->fds);

	if (!ret)
		set->n = 2;
	return ret;
}

static int tcp_pair(struct sock_set *set)
{
	return add_pair(set, rand() % 2 ? PAIR_TCP : PAIR_TCP6);
}

/* Its receive queue is full, and so is the send queue of its peer. */
static int full_tcp(struct sock_set *set)
{
	static const int size = BUFFER;
	int ret = tcp_pair(set);

	if (ret)
		return ret;
	setsockopt(set->fds[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(set->fds[1], SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return fill(set->fds[0], PIECE) < 0 ? -errno : 0;
}

/* Pages of a pipe become pages of a segment. */
static int spliced_tcp(struct sock_set *set)
{
	int pipes[2], ret = tcp_pair(set);

	if (ret || pipe2(pipes, O_NONBLOCK))
		return ret ?: -errno;
	fcntl(set->fds[0], F_SETFL, O_NONBLOCK);
	if (write(pipes[1], data, sizeof(data)) < 0 ||
	    (splice(pipes[0], NULL, set->fds[0], NULL, sizeof(data), 0) < 0 && errno != EAGAIN))
		ret = -errno;
	close(pipes[0]);
	close(pipes[1]);
	return ret;
}

static int zerocopy_tcp(struct sock_set *set)
{
	static const int one = 1;
	int ret = tcp_pair(set);

	if (ret)
		return ret;
	if (setsockopt(set->fds[0], SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)))
		return -errno;
	return send(set->fds[0], data, sizeof(data), MSG_ZEROCOPY | MSG_DONTWAIT) < 0 &&
		errno != EAGAIN ? -errno : 0;
}

static int add_tcp(struct sock_set *set)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd >= 0)
		set->fds[set->n++] = fd;
	return fd;
}

/* How many connections wait to be accepted. */
static unsigned int queue_of(int listener)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &len);
	return info.tcpi_unacked;
}

/* Two that come at the same time might both get the last place. */
static int wait_for_queue(int listener, unsigned int n)
{
	int i;

	for (i = 0; i < QUEUE_NAPS && queue_of(listener) < n; i++)
		nap();
	return i < QUEUE_NAPS ? 0 : -ETIMEDOUT;
}

/* Two connections that nobody accepts, and one for which there is no room. */
static int half_open_tcp(struct sock_set *set)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd = add_tcp(set), ret = 0;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (void *)&address, len) || listen(fd, 1) ||
	    getsockname(fd, (void *)&address, &len))
		return -errno;
	while (set->n < SOCK_SET_MAX && !ret) {
		ret = wait_for_queue(set->fds[0], set->n - 1);
		fd = add_tcp(set);
		if (fd < 0 || (connect(fd, (void *)&address, len) && errno != EINPROGRESS))
			ret = -errno;
	}
	return ret;
}

static int full_unix(struct sock_set *set)
{
	static const enum pair_kind kinds[] = {
		PAIR_UNIX_STREAM, PAIR_UNIX_DGRAM, PAIR_UNIX_SEQPACKET,
	};
	int ret = add_pair(set, kinds[rand() % COUNT(kinds)]);

	return ret ?: fill(set->fds[0], PIECE) < 0 ? -errno : 0;
}

/* What does not fit is dropped, and its sender not told. */
static int full_udp(struct sock_set *set)
{
	int i, ret = add_pair(set, rand() % 2 ? PAIR_UDP : PAIR_UDP6);

	for (i = 0; i < PIECES && !ret; i++)
		if (send(set->fds[0], data, PIECE, MSG_DONTWAIT) < 0 && errno != EAGAIN)
			ret = -errno;
	return ret;
}

/* A dump that nobody reads stops in the middle. */
static int netlink_dump(struct sock_set *set)
{
	set->fds[0] = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	if (set->fds[0] < 0)
		return -errno;
	set->n = 1;
	return netlink_ask(set->fds[0]);
}

static const struct sock_set_kind {
	int (*make)(struct sock_set *set);
	int tcp, other, full;
} kinds[] = {
	{ tcp_pair, .tcp = 2 },
	{ full_tcp, .tcp = 2, .full = 1 },
	{ spliced_tcp, .tcp = 2, .full = 1 },
	{ zerocopy_tcp, .tcp = 2, .full = 1 },
	{ half_open_tcp, .tcp = SOCK_SET_MAX + 2 },
	{ full_unix, .other = 2 },
	{ full_udp, .other = 2 },
	{ netlink_dump, .other = 1 },
};

int sock_set_make(struct sock_set *set)
{
	const struct sock_set_kind *kind = &kinds[rand() % COUNT(kinds)];
	int ret;

	*set = (struct sock_set){ .tcp = kind->tcp, .other = kind->other, .full = kind->full };
	ret = kind->make(set);
	if (ret)
		sock_set_end(set);
	return ret;
}

/* By a reset, if it is one of TCP and luck will have it. */
static void end_socket(int fd)
{
	static const struct linger now_and_hard = { .l_onoff = 1 };

	if (rand() % 2)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now_and_hard, sizeof(now_and_hard));
	close(fd);
}

void sock_set_end(struct sock_set *set)
{
	int i;

	while (set->n) {
		i = rand() % set->n;
		end_socket(set->fds[i]);
		set->fds[i] = set->fds[--set->n];
	}
}
