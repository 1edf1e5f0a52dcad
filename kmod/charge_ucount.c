// SPDX-License-Identifier: GPL-2.0-only
/*
 * numuserns and the other namespaces, numinotify, numinowatch, numfanotify,
 * numfanmark: what the kernel counts per user and user namespace.
 *
 * The kernel's own limits are no roof for a container: those of its namespace
 * (/proc/sys/user) are its root's to raise, and on the host all containers
 * count as their common creator, so that one of them could take what all
 * others need.  Hence each container is a user of its own on the host, that of
 * its first id, and its beancounter is the roof.
 *
 * Charged with each count and uncharged with it.  The owner is the user
 * namespace in which it is counted.
 *
 * Refusal: the kernel's own, ENOSPC or, for an instance of inotify or a group
 * of fanotify, EMFILE.  Net namespaces come at a pace, see pace.c.
 */
#include <linux/user_namespace.h>

#include "ct_ns.h"
#include "hook.h"
#include "hook_code.h"
#include "kfunc.h"
#include "owner.h"
#include "pace.h"

/* Of what a later kernel counts in addition, 0: no pool. */
static const u8 pool_of[UCOUNT_COUNTS] = {
	[UCOUNT_USER_NAMESPACES]	= VZMOD_NUMUSERNS,
	[UCOUNT_PID_NAMESPACES]		= VZMOD_NUMPIDNS,
	[UCOUNT_UTS_NAMESPACES]		= VZMOD_NUMUTSNS,
	[UCOUNT_IPC_NAMESPACES]		= VZMOD_NUMIPCNS,
	[UCOUNT_NET_NAMESPACES]		= VZMOD_NUMNETNS,
	[UCOUNT_MNT_NAMESPACES]		= VZMOD_NUMMNTNS,
	[UCOUNT_CGROUP_NAMESPACES]	= VZMOD_NUMCGROUPNS,
	[UCOUNT_TIME_NAMESPACES]	= VZMOD_NUMTIMENS,
	[UCOUNT_INOTIFY_INSTANCES]	= VZMOD_NUMINOTIFY,
	[UCOUNT_INOTIFY_WATCHES]	= VZMOD_NUMINOWATCH,
	[UCOUNT_FANOTIFY_GROUPS]	= VZMOD_NUMFANOTIFY,
	[UCOUNT_FANOTIFY_MARKS]		= VZMOD_NUMFANMARK,
};

DEFINE_KFUNC(struct ucounts *, inc_ucount, struct user_namespace *ns,
	     kuid_t uid, enum ucount_type type);
DEFINE_KFUNC(void, dec_ucount, struct ucounts *ucounts, enum ucount_type type);

static bool usable;	/* both are there */

DEFINE_HOOK(struct ucounts *, inc_ucount, struct user_namespace *ns, kuid_t uid,
	    enum ucount_type type)
{
	struct ct *ct = owner_of(ns);
	struct ucounts *ucounts;

	if (likely(!ct) || !pool_of[type])
		return HOOK_ORIGINAL(inc_ucount)(ns, uid, type);
	if (bc_charge(&ct->bc, pool_of[type], 1, UB_HARD))
		return NULL;
	if (type == UCOUNT_NET_NAMESPACES && pace_refuses(ct, PACE_NETNS)) {
		bc_uncharge(&ct->bc, pool_of[type], 1);
		return NULL;
	}
	hook_enter();
	ucounts = HOOK_ORIGINAL(inc_ucount)(ns, uid, type);
	if (!ucounts)
		bc_uncharge(&ct->bc, pool_of[type], 1);
	hook_leave();
	return ucounts;
}

DEFINE_HOOK(void, dec_ucount, struct ucounts *ucounts, enum ucount_type type)
{
	struct beancounter *bc = bc_of(ucounts->ns);

	if (unlikely(bc) && pool_of[type])
		bc_uncharge(bc, pool_of[type], 1);
	HOOK_ORIGINAL(dec_ucount)(ucounts, type);
}

/**
 * ucount_prepare() - find the functions of the kernel
 *
 * Context: may sleep.
 * Return: 0 or -ENOENT.
 */
int ucount_prepare(void)
{
	int ret = kfunc_find(&kfunc_inc_ucount) ?: kfunc_find(&kfunc_dec_ucount);

	usable = !ret;
	return ret;
}

/**
 * ucount_separate() - what is counted in a user namespace counts on the host
 *	for a user of its own
 * @ns: just made, so that it counts nothing yet and nobody knows it
 * @uid: that user
 *
 * Without memory for that it stays with its creator.
 *
 * Context: may sleep.
 */
void ucount_separate(struct user_namespace *ns, kuid_t uid)
{
	struct ucounts *own = NULL;

	if (usable)
		own = KFUNC(inc_ucount)(ns->parent, uid, UCOUNT_USER_NAMESPACES);
	if (!own) {
		pr_warn("user namespaces and watches of uid %u count as their creator's\n",
			from_kuid(&init_user_ns, uid));
		return;
	}
	KFUNC(dec_ucount)(ns->ucounts, UCOUNT_USER_NAMESPACES);
	ns->ucounts = own;
}
