// SPDX-License-Identifier: GPL-2.0-or-later
/* See pairs.h. */
#include "pairs.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/container.h"

int pairs[PAIRS_MAX][2];
static int n_pairs;

int pair_add(enum pair_kind kind)
{
	int ret;

	if (n_pairs == PAIRS_MAX)
		return -E2BIG;
	ret = pair_open(kind, pairs[n_pairs]);
	if (!ret)
		n_pairs++;
	return ret;
}

long close_pairs(long unused)
{
	(void)unused;
	for (; n_pairs; n_pairs--) {
		close(pairs[n_pairs - 1][0]);
		close(pairs[n_pairs - 1][1]);
	}
	return 0;
}

/* What all of them hold of an enum memory. */
long sum_of(long what)
{
	long sum = 0;
	int i;

	for (i = 0; i < n_pairs; i++)
		sum += memory_of(pairs[i][0], what) + memory_of(pairs[i][1], what);
	return sum;
}

long drain_pair(long i)
{
	return drain(pairs[i][1]);
}

long writable(long i)
{
	return is_writable(pairs[i][0], 0);
}

long becomes_writable(long i)
{
	return is_writable(pairs[i][0], PATIENCE * 1000);
}

static int poller = -1;

/* Edge triggered: an event comes only if somebody wakes the socket. */
long epoll_add(long i)
{
	struct epoll_event event = { .events = EPOLLOUT | EPOLLET };

	poller = epoll_create1(0);
	return epoll_ctl(poller, EPOLL_CTL_ADD, pairs[i][0], &event) ? -errno : 0;
}

long epoll_event(long timeout_ms)
{
	struct epoll_event event;

	return epoll_wait(poller, &event, 1, timeout_ms);
}

static const char block[65536];

struct sender sender;

static void on_signal(int signo)
{
	(void)signo;
}

static void *send_one(void *arg)
{
	struct sender *me = arg;

	me->error = send(me->fd, block, me->piece, MSG_NOSIGNAL) < 0 ? errno : 0;
	me->done = true;
	return NULL;
}

int send_meanwhile(int fd, size_t piece)
{
	const struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGUSR1, &action, NULL);
	sender = (struct sender){ .fd = fd, .piece = piece };
	return -pthread_create(&sender.thread, NULL, send_one, &sender);
}

long is_sending(long unused)
{
	(void)unused;
	return !sender.done;
}

long sent(long unused)
{
	(void)unused;
	if (!wait_until(sender.done))
		return -ETIMEDOUT;
	pthread_join(sender.thread, NULL);
	return -sender.error;
}

/* It may not be asleep yet, so more than one may be needed. */
long interrupt(long unused)
{
	(void)unused;
	wait_until(pthread_kill(sender.thread, SIGUSR1) || sender.done);
	return sent(0);
}

/* Microseconds until a sender with a time limit of a tenth of a second gave up. */
long us_until_refused(int fd, size_t piece)
{
	const struct timeval time = { .tv_usec = 100000 }, forever = { 0 };
	double begin = now();
	long ret;

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
	ret = send(fd, block, piece, MSG_NOSIGNAL) < 0 && errno == EAGAIN ?
		(now() - begin) * 1000000 : -EINVAL;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &forever, sizeof(forever));
	return ret;
}
