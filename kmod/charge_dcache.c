// SPDX-License-Identifier: GPL-2.0-only
/*
 * dcachesize: directory entries and inodes.
 *
 * The kernel charges both to the memory cgroup of whoever makes them first
 * needed, on any file system, and counts them as reclaimable slab memory; with
 * them it counts a few smaller things of that kind.  While a container has a
 * limit every new entry adds to that number, and it is looked up again long
 * before the limit: what has been freed, and inodes, are in it only then.
 *
 * Refusal: at the limit the container's own unused entries and inodes are
 * dropped; if that is not enough, so is what it has cached of files; if that
 * is not enough either, path lookup and open fail with ENOMEM.
 */
#include <linux/dcache.h>
#include <linux/jiffies.h>
#include <linux/memcontrol.h>
#include <linux/swap.h>

#include "hook.h"
#include "kernel/ct.h"
#include "memcg.h"
#include "owner.h"

/* An eighth of what is free goes by unseen, and so many bytes in any case. */
#define LOOK_SHIFT	3
#define LOOK_MIN	(64UL << 10)

/* After this many steps of twice as many each all that is unused is gone. */
#define SHRINK_STEPS	3

static unsigned long limit_of(const struct ct_memcg *m)
{
	return READ_ONCE(m->ct->bc.counter[UB_DCACHESIZE].limit);
}

/* There are no stocks of a derived resource that bc_held() would have to ask. */
static unsigned long held_of(const struct ct_memcg *m)
{
	return atomic_long_read(&m->ct->bc.counter[UB_DCACHESIZE].held);
}

static unsigned long look(struct ct_memcg *m)
{
	memcg_look(m);
	return held_of(m);
}

/* As many pages of files, for the inodes that they keep. */
static unsigned long excess_pages(const struct ct_memcg *m, unsigned long held)
{
	return SWAP_CLUSTER_MAX + ((held - limit_of(m)) >> PAGE_SHIFT);
}

/* Make more room than is needed now, so that it is worth the effort. */
static unsigned long make_room(struct ct_memcg *m, unsigned long held)
{
	unsigned long limit = limit_of(m);
	unsigned long target = limit - (limit >> LOOK_SHIFT);
	int priority;

	for (priority = SHRINK_STEPS; priority >= 0 && held > target;
	     priority--) {
		memcg_shrink(m, priority);
		held = look(m);
	}
	if (held > limit && memcg_free_pages(m, excess_pages(m, held), 0)) {
		memcg_shrink(m, 0);
		held = look(m);
	}
	return held;
}

static void look_closely(struct ct_memcg *m, unsigned long size)
{
	unsigned long limit, held, free;

	mutex_lock(&m->shrinking);
	limit = limit_of(m);
	held = look(m);
	if (held + size > limit && !time_before(jiffies, m->vain_until)) {
		held = make_room(m, held);
		if (held + size > limit)
			m->vain_until = jiffies + MEMCG_VAIN_TIME;
	}
	free = limit - min(limit, held);
	WRITE_ONCE(m->dcache_look,
		   held + max(LOOK_MIN, free >> LOOK_SHIFT));
	mutex_unlock(&m->shrinking);
}

static bool is_refused(struct ct_memcg *m, unsigned long size)
{
	struct beancounter *bc = &m->ct->bc;

	if (!memcg_may_shrink(GFP_KERNEL))
		return false;
	if (held_of(m) + size > READ_ONCE(m->dcache_look) ||
	    bc_check(bc, UB_DCACHESIZE, size, UB_SOFT | UB_TEST))
		look_closely(m, size);
	return bc_check(bc, UB_DCACHESIZE, size, UB_SOFT);
}

static unsigned long size_of(const struct qstr *name)
{
	unsigned long size = sizeof(struct dentry);

	return name && name->len >= DNAME_INLINE_LEN ? size + name->len : size;
}

static struct ct_memcg *get_limited(void)
{
	struct ct *ct = owner_of(current_user_ns());
	struct ct_memcg *m;

	if (likely(!ct))
		return NULL;
	m = memcg_get(ct);
	if (m && !(READ_ONCE(m->limited) & BIT(UB_DCACHESIZE))) {
		memcg_put(m);
		m = NULL;
	}
	return m;
}

DEFINE_HOOK(struct dentry *, __d_alloc, struct super_block *sb,
	    const struct qstr *name)
{
	struct ct_memcg *m = get_limited();
	struct dentry *dentry = NULL;
	unsigned long size;

	if (likely(!m))
		return HOOK_ORIGINAL(__d_alloc)(sb, name);
	hook_enter();
	size = size_of(name);
	if (!is_refused(m, size))
		dentry = HOOK_ORIGINAL(__d_alloc)(sb, name);
	if (dentry)
		bc_observe_change(&m->ct->bc, UB_DCACHESIZE, size);
	memcg_put(m);
	hook_leave();
	return dentry;
}
