/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records: what a container was charged for one object of the kernel, for
 * resources whose uncharge the kernel offers no place for.
 */
#ifndef VZ_KERNEL_RECORD_H
#define VZ_KERNEL_RECORD_H

#include "env.h"

struct ct;

enum record_kind {
	RECORD_MM,		/* object: struct mm_struct */
	RECORD_SOCK,		/* object: struct sock */
	RECORD_SHM,		/* object: struct inode */
	RECORD_XTABLE,		/* object: struct xt_table_info */
	RECORD_NFTABLES,	/* object: struct net */
	RECORD_CLAIM,		/* object: of which one counts, see kmod/claim.h */
	RECORD_KINDS
};

/**
 * struct record - one object that a container pays for
 * @node: in the hash of its kind
 * @list: in the list of its container
 * @object: its address, a mere key to this directory
 * @ct: who pays
 * @rcu: for whoever frees it
 *
 * Embedded in what a family of resources wants to remember of its objects.
 */
struct record {
	struct hlist_node node;
	struct list_head list;
	const void *object;
	struct ct *ct;
	struct rcu_head rcu;
};

/**
 * struct record_set - the records of one container, of one kind
 * @lock: @list; taken with interrupts off, nothing is taken inside
 * @list: of the records
 */
struct record_set {
	spinlock_t lock;	/* list */
	struct list_head list;
};

void record_set_init(struct record_set *set);

struct record *record_find(enum record_kind kind, const void *object);
struct record *record_add(enum record_kind kind, struct record *rec,
			  const void *object, struct ct *ct);
void record_del(enum record_kind kind, struct record *rec);
void record_walk(struct ct *ct, enum record_kind kind,
		 void (*visit)(struct record *rec, void *arg), void *arg);

#endif
