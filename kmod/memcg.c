// SPDX-License-Identifier: GPL-2.0-only
/*
 * physpages, swappages, oomguarpages: the memory cgroup of a container.
 *
 * The kernel counts and limits memory by cgroup, so these resources are the
 * container's cgroup's: their limits are its memory.max and memory.swap.max,
 * held is its counters.  The cgroup is the one that the container takes for
 * the root of the hierarchy: the root of the cgroup namespace of its init.  A
 * container without a cgroup namespace or without memory control of its own
 * shares its cgroup with others; what others use must not be held against it,
 * and these resources are not accounted then.
 *
 * Both limits are written into the counters, as the files of the cgroup do it
 * (memory.max opened with O_NONBLOCK, where the kernel knows that).  Going
 * through the files would take a mount of cgroup2 of our own, and every mount
 * of cgroup2 resets the options of all others, "nsdelegate" among them, on
 * which the containment of containers depends.
 *
 * Refusal: none.  At the limit the kernel reclaims inside the container, and
 * when that does not help it kills a process there.
 */
#include "memcg.h"

#include <linux/cgroup.h>
#include <linux/hash.h>
#include <linux/memcontrol.h>
#include <linux/nsproxy.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/swap.h>
#include <linux/writeback.h>

#include "compat.h"
#include "ct_ns.h"
#include "hook.h"
#include "kernel/ct.h"
#include "kfunc.h"

#define HASH_BITS	6

/* As often the kernel itself reclaims in vain before it gives up. */
#define RECLAIM_TRIES	16

static struct hlist_head groups[1 << HASH_BITS];
static DEFINE_SPINLOCK(groups_lock);	/* changes; nothing is taken inside */
static bool usable;			/* all functions are there */

DEFINE_KFUNC_RENAMED("cgroup_rstat_flush", void, css_rstat_flush, void *what);
DEFINE_KFUNC(unsigned long, memcg_page_state, struct mem_cgroup *group,
	     int idx);
DEFINE_KFUNC(unsigned long, try_to_free_mem_cgroup_pages,
	     struct mem_cgroup *group, unsigned long nr_pages, gfp_t gfp,
	     unsigned int options, int *swappiness);

static const struct kfunc *const needed[] = {
	&kfunc_css_rstat_flush,
	&kfunc_memcg_page_state,
	&kfunc_try_to_free_mem_cgroup_pages,
};

/**
 * memcg_init() - find the functions of the kernel
 *
 * Context: may sleep.
 * Return: 0; without one of them we know of no container's memory cgroup.
 */
int memcg_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		if (kfunc_find(needed[i])) {
			pr_warn("this kernel has no %s(): memory is not accounted\n",
				needed[i]->name[0]);
			return 0;
		}
	}
	usable = !mem_cgroup_disabled();
	return 0;
}

static struct hlist_head *bucket(const struct mem_cgroup *group)
{
	return &groups[hash_ptr(group, HASH_BITS)];
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

/* The group of a container; to be given back with css_put(). */
static struct mem_cgroup *group_of(const struct ct *ct)
{
	struct mem_cgroup *group = NULL;
	struct ct_memcg *m;

	rcu_read_lock();
	m = rcu_dereference(ct->memcg);
	if (m) {
		group = m->group;
		css_get(&group->css);
	}
	rcu_read_unlock();
	return group;
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

static void memcg_free(struct rcu_head *rcu)
{
	struct ct_memcg *m = container_of(rcu, struct ct_memcg, rcu);

	css_put(&m->group->css);
	ct_put(m->ct);
	kfree(m);
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
	if (m)
		call_rcu(&m->rcu, memcg_free);
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

static unsigned long pages(struct mem_cgroup *group, int idx)
{
	return KFUNC(memcg_page_state)(group, idx);
}

/* Slots of pages that are in memory all the same do not count. */
static unsigned long swap_held(struct mem_cgroup *group)
{
	unsigned long slots = page_counter_read(&group->swap);

	return slots - min(slots, pages(group, NR_SWAPCACHE));
}

/* What would have to be given back to make room by killing. */
static unsigned long oom_held(struct mem_cgroup *group)
{
	return pages(group, NR_INACTIVE_ANON) + pages(group, NR_ACTIVE_ANON) +
	       pages(group, NR_UNEVICTABLE) + swap_held(group);
}

/* The kernel counts kills, of this and of the cgroups below it. */
static void count_kills(struct ct *ct)
{
	struct ct_memcg *m;
	long now, seen;

	rcu_read_lock();
	m = rcu_dereference(ct->memcg);
	if (m) {
		now = atomic_long_read(&m->group->memory_events[MEMCG_OOM_KILL]);
		seen = atomic_long_read(&m->kills);
		while (seen < now) {
			if (atomic_long_try_cmpxchg(&m->kills, &seen, now)) {
				bc_count_failures(&ct->bc, UB_OOMGUARPAGES,
						  now - seen);
				break;
			}
		}
	}
	rcu_read_unlock();
}

/**
 * memcg_refresh() - look up what the kernel has counted
 * @ct: referenced by the caller
 *
 * Context: may sleep.
 */
void memcg_refresh(struct ct *ct)
{
	struct mem_cgroup *group = group_of(ct);
	struct beancounter *bc = &ct->bc;

	if (!group)
		return;
	KFUNC(css_rstat_flush)(compat_rstat(&group->css));
	bc_observe(bc, UB_PHYSPAGES, page_counter_read(&group->memory));
	bc_observe_peak(bc, UB_PHYSPAGES, READ_ONCE(group->memory.watermark));
	bc_observe(bc, UB_SWAPPAGES, swap_held(group));
	bc_observe_peak(bc, UB_SWAPPAGES, READ_ONCE(group->swap.watermark));
	bc_observe(bc, UB_OOMGUARPAGES, oom_held(group));
	count_kills(ct);
	css_put(&group->css);
}

/* The largest number that a counter of the kernel takes means no limit. */
static unsigned long limit_of(const struct ct *ct, unsigned int res)
{
	return min_t(unsigned long, READ_ONCE(ct->bc.counter[res].limit),
		     PAGE_COUNTER_MAX);
}

/**
 * memcg_apply_limits() - the limits of the beancounter become the cgroup's
 * @ct: the container; the caller sees to it that there is one at a time
 *
 * Context: any but interrupt.
 */
void memcg_apply_limits(struct ct *ct)
{
	struct mem_cgroup *group = group_of(ct);

	if (!group)
		return;
	xchg(&group->memory.max, limit_of(ct, UB_PHYSPAGES));
	xchg(&group->swap.max, limit_of(ct, UB_SWAPPAGES));
	wb_domain_size_changed(&group->cgwb_domain);
	css_put(&group->css);
}

/**
 * memcg_reclaim() - make a container fit into a limit that is lower now
 * @ct: referenced by the caller
 *
 * What cannot be reclaimed stays; the container's next page meets the limit.
 *
 * Context: may sleep; ends early when a signal is pending.
 */
void memcg_reclaim(struct ct *ct)
{
	struct mem_cgroup *group = group_of(ct);
	const unsigned int how = MEMCG_RECLAIM_MAY_SWAP |
				 MEMCG_RECLAIM_PROACTIVE;
	unsigned long held, limit;
	int tries = RECLAIM_TRIES;

	while (group && tries && !signal_pending(current)) {
		held = page_counter_read(&group->memory);
		limit = limit_of(ct, UB_PHYSPAGES);
		if (held <= limit)
			break;
		if (!KFUNC(try_to_free_mem_cgroup_pages)(group, held - limit,
							 GFP_KERNEL, how, NULL))
			tries--;
		cond_resched();
	}
	if (group)
		css_put(&group->css);
}

/* Reclaim has found nothing: at whose limit, and was there swap space left? */
static void count_vain_reclaim(const struct mem_cgroup *group)
{
	struct ct_memcg *m;

	rcu_read_lock();
	m = find(group);
	if (m) {
		bc_count_failures(&m->ct->bc, UB_PHYSPAGES, 1);
		if (page_counter_read(&m->group->swap) >=
		    READ_ONCE(m->group->swap.max))
			bc_count_failures(&m->ct->bc, UB_SWAPPAGES, 1);
	}
	rcu_read_unlock();
}

/*
 * Before 6.9 this has four arguments: what is in the register of the fifth is
 * passed on and looked at by nobody.
 */
DEFINE_HOOK(unsigned long, try_to_free_mem_cgroup_pages,
	    struct mem_cgroup *group, unsigned long nr_pages, gfp_t gfp,
	    unsigned int options, int *swappiness)
{
	unsigned long freed;

	hook_enter();
	freed = HOOK_ORIGINAL(try_to_free_mem_cgroup_pages)(group, nr_pages,
							    gfp, options,
							    swappiness);
	if (!freed && !(options & MEMCG_RECLAIM_PROACTIVE))
		count_vain_reclaim(group);
	hook_leave();
	return freed;
}
