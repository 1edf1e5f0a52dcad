// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tcpsndbuf and tcprcvbuf: held is what the kernel says that the sockets hold,
 * to the byte; at the limit senders wait, or are told to, and go on when there
 * is room; segments that do not fit are dropped and come again.
 *
 * Case T029 (buffers of TCP sockets).
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <linux/errqueue.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#include "lib/container.h"
#include "lib/pairs.h"

#define PAIRS		PAIRS_MAX
#define LIMIT		(256 * 1024)
#define ONE_SEGMENT	(96 * 1024)	/* the most that a segment can take on loopback */
#define SPLIT		2048	/* more than TCP needs to cut a segment for its peer's window */

FIXTURE(tcp) {
	struct ct ct;
};

FIXTURE_SETUP(tcp)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(tcp)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* --- inside the container ------------------------------------------------- */

static long open_pairs(long n)
{
	int ret = 0;
	long i;

	for (i = 0; i < n && !ret; i++)
		ret = pair_add(i % 2 ? PAIR_TCP : PAIR_TCP6);
	return ret;
}

/* Something here and something there, in both directions. */
static long traffic(long step)
{
	int i = step % PAIRS, end = step / PAIRS % 2;

	if (step % 3 == 2)
		return drain(pairs[i][end]);
	return fill(pairs[i][end], 1 + step * 7919 % 65536);
}

static long fill_pair(long i)
{
	return fill(pairs[i][0], 4096);
}

/* Acknowledgements may be late; when none has come for a while, none will. */
static long fill_for_good(long i)
{
	long sum = 0, n = 0;
	double quiet = now();

	while (n >= 0 && now() < quiet + 0.5) {
		n = fill(pairs[i][0], 4096);
		sum += n;
		if (n > 0)
			quiet = now();
		nap();
	}
	return n < 0 ? n : sum;
}

/* How many messages went out without being copied before one was refused. */
static long lend_pages(long i)
{
	static const char pages[16 * 4096];
	static const int one = 1;
	const int fd = pairs[i][0];
	long n = 0;

	if (setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)))
		return -errno;
	while (send(fd, pages, sizeof(pages), MSG_ZEROCOPY | MSG_DONTWAIT) > 0)
		n++;
	return errno == EAGAIN ? n : -errno;
}

/* How many of them are told to be done with, and to have been copied. */
static long pages_given_back(long i)
{
	char control[128];
	struct msghdr message = { .msg_control = control, .msg_controllen = sizeof(control) };
	struct sock_extended_err *report;

	if (recvmsg(pairs[i][0], &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return -errno;
	report = (void *)CMSG_DATA(CMSG_FIRSTHDR(&message));
	if (report->ee_origin != SO_EE_ORIGIN_ZEROCOPY ||
	    !(report->ee_code & SO_EE_CODE_ZEROCOPY_COPIED))
		return -EINVAL;
	return report->ee_data - report->ee_info + 1;
}

static long send_for_a_while(long i)
{
	return us_until_refused(pairs[i][0], 1);
}

static long begin_to_send(long i)
{
	return send_meanwhile(pairs[i][0], 4096);
}

static long connect_one(long unused)
{
	int fds[2], ret = pair_open(PAIR_TCP, fds);

	(void)unused;
	if (ret)
		return ret;
	close(fds[0]);
	return close(fds[1]);
}

#define STREAM	(1024 * 1024)

static void *send_stream(void *arg)
{
	static char block[8192];
	long done, i;

	(void)arg;
	for (done = 0; done < STREAM; done += sizeof(block)) {
		for (i = 0; i < (long)sizeof(block); i++)
			block[i] = (done + i) / 251;
		for (i = 0; i < (long)sizeof(block);) {
			long n = send(sender.fd, block + i, sizeof(block) - i, MSG_NOSIGNAL);

			if (n < 0)
				return NULL;
			i += n;
		}
	}
	sender.done = true;
	return NULL;
}

/* A megabyte through pair @i, which nobody reads at first. */
static long begin_stream(long i)
{
	sender = (struct sender){ .fd = pairs[i][0] };
	return -pthread_create(&sender.thread, NULL, send_stream, NULL);
}

static long end_stream(long i)
{
	const struct timeval patience = { .tv_sec = 3 * PATIENCE };
	static unsigned char block[8192];
	long done = 0, n, k;

	setsockopt(pairs[i][1], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	while (done < STREAM) {
		n = recv(pairs[i][1], block, sizeof(block), 0);
		if (n <= 0)
			return n ? -errno : -EPIPE;
		for (k = 0; k < n; k++, done++)
			if (block[k] != (unsigned char)(done / 251))
				return -EBADMSG;
	}
	return pthread_join(sender.thread, NULL);
}

/* Fill the receive queue of a connection that is being restored; the errno. */
static long restore_queue(long unused)
{
	static const int on = 1, queue = TCP_RECV_QUEUE, size = 16 * LIMIT;
	static const char data[16 * 4096];
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)unused;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) ||
	    connect(fd, (void *)&address, sizeof(address)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof(queue)))
		return -errno;
	while (send(fd, data, sizeof(data), 0) > 0)
		;
	return errno;
}

/* --- what holds ----------------------------------------------------------- */

/* In flight on loopback is what a softirq is about to deliver. */
static bool agree(struct ct *ct)
{
	return wait_until(ct_call(ct, sum_of, MEMORY_QUEUED) == (long)ct_held(ct, UB_TCPSNDBUF) &&
			  ct_call(ct, sum_of, MEMORY_RECEIVED) == (long)ct_held(ct, UB_TCPRCVBUF));
}

TEST_F_TIMEOUT(tcp, held_is_what_the_sockets_hold, 120)
{
	struct ct *ct = &self->ct;
	long step;

	EXPECT_TRUE(ct_stat(ct, UB_TCPSNDBUF).flags & VZMOD_UB_ACCOUNTED);
	EXPECT_TRUE(ct_stat(ct, UB_TCPRCVBUF).flags & VZMOD_UB_ACCOUNTED);
	ASSERT_EQ(0, ct_call(ct, open_pairs, PAIRS));
	EXPECT_TRUE(agree(ct));
	EXPECT_EQ(0, ct_held(ct, UB_TCPSNDBUF));
	for (step = 0; step < 120; step++) {
		ASSERT_LE(0, ct_call(ct, traffic, step));
		if (step % 10 == 9)
			ASSERT_TRUE(agree(ct)) {
				TH_LOG("step %ld: %ld queued, held %ld; %ld received, held %ld",
				       step, ct_call(ct, sum_of, MEMORY_QUEUED),
				       ct_held(ct, UB_TCPSNDBUF),
				       ct_call(ct, sum_of, MEMORY_RECEIVED),
				       ct_held(ct, UB_TCPRCVBUF));
			}
	}
	EXPECT_LT(0, ct_held(ct, UB_TCPSNDBUF));
	EXPECT_LT(0, ct_held(ct, UB_TCPRCVBUF));
	EXPECT_EQ(0, ct_stat(ct, UB_TCPSNDBUF).failcnt);
	EXPECT_EQ(0, ct_call(ct, close_pairs, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_TCPSNDBUF, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_TCPRCVBUF, 0));
}

/* Two pairs; the first one has all there is. */
static void use_all(struct __test_metadata *_metadata, struct ct *ct)
{
	ASSERT_EQ(0, ct_call(ct, open_pairs, 2));
	ASSERT_EQ(0, ct_limit(ct, UB_TCPSNDBUF, LIMIT, LIMIT));
	ASSERT_LT(0, ct_call(ct, fill_for_good, 0));
	EXPECT_LT(LIMIT - ONE_SEGMENT, ct_held(ct, UB_TCPSNDBUF));
	EXPECT_GE(LIMIT + SPLIT, ct_stat(ct, UB_TCPSNDBUF).maxheld);
	EXPECT_LT(0, ct_stat(ct, UB_TCPSNDBUF).failcnt);
}

TEST_F_TIMEOUT(tcp, at_the_limit_nobody_may_send_and_poll_knows, 120)
{
	struct ct *ct = &self->ct;

	use_all(_metadata, ct);
	EXPECT_EQ(0, ct_call(ct, writable, 0));
	EXPECT_EQ(0, ct_call(ct, writable, 1));
	EXPECT_EQ(0, ct_call(ct, fill_pair, 1));
	ASSERT_EQ(0, ct_call(ct, epoll_add, 1));
	EXPECT_EQ(0, ct_call(ct, epoll_event, 0));

	EXPECT_LT(0, ct_call(ct, drain_pair, 0));
	EXPECT_EQ(1, ct_call(ct, epoll_event, PATIENCE * 1000));
	EXPECT_EQ(1, ct_call(ct, becomes_writable, 1));
	EXPECT_LT(0, ct_call(ct, fill_pair, 1));
	EXPECT_GE(LIMIT + SPLIT, ct_stat(ct, UB_TCPSNDBUF).maxheld);
}

TEST_F_TIMEOUT(tcp, pages_that_are_lent_keep_to_the_limit, 120)
{
	struct ct *ct = &self->ct;
	long lent;

	ASSERT_EQ(0, ct_call(ct, open_pairs, 2));
	ASSERT_EQ(0, ct_limit(ct, UB_TCPSNDBUF, LIMIT, LIMIT));
	lent = ct_call(ct, lend_pages, 0);
	ASSERT_LT(0, lent);
	EXPECT_EQ(lent, ct_call(ct, pages_given_back, 0));
	ASSERT_LE(0, ct_call(ct, fill_for_good, 0));
	EXPECT_EQ(0, ct_call(ct, lend_pages, 1));
	EXPECT_TRUE(agree(ct));
	EXPECT_GE(LIMIT + SPLIT, ct_stat(ct, UB_TCPSNDBUF).maxheld);
}

TEST_F(tcp, what_is_restored_keeps_to_the_limit)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_limit(ct, UB_TCPRCVBUF, LIMIT, LIMIT));
	EXPECT_EQ(ENOMEM, ct_call(ct, restore_queue, 0));
	EXPECT_LT(0, ct_stat(ct, UB_TCPRCVBUF).failcnt);
	EXPECT_GE(LIMIT, ct_stat(ct, UB_TCPRCVBUF).maxheld);
}

TEST_F_TIMEOUT(tcp, a_raised_limit_wakes_too, 120)
{
	struct ct *ct = &self->ct;

	use_all(_metadata, ct);
	ASSERT_EQ(0, ct_call(ct, begin_to_send, 1));
	EXPECT_EQ(1, ct_call(ct, is_sending, 0));
	ASSERT_EQ(0, ct_limit(ct, UB_TCPSNDBUF, 2 * LIMIT, 2 * LIMIT));
	EXPECT_EQ(0, ct_call(ct, sent, 0));
}

TEST_F_TIMEOUT(tcp, a_blocking_sender_sleeps_and_is_woken, 120)
{
	struct ct *ct = &self->ct;
	long us;

	use_all(_metadata, ct);
	us = ct_call(ct, send_for_a_while, 1);
	EXPECT_LE(90000, us);
	EXPECT_GT(PATIENCE * 1000000L, us);

	ASSERT_EQ(0, ct_call(ct, begin_to_send, 1));
	EXPECT_EQ(-EINTR, ct_call(ct, interrupt, 0));

	ASSERT_EQ(0, ct_call(ct, begin_to_send, 1));
	EXPECT_EQ(1, ct_call(ct, is_sending, 0));
	EXPECT_LT(0, ct_call(ct, drain_pair, 0));
	EXPECT_EQ(0, ct_call(ct, sent, 0));
}

TEST_F_TIMEOUT(tcp, every_socket_has_its_part_beyond_the_barrier, 120)
{
	const unsigned long part = 2560, sockets = 2 * PAIRS + 1;
	struct ct *ct = &self->ct;
	long i;

	ASSERT_EQ(0, ct_call(ct, open_pairs, PAIRS));
	ASSERT_EQ(0, ct_limit(ct, UB_NUMTCPSOCK, sockets, sockets));
	ASSERT_EQ(0, ct_limit(ct, UB_TCPSNDBUF, LIMIT, LIMIT + sockets * part));
	ASSERT_LT(0, ct_call(ct, fill_for_good, 0));
	EXPECT_GE(LIMIT + part + SPLIT, ct_held(ct, UB_TCPSNDBUF));
	for (i = 1; i < PAIRS; i++)
		EXPECT_LT(0, ct_call(ct, fill_pair, i));
	EXPECT_GE(LIMIT + sockets * part + SPLIT, ct_stat(ct, UB_TCPSNDBUF).maxheld);
}

TEST_F_TIMEOUT(tcp, a_new_connection_is_refused_at_the_barrier, 120)
{
	struct ct *ct = &self->ct;

	use_all(_metadata, ct);
	EXPECT_EQ(-ENOBUFS, ct_call(ct, connect_one, 0));
	ASSERT_EQ(0, ct_limit(ct, UB_TCPSNDBUF, 2 * LIMIT, 2 * LIMIT));
	EXPECT_EQ(0, ct_call(ct, connect_one, 0));
}

TEST_F_TIMEOUT(tcp, what_does_not_fit_when_it_comes_comes_again, 120)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, open_pairs, 2));
	ASSERT_EQ(0, ct_limit(ct, UB_TCPRCVBUF, LIMIT / 8, LIMIT / 4));
	ASSERT_EQ(0, ct_call(ct, begin_stream, 0));
	EXPECT_TRUE(wait_until(ct_stat(ct, UB_TCPRCVBUF).failcnt));
	EXPECT_EQ(0, ct_call(ct, end_stream, 0));
	EXPECT_GE(LIMIT / 4 + ONE_SEGMENT, ct_stat(ct, UB_TCPRCVBUF).maxheld);
	EXPECT_EQ(0, ct_held_when(ct, UB_TCPRCVBUF, 0));
}

TEST_HARNESS_MAIN
