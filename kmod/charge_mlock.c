// SPDX-License-Identifier: GPL-2.0-only
/*
 * lockedpages: memory that may not be swapped out, with the full length of what
 * is locked.
 *
 * Here are mlock() and its relatives, and SHM_LOCK; what is mapped locked from
 * the beginning, or grows, is charged in charge_vm.c.  SysV segments are
 * charged where the kernel charges RLIMIT_MEMLOCK, to the user namespace of
 * whoever locked them.
 *
 * Refusal: ENOMEM.  mlock() of several mappings keeps what it has locked
 * before, as it does for any other reason to fail; so does mlockall().
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "hook.h"
#include "mm_record.h"
#include "owner.h"

/* Will the kernel count it?  Of special mappings it ignores the wish. */
static bool becomes_locked(const struct vm_area_struct *vma,
			   vm_flags_t newflags)
{
	return newflags & ~vma->vm_flags & VM_LOCKED &&
	       !(vma->vm_flags & (VM_SPECIAL | VM_HUGETLB | VM_DROPPABLE)) &&
	       !vma_is_dax(vma) && !mm_is_secret(vma->vm_file);
}

/* mlockall() fails once, however many mappings are refused. */
static int severity(const struct mm_record *rec)
{
	return rec->locker == current && rec->refused ? UB_HARD | UB_TEST :
							UB_HARD;
}

DEFINE_HOOK(int, mlock_fixup, COMPAT_VMI_PROTO struct vm_area_struct *vma,
	    struct vm_area_struct **prev, unsigned long start,
	    unsigned long end, vm_flags_t newflags)
{
	struct mm_record *rec = mm_record_of(vma->vm_mm);
	struct mm_pages pages = { };
	int ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(mlock_fixup)(COMPAT_VMI_ARG vma, prev,
						  start, end, newflags);
	if (becomes_locked(vma, newflags))
		pages.locked = (end - start) >> PAGE_SHIFT;
	if (mm_grow_begin(rec, pages, severity(rec))) {
		rec->refused = true;
		*prev = vma;
		return -ENOMEM;
	}
	hook_enter();
	ret = HOOK_ORIGINAL(mlock_fixup)(COMPAT_VMI_ARG vma, prev, start, end,
					 newflags);
	mm_grow_end(rec, pages);
	hook_leave();
	return ret;
}

/* The kernel ignores what mlock_fixup() says to mlockall(). */
static long mlockall_result(struct mm_record *rec, long ret)
{
	bool refused = rec->locker == current && rec->refused;

	rec->locker = NULL;
	return ret ?: refused ? -ENOMEM : 0;
}

static void mlockall_begin(struct mm_record *rec)
{
	rec->locker = current;
	rec->refused = false;
}

DEFINE_HOOK(long, __x64_sys_mlockall, const struct pt_regs *regs)
{
	struct mm_record *rec = mm_record_of(current->mm);
	long ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(__x64_sys_mlockall)(regs);
	hook_enter();
	mlockall_begin(rec);
	ret = mlockall_result(rec, HOOK_ORIGINAL(__x64_sys_mlockall)(regs));
	hook_leave();
	return ret;
}

DEFINE_HOOK(long, __ia32_sys_mlockall, const struct pt_regs *regs)
{
	struct mm_record *rec = mm_record_of(current->mm);
	long ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(__ia32_sys_mlockall)(regs);
	hook_enter();
	mlockall_begin(rec);
	ret = mlockall_result(rec, HOOK_ORIGINAL(__ia32_sys_mlockall)(regs));
	hook_leave();
	return ret;
}

/*
 * shmdt() is the one way to unmap that does not end in
 * userfaultfd_unmap_complete(), and what it unmaps may be locked.
 */
DEFINE_HOOK(long, ksys_shmdt, char __user *shmaddr)
{
	struct mm_record *rec = mm_record_of(current->mm);
	long ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(ksys_shmdt)(shmaddr);
	hook_enter();
	ret = HOOK_ORIGINAL(ksys_shmdt)(shmaddr);
	mm_settle(rec);
	hook_leave();
	return ret;
}

/* Returns whether it may be locked. */
DEFINE_HOOK(int, user_shm_lock, size_t size, struct ucounts *ucounts)
{
	struct beancounter *bc = bc_of(ucounts->ns);
	unsigned long pages = DIV_ROUND_UP(size, PAGE_SIZE);
	int allowed;

	if (likely(!bc))
		return HOOK_ORIGINAL(user_shm_lock)(size, ucounts);
	if (bc_charge(bc, UB_LOCKEDPAGES, pages, UB_HARD))
		return 0;
	allowed = HOOK_ORIGINAL(user_shm_lock)(size, ucounts);
	if (!allowed)
		bc_uncharge(bc, UB_LOCKEDPAGES, pages);
	return allowed;
}

DEFINE_HOOK(void, user_shm_unlock, size_t size, struct ucounts *ucounts)
{
	struct beancounter *bc = bc_of(ucounts->ns);

	if (unlikely(bc))
		bc_uncharge(bc, UB_LOCKEDPAGES, DIV_ROUND_UP(size, PAGE_SIZE));
	HOOK_ORIGINAL(user_shm_unlock)(size, ucounts);
}
