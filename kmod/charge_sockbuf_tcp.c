// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcpsndbuf, tcprcvbuf: buffers of TCP sockets.
 *
 * Sending: data that does not fit waits as if the socket's own buffer were
 * full: a blocking sender sleeps, others get EAGAIN, and poll() agrees.  A
 * connection that begins is refused with ENOBUFS when the barrier is reached,
 * or its answer is not sent and the peer tries again.  A FIN and what TCP does
 * with data that it has are never refused.
 *
 * Receiving: a segment that does not fit is dropped, after all that came out
 * of order, and the peer sends it again.  Near the barrier windows stop to
 * grow, beyond it they shrink.
 *
 * The buffers change under the lock of the socket, so whoever has it sees the
 * truth.  TCP itself grows its sockets by whole pages, which both directions
 * share; we do not look at these but at bytes.
 */
#include <net/tcp.h>

#include "compat.h"
#include "hook.h"
#include "limit.h"
#include "sock_rec.h"
#include "sock_wait.h"

/*
 * Counted once while it is in line, as by sock_wait_open().  Returns true if it
 * was not.
 */
static bool refuse(struct sock_rec *rec)
{
	if (sockbuf_is_waiting(&rec->snd))
		return false;
	sock_wait_join(rec);
	bc_count_failures(sock_rec_bc(rec), rec->snd.res, 1);
	return true;
}

/* As much of @most bytes as there is; 0 if the sender has to wait. */
static int take_some(struct sock_rec *rec, int most)
{
	bool freed = false, joined = false;
	unsigned long flags, n = most;

	spin_lock_irqsave(&rec->lock, flags);
	if (!rec->is_dead) {
		freed = sock_rec_settle_but(rec, 0, 0);
		n = sockbuf_take(&rec->snd, sock_rec_bc(rec), 1, most);
		if (n)
			sock_wait_leave(rec);
		else
			joined = refuse(rec);
	}
	spin_unlock_irqrestore(&rec->lock, flags);
	if (freed || joined)
		sock_wait_call(rec->rec.ct, rec->is_tcp);
	return n;
}

/* Called for each piece that a sender adds to the write queue. */
DEFINE_HOOK(int, tcp_wmem_schedule, struct sock *sk, int copy)
{
	struct sock_rec *rec = sock_rec_of(sk);

	if (unlikely(rec)) {
		copy = take_some(rec, copy);
		if (!copy)
			return 0;
	}
	return HOOK_ORIGINAL(tcp_wmem_schedule)(sk, copy);
}

/*
 * Pages that are lent to TCP (MSG_ZEROCOPY) grow a segment without the question
 * above.  Who has a limit sends copies of them instead, as if the device could
 * not gather what it sends; he is told so in the same way.
 */
DEFINE_HOOK(int, tcp_sendmsg_locked, struct sock *sk, struct msghdr *msg,
	    size_t size)
{
	struct sock_rec *rec = NULL;
	netdev_features_t gathers;
	int ret;

	if (unlikely(msg->msg_flags & MSG_ZEROCOPY))
		rec = sock_rec_of(sk);
	if (likely(!rec) || !limit_is_finite(rec->rec.ct, rec->snd.res))
		return HOOK_ORIGINAL(tcp_sendmsg_locked)(sk, msg, size);
	hook_enter();
	gathers = sk->sk_route_caps & NETIF_F_SG;
	sk->sk_route_caps &= ~NETIF_F_SG;
	ret = HOOK_ORIGINAL(tcp_sendmsg_locked)(sk, msg, size);
	sk->sk_route_caps |= gathers;
	hook_leave();
	return ret;
}

/* Asked before a new segment, by sleeping senders, and when they are woken. */
DEFINE_HOOK(bool, tcp_stream_memory_free, const struct sock *sk, int wake)
{
	struct sock_rec *rec = sock_rec_of(sk);
	bool free = HOOK_ORIGINAL(tcp_stream_memory_free)(sk, wake);

	return free && (likely(!rec) || sock_wait_open(rec, !wake));
}

static __poll_t poll_result(struct sock *sk, struct sock_rec *rec,
			    __poll_t mask)
{
	if (!(mask & EPOLLOUT) || READ_ONCE(sk->sk_shutdown) & SEND_SHUTDOWN)
		return mask;
	sk_set_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	return sock_wait_open(rec, false) ? mask :
					    mask & ~(EPOLLOUT | EPOLLWRNORM);
}

/* Has a copy of tcp_stream_memory_free() inside on some kernels. */
DEFINE_HOOK(__poll_t, tcp_poll, struct file *file, struct socket *sock,
	    struct poll_table_struct *wait)
{
	struct sock_rec *rec = sock_rec_of(sock->sk);
	__poll_t mask;

	if (likely(!rec))
		return HOOK_ORIGINAL(tcp_poll)(file, sock, wait);
	hook_enter();
	mask = HOOK_ORIGINAL(tcp_poll)(file, sock, wait);
	mask = poll_result(sock->sk, rec, mask);
	hook_leave();
	return mask;
}

static bool may_connect(const struct sock_rec *rec)
{
	struct beancounter *bc = sock_rec_bc(rec);

	if (sockbuf_has_room(&rec->snd, bc, SOCKBUF_UNIT))
		return true;
	bc_count_failures(bc, rec->snd.res, 1);
	return false;
}

DEFINE_HOOK(int, tcp_connect, struct sock *sk)
{
	struct sock_rec *rec = sock_rec_of(sk);
	int ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(tcp_connect)(sk);
	if (!may_connect(rec))
		return -ENOBUFS;
	hook_enter();
	ret = HOOK_ORIGINAL(tcp_connect)(sk);
	sock_rec_settle(rec);
	hook_leave();
	return ret;
}

DEFINE_HOOK(struct sk_buff *, tcp_make_synack, const struct sock *sk,
	    struct dst_entry *dst, struct request_sock *req,
	    struct tcp_fastopen_cookie *foc, enum tcp_synack_type synack_type,
	    struct sk_buff *syn_skb)
{
	struct sock_rec *rec = sock_rec_of(sk);

	if (unlikely(rec) && !may_connect(rec)) {
		dst_release(dst);
		return NULL;
	}
	return HOOK_ORIGINAL(tcp_make_synack)(sk, dst, req, foc, synack_type,
					      syn_skb);
}

/* Data that was never sent, or will not be sent again, is thrown away. */
DEFINE_HOOK(void, tcp_write_queue_purge, struct sock *sk)
{
	struct sock_rec *rec = sock_rec_of(sk);

	HOOK_ORIGINAL(tcp_write_queue_purge)(sk);
	if (unlikely(rec))
		sock_rec_settle(rec);
}

static bool take_segment(struct sock_rec *rec, const struct sk_buff *skb)
{
	const struct tcp_sock *tp = tcp_sk(sock_rec_sk(rec));
	unsigned long flags;
	bool freed, granted;

	spin_lock_irqsave(&rec->lock, flags);
	freed = sock_rec_settle_but(rec, 0, 0);
	granted = rec->is_dead ||
		  sockbuf_receive(&rec->rcv, sock_rec_bc(rec), skb->truesize,
				  tp->advmss);
	spin_unlock_irqrestore(&rec->lock, flags);
	if (freed)
		sock_wait_call(rec->rec.ct, rec->is_tcp);
	return granted;
}

/*
 * Throw away what waits for a gap to be filled.  That is allowed even if the
 * peer has been told that it has come, and without it the segment that fills
 * the gap might never find room.
 */
static bool forget_out_of_order(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct rb_node *node;

	if (RB_EMPTY_ROOT(&tp->out_of_order_queue))
		return false;
	while ((node = rb_first(&tp->out_of_order_queue))) {
		rb_erase(node, &tp->out_of_order_queue);
		compat_sk_drops_inc(sk);
		kfree_skb(rb_to_skb(node));
	}
	tp->ooo_last_skb = NULL;
	tp->rx_opt.dsack = 0;
	tp->rx_opt.num_sacks = 0;
	return true;
}

/* Anything else than new data is no matter of ours. */
static bool is_news(const struct sock *sk, const struct sk_buff *skb)
{
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	u32 length = cb->end_seq - cb->seq;

	if (cb->tcp_flags & TCPHDR_FIN)
		length--;
	return length && after(cb->end_seq, tcp_sk(sk)->rcv_nxt);
}

static bool accept_segment(struct sock_rec *rec, struct sock *sk,
			   const struct sk_buff *skb)
{
	if (take_segment(rec, skb))
		return true;
	return !after(TCP_SKB_CB(skb)->seq, tcp_sk(sk)->rcv_nxt) &&
	       forget_out_of_order(sk) && take_segment(rec, skb);
}

static void drop_segment(struct sock *sk, struct sk_buff *skb)
{
	compat_tcp_close_window(sk);
	compat_sk_drops_inc(sk);
	sk->sk_data_ready(sk);
	kfree_skb(skb);
}

DEFINE_HOOK(void, tcp_data_queue, struct sock *sk, struct sk_buff *skb)
{
	struct sock_rec *rec = sock_rec_of(sk);

	if (likely(!rec)) {
		HOOK_ORIGINAL(tcp_data_queue)(sk, skb);
		return;
	}
	if (is_news(sk, skb) && !accept_segment(rec, sk, skb)) {
		drop_segment(sk, skb);
		return;
	}
	HOOK_ORIGINAL(tcp_data_queue)(sk, skb);
	sock_rec_settle(rec);
}

/* What is put there by its owner, who restores a connection (TCP_REPAIR). */
static bool take_restored(struct sock_rec *rec, size_t size)
{
	const size_t most = (MAX_SKB_FRAGS + 1) * PAGE_SIZE;
	bool freed, granted;
	unsigned long flags;

	spin_lock_irqsave(&rec->lock, flags);
	freed = sock_rec_settle_but(rec, 0, 0);
	granted = sockbuf_take_hard(&rec->rcv, sock_rec_bc(rec),
				    SKB_TRUESIZE(min(size, most)));
	spin_unlock_irqrestore(&rec->lock, flags);
	if (freed)
		sock_wait_call(rec->rec.ct, rec->is_tcp);
	return granted;
}

DEFINE_HOOK(int, tcp_send_rcvq, struct sock *sk, struct msghdr *msg,
	    size_t size)
{
	struct sock_rec *rec = sock_rec_of(sk);
	int ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(tcp_send_rcvq)(sk, msg, size);
	if (!take_restored(rec, size))
		return -ENOMEM;
	hook_enter();
	ret = HOOK_ORIGINAL(tcp_send_rcvq)(sk, msg, size);
	sock_rec_settle(rec);
	hook_leave();
	return ret;
}

/*
 * A segment that is expected takes a short way round tcp_data_queue() if the
 * socket has bytes in stock.  Close it if we would refuse.
 */
static void check_short_way(struct sock_rec *rec, struct sock *sk,
			    const struct sk_buff *skb)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (tp->pred_flags && skb->len > tcp_hdrlen(skb) &&
	    (int)skb->truesize <= sk->sk_forward_alloc &&
	    !sockbuf_has_room(&rec->rcv, sock_rec_bc(rec), skb->truesize))
		tp->pred_flags = 0;
}

/* Windows follow the pressure, for sockets that have more than their share. */
static void clamp_window(struct sock_rec *rec, struct sock *sk, u32 old)
{
	struct beancounter *bc = sock_rec_bc(rec);
	struct tcp_sock *tp = tcp_sk(sk);
	unsigned long share;

	if (likely(sockbuf_pressure(bc, rec->rcv.res) == SOCKBUF_EXPAND))
		return;
	share = sockbuf_fair_share(bc, &rec->rcv);
	if (atomic_read(&sk->sk_rmem_alloc) <= share)
		return;
	tp->rcv_ssthresh = min(tp->rcv_ssthresh, old);
	if (sockbuf_pressure(bc, rec->rcv.res) == SOCKBUF_SHRINK)
		tp->rcv_ssthresh = min(tp->rcv_ssthresh, 4U * tp->advmss);
}

DEFINE_HOOK(void, tcp_rcv_established, struct sock *sk, struct sk_buff *skb)
{
	struct sock_rec *rec = sock_rec_of(sk);
	u32 window;

	if (likely(!rec)) {
		HOOK_ORIGINAL(tcp_rcv_established)(sk, skb);
		return;
	}
	check_short_way(rec, sk, skb);
	window = tcp_sk(sk)->rcv_ssthresh;
	HOOK_ORIGINAL(tcp_rcv_established)(sk, skb);
	sock_rec_settle(rec);
	clamp_window(rec, sk, window);
}

/* All other states.  The result is an enum on newer kernels. */
DEFINE_HOOK(int, tcp_rcv_state_process, struct sock *sk, struct sk_buff *skb)
{
	struct sock_rec *rec = sock_rec_of(sk);
	int ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(tcp_rcv_state_process)(sk, skb);
	ret = HOOK_ORIGINAL(tcp_rcv_state_process)(sk, skb);
	sock_rec_settle(rec);
	return ret;
}
