// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * othersockbuf and dgramrcvbuf: held is what the kernel says that the sockets
 * hold, to the byte, for UNIX, UDP, raw, packet and netlink sockets; at the
 * limit senders wait, or are told to, and go on when there is room; what comes
 * for a full buffer is dropped.
 *
 * Case T029 (buffers of other sockets).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <kselftest_harness.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/container.h"
#include "lib/pairs.h"

#define LIMIT		(96 * 1024)
#define PIECE		1000
#define ONE_PACKET	4096	/* more than a piece can take */

FIXTURE(other) {
	struct ct ct;
};

FIXTURE_SETUP(other)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(other)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* --- inside the container ------------------------------------------------- */

static const enum pair_kind kinds[] = {
	PAIR_UNIX_STREAM, PAIR_UNIX_DGRAM, PAIR_UNIX_SEQPACKET, PAIR_UDP, PAIR_UDP6,
};

#define N_KINDS		(sizeof(kinds) / sizeof(kinds[0]))

/* Neither a count of the kernel nor a cgroup knows what this one holds. */
static long open_vsock(long unused)
{
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);

	(void)unused;
	return fd < 0 ? -errno : close(fd);
}

static long open_pairs(long unused)
{
	int ret = 0;
	size_t i;

	(void)unused;
	for (i = 0; i < N_KINDS && !ret; i++)
		ret = pair_add(kinds[i]);
	return ret;
}

static long send_pieces(long i)
{
	static const char piece[8 * PIECE];
	long n;

	for (n = 0; n < 8; n++)
		if (send(pairs[i][0], piece, (n + 1) * PIECE, MSG_DONTWAIT) < 0)
			return -errno;
	return 0;
}

static long read_piece(long i)
{
	static char piece[8 * PIECE];

	return recv(pairs[i][1], piece, sizeof(piece), MSG_DONTWAIT) < 0 ? -errno : 0;
}

static long fill_pair(long i)
{
	return fill(pairs[i][0], PIECE);
}

/* The receiver goes on holding what a sender that is gone has sent. */
static long close_sender(long i)
{
	return close(pairs[i][0]);
}

static long close_receiver(long i)
{
	return close(pairs[i][1]);
}

static long errno_of_send(long i)
{
	static const char piece[PIECE];

	return send(pairs[i][0], piece, PIECE, MSG_DONTWAIT) < 0 ? -errno : 0;
}

static long send_for_a_while(long i)
{
	return us_until_refused(pairs[i][0], PIECE);
}

static long begin_to_send(long i)
{
	return send_meanwhile(pairs[i][0], PIECE);
}

static long shut_down(long i)
{
	return shutdown(pairs[i][0], SHUT_WR) ? -errno : 0;
}

static int listener = -1;

static long listen_unix(long unused)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/tmp/socket" };

	(void)unused;
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	return bind(listener, (void *)&address, sizeof(address)) || listen(listener, 5) ?
		-errno : 0;
}

static long connect_unix(long unused)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/tmp/socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int ret = connect(fd, (void *)&address, sizeof(address)) ? -errno : 0;

	(void)unused;
	close(fd);
	return ret;
}

/* Sockets that see everything that is sent on loopback: raw, packet. */
static int observers[2];

static long open_observers(long unused)
{
	(void)unused;
	observers[0] = socket(AF_INET, SOCK_RAW, IPPROTO_UDP);
	observers[1] = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	return observers[0] < 0 || observers[1] < 0 ? -errno : 0;
}

static long observed(long i)
{
	return memory_of(observers[i], MEMORY_RECEIVED);
}

static long drain_observer(long i)
{
	return drain(observers[i]);
}

static int netlink = -1;

static long open_netlink(long unused)
{
	(void)unused;
	netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	return netlink < 0 ? -errno : 0;
}

static long ask_netlink(long unused)
{
	(void)unused;
	return netlink_ask(netlink);
}

static long netlink_memory(long unused)
{
	(void)unused;
	return memory_of(netlink, MEMORY_RECEIVED);
}

static long read_netlink(long unused)
{
	static char reply[65536];

	(void)unused;
	return recv(netlink, reply, sizeof(reply), MSG_DONTWAIT) < 0 ? -errno : 0;
}

/* A packet that grows while it is put together, on UDP sockets that keep it. */
static long cork(long unused)
{
	static const char block[30000];

	(void)unused;
	return send(pairs[3][0], block, sizeof(block), MSG_MORE) < 0 ||
	       send(pairs[4][0], block, sizeof(block), MSG_MORE) < 0 ? -errno : 0;
}

/* --- what holds ----------------------------------------------------------- */

static bool agree(struct ct *ct)
{
	return wait_until(ct_call(ct, sum_of, MEMORY_SENT) == (long)ct_held(ct, UB_OTHERSOCKBUF) &&
			  ct_call(ct, sum_of, MEMORY_RECEIVED) ==
			  (long)ct_held(ct, UB_DGRAMRCVBUF));
}

TEST_F(other, held_is_what_the_sockets_hold)
{
	struct ct *ct = &self->ct;
	size_t i, n;

	EXPECT_TRUE(ct_stat(ct, UB_OTHERSOCKBUF).flags & VZMOD_UB_ACCOUNTED);
	EXPECT_TRUE(ct_stat(ct, UB_DGRAMRCVBUF).flags & VZMOD_UB_ACCOUNTED);
	ASSERT_EQ(0, ct_call(ct, open_pairs, 0));
	for (i = 0; i < N_KINDS; i++) {
		ASSERT_EQ(0, ct_call(ct, send_pieces, i));
		EXPECT_TRUE(agree(ct));
	}
	EXPECT_LT(0, ct_held(ct, UB_OTHERSOCKBUF));
	EXPECT_LT(0, ct_held(ct, UB_DGRAMRCVBUF));
	EXPECT_EQ(0, ct_call(ct, cork, 0));
	EXPECT_TRUE(agree(ct));
	for (n = 0; n < 3; n++) {
		for (i = 0; i < N_KINDS; i++)
			EXPECT_EQ(0, ct_call(ct, read_piece, i));
		EXPECT_EQ(ct_call(ct, sum_of, MEMORY_SENT), ct_held(ct, UB_OTHERSOCKBUF));
	}
	for (i = 0; i < N_KINDS; i++)
		EXPECT_LT(0, ct_call(ct, drain_pair, i));
	EXPECT_TRUE(agree(ct));
	EXPECT_EQ(0, ct_held(ct, UB_DGRAMRCVBUF));
	EXPECT_EQ(0, ct_call(ct, close_pairs, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_OTHERSOCKBUF, 0));
}

TEST_F(other, what_was_sent_counts_until_it_is_read_even_if_the_sender_is_gone)
{
	struct ct *ct = &self->ct;
	unsigned long held;

	ASSERT_EQ(0, ct_call(ct, open_pairs, 0));
	ASSERT_EQ(0, ct_call(ct, send_pieces, 0));
	held = ct_held(ct, UB_OTHERSOCKBUF);
	EXPECT_LT(8 * PIECE, held);
	EXPECT_EQ(0, ct_call(ct, close_sender, 0));
	EXPECT_EQ(held, ct_held(ct, UB_OTHERSOCKBUF));
	EXPECT_EQ(0, ct_call(ct, close_receiver, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_OTHERSOCKBUF, 0));
}

/* All that was received, by observers and by those it was meant for. */
static long all_received(struct ct *ct)
{
	return ct_call(ct, observed, 0) + ct_call(ct, observed, 1) +
	       ct_call(ct, sum_of, MEMORY_RECEIVED);
}

/* Raw and packet sockets, with what comes along on loopback. */
TEST_F(other, observers_hold_what_they_have_seen)
{
	struct ct *ct = &self->ct;
	int i;

	ASSERT_EQ(0, ct_call(ct, open_pairs, 0));
	ASSERT_EQ(0, ct_call(ct, open_observers, 0));
	ASSERT_EQ(0, ct_call(ct, send_pieces, 3));
	EXPECT_TRUE(wait_until(all_received(ct) == (long)ct_held(ct, UB_DGRAMRCVBUF)));
	EXPECT_LT(0, ct_call(ct, drain_pair, 3));
	for (i = 0; i < 2; i++) {
		EXPECT_LT(0, ct_call(ct, observed, i));
		EXPECT_TRUE(wait_until(all_received(ct) == (long)ct_held(ct, UB_DGRAMRCVBUF)));
		EXPECT_LT(0, ct_call(ct, drain_observer, i));
	}
	EXPECT_EQ(0, ct_held_when(ct, UB_DGRAMRCVBUF, 0));
}

/* What was on its way is read as well. */
static bool all_drained(struct ct *ct)
{
	int i;

	for (i = 0; i < 2; i++) {
		ct_call(ct, drain_observer, i);
		ct_call(ct, drain_pair, 3 + i);
	}
	return !ct_held(ct, UB_DGRAMRCVBUF);
}

TEST_F(other, a_full_receive_buffer_drops_what_comes)
{
	struct ct *ct = &self->ct;
	size_t i;

	ASSERT_EQ(0, ct_call(ct, open_pairs, 0));
	ASSERT_EQ(0, ct_call(ct, open_observers, 0));
	ASSERT_EQ(0, ct_limit(ct, UB_DGRAMRCVBUF, LIMIT, LIMIT));
	for (i = 0; i < 20; i++)
		EXPECT_EQ(0, ct_call(ct, send_pieces, 3 + i % 2));
	EXPECT_LT(LIMIT - 8 * ONE_PACKET, ct_held(ct, UB_DGRAMRCVBUF));
	EXPECT_GE(LIMIT, ct_stat(ct, UB_DGRAMRCVBUF).maxheld);
	EXPECT_LT(0, ct_stat(ct, UB_DGRAMRCVBUF).failcnt);

	EXPECT_TRUE(wait_until(all_drained(ct)));
	EXPECT_EQ(0, ct_call(ct, send_pieces, 3));
	EXPECT_TRUE(wait_until(ct_call(ct, drain_pair, 3) > 0));
}

TEST_F(other, netlink_replies_count_and_are_refused_at_the_barrier)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, open_netlink, 0));
	ASSERT_EQ(0, ct_call(ct, ask_netlink, 0));
	EXPECT_LT(0, ct_call(ct, netlink_memory, 0));
	EXPECT_EQ(ct_call(ct, netlink_memory, 0), ct_held(ct, UB_OTHERSOCKBUF));
	while (!ct_call(ct, read_netlink, 0))
		;
	EXPECT_EQ(0, ct_held(ct, UB_OTHERSOCKBUF));

	ASSERT_EQ(0, ct_limit(ct, UB_OTHERSOCKBUF, 500, 1000000));
	ASSERT_EQ(0, ct_call(ct, ask_netlink, 0));
	EXPECT_EQ(-ENOBUFS, ct_call(ct, read_netlink, 0));
	EXPECT_LT(0, ct_stat(ct, UB_OTHERSOCKBUF).failcnt);
	EXPECT_EQ(0, ct_held(ct, UB_OTHERSOCKBUF));
}

/* The stream socket has all there is. */
static void use_all(struct __test_metadata *_metadata, struct ct *ct)
{
	ASSERT_EQ(0, ct_call(ct, open_pairs, 0));
	ASSERT_EQ(0, ct_limit(ct, UB_OTHERSOCKBUF, LIMIT, LIMIT));
	ASSERT_LT(0, ct_call(ct, fill_pair, 0));
	EXPECT_LT(LIMIT - ONE_PACKET, ct_held(ct, UB_OTHERSOCKBUF));
	EXPECT_GE(LIMIT, ct_stat(ct, UB_OTHERSOCKBUF).maxheld);
	EXPECT_EQ(1, ct_stat(ct, UB_OTHERSOCKBUF).failcnt);
}

TEST_F(other, at_the_limit_nobody_may_send_and_poll_knows)
{
	struct ct *ct = &self->ct;
	size_t i;

	use_all(_metadata, ct);
	for (i = 0; i < N_KINDS; i++) {
		EXPECT_EQ(-EAGAIN, ct_call(ct, errno_of_send, i));
		EXPECT_EQ(0, ct_call(ct, writable, i));
	}
	EXPECT_EQ(1 + N_KINDS, ct_stat(ct, UB_OTHERSOCKBUF).failcnt);
	ASSERT_EQ(0, ct_call(ct, epoll_add, 1));
	EXPECT_EQ(0, ct_call(ct, epoll_event, 0));

	EXPECT_LT(0, ct_call(ct, drain_pair, 0));
	EXPECT_EQ(1, ct_call(ct, epoll_event, PATIENCE * 1000));
	for (i = 0; i < N_KINDS; i++) {
		EXPECT_EQ(1, ct_call(ct, becomes_writable, i));
		EXPECT_EQ(0, ct_call(ct, errno_of_send, i));
	}
	EXPECT_GE(LIMIT, ct_stat(ct, UB_OTHERSOCKBUF).maxheld);
}

TEST_F(other, a_blocking_sender_sleeps_and_is_woken)
{
	struct ct *ct = &self->ct;
	size_t i;
	long us;

	use_all(_metadata, ct);
	for (i = 1; i < N_KINDS; i++) {
		us = ct_call(ct, send_for_a_while, i);
		EXPECT_LE(90000, us);
		EXPECT_GT(PATIENCE * 1000000L, us);

		ASSERT_EQ(0, ct_call(ct, begin_to_send, i));
		EXPECT_EQ(-EINTR, ct_call(ct, interrupt, 0));

		ASSERT_EQ(0, ct_call(ct, begin_to_send, i));
		EXPECT_EQ(1, ct_call(ct, is_sending, 0));
		EXPECT_LT(0, ct_call(ct, drain_pair, 0));
		EXPECT_EQ(0, ct_call(ct, sent, 0));
		EXPECT_LT(0, ct_call(ct, fill_pair, 0));
	}
}

TEST_F(other, who_shuts_down_a_socket_ends_the_waiting)
{
	struct ct *ct = &self->ct;

	use_all(_metadata, ct);
	ASSERT_EQ(0, ct_call(ct, begin_to_send, 1));
	EXPECT_EQ(1, ct_call(ct, is_sending, 0));
	ASSERT_EQ(0, ct_call(ct, shut_down, 1));
	EXPECT_EQ(-EPIPE, ct_call(ct, sent, 0));
}

TEST_F(other, every_socket_has_its_part_beyond_the_barrier)
{
	const unsigned long part = 2560, sockets = 20;
	struct ct *ct = &self->ct;
	size_t i;

	ASSERT_EQ(0, ct_call(ct, open_pairs, 0));
	ASSERT_EQ(0, ct_limit(ct, UB_NUMOTHERSOCK, sockets, sockets));
	ASSERT_EQ(0, ct_limit(ct, UB_OTHERSOCKBUF, LIMIT, LIMIT + sockets * part));
	ASSERT_LT(0, ct_call(ct, fill_pair, 0));
	EXPECT_LT(LIMIT, ct_held(ct, UB_OTHERSOCKBUF));
	EXPECT_GE(LIMIT + part, ct_held(ct, UB_OTHERSOCKBUF));
	for (i = 1; i < N_KINDS; i++)
		EXPECT_EQ(0, ct_call(ct, errno_of_send, i));
	EXPECT_EQ(-EAGAIN, ct_call(ct, errno_of_send, 1));
}

TEST_F(other, a_unix_socket_cannot_connect_at_the_barrier)
{
	struct ct *ct = &self->ct;
	unsigned long limit;

	ASSERT_EQ(0, ct_call(ct, listen_unix, 0));
	ASSERT_EQ(0, ct_call(ct, connect_unix, 0));
	limit = 2 * ct_held(ct, UB_OTHERSOCKBUF);
	EXPECT_LT(0, limit);
	ASSERT_EQ(0, ct_limit(ct, UB_OTHERSOCKBUF, limit, limit));
	ASSERT_EQ(0, ct_call(ct, connect_unix, 0));
	EXPECT_EQ(-ENOMEM, ct_call(ct, connect_unix, 0));
}

TEST_F(other, what_nobody_counts_is_not_to_be_had)
{
	EXPECT_EQ(0, open_vsock(0));
	EXPECT_EQ(-ENOMEM, ct_call(&self->ct, open_vsock, 0));
	EXPECT_EQ(0, ct_held(&self->ct, UB_NUMOTHERSOCK));
}

TEST_HARNESS_MAIN
