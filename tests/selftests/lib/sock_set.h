/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A few sockets that belong together, in one of many states: connected, not
 * accepted yet, with something in one of their queues.
 */
#ifndef SELFTEST_SOCK_SET_H
#define SELFTEST_SOCK_SET_H

#define SOCK_SET_MAX	4

/**
 * struct sock_set - such sockets
 * @fds: that were opened
 * @n: how many
 * @tcp: what they count as in numtcpsock, with those that have no file yet
 * @other: and in numothersock
 * @full: 1 if TCP has bytes in its queues
 */
struct sock_set {
	int fds[SOCK_SET_MAX];
	int n;
	int tcp, other, full;
};

/* One of a random kind; 0 or -errno, with nothing left open. */
int sock_set_make(struct sock_set *set);

/* Close them in random order, some with a reset. */
void sock_set_end(struct sock_set *set);

#endif
