/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Buffers of sockets: may this socket have more bytes, and who is next when
 * bytes come free?
 */
#ifndef VZ_KERNEL_SOCKBUF_H
#define VZ_KERNEL_SOCKBUF_H

#include "env.h"

struct beancounter;

/* Who waits for room waits for that much at least: a small packet. */
#define SOCKBUF_UNIT	2048

/* Sockets that share counters, guarantees and a line. */
enum sockbuf_class {
	SOCKBUF_TCP,
	SOCKBUF_OTHER,
	SOCKBUF_CLASSES
};

enum sockbuf_pressure {
	SOCKBUF_EXPAND,		/* windows may grow */
	SOCKBUF_KEEP,
	SOCKBUF_SHRINK,		/* windows have to become smaller */
};

/**
 * struct sockbuf - what one socket holds in one direction
 * @res: UB_* that is charged
 * @sockets: UB_* that bounds the number of sockets that share the guarantee
 * @charged: bytes
 * @over: those of them that were charged beyond the barrier
 * @want: bytes that were refused last; 0 if the last request was granted
 * @waiting: in a list of struct sockbuf_fifo; its own if it does not wait
 * @called: was taken from there and has not asked since
 *
 * @waiting and @called belong to the lock of the fifo, the rest to whoever
 * owns the buffer.
 */
struct sockbuf {
	unsigned int res;
	unsigned int sockets;
	unsigned long charged;
	unsigned long over;
	unsigned long want;
	struct list_head waiting;
	bool called;
};

/**
 * struct sockbuf_fifo - buffers of one beancounter that wait for one resource
 * @lock: @barrier, @limit; taken with interrupts off, nothing is taken inside
 * @barrier: those that wait until the barrier lets them
 * @limit: those that have some of their guarantee left, but the limit is hit
 * @cut: some were not looked at the last time: it is worth another look
 * @callers: contexts that want the waiters called; one of them does it
 */
struct sockbuf_fifo {
	spinlock_t lock;	/* barrier, limit, cut */
	struct list_head barrier;
	struct list_head limit;
	bool cut;
	atomic_t callers;
};

void sockbuf_init(struct sockbuf *buf, unsigned int res, unsigned int sockets);
bool sockbuf_settle(struct sockbuf *buf, struct beancounter *bc,
		    unsigned long bytes);
bool sockbuf_has_room(const struct sockbuf *buf, struct beancounter *bc,
		      unsigned long bytes);
bool sockbuf_is_open(const struct sockbuf *buf, struct beancounter *bc);
unsigned long sockbuf_take(struct sockbuf *buf, struct beancounter *bc,
			   unsigned long least, unsigned long most);
bool sockbuf_take_hard(struct sockbuf *buf, struct beancounter *bc,
		       unsigned long bytes);
bool sockbuf_receive(struct sockbuf *buf, struct beancounter *bc,
		     unsigned long bytes, unsigned long packet);

enum sockbuf_pressure sockbuf_pressure(struct beancounter *bc, unsigned int res);
unsigned long sockbuf_fair_share(struct beancounter *bc,
				 const struct sockbuf *buf);

void sockbuf_fifo_init(struct sockbuf_fifo *fifo);
bool sockbuf_is_waiting(const struct sockbuf *buf);
bool sockbuf_has_waiters(const struct sockbuf_fifo *fifo);
void sockbuf_wait(struct sockbuf_fifo *fifo, struct sockbuf *buf,
		  struct beancounter *bc);
void sockbuf_freed(struct sockbuf_fifo *fifo, struct sockbuf *buf,
		   struct beancounter *bc);
void sockbuf_leave(struct sockbuf_fifo *fifo, struct sockbuf *buf);
struct sockbuf *sockbuf_next(struct sockbuf_fifo *fifo, struct beancounter *bc,
			     unsigned long *promised);

#endif
