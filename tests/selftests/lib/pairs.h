/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps over connected pairs of sockets, which are counted from 0.  What is
 * sent to the first socket of a pair comes out of the second one.
 */
#ifndef SELFTEST_PAIRS_H
#define SELFTEST_PAIRS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/sockets.h"

#define PAIRS_MAX	20

extern int pairs[PAIRS_MAX][2];

int pair_add(enum pair_kind kind);
long close_pairs(long unused);

long sum_of(long what);
long drain_pair(long i);
long writable(long i);
long becomes_writable(long i);
long epoll_add(long i);
long epoll_event(long timeout_ms);

/* Who sends, beside init. */
struct sender {
	pthread_t thread;
	int fd;
	size_t piece;
	volatile int error;
	volatile bool done;
};

extern struct sender sender;

int send_meanwhile(int fd, size_t piece);
long is_sending(long unused);
long sent(long unused);
long interrupt(long unused);
long us_until_refused(int fd, size_t piece);

#endif
