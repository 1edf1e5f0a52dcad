// SPDX-License-Identifier: GPL-2.0-only
/*
 * othersockbuf: what sockets other than TCP have sent and nobody has freed: of
 * a UNIX socket what the other side has not read, of the rest what no device
 * has taken.
 *
 * A packet that does not fit waits as if the socket's own buffer were full: a
 * blocking sender sleeps, others get EAGAIN, and poll() agrees.  A UNIX socket
 * that connects gets ENOMEM.
 *
 * How large a packet becomes is known when it is there, so it is charged then,
 * and freed again if that is refused.  IP lets packets grow later, while they
 * are put together; that is settled at the end of the system call.
 */
#include <linux/sched/signal.h>
#include <net/sock.h>

#include "hook.h"
#include "sock_rec.h"
#include "sock_wait.h"

#define POLL_SEND	(EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND)

static struct sock_rec *other_rec_of(const struct sock *sk)
{
	struct sock_rec *rec = sock_rec_of(sk);

	return unlikely(rec) && !rec->is_tcp ? rec : NULL;
}

/* Ask for a packet that is there; if refused, get in line if @waits. */
static bool take_packet(struct sock_rec *rec, unsigned int bytes, bool waits)
{
	struct beancounter *bc = sock_rec_bc(rec);
	bool freed, granted = true, joined = false;
	unsigned long flags;

	spin_lock_irqsave(&rec->lock, flags);
	freed = sock_rec_settle_but(rec, bytes, 0);
	if (!rec->is_dead)
		granted = sockbuf_take(&rec->snd, bc, bytes, bytes);
	if (granted) {
		sock_wait_leave(rec);
	} else {
		bc_count_failures(bc, rec->snd.res, 1);
		joined = waits && !sockbuf_is_waiting(&rec->snd);
		if (joined)
			sock_wait_join(rec);
	}
	spin_unlock_irqrestore(&rec->lock, flags);
	if (freed || joined)
		sock_wait_call(rec->rec.ct, rec->is_tcp);
	return granted;
}

/* After a refusal: 0 if it is worth another try, or why not. */
static int wait_for_room(struct sock_rec *rec, long *timeo)
{
	struct sock *sk = sock_rec_sk(rec);

	sk_set_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	if (!*timeo)
		return -EAGAIN;
	if (signal_pending(current))
		return sock_intr_errno(*timeo);
	sk_clear_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	*timeo = sock_wait_for_room(rec, *timeo);
	return 0;
}

DEFINE_HOOK(struct sk_buff *, sock_alloc_send_pskb, struct sock *sk,
	    unsigned long header_len, unsigned long data_len, int noblock,
	    int *errcode, int max_page_order)
{
	struct sock_rec *rec = other_rec_of(sk);
	struct sk_buff *skb;
	long timeo;

	if (likely(!rec))
		return HOOK_ORIGINAL(sock_alloc_send_pskb)(sk, header_len,
							   data_len, noblock,
							   errcode,
							   max_page_order);
	hook_enter();
	timeo = sock_sndtimeo(sk, noblock);
	do {
		skb = HOOK_ORIGINAL(sock_alloc_send_pskb)(sk, header_len,
							  data_len, noblock,
							  errcode,
							  max_page_order);
		if (!skb || take_packet(rec, skb->truesize, true))
			break;
		kfree_skb(skb);
		skb = NULL;
		*errcode = wait_for_room(rec, &timeo);
	} while (!*errcode);
	hook_leave();
	return skb;
}

DEFINE_HOOK(struct sk_buff *, sock_wmalloc, struct sock *sk, unsigned long size,
	    int force, gfp_t priority)
{
	struct sock_rec *rec = other_rec_of(sk);
	struct sk_buff *skb;

	if (likely(!rec))
		return HOOK_ORIGINAL(sock_wmalloc)(sk, size, force, priority);
	hook_enter();
	skb = HOOK_ORIGINAL(sock_wmalloc)(sk, size, force, priority);
	if (skb && force) {
		sock_rec_settle(rec);
	} else if (skb && !take_packet(rec, skb->truesize, false)) {
		kfree_skb(skb);
		skb = NULL;
	}
	hook_leave();
	return skb;
}

DEFINE_HOOK(void, sock_wfree, struct sk_buff *skb)
{
	struct sock_rec *rec = other_rec_of(skb->sk);

	if (likely(!rec)) {
		HOOK_ORIGINAL(sock_wfree)(skb);
		return;
	}
	rcu_read_lock();	/* the socket may end here, the record not */
	HOOK_ORIGINAL(sock_wfree)(skb);
	sock_rec_settle(rec);
	rcu_read_unlock();
}

/* IP: whatever has grown in the call, or was left for a later one. */

DEFINE_HOOK(int, udp_sendmsg, struct sock *sk, struct msghdr *msg, size_t len)
{
	struct sock_rec *rec = sock_rec_of(sk);
	int ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(udp_sendmsg)(sk, msg, len);
	hook_enter();
	ret = HOOK_ORIGINAL(udp_sendmsg)(sk, msg, len);
	sock_rec_settle(rec);
	hook_leave();
	return ret;
}

DEFINE_HOOK(int, udpv6_sendmsg, struct sock *sk, struct msghdr *msg, size_t len)
{
	struct sock_rec *rec = sock_rec_of(sk);
	int ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(udpv6_sendmsg)(sk, msg, len);
	hook_enter();
	ret = HOOK_ORIGINAL(udpv6_sendmsg)(sk, msg, len);
	sock_rec_settle(rec);
	hook_leave();
	return ret;
}

DEFINE_HOOK(int, raw_sendmsg, struct sock *sk, struct msghdr *msg, size_t len)
{
	struct sock_rec *rec = sock_rec_of(sk);
	int ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(raw_sendmsg)(sk, msg, len);
	hook_enter();
	ret = HOOK_ORIGINAL(raw_sendmsg)(sk, msg, len);
	sock_rec_settle(rec);
	hook_leave();
	return ret;
}

DEFINE_HOOK(int, rawv6_sendmsg, struct sock *sk, struct msghdr *msg, size_t len)
{
	struct sock_rec *rec = sock_rec_of(sk);
	int ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(rawv6_sendmsg)(sk, msg, len);
	hook_enter();
	ret = HOOK_ORIGINAL(rawv6_sendmsg)(sk, msg, len);
	sock_rec_settle(rec);
	hook_leave();
	return ret;
}

/* What netlink sends is in nobody's send buffer. */
static __poll_t poll_result(struct sock *sk, struct sock_rec *rec,
			    struct poll_table_struct *wait, __poll_t mask)
{
	if (!(mask & POLL_SEND) || !(poll_requested_events(wait) & POLL_SEND) ||
	    sk->sk_family == PF_NETLINK)
		return mask;
	sk_set_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	return sock_wait_open(rec, false) ? mask : mask & ~POLL_SEND;
}

/* Since 6.18 there is one that does the work and has a fourth argument. */
DEFINE_HOOK(__poll_t, datagram_poll, struct file *file, struct socket *sock,
	    struct poll_table_struct *wait, struct sk_buff_head *queue)
{
	struct sock_rec *rec = other_rec_of(sock->sk);
	__poll_t mask;

	if (likely(!rec))
		return HOOK_ORIGINAL(datagram_poll)(file, sock, wait, queue);
	hook_enter();
	mask = HOOK_ORIGINAL(datagram_poll)(file, sock, wait, queue);
	mask = poll_result(sock->sk, rec, wait, mask);
	hook_leave();
	return mask;
}

DEFINE_HOOK(__poll_t, unix_poll, struct file *file, struct socket *sock,
	    struct poll_table_struct *wait)
{
	struct sock_rec *rec = other_rec_of(sock->sk);
	__poll_t mask;

	if (likely(!rec))
		return HOOK_ORIGINAL(unix_poll)(file, sock, wait);
	hook_enter();
	mask = HOOK_ORIGINAL(unix_poll)(file, sock, wait);
	mask = poll_result(sock->sk, rec, wait, mask);
	hook_leave();
	return mask;
}

DEFINE_HOOK(__poll_t, unix_dgram_poll, struct file *file, struct socket *sock,
	    struct poll_table_struct *wait)
{
	struct sock_rec *rec = other_rec_of(sock->sk);
	__poll_t mask;

	if (likely(!rec))
		return HOOK_ORIGINAL(unix_dgram_poll)(file, sock, wait);
	hook_enter();
	mask = HOOK_ORIGINAL(unix_dgram_poll)(file, sock, wait);
	mask = poll_result(sock->sk, rec, wait, mask);
	hook_leave();
	return mask;
}
