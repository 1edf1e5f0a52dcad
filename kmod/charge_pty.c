// SPDX-License-Identifier: GPL-2.0-only
/*
 * numpty: pseudo-terminals.
 *
 * Charged with the index of a new pair and uncharged with the index.  The
 * owner is the user namespace that mounted the devpts instance.
 *
 * Refusal: opening ptmx fails with ENOMEM.
 */
#include <linux/fs.h>
#include <linux/idr.h>

#include "hook.h"
#include "owner.h"

/*
 * The beginning of what fs/devpts/inode.c keeps per instance, which no header
 * declares.  The same in 6.1, 6.12 and 7.2.
 */
struct pts_fs_info {
	struct ida allocated_ptys;
	struct {
		int setuid;
		int setgid;
		kuid_t uid;
		kgid_t gid;
		umode_t mode;
		umode_t ptmxmode;
		int reserve;
		int max;
	} mount_opts;
	struct super_block *sb;
};

DEFINE_HOOK(int, devpts_new_index, struct pts_fs_info *fsi)
{
	struct beancounter *bc = bc_of(fsi->sb->s_user_ns);
	int index;

	if (likely(!bc))
		return HOOK_ORIGINAL(devpts_new_index)(fsi);
	if (bc_charge(bc, UB_NUMPTY, 1, UB_HARD))
		return -ENOMEM;
	hook_enter();
	index = HOOK_ORIGINAL(devpts_new_index)(fsi);
	if (index < 0)
		bc_uncharge(bc, UB_NUMPTY, 1);
	hook_leave();
	return index;
}

DEFINE_HOOK(void, devpts_kill_index, struct pts_fs_info *fsi, int index)
{
	struct beancounter *bc = bc_of(fsi->sb->s_user_ns);

	if (unlikely(bc))
		bc_uncharge(bc, UB_NUMPTY, 1);
	HOOK_ORIGINAL(devpts_kill_index)(fsi, index);
}
