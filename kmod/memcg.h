/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory cgroup of a container. */
#ifndef VZ_KMOD_MEMCG_H
#define VZ_KMOD_MEMCG_H

#include <linux/atomic.h>
#include <linux/beancounter.h>
#include <linux/bits.h>
#include <linux/types.h>

struct ct;
struct mem_cgroup;
struct task_struct;

/* What a container without a memory cgroup of its own cannot account. */
#define MEMCG_RESOURCES	(BIT(UB_PHYSPAGES) | BIT(UB_SWAPPAGES) | \
			 BIT(UB_OOMGUARPAGES))

/**
 * struct ct_memcg - the memory cgroup of a container
 * @group: referenced
 * @ct: referenced
 * @node: in the hash of groups
 * @kills: how many OOM kills of the group failcnt knows of
 * @rcu: delays the freeing for readers of ct.memcg and of the hash
 */
struct ct_memcg {
	struct mem_cgroup *group;
	struct ct *ct;
	struct hlist_node node;
	atomic_long_t kills;
	struct rcu_head rcu;
};

int memcg_init(void);

int memcg_bind(struct ct *ct, struct task_struct *init);
void memcg_unbind(struct ct *ct);
bool memcg_is_bound(const struct ct *ct);

void memcg_refresh(struct ct *ct);
void memcg_apply_limits(struct ct *ct);
void memcg_reclaim(struct ct *ct);

#endif
