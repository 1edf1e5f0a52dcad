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
#include <linux/in.h>

#include "hook.h"
#include "owner.h"
#include "sock_rec.h"

static bool is_tcp(int family, const struct proto *prot)
{
	const char *name = prot->name;

	if (family != PF_INET && family != PF_INET6)
		return false;
	if (*name == 'M')
		name++;
	return !strncmp(name, "TCP", 3) || !strncmp(name, "PTCP", 4);
}

/*
 * What these hold is neither in their own counts nor in those of a cgroup
 * (vsock), or in a socket of the kernel (SMC): a container has none.
 */
static bool is_out_of_sight(int family, const struct proto *prot)
{
	return family == PF_VSOCK || strstr(prot->name, "SMC");
}

/* A record for one more socket, charged; NULL if refused. */
static struct sock_rec *charge(struct ct *ct, bool tcp, int family, gfp_t gfp)
{
	struct sock_rec *rec = sock_rec_make(tcp, family, gfp);

	if (!rec)
		return NULL;
	if (bc_charge(&ct->bc, sock_rec_resource(rec), 1, UB_HARD)) {
		sock_rec_free(rec);
		return NULL;
	}
	return rec;
}

/* The socket has come, or not. */
static struct sock *settle(struct sock_rec *rec, struct sock *sk, struct ct *ct)
{
	if (sk) {
		sock_rec_attach(rec, sk, ct);
	} else {
		bc_uncharge(&ct->bc, sock_rec_resource(rec), 1);
		sock_rec_free(rec);
	}
	return sk;
}

DEFINE_HOOK(struct sock *, sk_alloc, struct net *net, int family,
	    gfp_t priority, struct proto *prot, int kern)
{
	struct ct *ct = kern ? NULL : owner_of(net->user_ns);
	struct sock_rec *rec;
	struct sock *sk;

	if (likely(!ct))
		return HOOK_ORIGINAL(sk_alloc)(net, family, priority, prot,
					       kern);
	if (is_out_of_sight(family, prot))
		return NULL;
	hook_enter();
	rec = charge(ct, is_tcp(family, prot), family, priority);
	if (rec) {
		sk = HOOK_ORIGINAL(sk_alloc)(net, family, priority, prot, kern);
		sk = settle(rec, sk, ct);
	} else {
		sk = NULL;
	}
	hook_leave();
	return sk;
}

/*
 * Before 6.17 this is sk_clone_lock(), without the third argument: what is in
 * its register then is passed on and looked at by nobody.
 *
 * The clone begins as a copy of its parent, mark included, and may be destroyed
 * before it has a record.
 */
DEFINE_HOOK(struct sock *, sk_clone, const struct sock *sk, gfp_t priority,
	    bool lock)
{
	struct sock_rec *parent = sock_rec_of(sk), *rec;
	struct ct *ct;

	if (likely(!parent))
		return HOOK_ORIGINAL(sk_clone)(sk, priority, lock);
	ct = parent->rec.ct;
	rec = charge(ct, parent->is_tcp, sk->sk_family, priority);
	if (!rec)
		return NULL;
	return settle(rec, HOOK_ORIGINAL(sk_clone)(sk, priority, lock), ct);
}

DEFINE_HOOK(void, sk_destruct, struct sock *sk)
{
	struct sock_rec *rec = sock_rec_of(sk);

	if (unlikely(rec)) {
		bc_uncharge(sock_rec_bc(rec), sock_rec_resource(rec), 1);
		sock_rec_detach(rec);
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
