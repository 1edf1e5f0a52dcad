// SPDX-License-Identifier: GPL-2.0-only
/*
 * sync() of a container: its own file systems and no others.
 *
 * The kernel's sync() writes out all that is dirty on the machine, and makes
 * everybody's fsync() wait for it.  A container's own are the one that its root
 * is on, and all that were mounted by it.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/path.h>

#include "hook.h"
#include "hook_code.h"
#include "kfunc.h"
#include "owner.h"

DEFINE_KFUNC(void, iterate_supers,
	     void (*visit)(struct super_block *sb, void *arg), void *arg);

/* What the current task calls its own. */
struct own {
	const struct ct *ct;
	const struct super_block *root;
};

/* With s_umount held. */
static void sync_if_own(struct super_block *sb, void *arg)
{
	const struct own *own = arg;

	if (sb_rdonly(sb))
		return;
	if (sb == own->root || owner_of(sb->s_user_ns) == own->ct)
		sync_filesystem(sb);
}

static noinline void sync_own(const struct ct *ct)
{
	struct own own = { .ct = ct };
	struct path root;

	get_fs_root(current->fs, &root);
	own.root = root.mnt->mnt_sb;
	KFUNC(iterate_supers)(sync_if_own, &own);
	path_put(&root);
}

DEFINE_HOOK(void, ksys_sync, void)
{
	const struct ct *ct = owner_of(current_user_ns());

	if (likely(!ct)) {
		HOOK_ORIGINAL(ksys_sync)();
		return;
	}
	hook_enter();
	sync_own(ct);
	hook_leave();
}

/**
 * sync_prepare() - find the functions of the kernel
 *
 * Context: may sleep.
 * Return: 0 or -ENOENT.
 */
int sync_prepare(void)
{
	return kfunc_find(&kfunc_iterate_supers);
}
