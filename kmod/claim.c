// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claims.  A claim is charged before the object is made, settled when the
 * object is known, and dropped when the object ends.  It pins the user
 * namespace of its container, which the object need not do.
 */
#include "claim.h"

#include <linux/bitops.h>
#include <linux/slab.h>

#include "kernel/ct.h"
#include "owner.h"

/**
 * struct claim - what a container pays for one object
 * @rec: of kind RECORD_CLAIM, once settled
 * @ct: who pays
 * @res: of which resource one unit
 * @dropped: bit 0: it was given back
 */
struct claim {
	struct record rec;
	struct ct *ct;
	unsigned int res;
	unsigned long dropped;
};

/**
 * claim_new() - charge for an object that is about to be made
 * @ct: who pays; pinned by the caller
 * @res: resource
 * @gfp: how to allocate
 *
 * Context: any that @gfp allows.
 * Return: to be given to claim_settle() or claim_cancel(); NULL if the limit
 * was met or there is no memory.
 */
struct claim *claim_new(struct ct *ct, unsigned int res, gfp_t gfp)
{
	struct claim *claim = kzalloc(sizeof(*claim), gfp);

	if (!claim)
		return NULL;
	if (bc_charge(&ct->bc, res, 1, UB_HARD)) {
		kfree(claim);
		return NULL;
	}
	owner_get(ct);
	claim->ct = ct;
	claim->res = res;
	return claim;
}

static void give_back(struct claim *claim)
{
	struct ct *ct = claim->ct;

	bc_uncharge(&ct->bc, claim->res, 1);
	kfree_rcu(claim, rec.rcu);
	owner_put(ct);
}

/**
 * claim_cancel() - there is no object after all
 * @claim: from claim_new(), not settled
 *
 * Context: any.
 */
void claim_cancel(struct claim *claim)
{
	give_back(claim);
}

/**
 * claim_settle() - the object is there
 * @claim: from claim_new()
 * @object: its address; the caller sees to it that it is not freed meanwhile
 *
 * Context: any.
 * Return: true; false if somebody pays for the object already, then @claim is
 * cancelled.
 */
bool claim_settle(struct claim *claim, const void *object)
{
	struct record *rec = record_add(RECORD_CLAIM, &claim->rec, object,
					claim->ct);

	if (rec == &claim->rec)
		return true;
	give_back(claim);
	return false;
}

/**
 * claim_drop() - an object ends, or will do so soon
 * @object: its address; need not be claimed, and may be dropped by several at
 *	once
 *
 * Context: any.
 */
void claim_drop(const void *object)
{
	struct claim *claim = NULL;
	struct record *rec;

	rcu_read_lock();
	rec = record_find(RECORD_CLAIM, object);
	if (rec) {
		claim = container_of(rec, struct claim, rec);
		if (test_and_set_bit(0, &claim->dropped))
			claim = NULL;
	}
	rcu_read_unlock();
	if (!claim)
		return;
	record_del(RECORD_CLAIM, &claim->rec);
	give_back(claim);
}
