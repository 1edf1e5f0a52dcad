// SPDX-License-Identifier: GPL-2.0-only
/* Buffers of sockets: what is granted, what is guaranteed, who is called. */
#include "env.h"

#include <kselftest_harness.h>

#include "kernel/charge.h"
#include "kernel/sockbuf.h"

#define BARRIER	100000UL
#define SOCKETS	10UL
#define PART	4000UL
#define LIMIT	(BARRIER + SOCKETS * PART)

FIXTURE(sockbuf) {
	struct beancounter bc;
	struct sockbuf_fifo fifo;
	struct sockbuf buf[SOCKETS];
};

FIXTURE_SETUP(sockbuf)
{
	int i;

	ASSERT_EQ(0, bc_init(&self->bc, 101, NULL));
	bc_set_limit(&self->bc, UB_TCPSNDBUF, BARRIER, LIMIT);
	bc_set_limit(&self->bc, UB_NUMTCPSOCK, SOCKETS, SOCKETS);
	sockbuf_fifo_init(&self->fifo);
	for (i = 0; i < SOCKETS; i++)
		sockbuf_init(&self->buf[i], UB_TCPSNDBUF, UB_NUMTCPSOCK);
}

FIXTURE_TEARDOWN(sockbuf)
{
	unsigned long sum = 0;
	int i;

	for (i = 0; i < SOCKETS; i++)
		sum += self->buf[i].charged;
	EXPECT_EQ(sum, bc_held(&self->bc, UB_TCPSNDBUF));
	bc_destroy(&self->bc);
}

static unsigned long take(struct beancounter *bc, struct sockbuf *buf, unsigned long n)
{
	return sockbuf_take(buf, bc, n, n);
}

/* The next in line; NULL if there is none that could be served. */
static struct sockbuf *next(struct sockbuf_fifo *fifo, struct beancounter *bc,
			    unsigned long *promised)
{
	struct sockbuf *buf;

	spin_lock(&fifo->lock);
	buf = sockbuf_next(fifo, bc, promised);
	spin_unlock(&fifo->lock);
	return buf;
}

TEST_F(sockbuf, below_the_barrier_everybody_is_served)
{
	EXPECT_EQ(BARRIER, take(&self->bc, self->buf, BARRIER));
	EXPECT_EQ(0, self->buf->over);
	EXPECT_EQ(BARRIER, bc_held(&self->bc, UB_TCPSNDBUF));
}

TEST_F(sockbuf, as_much_is_granted_as_there_is)
{
	ASSERT_EQ(BARRIER - 500, take(&self->bc, self->buf, BARRIER - 500));
	EXPECT_EQ(500, sockbuf_take(self->buf, &self->bc, 1, 500 + PART));
	EXPECT_EQ(PART, sockbuf_take(self->buf, &self->bc, 1, 2 * PART));
	EXPECT_EQ(0, sockbuf_take(self->buf, &self->bc, 1, 1));
}

TEST_F(sockbuf, beyond_the_barrier_each_has_its_part_and_no_more)
{
	int i;

	ASSERT_EQ(BARRIER, take(&self->bc, self->buf, BARRIER));
	for (i = 0; i < SOCKETS; i++) {
		EXPECT_EQ(0, take(&self->bc, &self->buf[i], PART + 1));
		EXPECT_EQ(PART, take(&self->bc, &self->buf[i], PART));
		EXPECT_EQ(0, take(&self->bc, &self->buf[i], 1));
	}
	EXPECT_EQ(LIMIT, bc_held(&self->bc, UB_TCPSNDBUF));
}

TEST_F(sockbuf, what_is_given_back_is_guaranteed_again)
{
	ASSERT_EQ(BARRIER, take(&self->bc, self->buf, BARRIER));
	ASSERT_EQ(PART, take(&self->bc, &self->buf[1], PART));
	EXPECT_TRUE(sockbuf_settle(&self->buf[1], &self->bc, PART - 1000));
	EXPECT_EQ(1000, take(&self->bc, &self->buf[1], 1000));
	EXPECT_EQ(0, take(&self->bc, &self->buf[1], 1));
}

TEST_F(sockbuf, nothing_is_guaranteed_to_infinitely_many)
{
	bc_set_limit(&self->bc, UB_NUMTCPSOCK, UB_MAXVALUE, UB_MAXVALUE);
	ASSERT_EQ(BARRIER, take(&self->bc, self->buf, BARRIER));
	EXPECT_EQ(0, take(&self->bc, &self->buf[1], 1));
}

TEST_F(sockbuf, a_limit_below_the_barrier_holds)
{
	bc_set_limit(&self->bc, UB_TCPSNDBUF, LIMIT, BARRIER);
	EXPECT_EQ(BARRIER - 1, take(&self->bc, self->buf, BARRIER - 1));
	EXPECT_EQ(0, take(&self->bc, self->buf, 2));
	EXPECT_EQ(1, take(&self->bc, self->buf, 1));
	EXPECT_EQ(0, take(&self->bc, &self->buf[1], 1));
}

TEST_F(sockbuf, what_came_without_asking_is_charged_by_force)
{
	EXPECT_FALSE(sockbuf_settle(self->buf, &self->bc, LIMIT + 1));
	EXPECT_EQ(LIMIT + 1, bc_held(&self->bc, UB_TCPSNDBUF));
	EXPECT_FALSE(sockbuf_settle(self->buf, &self->bc, LIMIT + 1));
	EXPECT_EQ(0, take(&self->bc, &self->buf[1], 1));
	EXPECT_TRUE(sockbuf_settle(self->buf, &self->bc, 0));
}

TEST_F(sockbuf, a_hard_request_stops_at_the_barrier)
{
	EXPECT_TRUE(sockbuf_take_hard(self->buf, &self->bc, BARRIER));
	EXPECT_FALSE(sockbuf_take_hard(&self->buf[1], &self->bc, 1));
	EXPECT_EQ(1, atomic_long_read(&self->bc.counter[UB_TCPSNDBUF].failcnt));
}

TEST_F(sockbuf, open_means_that_a_request_is_granted)
{
	ASSERT_EQ(BARRIER - SOCKBUF_UNIT, take(&self->bc, self->buf, BARRIER - SOCKBUF_UNIT));
	bc_set_limit(&self->bc, UB_TCPSNDBUF, BARRIER, BARRIER);
	EXPECT_TRUE(sockbuf_is_open(&self->buf[1], &self->bc));
	EXPECT_EQ(0, take(&self->bc, &self->buf[1], SOCKBUF_UNIT + 1));
	EXPECT_FALSE(sockbuf_is_open(&self->buf[1], &self->bc));
	EXPECT_TRUE(sockbuf_is_open(&self->buf[2], &self->bc));
	EXPECT_EQ(SOCKBUF_UNIT, take(&self->bc, &self->buf[1], SOCKBUF_UNIT));
	EXPECT_FALSE(sockbuf_is_open(&self->buf[2], &self->bc));
}

TEST_F(sockbuf, what_exceeds_the_barrier_goes_alone)
{
	ASSERT_EQ(1, take(&self->bc, self->buf, 1));
	EXPECT_EQ(0, take(&self->bc, &self->buf[1], 2 * LIMIT));
	EXPECT_FALSE(sockbuf_is_open(&self->buf[1], &self->bc));
	sockbuf_settle(self->buf, &self->bc, 0);
	EXPECT_TRUE(sockbuf_is_open(&self->buf[1], &self->bc));
	EXPECT_EQ(2 * LIMIT, take(&self->bc, &self->buf[1], 2 * LIMIT));
	EXPECT_EQ(0, take(&self->bc, &self->buf[2], 2 * LIMIT));
}

TEST_F(sockbuf, nothing_goes_through_a_barrier_of_0)
{
	bc_set_limit(&self->bc, UB_TCPSNDBUF, 0, 0);
	EXPECT_EQ(0, take(&self->bc, self->buf, 1));
	EXPECT_FALSE(sockbuf_is_open(self->buf, &self->bc));
}

TEST_F(sockbuf, segments_leave_room_for_those_who_have_nothing)
{
	int i;

	ASSERT_TRUE(sockbuf_receive(self->buf, &self->bc, BARRIER, PART));
	EXPECT_TRUE(sockbuf_receive(self->buf, &self->bc, 1, PART));
	EXPECT_FALSE(sockbuf_receive(self->buf, &self->bc, 1, PART));
	EXPECT_EQ(1, atomic_long_read(&self->bc.counter[UB_TCPSNDBUF].failcnt));
	for (i = 1; i < SOCKETS; i++)
		EXPECT_TRUE(sockbuf_receive(&self->buf[i], &self->bc, PART, PART));
	EXPECT_FALSE(sockbuf_receive(&self->buf[1], &self->bc, 1, PART));
}

TEST_F(sockbuf, a_segment_that_can_never_fit_comes_through_alone)
{
	struct sockbuf *one = self->buf, *other = one + 1;

	ASSERT_TRUE(sockbuf_receive(other, &self->bc, 1, PART));
	EXPECT_TRUE(sockbuf_receive(one, &self->bc, 2 * LIMIT, PART));
	EXPECT_EQ(2 * LIMIT + 1, bc_held(&self->bc, UB_TCPSNDBUF));
	EXPECT_FALSE(sockbuf_receive(one, &self->bc, 2 * LIMIT, PART));
	EXPECT_FALSE(sockbuf_receive(other + 1, &self->bc, 2 * LIMIT, PART));
	sockbuf_settle(one, &self->bc, 0);
	EXPECT_TRUE(sockbuf_receive(other + 1, &self->bc, 2 * LIMIT, PART));
}

TEST_F(sockbuf, pressure_grows_with_held)
{
	EXPECT_EQ(SOCKBUF_EXPAND, sockbuf_pressure(&self->bc, UB_TCPSNDBUF));
	take(&self->bc, self->buf, BARRIER / 4 * 3);
	EXPECT_EQ(SOCKBUF_EXPAND, sockbuf_pressure(&self->bc, UB_TCPSNDBUF));
	take(&self->bc, self->buf, 1);
	EXPECT_EQ(SOCKBUF_KEEP, sockbuf_pressure(&self->bc, UB_TCPSNDBUF));
	sockbuf_settle(self->buf, &self->bc, BARRIER + 1);
	EXPECT_EQ(SOCKBUF_SHRINK, sockbuf_pressure(&self->bc, UB_TCPSNDBUF));
	bc_charge(&self->bc, UB_NUMTCPSOCK, 3, UB_HARD);
	EXPECT_EQ(BARRIER / 4, sockbuf_fair_share(&self->bc, self->buf));
	bc_uncharge(&self->bc, UB_NUMTCPSOCK, 3);
}

/* All below share one bound, so that nothing is guaranteed. */
static void fill_up(struct beancounter *bc, struct sockbuf *buf, struct sockbuf_fifo *fifo)
{
	int i;

	bc_set_limit(bc, UB_TCPSNDBUF, BARRIER, BARRIER);
	take(bc, buf, BARRIER);
	for (i = 1; i < SOCKETS; i++) {
		take(bc, &buf[i], PART);
		sockbuf_wait(fifo, &buf[i], bc);
	}
}

TEST_F(sockbuf, who_has_waited_longest_is_called_first)
{
	unsigned long promised = 0;

	fill_up(&self->bc, self->buf, &self->fifo);
	EXPECT_EQ(NULL, next(&self->fifo, &self->bc, &promised));
	sockbuf_settle(self->buf, &self->bc, BARRIER - 2 * PART);
	EXPECT_EQ(&self->buf[1], next(&self->fifo, &self->bc, &promised));
	EXPECT_EQ(&self->buf[2], next(&self->fifo, &self->bc, &promised));
	EXPECT_EQ(NULL, next(&self->fifo, &self->bc, &promised));
	EXPECT_EQ(2 * PART, promised);
	EXPECT_FALSE(sockbuf_is_waiting(&self->buf[1]));
	EXPECT_TRUE(sockbuf_has_waiters(&self->fifo));
}

TEST_F(sockbuf, who_wants_less_may_overtake)
{
	unsigned long promised = 0;

	fill_up(&self->bc, self->buf, &self->fifo);
	self->buf[1].want = 2 * PART;
	sockbuf_settle(self->buf, &self->bc, BARRIER - PART);
	EXPECT_EQ(&self->buf[2], next(&self->fifo, &self->bc, &promised));
	EXPECT_EQ(NULL, next(&self->fifo, &self->bc, &promised));
	sockbuf_settle(self->buf, &self->bc, BARRIER - 2 * PART);
	EXPECT_EQ(&self->buf[1], next(&self->fifo, &self->bc, NULL));
}

TEST_F(sockbuf, nobody_relies_on_those_who_were_called)
{
	int i;

	fill_up(&self->bc, self->buf, &self->fifo);
	sockbuf_settle(self->buf, &self->bc, BARRIER - PART);
	for (i = 1; i < SOCKETS; i++)
		EXPECT_EQ(&self->buf[i], next(&self->fifo, &self->bc, NULL));
	EXPECT_FALSE(sockbuf_has_waiters(&self->fifo));
}

TEST_F(sockbuf, in_line_one_is_refused_until_called)
{
	unsigned long promised = 0;

	fill_up(&self->bc, self->buf, &self->fifo);
	sockbuf_settle(self->buf, &self->bc, BARRIER - PART);
	EXPECT_EQ(0, take(&self->bc, &self->buf[2], PART));
	EXPECT_FALSE(sockbuf_is_open(&self->buf[2], &self->bc));
	ASSERT_EQ(&self->buf[1], next(&self->fifo, &self->bc, &promised));
	EXPECT_TRUE(sockbuf_is_open(&self->buf[1], &self->bc));
	EXPECT_EQ(PART, take(&self->bc, &self->buf[1], PART));
	sockbuf_leave(&self->fifo, &self->buf[1]);
}

TEST_F(sockbuf, who_was_called_in_vain_keeps_the_first_place)
{
	unsigned long promised = 0;

	fill_up(&self->bc, self->buf, &self->fifo);
	sockbuf_settle(self->buf, &self->bc, BARRIER - PART);
	ASSERT_EQ(&self->buf[1], next(&self->fifo, &self->bc, &promised));
	sockbuf_settle(self->buf, &self->bc, BARRIER);
	EXPECT_EQ(0, take(&self->bc, &self->buf[1], PART));
	sockbuf_wait(&self->fifo, &self->buf[1], &self->bc);
	sockbuf_settle(self->buf, &self->bc, BARRIER - PART);
	EXPECT_EQ(&self->buf[1], next(&self->fifo, &self->bc, NULL));
	EXPECT_EQ(&self->buf[2], next(&self->fifo, &self->bc, NULL));
}

TEST_F(sockbuf, the_guarantee_need_not_wait_for_the_barrier)
{
	unsigned long promised = 0;

	ASSERT_EQ(BARRIER, take(&self->bc, self->buf, BARRIER));
	ASSERT_EQ(PART, take(&self->bc, &self->buf[1], PART));
	EXPECT_EQ(0, take(&self->bc, &self->buf[1], PART));
	sockbuf_wait(&self->fifo, &self->buf[1], &self->bc);
	EXPECT_EQ(NULL, next(&self->fifo, &self->bc, &promised));
	sockbuf_settle(&self->buf[1], &self->bc, 0);
	sockbuf_freed(&self->fifo, &self->buf[1], &self->bc);
	EXPECT_EQ(&self->buf[1], next(&self->fifo, &self->bc, &promised));
}

/* Who is behind all that are looked at has his turn the next time. */
TEST_F(sockbuf, a_long_line_is_looked_at_piece_by_piece)
{
	static struct sockbuf crowd[200];
	struct sockbuf *modest = &crowd[150];
	int i, looks = 0;

	ASSERT_EQ(BARRIER - 2 * PART, take(&self->bc, self->buf, BARRIER - 2 * PART));
	bc_set_limit(&self->bc, UB_TCPSNDBUF, BARRIER, BARRIER);
	for (i = 0; i < ARRAY_SIZE(crowd); i++) {
		sockbuf_init(&crowd[i], UB_TCPSNDBUF, UB_NUMTCPSOCK);
		crowd[i].want = &crowd[i] == modest ? PART : 3 * PART;
		sockbuf_wait(&self->fifo, &crowd[i], &self->bc);
	}
	while (!next(&self->fifo, &self->bc, NULL)) {
		ASSERT_TRUE(self->fifo.cut);
		ASSERT_GT(10, ++looks);
	}
	EXPECT_FALSE(sockbuf_is_waiting(modest));
	EXPECT_LT(0, looks);
}

TEST_F(sockbuf, who_leaves_is_not_called)
{
	fill_up(&self->bc, self->buf, &self->fifo);
	sockbuf_leave(&self->fifo, &self->buf[1]);
	sockbuf_leave(&self->fifo, &self->buf[1]);
	sockbuf_settle(self->buf, &self->bc, 0);
	EXPECT_EQ(&self->buf[2], next(&self->fifo, &self->bc, NULL));
}

TEST_HARNESS_MAIN
