// SPDX-License-Identifier: GPL-2.0-only
/*
 * numnetdev, numneigh: network devices and neighbours.
 *
 * The devices of a container are those in its net namespaces, wherever they
 * came from, so they are counted when somebody asks or wants one more.
 *
 * Neighbours of all net namespaces are in one table per protocol, of 1024
 * (net.ipv4.neigh.default.gc_thresh3): one container could fill it.  Charged
 * when one is made, and uncharged when it is destroyed or found dead, whichever
 * is first.  The owner is that of the device's net namespace; a device may move
 * to another one before the neighbour ends, so it is written down.
 *
 * Refusal: ENOMEM for a device, ENOBUFS for a neighbour; its packet is dropped.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/neighbour.h>
#include <net/net_namespace.h>

#include "claim.h"
#include "compat.h"
#include "hook.h"
#include "owner.h"
#include "refresh.h"

static unsigned long count_devices(const struct ct *ct)
{
	struct net_device *dev;
	unsigned long n = 0;
	struct net *net;

	rcu_read_lock();
	for_each_net_rcu(net)
		if (owner_of(net->user_ns) == ct)
			for_each_netdev_rcu(net, dev)
				n++;
	rcu_read_unlock();
	return n;
}

/**
 * netdev_refresh() - look up how many devices a container has
 * @ct: referenced by the caller; nothing is known of the host
 *
 * Context: any but hard interrupt.
 */
void netdev_refresh(struct ct *ct)
{
	if (ct->ctid)
		bc_observe(&ct->bc, VZMOD_NUMNETDEV, count_devices(ct));
}

/* Under the RTNL, so that they come one after the other. */
DEFINE_HOOK(int, register_netdevice, struct net_device *dev)
{
	struct ct *ct = owner_of(dev_net(dev)->user_ns);

	if (unlikely(ct)) {
		netdev_refresh(ct);
		if (bc_check(&ct->bc, VZMOD_NUMNETDEV, 1, UB_HARD))
			return -ENOMEM;
	}
	return HOOK_ORIGINAL(register_netdevice)(dev);
}

/*
 * Without a reference of its own the caller is an RCU reader, and so are we: a
 * neighbour that has died meanwhile can be looked at.  Whoever destroys it has
 * marked it as dead before; either he finds the claim or we find the mark.
 */
DEFINE_HOOK(struct neighbour *, ___neigh_create, struct neigh_table *tbl,
	    const void *pkey, struct net_device *dev, u32 flags,
	    bool exempt_from_gc, bool want_ref)
{
	struct ct *ct = owner_of(dev_net(dev)->user_ns);
	struct neighbour *neigh;
	struct claim *claim;

	if (likely(!ct))
		return HOOK_ORIGINAL(___neigh_create)(tbl, pkey, dev, flags,
						      exempt_from_gc, want_ref);
	claim = claim_new(ct, VZMOD_NUMNEIGH, GFP_ATOMIC);
	if (!claim)
		return ERR_PTR(-ENOBUFS);
	hook_enter();
	rcu_read_lock();
	neigh = HOOK_ORIGINAL(___neigh_create)(tbl, pkey, dev, flags,
					       exempt_from_gc, want_ref);
	if (IS_ERR(neigh))
		claim_cancel(claim);
	else
		claim_settle(claim, neigh);
	smp_mb();	/* pairs with the last reference's end, neigh_release() */
	if (!IS_ERR(neigh) && READ_ONCE(neigh->dead))
		claim_drop(neigh);
	rcu_read_unlock();
	hook_leave();
	return neigh;
}

/*
 * Entries for others (proxies) are in one table for all net namespaces, each of
 * whose chains is walked under its lock, and nobody counts them: a container
 * has none.
 */
DEFINE_HOOK(COMPAT_PNEIGH_RESULT, pneigh_create, struct neigh_table *tbl,
	    struct net *net, const void *pkey, struct net_device *dev,
	    u32 flags, u8 protocol, bool permanent)
{
	if (unlikely(owner_of(net->user_ns)) && compat_pneigh_creates(flags))
		return COMPAT_PNEIGH_REFUSAL;
	return HOOK_ORIGINAL(pneigh_create)(tbl, net, pkey, dev, flags,
					    protocol, permanent);
}

DEFINE_HOOK(void, neigh_destroy, struct neighbour *neigh)
{
	claim_drop(neigh);
	HOOK_ORIGINAL(neigh_destroy)(neigh);
}
