// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemsize: memory of the kernel that the container is the reason of.
 *
 * The kernel counts it, in pages.  While a container has a limit we follow
 * that count at the one place where it changes, so that each charge can be
 * held against it.  Near the bound, what charges under way may take is set
 * aside first, so that two at a time do not both take the last page.
 *
 * Page tables, and whatever a page fault needs, are checked against the limit,
 * everything else against the barrier, too.  Page tables are known by how they
 * are asked for; some zeroed objects are asked for in the same way.
 *
 * Refusal: ENOMEM, after the container's unused directory entries and inodes
 * have been dropped.  What must not fail does not: __GFP_NOFAIL, kernel
 * threads, and processes that are about to end.  A page fault that is refused
 * would be tried again for ever; its process is killed.
 */
#include <linux/jiffies.h>
#include <linux/memcontrol.h>
#include <linux/oom.h>
#include <linux/sched/signal.h>

#include <asm/pgalloc.h>
#include <asm/syscall.h>

#include "compat.h"
#include "hook.h"
#include "kernel/ct.h"
#include "memcg.h"
#include "owner.h"

/* Charges are set aside only when this part of the bound is all that is free. */
#define NEAR_SHIFT	3

/* The most that a page fault takes of the kernel's memory at a time. */
#define FAULT_BYTES	(PAGE_SIZE << PAGE_ALLOC_COSTLY_ORDER)

static bool is_near(struct ct_memcg *m, unsigned long bytes)
{
	const struct bc_counter *c = &m->ct->bc.counter[UB_KMEMSIZE];
	unsigned long bound = min(READ_ONCE(c->barrier), READ_ONCE(c->limit));

	return atomic_long_read(&c->held) + bytes >
	       bound - (bound >> NEAR_SHIFT);
}

/* RCU reader: the container to be checked when so much is charged to a group. */
static struct ct_memcg *get_near(struct mem_cgroup *group, unsigned long bytes)
{
	struct ct_memcg *m = memcg_of(group);

	if (!m || !(READ_ONCE(m->limited) & BIT(UB_KMEMSIZE)) ||
	    !is_near(m, bytes) || !refcount_inc_not_zero(&m->refs))
		return NULL;
	return m;
}

static struct ct_memcg *get_near_by_objcg(struct obj_cgroup *objcg,
					  unsigned long bytes)
{
	struct ct_memcg *m;

	rcu_read_lock();
	m = get_near(obj_cgroup_memcg(objcg), bytes);
	rcu_read_unlock();
	return m;
}

/* Who pays for what the current task asks for. */
static struct ct_memcg *get_near_current(unsigned long bytes)
{
	struct ct_memcg *m;

	rcu_read_lock();
	m = get_near(current->active_memcg ?: mem_cgroup_from_task(current),
		     bytes);
	rcu_read_unlock();
	return m;
}

static bool must_not_fail(gfp_t gfp)
{
	return gfp & __GFP_NOFAIL ||
	       current->flags & (PF_KTHREAD | PF_EXITING | PF_MEMALLOC) ||
	       tsk_is_oom_victim(current) || fatal_signal_pending(current);
}

static bool is_for_page_table(gfp_t gfp)
{
	return (gfp & GFP_PGTABLE_USER) == GFP_PGTABLE_USER;
}

/* No system call that could return an error: the current task has faulted. */
static bool is_in_fault(void)
{
	return syscall_get_nr(current, task_pt_regs(current)) == -1;
}

static int severity_of(gfp_t gfp)
{
	return is_for_page_table(gfp) || is_in_fault() ? UB_SOFT : UB_HARD;
}

static int check(struct ct_memcg *m, int severity)
{
	return bc_check(&m->ct->bc, UB_KMEMSIZE,
			atomic_long_read(&m->kmem_ahead), severity);
}

static bool is_vain(const struct ct_memcg *m)
{
	return time_before(jiffies, READ_ONCE(m->kmem_vain_until));
}

/* Somebody else may have made room while we have waited to do it, or tried to. */
static int check_shrinking(struct ct_memcg *m, int severity)
{
	if (!is_vain(m) && !mutex_lock_killable(&m->shrinking)) {
		if (check(m, severity | UB_TEST) && !is_vain(m)) {
			memcg_shrink(m, 0);
			if (check(m, severity | UB_TEST))
				WRITE_ONCE(m->kmem_vain_until,
					   jiffies + MEMCG_VAIN_TIME);
		}
		mutex_unlock(&m->shrinking);
	}
	return check(m, severity);
}

/*
 * Somebody else's task pays what it does for a container: an event for who
 * watches a file.  It makes no room there.
 */
static bool is_of_current(const struct ct_memcg *m)
{
	return owner_of(current_user_ns()) == m->ct;
}

/* Set memory aside for a charge; put_aside() gives it back. */
static int set_aside(struct ct_memcg *m, unsigned long bytes, gfp_t gfp)
{
	long ahead = atomic_long_add_return(bytes, &m->kmem_ahead);
	int severity = severity_of(gfp);
	int ret;

	if (must_not_fail(gfp))
		return 0;
	if (!memcg_may_shrink(gfp) || !is_of_current(m))
		return bc_check(&m->ct->bc, UB_KMEMSIZE, ahead, severity);
	ret = bc_check(&m->ct->bc, UB_KMEMSIZE, ahead, severity | UB_TEST);
	return ret ? check_shrinking(m, severity) : 0;
}

static void put_aside(struct ct_memcg *m, unsigned long bytes)
{
	atomic_long_sub(bytes, &m->kmem_ahead);
}

DEFINE_HOOK(int, obj_cgroup_charge, struct obj_cgroup *objcg, gfp_t gfp,
	    COMPAT_OBJCG_UNITS n)
{
	unsigned long bytes = compat_objcg_bytes(n);
	struct ct_memcg *m = get_near_by_objcg(objcg, bytes);
	int ret;

	if (likely(!m))
		return HOOK_ORIGINAL(obj_cgroup_charge)(objcg, gfp, n);
	hook_enter();
	ret = set_aside(m, bytes, gfp);
	if (!ret)
		ret = HOOK_ORIGINAL(obj_cgroup_charge)(objcg, gfp, n);
	put_aside(m, bytes);
	memcg_put(m);
	hook_leave();
	return ret;
}

DEFINE_HOOK(int, __memcg_kmem_charge_page, struct page *page, gfp_t gfp,
	    int order)
{
	struct ct_memcg *m = NULL;
	int ret;

	if (COMPAT_PAGES_ARE_CHARGED_APART)
		m = get_near_current(PAGE_SIZE << order);
	if (likely(!m))
		return HOOK_ORIGINAL(__memcg_kmem_charge_page)(page, gfp,
							       order);
	hook_enter();
	ret = set_aside(m, PAGE_SIZE << order, gfp);
	if (!ret)
		ret = HOOK_ORIGINAL(__memcg_kmem_charge_page)(page, gfp, order);
	put_aside(m, PAGE_SIZE << order);
	memcg_put(m);
	hook_leave();
	return ret;
}

/* The kernel's own count changes; charges come through here as uncharges do. */
DEFINE_HOOK(void, mod_memcg_state, struct mem_cgroup *group, int idx,
	    COMPAT_MEMCG_CHANGE val)
{
	struct ct_memcg *m;

	if (idx == MEMCG_KMEM) {
		preempt_disable_notrace();	/* an RCU reader, and cheaper */
		m = memcg_of(group);
		if (m && READ_ONCE(m->limited) & BIT(UB_KMEMSIZE))
			bc_observe_change(&m->ct->bc, UB_KMEMSIZE,
					  val * (long)PAGE_SIZE);
		preempt_enable_notrace();
	}
	HOOK_ORIGINAL(mod_memcg_state)(group, idx, val);
}

/* Is it our refusal that the page fault of the current task has failed at? */
static bool is_without_room(void)
{
	struct ct_memcg *m = get_near_current(FAULT_BYTES);
	bool without;

	if (!m)
		return false;
	without = bc_check(&m->ct->bc, UB_KMEMSIZE, FAULT_BYTES,
			   UB_SOFT | UB_TEST);
	if (without)
		bc_count_failures(&m->ct->bc, UB_OOMGUARPAGES, 1);
	memcg_put(m);
	return without;
}

DEFINE_HOOK(void, pagefault_out_of_memory, void)
{
	if (!fatal_signal_pending(current) && is_without_room())
		send_sig(SIGKILL, current, 1);
	HOOK_ORIGINAL(pagefault_out_of_memory)();
}
