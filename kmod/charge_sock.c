// SPDX-License-Identifier: GPL-2.0-only
/*
 * numtcpsock, numothersock: sockets, by class.
 *
 * Charged when a socket is made, by a system call or by the handshake of a
 * connection that comes in, and uncharged when it is destroyed: an orphan in
 * FIN-WAIT still counts, a TIME-WAIT entry does not.  Sockets of the kernel
 * are free.  The owner is the user namespace of the net namespace, which the
 * socket pins.
 *
 * "TCP" is decided by the protocol, as the type is not known yet when the
 * socket is made: TCP and MPTCP over IPv4 and IPv6.
 *
 * Refusal: socket() fails with ENOBUFS for IPv4, IPv6 and packet sockets, with
 * ENOMEM for the others; the last segment of a handshake is dropped and the
 * client tries again.
 */
#include <net/sock.h>
#include <linux/hash.h>
#include <linux/in.h>

#include "hook.h"
#include "owner.h"

/*
 * A charged socket carries a mark in sk_flags, above the flags of the kernel.
 * A clone begins as a copy of its parent, mark included, and may be destroyed
 * before it is charged; so the mark holds the address of its socket, hashed,
 * and a copied one is not taken for the clone's own.
 */
#define MARK_TCP	BIT(32)
#define MARK_OTHER	BIT(33)
#define MARK_HASH_BITS	30
#define MARK_HASH_SHIFT	34
#define MARK_MASK	(~0UL << 32)

static unsigned long mark_hash(const struct sock *sk)
{
	return (unsigned long)hash_long((unsigned long)sk, MARK_HASH_BITS)
		<< MARK_HASH_SHIFT;
}

static void mark(struct sock *sk, unsigned int res)
{
	unsigned long class = res == UB_NUMTCPSOCK ? MARK_TCP : MARK_OTHER;

	sk->sk_flags = (sk->sk_flags & ~MARK_MASK) | mark_hash(sk) | class;
}

static bool is_marked(const struct sock *sk)
{
	return sk->sk_flags & (MARK_TCP | MARK_OTHER);
}

/*
 * SCTP charges the socket of an accepted association when it allocates it and
 * then copies the flags of the listener over it, mark and all: there a foreign
 * hash means nothing, and the class is the same.
 */
static bool is_own_mark(const struct sock *sk)
{
	unsigned long hash = sk->sk_flags >> MARK_HASH_SHIFT << MARK_HASH_SHIFT;

	return hash == mark_hash(sk) || sk->sk_protocol == IPPROTO_SCTP;
}

static unsigned int marked_class(const struct sock *sk)
{
	return sk->sk_flags & MARK_TCP ? UB_NUMTCPSOCK : UB_NUMOTHERSOCK;
}

static unsigned int class_of(int family, const struct proto *prot)
{
	const char *name = prot->name;

	if (family != PF_INET && family != PF_INET6)
		return UB_NUMOTHERSOCK;
	if (*name == 'M')
		name++;
	return strncmp(name, "TCP", 3) && strncmp(name, "PTCP", 4) ?
		UB_NUMOTHERSOCK : UB_NUMTCPSOCK;
}

DEFINE_HOOK(struct sock *, sk_alloc, struct net *net, int family,
	    gfp_t priority, struct proto *prot, int kern)
{
	struct beancounter *bc = kern ? NULL : bc_of(net->user_ns);
	unsigned int res;
	struct sock *sk;

	if (likely(!bc))
		return HOOK_ORIGINAL(sk_alloc)(net, family, priority, prot,
					       kern);
	res = class_of(family, prot);
	if (bc_charge(bc, res, 1, UB_HARD))
		return NULL;
	hook_enter();
	sk = HOOK_ORIGINAL(sk_alloc)(net, family, priority, prot, kern);
	if (sk)
		mark(sk, res);
	else
		bc_uncharge(bc, res, 1);
	hook_leave();
	return sk;
}

/*
 * Before 6.17 this is sk_clone_lock(), without the third argument: what is in
 * its register then is passed on and looked at by nobody.
 */
DEFINE_HOOK(struct sock *, sk_clone, const struct sock *sk, gfp_t priority,
	    bool lock)
{
	struct beancounter *bc = NULL;
	struct sock *newsk;
	unsigned int res;

	if (unlikely(is_marked(sk)))
		bc = bc_of(sock_net(sk)->user_ns);
	if (likely(!bc))
		return HOOK_ORIGINAL(sk_clone)(sk, priority, lock);
	res = marked_class(sk);
	if (bc_charge(bc, res, 1, UB_HARD))
		return NULL;
	newsk = HOOK_ORIGINAL(sk_clone)(sk, priority, lock);
	if (newsk)
		mark(newsk, res);
	else
		bc_uncharge(bc, res, 1);
	return newsk;
}

DEFINE_HOOK(void, sk_destruct, struct sock *sk)
{
	if (unlikely(is_marked(sk)) && is_own_mark(sk)) {
		struct beancounter *bc = bc_of(sock_net(sk)->user_ns);

		if (bc)
			bc_uncharge(bc, marked_class(sk), 1);
		sk->sk_flags &= ~MARK_MASK;
	}
	HOOK_ORIGINAL(sk_destruct)(sk);
}

/*
 * IPv4 alone says ENOMEM today where programs in containers have always been
 * told ENOBUFS.
 */
DEFINE_HOOK(int, inet_create, struct net *net, struct socket *sock,
	    int protocol, int kern)
{
	int ret;

	if (likely(!bc_of(net->user_ns)))
		return HOOK_ORIGINAL(inet_create)(net, sock, protocol, kern);
	hook_enter();
	ret = HOOK_ORIGINAL(inet_create)(net, sock, protocol, kern);
	hook_leave();
	return ret == -ENOMEM ? -ENOBUFS : ret;
}
