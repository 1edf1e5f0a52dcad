// SPDX-License-Identifier: GPL-2.0-only
/*
 * dgramrcvbuf: what has come for sockets other than TCP and UNIX and was not
 * read; for netlink that counts in othersockbuf.
 *
 * A packet that does not fit is dropped and counted in the drops of the socket.
 * A netlink socket is told so by ENOBUFS, as if its own buffer were full.
 */
#include <linux/netdevice.h>
#include <net/sock.h>

#include "parts.h"
#include "compat.h"
#include "hook.h"
#include "kfunc.h"
#include "sock_rec.h"
#include "sock_wait.h"

DEFINE_KFUNC(void, netlink_overrun, struct sock *sk);

/* If not, its messages are dropped silently. */
static bool can_tell_netlink __read_mostly;

/* @received: of @bytes, how many are in the receive buffer already. */
static bool take_packet(struct sock_rec *rec, unsigned int bytes,
			unsigned int received)
{
	bool freed, granted = true;
	unsigned long flags;

	spin_lock_irqsave(&rec->lock, flags);
	freed = sock_rec_settle_but(rec, 0, received);
	if (!rec->is_dead)
		granted = sockbuf_take_hard(&rec->rcv, sock_rec_bc(rec), bytes);
	spin_unlock_irqrestore(&rec->lock, flags);
	if (freed)
		sock_wait_call(rec->rec.ct, rec->is_tcp);
	return granted;
}

/* Something was read, by whatever protocol. */
DEFINE_HOOK(void, sock_rfree, struct sk_buff *skb)
{
	struct sock_rec *rec = sock_rec_of(skb->sk);

	if (likely(!rec)) {
		HOOK_ORIGINAL(sock_rfree)(skb);
		return;
	}
	rcu_read_lock();
	HOOK_ORIGINAL(sock_rfree)(skb);
	sock_rec_settle(rec);
	rcu_read_unlock();
}

/* UDP */

DEFINE_HOOK(int, __udp_enqueue_schedule_skb, struct sock *sk,
	    struct sk_buff *skb)
{
	struct sock_rec *rec = sock_rec_of(sk);
	int ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(__udp_enqueue_schedule_skb)(sk, skb);
	if (!take_packet(rec, skb->truesize, 0)) {
		compat_sk_drops_inc(sk);
		return -ENOMEM;
	}
	ret = HOOK_ORIGINAL(__udp_enqueue_schedule_skb)(sk, skb);
	sock_rec_settle(rec);
	return ret;
}

DEFINE_HOOK(void, udp_rmem_release, struct sock *sk, unsigned int size,
	    int partial, bool rx_queue_lock_held)
{
	struct sock_rec *rec = sock_rec_of(sk);

	HOOK_ORIGINAL(udp_rmem_release)(sk, size, partial, rx_queue_lock_held);
	if (unlikely(rec))
		sock_rec_settle(rec);
}

/* Raw sockets and most others. */
DEFINE_HOOK(int, __sock_queue_rcv_skb, struct sock *sk, struct sk_buff *skb)
{
	struct sock_rec *rec = sock_rec_of(sk);
	int ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(__sock_queue_rcv_skb)(sk, skb);
	if (!take_packet(rec, skb->truesize, 0)) {
		compat_sk_drops_inc(sk);
		return -ENOMEM;
	}
	ret = HOOK_ORIGINAL(__sock_queue_rcv_skb)(sk, skb);
	sock_rec_settle(rec);
	return ret;
}

DEFINE_HOOK(int, packet_rcv, struct sk_buff *skb, struct net_device *dev,
	    struct packet_type *pt, struct net_device *orig_dev)
{
	struct sock *sk = pt->af_packet_priv;
	struct sock_rec *rec = sock_rec_of(sk);
	int ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(packet_rcv)(skb, dev, pt, orig_dev);
	if (!take_packet(rec, skb->truesize, 0)) {
		compat_sk_drops_inc(sk);
		kfree_skb(skb);
		return 0;
	}
	ret = HOOK_ORIGINAL(packet_rcv)(skb, dev, pt, orig_dev);
	sock_rec_settle(rec);
	return ret;
}

/* Where replies, dumps and broadcasts meet: the message is in the buffer. */
DEFINE_HOOK(int, __netlink_sendskb, struct sock *sk, struct sk_buff *skb)
{
	struct sock_rec *rec = sock_rec_of(sk);

	if (likely(!rec) || take_packet(rec, skb->truesize, skb->truesize))
		return HOOK_ORIGINAL(__netlink_sendskb)(sk, skb);
	kfree_skb(skb);
	if (can_tell_netlink)
		KFUNC(netlink_overrun)(sk);
	return -ENOBUFS;
}

/**
 * charge_sockbuf_init() - find what receiving needs of the kernel
 *
 * Context: may sleep.
 * Return: 0.
 */
int charge_sockbuf_init(void)
{
	can_tell_netlink = !kfunc_find(&kfunc_netlink_overrun);
	return 0;
}
