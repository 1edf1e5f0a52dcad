/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory cgroup of a container. */
#ifndef VZ_KMOD_MEMCG_H
#define VZ_KMOD_MEMCG_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/vzmod.h>

struct ct;
struct mem_cgroup;
struct task_struct;

/* What a container without a memory cgroup of its own cannot account. */
#define MEMCG_RESOURCES	(BIT(UB_PHYSPAGES) | BIT(UB_SWAPPAGES) | \
			 BIT(UB_OOMGUARPAGES) | BIT(UB_KMEMSIZE) | \
			 BIT(UB_DCACHESIZE) | BIT(VZMOD_NUMCGROUP))

/* For so long, when shrinking was in vain, it is not tried again. */
#define MEMCG_VAIN_TIME	(HZ / 20)

/**
 * struct ct_memcg - the memory cgroup of a container
 * @group: referenced
 * @ct: referenced
 * @node: in the hash of groups, until the container ends
 * @refs: one for the container, one for each holder of a pointer
 * @kills: how many OOM kills of the group failcnt knows of
 * @overdraft: while a victim is looked for; oom.c's
 * @limited: bit mask of the UB_* that are followed from charge to charge,
 *	because they have to be refused at their limit
 * @kmem_ahead: bytes that charges under way may take; charge_kmem.c's
 * @shrinking: held by who makes room, waited for by who needs some
 * @dcache_look: at this number dcachesize is looked up again; charge_dcache.c's
 * @vain_until: until then it is no use to shrink the dcache again, jiffies
 * @kmem_vain_until: the same for kmemsize; charge_kmem.c's
 * @rcu: delays the freeing for readers of ct.memcg and of the hash
 */
struct ct_memcg {
	struct mem_cgroup *group;
	struct ct *ct;
	struct hlist_node node;
	refcount_t refs;
	atomic_long_t kills;
	long overdraft;
	u32 limited;
	atomic_long_t kmem_ahead;
	struct mutex shrinking;		/* dcache_look, vain_until */
	unsigned long dcache_look;
	unsigned long vain_until;
	unsigned long kmem_vain_until;
	struct rcu_head rcu;
};

int memcg_init(void);

int memcg_bind(struct ct *ct, struct task_struct *init);
void memcg_unbind(struct ct *ct);
bool memcg_is_bound(const struct ct *ct);
struct ct_memcg *memcg_of(struct mem_cgroup *group);
struct ct_memcg *memcg_get(const struct ct *ct);
void memcg_put(struct ct_memcg *m);

void memcg_refresh(struct ct *ct);
void memcg_look(struct ct_memcg *m);
unsigned long memcg_state(const struct ct *ct, int item);

/* memcg_limit.c: for the table of limit.c */
void memcg_apply_limits(struct ct *ct);
void memcg_apply_cgroups(struct ct *ct);
void memcg_follow_closely(struct ct *ct);
void memcg_reclaim(struct ct *ct);

/* memcg_shrink.c */
int memcg_shrink_init(void);
unsigned long memcg_free_pages(struct ct_memcg *m, unsigned long nr_pages,
			       unsigned int options);
bool memcg_may_shrink(gfp_t gfp);
unsigned long memcg_shrink(struct ct_memcg *m, int priority);

#endif
