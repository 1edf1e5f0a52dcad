// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * numtcpsock of connections that come in: one that does not fit is not an
 * error for anybody, the client tries again; an orphan counts until it is
 * gone, a TIME-WAIT entry does not count; MPTCP gives everything back.
 *
 * Case T029 (numbers of sockets).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "lib/container.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif

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

static struct sockaddr_in address = { .sin_family = AF_INET };
static int listener = -1, client = -1, server = -1;

static long listen_on_loopback(long protocol)
{
	socklen_t len = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, protocol);
	if (listener < 0 || bind(listener, (void *)&address, len) || listen(listener, 8) ||
	    getsockname(listener, (void *)&address, &len))
		return -errno;
	return 0;
}

static long connect_to_it(long protocol)
{
	client = socket(AF_INET, SOCK_STREAM, protocol);
	return client < 0 || connect(client, (void *)&address, sizeof(address)) ? -errno : 0;
}

/* Wait at most @seconds for a connection. */
static long accept_it(long seconds)
{
	struct pollfd poll_for = { .fd = listener, .events = POLLIN };

	if (poll(&poll_for, 1, seconds * 1000) < 0)
		return -errno;
	server = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	return server < 0 ? -errno : 0;
}

static long close_all(long unused)
{
	(void)unused;
	close(client);
	close(server);
	return close(listener);
}

static unsigned long held(struct ct *ct)
{
	return ct_held(ct, UB_NUMTCPSOCK);
}

TEST_F(tcp, a_connection_that_does_not_fit_comes_when_it_does)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_limit(ct, UB_NUMTCPSOCK, 2, 2));
	ASSERT_EQ(0, ct_call(ct, listen_on_loopback, 0));
	EXPECT_EQ(0, ct_call(ct, connect_to_it, 0));
	EXPECT_EQ(-EAGAIN, ct_call(ct, accept_it, 0));
	EXPECT_EQ(2, held(ct));
	/* The last packet of the handshake may still be on its way. */
	EXPECT_TRUE(wait_until(ct_stat(ct, UB_NUMTCPSOCK).failcnt >= 1));
	EXPECT_EQ(2, ct_stat(ct, UB_NUMTCPSOCK).maxheld);

	ASSERT_EQ(0, ct_limit(ct, UB_NUMTCPSOCK, 3, 3));
	EXPECT_EQ(0, ct_call(ct, accept_it, PATIENCE));
	EXPECT_EQ(3, held(ct));
	EXPECT_EQ(0, ct_call(ct, close_all, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMTCPSOCK, 0));
}

/* Send until nothing more fits, and close with all of it still to go. */
static long leave_an_orphan(long unused)
{
	static char block[65536];

	(void)unused;
	fcntl(client, F_SETFL, O_NONBLOCK);
	while (send(client, block, sizeof(block), MSG_NOSIGNAL) > 0)
		;
	return errno == EAGAIN ? close(client) : -errno;
}

static long close_server(long unused)
{
	(void)unused;
	return close(server);
}

TEST_F(tcp, an_orphan_counts_and_a_time_wait_entry_does_not)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, listen_on_loopback, 0));
	ASSERT_EQ(0, ct_call(ct, connect_to_it, 0));
	ASSERT_EQ(0, ct_call(ct, accept_it, PATIENCE));
	ASSERT_EQ(0, ct_call(ct, leave_an_orphan, 0));
	EXPECT_EQ(3, held(ct));
	ASSERT_EQ(0, ct_call(ct, close_server, 0));	/* unread data: a reset */
	EXPECT_EQ(1, ct_held_when(ct, UB_NUMTCPSOCK, 1));

	ASSERT_EQ(0, ct_call(ct, connect_to_it, 0));
	ASSERT_EQ(0, ct_call(ct, accept_it, PATIENCE));
	EXPECT_EQ(0, ct_call(ct, close_all, 0));	/* client first: TIME-WAIT */
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMTCPSOCK, 0));
}

TEST_F(tcp, connections_nobody_accepted_go_with_the_listener)
{
	struct ct *ct = &self->ct;
	int i;

	ASSERT_EQ(0, ct_call(ct, listen_on_loopback, 0));
	for (i = 0; i < 8; i++)
		ASSERT_EQ(0, ct_call(ct, connect_to_it, 0));
	EXPECT_EQ(1 + 2 * 8, held(ct));
	EXPECT_EQ(0, ct_call(ct, close_all, 0));
	/* Seven clients are still open, and have been reset. */
	EXPECT_EQ(7, ct_held_when(ct, UB_NUMTCPSOCK, 7));
}

TEST_F(tcp, mptcp_gives_everything_back)
{
	struct ct *ct = &self->ct;
	long ret = ct_call(ct, listen_on_loopback, IPPROTO_MPTCP);

	if (ret == -EPROTONOSUPPORT || ret == -ENOPROTOOPT)
		SKIP(return, "this kernel has no MPTCP, or it is off");
	ASSERT_EQ(0, ret);
	EXPECT_EQ(1, held(ct));
	ASSERT_EQ(0, ct_call(ct, connect_to_it, IPPROTO_MPTCP));
	ASSERT_EQ(0, ct_call(ct, accept_it, PATIENCE));
	EXPECT_LE(3, held(ct));
	EXPECT_EQ(0, ct_call(ct, close_all, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMTCPSOCK, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMOTHERSOCK, 0));
}

TEST_HARNESS_MAIN
