// SPDX-License-Identifier: GPL-2.0-only
/*
 * numconntrack: connections that netfilter tracks.
 *
 * Their memory belongs to no memory cgroup, and the kernel bounds each net
 * namespace by itself (net.netfilter.nf_conntrack_max), of which a container
 * may have many.  Charged and uncharged with the structure.  The owner is the
 * user namespace of the net namespace, which outlives all of them.
 *
 * Refusal: ENOMEM; the packet that would begin the connection is dropped.
 */
#include <net/netfilter/nf_conntrack.h>

#include "hook.h"
#include "owner.h"

DEFINE_HOOK(struct nf_conn *, __nf_conntrack_alloc, struct net *net,
	    const struct nf_conntrack_zone *zone,
	    const struct nf_conntrack_tuple *orig,
	    const struct nf_conntrack_tuple *repl, gfp_t gfp, u32 hash)
{
	struct beancounter *bc = bc_of(net->user_ns);
	struct nf_conn *conn;

	if (likely(!bc))
		return HOOK_ORIGINAL(__nf_conntrack_alloc)(net, zone, orig,
							   repl, gfp, hash);
	if (bc_charge(bc, VZMOD_NUMCONNTRACK, 1, UB_HARD))
		return ERR_PTR(-ENOMEM);
	hook_enter();
	conn = HOOK_ORIGINAL(__nf_conntrack_alloc)(net, zone, orig, repl, gfp,
						   hash);
	if (IS_ERR(conn))
		bc_uncharge(bc, VZMOD_NUMCONNTRACK, 1);
	hook_leave();
	return conn;
}

DEFINE_HOOK(void, nf_conntrack_free, struct nf_conn *conn)
{
	struct beancounter *bc = bc_of(nf_ct_net(conn)->user_ns);

	if (unlikely(bc))
		bc_uncharge(bc, VZMOD_NUMCONNTRACK, 1);
	HOOK_ORIGINAL(nf_conntrack_free)(conn);
}
