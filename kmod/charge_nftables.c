// SPDX-License-Identifier: GPL-2.0-only
/*
 * numiptent, second half: the rules of nftables, to which the iptables of
 * today translates as well.
 *
 * Charged is one for each new rule.  Where rules end is decided in many places,
 * so they are counted again: the rules that a net namespace will have, before a
 * transaction is committed or aborted, and those it has left, when something
 * has gone without one.  Until then a rule that the transaction deletes counts,
 * as it may come back; but where a new one would be refused, it can have the
 * place of a deleted one.  So rules may be replaced by as many at the limit.
 * The owner is the user namespace of the net namespace.
 *
 * Refusal: ENOMEM for the transaction as a whole.
 */
#include <linux/netdevice.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/netfilter/nf_tables.h>
#include <net/netns/generic.h>

#include "hook.h"
#include "hook_code.h"
#include "kfunc.h"
#include "owner.h"

/*
 * What is charged for the rules of a net namespace, and how many of these places
 * the transaction has free again; under its commit_mutex.
 */
struct rules {
	struct record rec;
	unsigned long charged;
	unsigned long free;
};

/* nf_tables_net_id, while the module is there. */
static const unsigned int *net_id;

/**
 * nftables_prepare() - find what nf_tables has for each net namespace
 *
 * Context: may sleep.
 * Return: 0 or -ENOENT.
 */
int nftables_prepare(void)
{
	net_id = kfunc_find_data("nf_tables:nf_tables_net_id");
	return net_id ? 0 : -ENOENT;
}

static struct nftables_pernet *tables_of(const struct net *net)
{
	return net_generic(net, *net_id);
}

static struct rules *find_rules(const struct net *net)
{
	struct record *rec;

	rcu_read_lock();
	rec = record_find(RECORD_NFTABLES, net);
	rcu_read_unlock();
	return rec ? container_of(rec, struct rules, rec) : NULL;
}

static struct rules *get_rules(const struct net *net, struct ct *ct)
{
	struct rules *rules = find_rules(net);

	if (rules)
		return rules;
	rules = kzalloc(sizeof(*rules), GFP_KERNEL);
	if (rules)
		record_add(RECORD_NFTABLES, &rules->rec, net, ct);
	return rules;
}

/* What a generation does not have carries its mark. */
static unsigned long count_rules(const struct net *net, u8 genmask)
{
	const struct nft_table *table;
	const struct nft_chain *chain;
	const struct nft_rule *rule;
	unsigned long n = 0;

	list_for_each_entry(table, &tables_of(net)->tables, list) {
		if (table->genmask & genmask)
			continue;
		list_for_each_entry(chain, &table->chains, list) {
			if (chain->genmask & genmask)
				continue;
			list_for_each_entry(rule, &chain->rules, list)
				n += !(rule->genmask & genmask);
		}
	}
	return n;
}

/* From now on the rules of a generation are charged, no more and no less. */
static void charge_generation(const struct net *net, u8 genmask)
{
	struct rules *rules = find_rules(net);
	unsigned long n;

	if (likely(!rules))
		return;
	n = count_rules(net, genmask);
	bc_adjust(&rules->rec.ct->bc, UB_NUMIPTENT, n - rules->charged);
	rules->charged = n;
	rules->free = 0;
}

/* Something has gone; the namespace may be about to go itself. */
static void charge_what_is_left(const struct net *net)
{
	if (likely(!find_rules(net)))
		return;
	mutex_lock(&tables_of(net)->commit_mutex);
	charge_generation(net, nft_genmask_cur(net));
	mutex_unlock(&tables_of(net)->commit_mutex);
}

/* Places of rules that the transaction has deleted. */
static unsigned long count_free(const struct net *net,
				const struct rules *rules)
{
	unsigned long next = count_rules(net, nft_genmask_next(net));

	return rules->charged > next ? rules->charged - next : 0;
}

static int charge_rule(const struct net *net, struct rules *rules)
{
	struct beancounter *bc = &rules->rec.ct->bc;

	if (!rules->free &&
	    !bc_charge(bc, UB_NUMIPTENT, 1, UB_SOFT | UB_TEST)) {
		rules->charged++;
		return 0;
	}
	if (!rules->free)
		rules->free = count_free(net, rules);
	if (!rules->free) {
		bc_count_failures(bc, UB_NUMIPTENT, 1);
		return -ENOMEM;
	}
	rules->free--;
	return 0;
}

/*
 * A rule that takes the place of another one changes no number.  If the kernel
 * fails, it aborts the transaction, and that counts again.
 */
DEFINE_HOOK(int, nf_tables_newrule, struct sk_buff *skb,
	    const struct nfnl_info *info, const struct nlattr * const nla[])
{
	struct ct *ct = owner_of(info->net->user_ns);
	struct rules *rules;

	if (likely(!ct) || info->nlh->nlmsg_flags & NLM_F_REPLACE)
		return HOOK_ORIGINAL(nf_tables_newrule)(skb, info, nla);
	rules = get_rules(info->net, ct);
	if (!rules || charge_rule(info->net, rules))
		return -ENOMEM;
	return HOOK_ORIGINAL(nf_tables_newrule)(skb, info, nla);
}

/* Called with commit_mutex held, which they release. */

DEFINE_HOOK(int, nf_tables_commit, struct net *net, struct sk_buff *skb)
{
	charge_generation(net, nft_genmask_next(net));
	return HOOK_ORIGINAL(nf_tables_commit)(net, skb);
}

DEFINE_HOOK(int, nf_tables_abort, struct net *net, struct sk_buff *skb,
	    enum nfnl_abort_action action)
{
	charge_generation(net, nft_genmask_cur(net));
	return HOOK_ORIGINAL(nf_tables_abort)(net, skb, action);
}

/* The tables of a process go with its socket. */
DEFINE_HOOK(int, nft_rcv_nl_event, struct notifier_block *nb,
	    unsigned long event, void *ptr)
{
	const struct netlink_notify *notify = ptr;
	struct net *net = notify->net;
	int ret;

	if (likely(!owner_of(net->user_ns)) ||
	    notify->protocol != NETLINK_NETFILTER)
		return HOOK_ORIGINAL(nft_rcv_nl_event)(nb, event, ptr);
	hook_enter();
	ret = HOOK_ORIGINAL(nft_rcv_nl_event)(nb, event, ptr);
	charge_what_is_left(net);
	hook_leave();
	return ret;
}

/* The chains of a device go with it. */
DEFINE_HOOK(int, nf_tables_netdev_event, struct notifier_block *nb,
	    unsigned long event, void *ptr)
{
	struct net *net = dev_net(netdev_notifier_info_to_dev(ptr));
	int ret;

	if (likely(!owner_of(net->user_ns)) || event != NETDEV_UNREGISTER)
		return HOOK_ORIGINAL(nf_tables_netdev_event)(nb, event, ptr);
	hook_enter();
	ret = HOOK_ORIGINAL(nf_tables_netdev_event)(nb, event, ptr);
	charge_what_is_left(net);
	hook_leave();
	return ret;
}

/* The namespace or the module goes, and all rules with it. */
DEFINE_HOOK(void, nf_tables_exit_net, struct net *net)
{
	struct rules *rules = find_rules(net);

	if (rules) {
		bc_uncharge(&rules->rec.ct->bc, UB_NUMIPTENT, rules->charged);
		record_del(RECORD_NFTABLES, &rules->rec);
		kfree_rcu(rules, rec.rcu);
	}
	HOOK_ORIGINAL(nf_tables_exit_net)(net);
}
