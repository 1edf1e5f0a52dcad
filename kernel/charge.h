/* SPDX-License-Identifier: GPL-2.0-only */
/* Beancounters: what is held of each resource, and how much may be held. */
#ifndef VZ_KERNEL_CHARGE_H
#define VZ_KERNEL_CHARGE_H

#include "env.h"
#include "resources.h"

/**
 * enum ub_severity - which bound a charge has to respect
 * @UB_HARD: held must stay within barrier and limit
 * @UB_SOFT: held must stay within the limit
 * @UB_FORCE: no bound; the charge always succeeds
 * @UB_TEST: flag for the others: a refusal does not count in failcnt
 *
 * The names are OpenVZ's and easily misread: they tell how hard the check is,
 * not how hard the bound is.
 */
enum ub_severity {
	UB_HARD		= 0,
	UB_SOFT		= 1,
	UB_FORCE	= 2,
	UB_TEST		= 0x100,
};

/**
 * struct bc_counter - one resource of one beancounter
 * @held: units charged, the stock of every CPU included
 * @maxheld: the highest @held seen
 * @minheld: the lowest @held seen
 * @failcnt: refused charges
 * @barrier: bound of UB_HARD charges
 * @limit: bound of UB_HARD and UB_SOFT charges
 * @batch: largest stock of a CPU; 0 while the bound is near
 * @moves: CPUs that carry units between @held and a stock, now and so far
 *
 * @barrier, @limit and @batch are written under beancounter.lock; all is read
 * without it.
 */
struct bc_counter {
	atomic_long_t held;
	atomic_long_t maxheld;
	atomic_long_t minheld;
	atomic_long_t failcnt;
	unsigned long barrier;
	unsigned long limit;
	int batch;
	atomic_long_t moves;
} ____cacheline_aligned;

/**
 * struct bc_stock - units that a CPU has charged in advance
 * @word: per resource; part of bc_counter.held, not in use yet
 */
struct bc_stock {
	atomic_long_t word[VZMOD_RESOURCES];
};

/**
 * struct beancounter - the resources of one container
 * @ctid: whose they are, for messages
 * @parent: is charged as well, or NULL
 * @stock: per CPU
 * @lock: serialises changes of barrier, limit and batch; taken with
 *	interrupts off, nothing is taken inside it
 * @counter: per resource
 */
struct beancounter {
	u32 ctid;
	struct beancounter *parent;
	struct bc_stock __percpu *stock;
	spinlock_t lock;	/* barrier, limit and batch */
	struct bc_counter counter[VZMOD_RESOURCES];
};

/**
 * struct bc_stat - the state of one resource, as shown to people
 * @barrier: bound of hard charges
 * @limit: bound of soft charges
 * @held: units in use, without the stocks
 * @maxheld: at least the most that was in use; at most that plus one batch
 *	per CPU
 * @minheld: the least that was in use
 * @failcnt: refused charges
 */
struct bc_stat {
	unsigned long barrier;
	unsigned long limit;
	unsigned long held;
	unsigned long maxheld;
	unsigned long minheld;
	unsigned long failcnt;
};

int bc_init(struct beancounter *bc, u32 ctid, struct beancounter *parent);
void bc_destroy(struct beancounter *bc);

int bc_charge(struct beancounter *bc, unsigned int res, unsigned long n,
	      int severity);
void bc_uncharge(struct beancounter *bc, unsigned int res, unsigned long n);
void bc_adjust(struct beancounter *bc, unsigned int res, long delta);
void bc_observe(struct beancounter *bc, unsigned int res, unsigned long held);
void bc_observe_unless_changed(struct beancounter *bc, unsigned int res,
			       long seen, unsigned long held);
void bc_observe_change(struct beancounter *bc, unsigned int res, long delta);
int bc_check(struct beancounter *bc, unsigned int res, unsigned long n,
	     int severity);
void bc_observe_peak(struct beancounter *bc, unsigned int res,
		     unsigned long peak);
void bc_count_failures(struct beancounter *bc, unsigned int res,
		       unsigned long n);

void bc_set_limit(struct beancounter *bc, unsigned int res,
		  unsigned long barrier, unsigned long limit);
void bc_read(struct beancounter *bc, unsigned int res, struct bc_stat *stat);
long bc_balance(struct beancounter *bc, unsigned int res);
unsigned int bc_stocked(struct beancounter *bc, unsigned int res);
unsigned long bc_held(struct beancounter *bc, unsigned int res);

#endif
