// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a container sees of our files in its own /proc.
 *
 * The procfs instance decides, not who reads: the dentries belong to the
 * instance, so what one process of the host finds in /proc/PID/root/proc must
 * be what the container finds.
 *
 * In the instance of a container the files below belong to its root, so that
 * their modes mean inside what they mean outside; and the ones of the host
 * are not there at all (no /proc/bc beside /proc/vz is how programs know that
 * they are in a container).
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/proc_fs.h>
#include <linux/string.h>

#include "ct_ns.h"
#include "hook.h"
#include "owner.h"
#include "proc.h"

static const struct {
	const char *dir;	/* below /proc; "" for /proc itself */
	const char *name;
	bool host_only;
} view[] = {
	{ "", "bc", true },
	{ "", "user_beancounters" },
	{ "", "vz" },
	{ "vz", "hooks", true },
	{ "vz", "veinfo" },
	{ "vz", "veip", true },
	{ "vz", "version", true },
	{ "vz", "vestat" },
};

/**
 * proc_view_of() - the container that a procfs instance belongs to
 * @sb: the instance
 *
 * Context: any.
 * Return: valid as long as @sb is; NULL for the host.
 */
struct ct *proc_view_of(const struct super_block *sb)
{
	return owner_of(sb->s_user_ns);
}

/* Name of a directory that is /proc ("") or right below it; NULL elsewhere. */
static const char *dir_name(const struct dentry *dir)
{
	if (IS_ROOT(dir))
		return "";
	return IS_ROOT(dir->d_parent) ? (const char *)dir->d_name.name : NULL;
}

/* Row of the table for an entry, or -1. */
static int find_row(const struct dentry *dir, const char *name, size_t len)
{
	const char *parent = dir_name(dir);
	int i;

	for (i = 0; parent && i < ARRAY_SIZE(view); i++)
		if (!strcmp(view[i].dir, parent) &&
		    strlen(view[i].name) == len &&
		    !memcmp(view[i].name, name, len))
			return i;
	return -1;
}

/*
 * He may not change it: owner and mode are those of the entry, which all
 * instances of procfs share.
 */
static void give_to_root_of(const struct ct *ct, struct inode *inode)
{
	struct user_namespace *ns = (struct user_namespace *)ct_user_ns(ct);

	inode_set_flags(inode, S_IMMUTABLE, S_IMMUTABLE);
	inode->i_uid = make_kuid(ns, 0);
	inode->i_gid = make_kgid(ns, 0);
}

DEFINE_HOOK(struct dentry *, proc_lookup_de, struct inode *dir,
	    struct dentry *dentry, struct proc_dir_entry *de)
{
	struct ct *ct = proc_view_of(dir->i_sb);
	struct dentry *found;
	int row;

	if (likely(!ct))
		return HOOK_ORIGINAL(proc_lookup_de)(dir, dentry, de);

	row = find_row(dentry->d_parent, dentry->d_name.name,
		       dentry->d_name.len);
	if (row >= 0 && view[row].host_only)
		return ERR_PTR(-ENOENT);

	hook_enter();
	found = HOOK_ORIGINAL(proc_lookup_de)(dir, dentry, de);
	if (row >= 0 && !IS_ERR(found) && d_inode(found ?: dentry))
		give_to_root_of(ct, d_inode(found ?: dentry));
	hook_leave();
	return found;
}

/* Stands between readdir and its caller and lets host_only entries drop. */
struct filter {
	struct dir_context ctx;
	struct dir_context *caller;
	const struct dentry *dir;
};

static bool filter_actor(struct dir_context *ctx, const char *name, int len,
			 loff_t offset, u64 ino, unsigned int type)
{
	struct filter *filter = container_of(ctx, struct filter, ctx);
	int row = find_row(filter->dir, name, len);

	filter->caller->pos = ctx->pos;
	if (row >= 0 && view[row].host_only)
		return true;
	return filter->caller->actor(filter->caller, name, len, offset, ino,
				     type);
}

/* Not inline: its frame would keep the hook from leaving by a jump. */
static noinline int readdir_filtered(struct file *file,
				     struct dir_context *ctx,
				     struct proc_dir_entry *de);

DEFINE_HOOK(int, proc_readdir_de, struct file *file, struct dir_context *ctx,
	    struct proc_dir_entry *de)
{
	if (likely(!proc_view_of(file_inode(file)->i_sb)))
		return HOOK_ORIGINAL(proc_readdir_de)(file, ctx, de);
	return readdir_filtered(file, ctx, de);
}

static noinline int readdir_filtered(struct file *file,
				     struct dir_context *ctx,
				     struct proc_dir_entry *de)
{
	struct filter filter = {
		.ctx = { .actor = filter_actor, .pos = ctx->pos },
		.caller = ctx,
		.dir = file->f_path.dentry,
	};
	int ret;

	hook_enter();
	ret = HOOK_ORIGINAL(proc_readdir_de)(file, &filter.ctx, de);
	ctx->pos = filter.ctx.pos;
	hook_leave();
	return ret;
}
