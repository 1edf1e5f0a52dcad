// SPDX-License-Identifier: GPL-2.0-only
/*
 * numiptent, first half: the entries of iptables, ip6tables and arptables.
 *
 * Every table of a net namespace counts with all its entries, those for the
 * policies of its chains and the one that marks its end included.  Charged is
 * what a table holds when it is made and, each time it is replaced as a whole,
 * the difference; its entries are uncharged when they are freed.  The owner is
 * the user namespace of the net namespace.
 *
 * Refusal: ENOMEM from setsockopt; the table stays as it was.
 */
#include <linux/err.h>
#include <linux/netfilter/x_tables.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "hook.h"
#include "owner.h"

/* The entries that a table has now.  Later ones get a record of their own. */
struct entries {
	struct record rec;
	unsigned long number;
};

static struct entries *entries_of(const struct xt_table_info *info)
{
	struct record *rec;

	rcu_read_lock();
	rec = record_find(RECORD_XTABLE, info);
	rcu_read_unlock();
	return rec ? container_of(rec, struct entries, rec) : NULL;
}

static void add_entries(struct entries *entries, struct ct *ct,
			const struct xt_table_info *info)
{
	entries->number = info->number;
	record_add(RECORD_XTABLE, &entries->rec, info, ct);
}

static void del_entries(struct entries *entries)
{
	record_del(RECORD_XTABLE, &entries->rec);
	kfree_rcu(entries, rec.rcu);
}

/* A table that comes; its entries are known before anybody can find it. */
static struct entries *begin_table(struct ct *ct,
				   const struct xt_table_info *info)
{
	struct entries *entries;

	if (bc_charge(&ct->bc, UB_NUMIPTENT, info->number, UB_SOFT))
		return NULL;
	entries = kmalloc(sizeof(*entries), GFP_KERNEL);
	if (entries)
		add_entries(entries, ct, info);
	else
		bc_uncharge(&ct->bc, UB_NUMIPTENT, info->number);
	return entries;
}

static void cancel_table(struct entries *entries)
{
	bc_uncharge(&entries->rec.ct->bc, UB_NUMIPTENT, entries->number);
	del_entries(entries);
}

/*
 * From 7.2 on there is a third argument more; all of them but the first and the
 * last are passed on and looked at by nobody.
 */
DEFINE_HOOK(struct xt_table *, xt_register_table, struct net *net,
	    const struct xt_table *table, void *arg3, void *arg4, void *arg5)
{
	struct ct *ct = owner_of(net->user_ns);
	struct entries *entries;
	struct xt_table *made;

	if (likely(!ct))
		return HOOK_ORIGINAL(xt_register_table)(net, table, arg3, arg4,
							arg5);
	entries = begin_table(ct, compat_new_table_info(arg4, arg5));
	if (!entries)
		return ERR_PTR(-ENOMEM);
	hook_enter();
	made = HOOK_ORIGINAL(xt_register_table)(net, table, arg3, arg4, arg5);
	if (IS_ERR(made))
		cancel_table(entries);
	hook_leave();
	return made;
}

static unsigned long growth(unsigned long from, unsigned long to)
{
	return to > from ? to - from : 0;
}

/* Charge what a table shall have more; NULL if that is refused. */
static struct entries *begin_replace(const struct entries *old,
				     const struct xt_table_info *new)
{
	unsigned long more = growth(old->number, new->number);
	struct beancounter *bc = &old->rec.ct->bc;
	struct entries *entries = kmalloc(sizeof(*entries), GFP_KERNEL);

	if (entries && more && bc_charge(bc, UB_NUMIPTENT, more, UB_SOFT)) {
		kfree(entries);
		return NULL;
	}
	return entries;
}

static void end_replace(struct entries *old, struct entries *entries,
			const struct xt_table_info *new, bool done)
{
	struct ct *ct = old->rec.ct;

	if (!done) {
		bc_uncharge(&ct->bc, UB_NUMIPTENT,
			    growth(old->number, new->number));
		kfree(entries);
		return;
	}
	bc_uncharge(&ct->bc, UB_NUMIPTENT, growth(new->number, old->number));
	add_entries(entries, ct, new);
	del_entries(old);
}

/* Called with the lock of the table held. */
DEFINE_HOOK(struct xt_table_info *, xt_replace_table, struct xt_table *table,
	    unsigned int num_counters, struct xt_table_info *new, int *error)
{
	struct entries *entries, *old = entries_of(table->private);
	struct xt_table_info *replaced;

	if (likely(!old))
		return HOOK_ORIGINAL(xt_replace_table)(table, num_counters,
						       new, error);
	entries = begin_replace(old, new);
	if (!entries) {
		*error = -ENOMEM;
		return NULL;
	}
	hook_enter();
	replaced = HOOK_ORIGINAL(xt_replace_table)(table, num_counters, new,
						   error);
	end_replace(old, entries, new, replaced);
	hook_leave();
	return replaced;
}

DEFINE_HOOK(void, xt_free_table_info, struct xt_table_info *info)
{
	struct entries *entries = entries_of(info);

	if (unlikely(entries))
		cancel_table(entries);
	HOOK_ORIGINAL(xt_free_table_info)(info);
}
