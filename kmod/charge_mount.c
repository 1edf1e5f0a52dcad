// SPDX-License-Identifier: GPL-2.0-only
/*
 * nummount: mounts, be they attached somewhere or not.
 *
 * The kernel bounds those of one mount namespace only (fs.mount-max), and each
 * costs whoever looks for a mount.  Charged when the structure is allocated and
 * uncharged when the mount is cleaned up.  The owner is the user namespace of
 * who made it, so that what vzctl mounts for a container is the host's.
 *
 * A clone that fails for want of a peer group's number is freed without being
 * cleaned up.  Its claim stays until the memory becomes a mount again.
 *
 * Refusal: ENOMEM.
 */
#include <linux/cred.h>

#include "claim.h"
#include "hook.h"
#include "owner.h"

struct mount;

DEFINE_HOOK(struct mount *, alloc_vfsmnt, const char *name)
{
	struct ct *ct = owner_of(current_user_ns());
	struct claim *claim;
	struct mount *mnt;

	if (likely(!ct))
		return HOOK_ORIGINAL(alloc_vfsmnt)(name);
	claim = claim_new(ct, VZMOD_NUMMOUNT, GFP_KERNEL_ACCOUNT);
	if (!claim)
		return NULL;
	hook_enter();
	mnt = HOOK_ORIGINAL(alloc_vfsmnt)(name);
	if (mnt) {
		claim_drop(mnt);
		claim_settle(claim, mnt);
	} else {
		claim_cancel(claim);
	}
	hook_leave();
	return mnt;
}

DEFINE_HOOK(void, cleanup_mnt, struct mount *mnt)
{
	claim_drop(mnt);
	HOOK_ORIGINAL(cleanup_mnt)(mnt);
}
