// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A thousand UNIX sockets that share buffers which are far too small for them:
 * each of them gets on, whether its owner sleeps in send() or waits in
 * epoll_wait().
 *
 * Case T029 (sockets at the limit).
 *
 * vm: --time 900
 */
#include <errno.h>
#include <kselftest_harness.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "lib/container.h"
#include "lib/sockets.h"

#define CROWDS		10
#define PAIRS		50		/* in each */
#define BYTES		16384		/* that go through each pair */
#define PIECE		1024
#define LIMIT		(128 * 1024)
#define LONG_ENOUGH	(8 * PATIENCE)

struct stream {
	int fds[2];
	long to_send;
	long to_read;
};

struct crowd {
	enum pair_kind kind;
	bool blocking;
};

static const char piece[PIECE];

static void *send_blocking(void *arg)
{
	struct stream *stream = arg;

	while (stream->to_send > 0)
		if (send(stream->fds[0], piece, PIECE, MSG_NOSIGNAL) < 0)
			_exit(errno);
		else
			stream->to_send -= PIECE;
	return NULL;
}

static void send_some(struct stream *stream)
{
	long n = 0;

	while (stream->to_send > 0 && n >= 0) {
		n = send(stream->fds[0], piece, PIECE, MSG_DONTWAIT | MSG_NOSIGNAL);
		stream->to_send -= n > 0 ? n : 0;
	}
	if (n < 0 && errno != EAGAIN)
		_exit(errno);
}

static void watch(int poller, int fd, uint32_t events, struct stream *stream)
{
	struct epoll_event event = { .events = events | EPOLLET, .data.ptr = stream };

	if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event))
		_exit(errno);
}

static void begin(struct stream *stream, const struct crowd *crowd, int poller)
{
	pthread_t thread;

	stream->to_send = BYTES;
	stream->to_read = BYTES;
	watch(poller, stream->fds[1], EPOLLIN, stream);
	if (!crowd->blocking)
		watch(poller, stream->fds[0], EPOLLOUT, stream);
	else if (pthread_create(&thread, NULL, send_blocking, stream))
		_exit(EAGAIN);
}

/* A process with its pairs; ends when all is through. */
static void __attribute__((noreturn)) be_crowd(const struct crowd *crowd, struct stream *streams)
{
	int poller = epoll_create1(0), left = PAIRS, i;
	struct epoll_event event;

	for (i = 0; i < PAIRS; i++)
		begin(&streams[i], crowd, poller);
	while (left) {
		struct stream *stream;

		if (epoll_wait(poller, &event, 1, LONG_ENOUGH * 1000) != 1)
			_exit(ETIMEDOUT);
		stream = event.data.ptr;
		if (event.events & EPOLLOUT)
			send_some(stream);
		if (event.events & EPOLLIN && stream->to_read) {
			stream->to_read -= drain(stream->fds[1]);
			left -= !stream->to_read;
		}
	}
	_exit(0);
}

/* Returns the errno of the first crowd that got stuck. */
static long run_crowds(long arg)
{
	const struct crowd crowd = { .kind = arg / 2, .blocking = arg % 2 };
	static struct stream streams[CROWDS * PAIRS];
	int i, status, error = 0;

	for (i = 0; i < CROWDS * PAIRS && !error; i++)
		error = -pair_open(crowd.kind, streams[i].fds);
	for (i = 0; i < CROWDS && !error; i++)
		if (!fork())
			be_crowd(&crowd, &streams[i * PAIRS]);
	while (wait(&status) > 0)
		if (!error)
			error = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	for (i = 0; i < CROWDS * PAIRS; i++) {
		close(streams[i].fds[0]);
		close(streams[i].fds[1]);
	}
	return -error;
}

FIXTURE(crowd) {
	struct ct ct;
};

FIXTURE_VARIANT(crowd) {
	struct crowd crowd;
};

#define CROWD(name, ...) FIXTURE_VARIANT_ADD(crowd, name) { __VA_ARGS__ }

CROWD(unix_stream_polling, { PAIR_UNIX_STREAM, false });
CROWD(unix_stream_sleeping, { PAIR_UNIX_STREAM, true });
CROWD(unix_dgram_polling, { PAIR_UNIX_DGRAM, false });
CROWD(unix_dgram_sleeping, { PAIR_UNIX_DGRAM, true });

FIXTURE_SETUP(crowd)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(crowd)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

TEST_F_TIMEOUT(crowd, every_socket_gets_on, 2 * LONG_ENOUGH)
{
	long arg = variant->crowd.kind * 2 + variant->crowd.blocking;
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_limit(ct, UB_OTHERSOCKBUF, LIMIT, LIMIT));
	EXPECT_EQ(0, ct_call(ct, run_crowds, arg));
	EXPECT_LT(0, ct_stat(ct, UB_OTHERSOCKBUF).failcnt);
	EXPECT_EQ(0, ct_held_when(ct, UB_OTHERSOCKBUF, 0));
}

TEST_HARNESS_MAIN
