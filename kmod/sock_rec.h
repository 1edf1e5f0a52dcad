/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A record for every socket of a container: what it was charged for.  It is
 * there from the making of the socket to its destruction.
 */
#ifndef VZ_KMOD_SOCK_REC_H
#define VZ_KMOD_SOCK_REC_H

#include <net/sock.h>

#include "kernel/ct.h"

/**
 * struct sock_rec - a socket
 * @rec: its object is the struct sock
 * @lock: all below; taken with interrupts off, the lock of a line inside
 * @is_tcp: TCP by the protocol
 * @is_dead: the struct sock must not be touched any more
 * @snd: its send buffer
 * @rcv: its receive buffer
 */
struct sock_rec {
	struct record rec;
	spinlock_t lock;	/* is_dead, snd, rcv */
	bool is_tcp;
	bool is_dead;
	struct sockbuf snd;
	struct sockbuf rcv;
};

/*
 * A socket with a record has a mark in sk_flags, above the flags of the kernel,
 * so that one of the host is known by a look at its own memory.  Whoever copies
 * the flags of a socket copies the mark, too, hence it may be there without a
 * record.
 */
#define SOCK_MARK	BIT(32)

struct sock_rec *sock_rec_lookup(const struct sock *sk);

/**
 * sock_rec_of() - the record of a socket
 * @sk: any
 *
 * One test for everything that belongs to the host.
 *
 * Context: any.
 * Return: NULL if there is none.  It may be used as long as the socket lives,
 * and until the end of the RCU read-side section of the caller after that.
 */
static __always_inline struct sock_rec *sock_rec_of(const struct sock *sk)
{
	if (likely(!(sk->sk_flags & SOCK_MARK)))
		return NULL;
	return sock_rec_lookup(sk);
}

static inline struct sock *sock_rec_sk(const struct sock_rec *rec)
{
	return (struct sock *)rec->rec.object;
}

static inline struct beancounter *sock_rec_bc(const struct sock_rec *rec)
{
	return &rec->rec.ct->bc;
}

static inline unsigned int sock_rec_resource(const struct sock_rec *rec)
{
	return rec->snd.sockets;
}

struct sock_rec *sock_rec_make(bool is_tcp, int family, gfp_t gfp);
void sock_rec_free(struct sock_rec *rec);
void sock_rec_attach(struct sock_rec *rec, struct sock *sk, struct ct *ct);
void sock_rec_detach(struct sock_rec *rec);

void sock_rec_settle(struct sock_rec *rec);
bool sock_rec_settle_but(struct sock_rec *rec, unsigned long sent,
			 unsigned long received);
void sock_rec_refresh(struct ct *ct);

int sock_rec_init(void);
void sock_rec_exit(void);

#endif
