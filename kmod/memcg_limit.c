// SPDX-License-Identifier: GPL-2.0-only
/*
 * physpages, swappages, numcgroup: limits of the container's cgroup.
 *
 * All are written into the counters, as the files of the cgroup do it
 * (memory.max opened with O_NONBLOCK, where the kernel knows that).  Going
 * through the files would take a mount of cgroup2 of our own, and every mount
 * of cgroup2 resets the options of all others, "nsdelegate" among them, on
 * which the containment of containers depends.
 *
 * Refusal: none.  At the limit the kernel reclaims inside the container, and
 * when that does not help it kills a process there.
 */
#include <linux/memcontrol.h>
#include <linux/sched/signal.h>
#include <linux/writeback.h>

#include "compat.h"
#include "hook.h"
#include "kernel/ct.h"
#include "limit.h"
#include "memcg.h"

/* As often the kernel itself reclaims in vain before it gives up. */
#define RECLAIM_TRIES	16

/* With fewer slots left than this, reclaim does not even try to swap. */
#define LAST_SLOTS	BITS_PER_LONG

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
	struct ct_memcg *m = memcg_get(ct);

	if (!m)
		return;
	xchg(&m->group->memory.max, limit_of(ct, UB_PHYSPAGES));
	xchg(&m->group->swap.max, limit_of(ct, UB_SWAPPAGES));
	wb_domain_size_changed(&m->group->cgwb_domain);
	memcg_put(m);
}

/**
 * memcg_apply_cgroups() - numcgroup becomes the limit of the cgroup
 * @ct: the container
 *
 * As cgroup.max.descendants, which is the host's to write.
 *
 * Context: any.
 */
void memcg_apply_cgroups(struct ct *ct)
{
	struct ct_memcg *m = memcg_get(ct);
	const struct bc_counter *c = &ct->bc.counter[VZMOD_NUMCGROUP];

	if (m)
		WRITE_ONCE(m->group->css.cgroup->max_descendants,
			   min3(READ_ONCE(c->barrier), READ_ONCE(c->limit),
				(unsigned long)INT_MAX));
	memcg_put(m);
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
	struct ct_memcg *m = memcg_get(ct);
	unsigned long held, limit;
	int tries = RECLAIM_TRIES;

	while (m && tries && !signal_pending(current)) {
		held = page_counter_read(&m->group->memory);
		limit = limit_of(ct, UB_PHYSPAGES);
		if (held <= limit)
			break;
		if (!memcg_free_pages(m, held - limit, MEMCG_RECLAIM_MAY_SWAP))
			tries--;
		cond_resched();
	}
	memcg_put(m);
}

/**
 * memcg_follow_closely() - limits of kmemsize and dcachesize have changed
 * @ct: the container; the caller sees to it that there is one at a time
 *
 * What has to be refused is followed from charge to charge, from what the
 * kernel has counted now.
 *
 * Context: may sleep.
 */
void memcg_follow_closely(struct ct *ct)
{
	struct ct_memcg *m = memcg_get(ct);
	u32 limited = 0;

	if (!m)
		return;
	if (limit_is_finite(ct, UB_KMEMSIZE))
		limited |= BIT(UB_KMEMSIZE);
	if (limit_is_finite(ct, UB_DCACHESIZE))
		limited |= BIT(UB_DCACHESIZE);
	WRITE_ONCE(m->limited, limited);
	memcg_look(m);
	WRITE_ONCE(m->dcache_look, 0);
	memcg_put(m);
}

static bool has_swap_left(struct mem_cgroup *group)
{
	unsigned long max = READ_ONCE(group->swap.max);
	unsigned long used = page_counter_read(&group->swap);

	return max - min(max, used) >= LAST_SLOTS;
}

/* Reclaim has found nothing: at whose limit, and was there swap space left? */
static void count_vain_reclaim(struct mem_cgroup *group)
{
	struct ct_memcg *m;

	rcu_read_lock();
	m = memcg_of(group);
	if (m && m->group == group) {
		bc_count_failures(&m->ct->bc, UB_PHYSPAGES, 1);
		if (!has_swap_left(group))
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
