/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connected sockets, and what the kernel says is in their buffers. */
#ifndef SELFTEST_SOCKETS_H
#define SELFTEST_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

enum pair_kind {
	PAIR_TCP,
	PAIR_TCP6,
	PAIR_UDP,
	PAIR_UDP6,
	PAIR_UNIX_STREAM,
	PAIR_UNIX_DGRAM,
	PAIR_UNIX_SEQPACKET,
};

int pair_open(enum pair_kind kind, int fds[2]);

/* What of a socket's memory is meant. */
enum memory {
	MEMORY_RECEIVED,	/* has come and was not read */
	MEMORY_SENT,		/* is on its way, of datagrams and the like */
	MEMORY_QUEUED,		/* was not acknowledged, of a stream */
};

long memory_of(int fd, enum memory what);

bool is_writable(int fd, int timeout_ms);
long fill(int fd, size_t piece);
long drain(int fd);
int netlink_ask(int fd);

#endif
