// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each socket of a container holds in its buffers.
 *
 * The kernel keeps the numbers: sk_wmem_queued for what a TCP socket has not
 * got acknowledged, sk_wmem_alloc for what others have sent and nobody has
 * freed, sk_rmem_alloc for what has come and was not read.  We charge before
 * they grow and settle when they have changed.
 */
#include "sock_rec.h"

#include <linux/udp.h>

#include "sock_wait.h"

static struct kmem_cache *cache;

/**
 * sock_rec_lookup() - the record of a socket with a mark
 * @sk: any
 *
 * Context: any.
 * Return: as sock_rec_of().
 */
struct sock_rec *sock_rec_lookup(const struct sock *sk)
{
	struct record *rec;

	preempt_disable_notrace();	/* an RCU reader, and cheaper */
	rec = record_find(RECORD_SOCK, sk);
	preempt_enable_notrace();
	return rec ? container_of(rec, struct sock_rec, rec) : NULL;
}

/* What a netlink socket has to read counts with what others send. */
static unsigned int receive_resource(bool is_tcp, int family)
{
	if (is_tcp)
		return UB_TCPRCVBUF;
	return family == PF_NETLINK ? UB_OTHERSOCKBUF : UB_DGRAMRCVBUF;
}

/**
 * sock_rec_make() - a record for a socket that is about to be made
 * @is_tcp: TCP by the protocol
 * @family: PF_*
 * @gfp: how to allocate
 *
 * Context: as @gfp says.
 * Return: NULL if there is no memory.
 */
struct sock_rec *sock_rec_make(bool is_tcp, int family, gfp_t gfp)
{
	unsigned int sockets = is_tcp ? UB_NUMTCPSOCK : UB_NUMOTHERSOCK;
	struct sock_rec *rec = kmem_cache_alloc(cache, gfp & ~__GFP_ZERO);

	if (!rec)
		return NULL;
	spin_lock_init(&rec->lock);
	rec->is_tcp = is_tcp;
	rec->is_dead = false;
	sockbuf_init(&rec->snd, is_tcp ? UB_TCPSNDBUF : UB_OTHERSOCKBUF,
		     sockets);
	sockbuf_init(&rec->rcv, receive_resource(is_tcp, family), sockets);
	return rec;
}

/**
 * sock_rec_free() - the socket has not come into being
 * @rec: from sock_rec_make(), not attached
 *
 * Context: any.
 */
void sock_rec_free(struct sock_rec *rec)
{
	kmem_cache_free(cache, rec);
}

/**
 * sock_rec_attach() - the socket is there
 * @rec: from sock_rec_make()
 * @sk: nobody else knows it yet
 * @ct: who pays
 *
 * Context: any.
 */
void sock_rec_attach(struct sock_rec *rec, struct sock *sk, struct ct *ct)
{
	sk->sk_flags |= SOCK_MARK;
	record_add(RECORD_SOCK, &rec->rec, sk, ct);
}

static void free_later(struct rcu_head *head)
{
	sock_rec_free(container_of(head, struct sock_rec, rec.rcu));
}

/**
 * sock_rec_detach() - the socket is about to be destroyed
 * @rec: its record; is freed
 *
 * Gives back what is charged: whatever is in its queues still dies with it.
 *
 * Context: any.
 */
void sock_rec_detach(struct sock_rec *rec)
{
	struct beancounter *bc = sock_rec_bc(rec);
	unsigned long flags;

	spin_lock_irqsave(&rec->lock, flags);
	rec->is_dead = true;
	sockbuf_settle(&rec->snd, bc, 0);
	sockbuf_settle(&rec->rcv, bc, 0);
	sock_wait_leave(rec);
	spin_unlock_irqrestore(&rec->lock, flags);

	sock_rec_sk(rec)->sk_flags &= ~SOCK_MARK;
	record_del(RECORD_SOCK, &rec->rec);
	sock_wait_call(rec->rec.ct, rec->is_tcp);
	call_rcu(&rec->rec.rcu, free_later);
}

static unsigned long bytes_sent(const struct sock_rec *rec)
{
	const struct sock *sk = sock_rec_sk(rec);

	/* -1 is for a socket that is about to be destroyed. */
	return rec->is_tcp ? READ_ONCE(sk->sk_wmem_queued) :
			     max(sk_wmem_alloc_get(sk), 0);
}

/* UDP gives memory back in larger portions; this much was read meanwhile. */
static unsigned int already_read(const struct sock *sk)
{
	bool is_udp = sk->sk_type == SOCK_DGRAM &&
		      (sk->sk_protocol == IPPROTO_UDP ||
		       sk->sk_protocol == IPPROTO_UDPLITE) &&
		      (sk->sk_family == PF_INET || sk->sk_family == PF_INET6);

	return is_udp ? READ_ONCE(udp_sk(sk)->forward_deficit) : 0;
}

static unsigned long bytes_received(const struct sock_rec *rec)
{
	const struct sock *sk = sock_rec_sk(rec);
	int bytes = atomic_read(&sk->sk_rmem_alloc) - already_read(sk);

	return max(bytes, 0);
}

/**
 * sock_rec_settle_but() - charge what the socket holds, no more and no less
 * @rec: locked by the caller
 * @sent: bytes in its send buffer that have to be asked for first
 * @received: the same of its receive buffer
 *
 * Context: any.
 * Return: true if somebody who waits for room may have some now: see
 * sock_wait_call().
 */
bool sock_rec_settle_but(struct sock_rec *rec, unsigned long sent,
			 unsigned long received)
{
	struct beancounter *bc = sock_rec_bc(rec);
	bool freed;

	lockdep_assert_held(&rec->lock);
	if (rec->is_dead)
		return false;
	freed = sockbuf_settle(&rec->snd, bc, bytes_sent(rec) - sent);
	if (freed)
		sock_wait_freed(rec);
	if (sockbuf_settle(&rec->rcv, bc, bytes_received(rec) - received))
		freed |= rec->rcv.res == rec->snd.res;
	return freed;
}

/**
 * sock_rec_settle() - the socket holds more or less than before
 * @rec: its record
 *
 * Context: any; RCU reader, unless the socket is pinned.
 */
void sock_rec_settle(struct sock_rec *rec)
{
	unsigned long flags;
	bool freed;

	spin_lock_irqsave(&rec->lock, flags);
	freed = sock_rec_settle_but(rec, 0, 0);
	spin_unlock_irqrestore(&rec->lock, flags);
	if (freed)
		sock_wait_call(rec->rec.ct, rec->is_tcp);
}

static void refresh_one(struct record *record, void *arg)
{
	struct sock_rec *rec = container_of(record, struct sock_rec, rec);
	bool *freed = arg;

	/* Who has the socket may have charged for what is to come. */
	if (rec->is_tcp && sock_owned_by_user_nocheck(sock_rec_sk(rec)))
		return;
	spin_lock(&rec->lock);
	*freed |= sock_rec_settle_but(rec, 0, 0);
	spin_unlock(&rec->lock);
}

/**
 * sock_rec_refresh() - bring all buffers of a container up to date
 * @ct: referenced by the caller
 *
 * Context: any.
 */
void sock_rec_refresh(struct ct *ct)
{
	bool freed = false;

	record_walk(ct, RECORD_SOCK, refresh_one, &freed);
	if (!freed)
		return;
	sock_wait_call(ct, true);
	sock_wait_call(ct, false);
}

/**
 * sock_rec_init() - make room for records
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int sock_rec_init(void)
{
	cache = KMEM_CACHE(sock_rec, SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT);
	return cache ? 0 : -ENOMEM;
}

/**
 * sock_rec_exit() - no container is left, and so no record
 *
 * Context: may sleep.
 */
void sock_rec_exit(void)
{
	sock_wait_exit();
	rcu_barrier();
	kmem_cache_destroy(cache);
}
