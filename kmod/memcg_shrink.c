// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking memory back from a container, for itself or for its neighbours: what
 * it has cached, and nothing of anybody else.
 */
#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/nodemask.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>

#include "compat.h"
#include "kfunc.h"
#include "memcg.h"

DEFINE_KFUNC(unsigned long, shrink_slab, gfp_t gfp, int nid,
	     struct mem_cgroup *group, int priority);
DEFINE_KFUNC(unsigned long, try_to_free_mem_cgroup_pages,
	     struct mem_cgroup *group, unsigned long nr_pages, gfp_t gfp,
	     unsigned int options, int *swappiness);

/**
 * memcg_shrink_init() - find the functions of the kernel
 *
 * Context: may sleep.
 * Return: 0 or -ENOENT.
 */
int memcg_shrink_init(void)
{
	return kfunc_find(&kfunc_shrink_slab) ?:
	       kfunc_find(&kfunc_try_to_free_mem_cgroup_pages);
}

/**
 * memcg_free_pages() - reclaim pages of a container
 * @m: referenced by the caller
 * @nr_pages: how many
 * @options: MEMCG_RECLAIM_*
 *
 * Context: may sleep, in file systems, too.
 * Return: how many it were.
 */
unsigned long memcg_free_pages(struct ct_memcg *m, unsigned long nr_pages,
			       unsigned int options)
{
	options |= MEMCG_RECLAIM_PROACTIVE;
	return KFUNC(try_to_free_mem_cgroup_pages)(m->group, nr_pages,
						   GFP_KERNEL, options, NULL);
}

/**
 * memcg_may_shrink() - may caches be shrunk here?
 * @gfp: how memory is being asked for
 *
 * Where memory may be asked for in this way the kernel itself may shrink
 * them, so the caller holds no lock that is needed for it.
 *
 * Context: any.
 * Return: the answer.
 */
bool memcg_may_shrink(gfp_t gfp)
{
	gfp = current_gfp_context(gfp);
	return gfp & __GFP_DIRECT_RECLAIM && gfp & __GFP_FS &&
	       !(current->flags & PF_MEMALLOC);
}

static unsigned long shrink_group(struct mem_cgroup *group, int priority)
{
	unsigned int flags = memalloc_noreclaim_save();
	unsigned long freed = 0;
	int nid;

	for_each_node_state(nid, N_MEMORY)
		freed += KFUNC(shrink_slab)(GFP_KERNEL, nid, group, priority);
	memalloc_noreclaim_restore(flags);
	return freed;
}

/**
 * memcg_shrink() - drop unused directory entries and inodes of a container
 * @m: referenced by the caller, who holds m->shrinking
 * @priority: 0 for all of them, each step above for half as many
 *
 * On return the memory is free, and uncharged.
 *
 * Context: may sleep, in file systems, too; see memcg_may_shrink().
 * Return: roughly how many it were.
 */
unsigned long memcg_shrink(struct ct_memcg *m, int priority)
{
	struct cgroup_subsys_state *css;
	unsigned long freed = 0;

	rcu_read_lock();
	css_for_each_descendant_pre(css, &m->group->css) {
		if (!css_tryget(css))
			continue;
		rcu_read_unlock();
		freed += shrink_group(mem_cgroup_from_css(css), priority);
		rcu_read_lock();
		css_put(css);
	}
	rcu_read_unlock();
	if (freed)
		rcu_barrier();
	return freed;
}
