// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory cgroup of a container: finding it and reading it.
 *
 * The kernel counts and limits memory by cgroup, so physpages, swappages,
 * oomguarpages, kmemsize and dcachesize are what it has counted.
 *
 * The cgroup is the one that the container takes for the root of the
 * hierarchy: the root of the cgroup namespace of its init.  A container
 * without a cgroup namespace or without memory control of its own shares its
 * cgroup with others; what others use must not be held against it, and these
 * resources are not accounted then.
 */
#include "memcg.h"

#include <linux/cgroup.h>
#include <linux/hash.h>
#include <linux/memcontrol.h>
#include <linux/nsproxy.h>
#include <linux/sched/task.h>

#include "compat.h"
#include "ct_ns.h"
#include "kernel/ct.h"
#include "kfunc.h"

#define GROUP_HASH_BITS	6

static struct hlist_head groups[1 << GROUP_HASH_BITS];
static DEFINE_SPINLOCK(groups_lock);	/* changes; nothing is taken inside */
static bool usable;			/* all functions are there */

DEFINE_KFUNC_RENAMED("cgroup_rstat_flush", void, css_rstat_flush, void *what);
DEFINE_KFUNC(unsigned long, memcg_page_state, struct mem_cgroup *group,
	     int idx);

/**
 * memcg_init() - find the functions of the kernel
 *
 * Context: may sleep.
 * Return: 0; without one of them we know of no container's memory cgroup.
 */
int memcg_init(void)
{
	if (kfunc_find(&kfunc_css_rstat_flush) ||
	    kfunc_find(&kfunc_memcg_page_state) || memcg_shrink_init())
		pr_warn("this kernel is unknown: memory is not accounted\n");
	else
		usable = !mem_cgroup_disabled();
	return 0;
}

static struct hlist_head *bucket(const struct mem_cgroup *group)
{
	return &groups[hash_ptr(group, GROUP_HASH_BITS)];
}

/* RCU reader: the container whose very own group this is. */
static struct ct_memcg *find(const struct mem_cgroup *group)
{
	struct ct_memcg *m;

	hlist_for_each_entry_rcu_notrace(m, bucket(group), node)
		if (m->group == group)
			return m;
	return NULL;
}

/**
 * memcg_of() - the container that a memory cgroup belongs to
 * @group: pinned by the caller; or NULL
 *
 * Context: RCU reader; the result may be used as long.
 * Return: the one whose group it is or is below; NULL for the host.
 */
struct ct_memcg *memcg_of(struct mem_cgroup *group)
{
	struct ct_memcg *m = NULL;

	for (; group && !m; group = parent_mem_cgroup(group))
		m = find(group);
	return m;
}

/**
 * memcg_get() - the memory cgroup of a container
 * @ct: referenced by the caller
 *
 * Context: any.
 * Return: with a reference; NULL if it has none, or has none any more.
 */
struct ct_memcg *memcg_get(const struct ct *ct)
{
	struct ct_memcg *m;

	rcu_read_lock();
	m = rcu_dereference(ct->memcg);
	if (m && !refcount_inc_not_zero(&m->refs))
		m = NULL;
	rcu_read_unlock();
	return m;
}

static void memcg_free(struct rcu_head *rcu)
{
	struct ct_memcg *m = container_of(rcu, struct ct_memcg, rcu);

	css_put(&m->group->css);
	ct_put(m->ct);
	kfree(m);
}

/**
 * memcg_put() - give a reference back
 * @m: or NULL
 *
 * Context: any.
 */
void memcg_put(struct ct_memcg *m)
{
	if (m && refcount_dec_and_test(&m->refs))
		call_rcu(&m->rcu, memcg_free);
}

/*
 * The css of the cgroup that is the root of what the container sees, if
 * memory is controlled right there; else NULL.
 */
static struct cgroup_subsys_state *own_css(const struct ct *ct,
					   struct task_struct *init)
{
	struct cgroup_subsys_state *css = NULL;
	struct cgroup_namespace *ns = NULL;
	struct cgroup *cgrp;

	task_lock(init);
	if (init->nsproxy)
		ns = init->nsproxy->cgroup_ns;
	if (ns && ns->user_ns == ct_user_ns(ct)) {
		cgrp = ns->root_cset->dfl_cgrp;
		css = cgroup_get_e_css(cgrp, &memory_cgrp_subsys);
		if (css->cgroup != cgrp || !css->parent) {
			css_put(css);
			css = NULL;
		}
	}
	task_unlock(init);
	return css;
}

/**
 * memcg_bind() - find the memory cgroup of a container
 * @ct: about to be RUNNING
 * @init: its init, pinned by the caller
 *
 * Context: may sleep.
 * Return: 0, also if it has none of its own; -ENOMEM.
 */
int memcg_bind(struct ct *ct, struct task_struct *init)
{
	struct cgroup_subsys_state *css;
	struct ct_memcg *m;
	bool taken;

	css = usable ? own_css(ct, init) : NULL;
	if (!css)
		return 0;
	m = kzalloc(sizeof(*m), GFP_KERNEL);
	if (!m) {
		css_put(css);
		return -ENOMEM;
	}
	m->group = mem_cgroup_from_css(css);
	m->ct = ct;
	refcount_set(&m->refs, 1);
	mutex_init(&m->shrinking);

	spin_lock(&groups_lock);
	taken = rcu_access_pointer(ct->memcg) || find(m->group);
	if (!taken) {
		ct_get(ct);
		hlist_add_head_rcu(&m->node, bucket(m->group));
		rcu_assign_pointer(ct->memcg, m);
	}
	spin_unlock(&groups_lock);
	if (taken) {
		css_put(css);
		kfree(m);
	}
	return 0;
}

/**
 * memcg_unbind() - a container is about to end
 * @ct: the container
 *
 * Context: any but interrupt.
 */
void memcg_unbind(struct ct *ct)
{
	struct ct_memcg *m;

	spin_lock(&groups_lock);
	m = rcu_dereference_protected(ct->memcg,
				      lockdep_is_held(&groups_lock));
	if (m) {
		hlist_del_rcu(&m->node);
		RCU_INIT_POINTER(ct->memcg, NULL);
	}
	spin_unlock(&groups_lock);
	memcg_put(m);
}

/**
 * memcg_is_bound() - has a container a memory cgroup of its own?
 * @ct: the container
 *
 * Context: any.
 * Return: the answer.
 */
bool memcg_is_bound(const struct ct *ct)
{
	return rcu_access_pointer(ct->memcg);
}

static unsigned long state(struct mem_cgroup *group, int idx)
{
	return KFUNC(memcg_page_state)(group, idx);
}

/**
 * memcg_state() - a statistic of a container
 * @ct: referenced by the caller
 * @item: one of memcg_stat_item or node_stat_item that the kernel keeps per
 *	memory cgroup
 *
 * Context: any.
 * Return: in the unit of the item, as of the last memcg_look(); 0 if the
 * container has no memory cgroup.
 */
unsigned long memcg_state(const struct ct *ct, int item)
{
	struct ct_memcg *m = memcg_get(ct);
	unsigned long n = m ? state(m->group, item) : 0;

	memcg_put(m);
	return n;
}

/* Slots of pages that are in memory all the same do not count. */
static unsigned long swap_held(struct mem_cgroup *group)
{
	unsigned long slots = page_counter_read(&group->swap);

	return slots - min(slots, state(group, NR_SWAPCACHE));
}

/* What would have to be given back to make room by killing. */
static unsigned long oom_held(struct mem_cgroup *group)
{
	return state(group, NR_INACTIVE_ANON) + state(group, NR_ACTIVE_ANON) +
	       state(group, NR_UNEVICTABLE) + swap_held(group);
}

/* The kernel counts kills, of this and of the cgroups below it. */
static void count_kills(struct ct_memcg *m)
{
	long now = atomic_long_read(&m->group->memory_events[MEMCG_OOM_KILL]);
	long seen = atomic_long_read(&m->kills);

	while (seen < now) {
		if (atomic_long_try_cmpxchg(&m->kills, &seen, now)) {
			bc_count_failures(&m->ct->bc, UB_OOMGUARPAGES,
					  now - seen);
			return;
		}
	}
}

/**
 * memcg_look() - look up what the kernel has counted
 * @m: referenced by the caller
 *
 * Context: may sleep.
 */
void memcg_look(struct ct_memcg *m)
{
	struct mem_cgroup *group = m->group;
	struct beancounter *bc = &m->ct->bc;
	long kmem = atomic_long_read(&bc->counter[UB_KMEMSIZE].held);

	KFUNC(css_rstat_flush)(compat_rstat(&group->css));
	bc_observe(bc, UB_PHYSPAGES, page_counter_read(&group->memory));
	bc_observe_peak(bc, UB_PHYSPAGES, READ_ONCE(group->memory.watermark));
	bc_observe(bc, UB_SWAPPAGES, swap_held(group));
	bc_observe_peak(bc, UB_SWAPPAGES, READ_ONCE(group->swap.watermark));
	bc_observe(bc, UB_OOMGUARPAGES, oom_held(group));
	count_kills(m);
	bc_observe_unless_changed(bc, UB_KMEMSIZE, kmem,
				  state(group, MEMCG_KMEM) << PAGE_SHIFT);
	bc_observe(bc, UB_DCACHESIZE, state(group, NR_SLAB_RECLAIMABLE_B));
	bc_observe(bc, VZMOD_NUMCGROUP,
		   READ_ONCE(group->css.cgroup->nr_descendants));
}

/**
 * memcg_refresh() - the same, for a container that may have none
 * @ct: referenced by the caller
 *
 * Context: may sleep.
 */
void memcg_refresh(struct ct *ct)
{
	struct ct_memcg *m = memcg_get(ct);

	if (m)
		memcg_look(m);
	memcg_put(m);
}
