// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmguarpages: what a container may allocate however much the others have.
 *
 * As long as its privvmpages are within the barrier of vmguarpages, the kernel
 * is not asked whether the machine as a whole is overcommitted; it is only told
 * how much there is.  Nothing is charged.
 */
#include "parts.h"

#include <linux/mm.h>
#include <linux/percpu_counter.h>

#include "hook.h"
#include "kernel/ct.h"
#include "kfunc.h"
#include "mm_record.h"

/* What the kernel has promised to all, see vm_acct_memory(). */
static struct percpu_counter *committed;
static s32 *committed_batch;

/**
 * overcommit_init() - find out where the kernel counts
 *
 * Context: may sleep.
 * Return: 0; a kernel where it is not found gives no guarantee.
 */
int overcommit_init(void)
{
	committed = kfunc_find_data("vm_committed_as");
	committed_batch = kfunc_find_data("vm_committed_as_batch");
	if (!committed || !committed_batch)
		pr_warn("this kernel hides vm_committed_as: vmguarpages is ignored\n");
	return 0;
}

/* The pages that are asked for are part of held already, but for fork(). */
static bool is_guaranteed(struct beancounter *bc)
{
	unsigned long barrier = READ_ONCE(bc->counter[UB_VMGUARPAGES].barrier);

	return barrier && bc_held(bc, UB_PRIVVMPAGES) <= barrier &&
	       committed && committed_batch;
}

DEFINE_HOOK(int, __vm_enough_memory, const struct mm_struct *mm, long pages,
	    int cap_sys_admin)
{
	struct mm_record *rec = mm ? mm_record_of(mm) : NULL;

	if (likely(!rec) || !is_guaranteed(&rec->record.ct->bc))
		return HOOK_ORIGINAL(__vm_enough_memory)(mm, pages,
							 cap_sys_admin);
	percpu_counter_add_batch(committed, pages, *committed_batch);
	return 0;
}
