// SPDX-License-Identifier: GPL-2.0-only
/*
 * privvmpages, and lockedpages as far as mapping changes them: address space
 * that may become private memory.
 *
 * Every private mapping that is writable counts with its full length, and so
 * does a stack whatever its protection.  It is charged before it is mapped and
 * what is not mapped after all is given back: held is never above what was
 * granted, and never below what there is.  See mm_record.c for how.
 *
 * Refusal: at the barrier, mmap(), mremap() and fork() fail with ENOMEM and
 * brk() returns the old break.  At the limit, a stack that cannot grow is a
 * SIGSEGV, mprotect() and execve() fail with ENOMEM, and a program that is
 * being loaded is killed.
 */
#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "parts.h"
#include "compat.h"
#include "hook.h"
#include "kfunc.h"
#include "mm_record.h"
#include "owner.h"

/* As is_stack_mapping() and is_data_mapping() in the kernel. */
static bool is_private(vm_flags_t flags)
{
	return (flags & VM_STACK) == VM_STACK || flags & VM_SHADOW_STACK ||
	       (flags & (VM_WRITE | VM_SHARED)) == VM_WRITE;
}

static struct mm_pages count(vm_flags_t flags, unsigned long len)
{
	struct mm_pages pages = { };

	if (is_private(flags))
		pages.private = len >> PAGE_SHIFT;
	if (flags & VM_LOCKED)
		pages.locked = len >> PAGE_SHIFT;
	return pages;
}

/* What is there already gives way to the new mapping: that is free. */
static noinline struct mm_pages deduct(struct mm_pages pages,
				       struct mm_struct *mm,
				       unsigned long start, unsigned long end)
{
	VMA_ITERATOR(vmi, mm, start);
	struct vm_area_struct *vma;
	struct mm_pages old;

	for_each_vma_range(vmi, vma, end) {
		old = count(vma->vm_flags, min(end, vma->vm_end) -
			    max(start, vma->vm_start));
		pages.private -= min(pages.private, old.private);
		pages.locked -= min(pages.locked, old.locked);
	}
	return pages;
}

/* A program that is being loaded did not ask, so it gets a bit more. */
static int severity(void)
{
	return current->in_execve ? UB_SOFT : UB_HARD;
}

static const struct address_space_operations *secret_ops;

/**
 * charge_vm_init() - find out how to know memory that locks itself
 *
 * Context: may sleep.
 * Return: 0.
 */
int charge_vm_init(void)
{
	secret_ops = kfunc_find_data("secretmem_aops");
	return 0;
}

/**
 * mm_is_secret() - was a file made by memfd_secret()?
 * @file: or NULL
 *
 * The kernel locks its mappings itself, or keeps them in memory without.
 *
 * Context: any.
 * Return: the answer.
 */
bool mm_is_secret(const struct file *file)
{
	return file && secret_ops && file->f_mapping->a_ops == secret_ops;
}

/* It becomes locked when it is mapped, whatever is asked. */
static bool locks_itself(const struct file *file)
{
	return COMPAT_SECRET_IS_LOCKED && mm_is_secret(file);
}

DEFINE_HOOK(unsigned long, mmap_region, struct file *file, unsigned long addr,
	    unsigned long len, vm_flags_t vm_flags, unsigned long pgoff,
	    struct list_head *uf)
{
	struct mm_record *rec = mm_record_of(current->mm);
	struct mm_pages pages;
	unsigned long ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(mmap_region)(file, addr, len, vm_flags,
						  pgoff, uf);
	pages = count(vm_flags | (locks_itself(file) ? VM_LOCKED : 0), len);
	pages = deduct(pages, current->mm, addr, addr + len);
	if (mm_grow_begin(rec, pages, severity()))
		return -ENOMEM;
	hook_enter();
	ret = HOOK_ORIGINAL(mmap_region)(file, addr, len, vm_flags, pgoff, uf);
	mm_grow_end(rec, pages);
	hook_leave();
	return ret;
}

/*
 * The type of @position and of @flags depends on the kernel; each is one
 * register and is passed on.
 */
DEFINE_HOOK(int, do_brk_flags, void *position, struct vm_area_struct *vma,
	    unsigned long addr, unsigned long len, unsigned long flags)
{
	struct mm_record *rec = mm_record_of(current->mm);
	struct mm_pages pages;
	int ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(do_brk_flags)(position, vma, addr, len,
						   flags);
	pages = count(VM_WRITE | current->mm->def_flags, len);
	if (mm_grow_begin(rec, pages, severity()))
		return -ENOMEM;
	hook_enter();
	ret = HOOK_ORIGINAL(do_brk_flags)(position, vma, addr, len, flags);
	mm_grow_end(rec, pages);
	hook_leave();
	return ret;
}

/* A stack grows, perhaps that of another process. */
DEFINE_HOOK(int, expand_downwards, struct vm_area_struct *vma,
	    unsigned long address)
{
	struct mm_record *rec = mm_record_of(vma->vm_mm);
	unsigned long start = address & PAGE_MASK;
	struct mm_pages pages = { };
	int ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(expand_downwards)(vma, address);
	if (vma->vm_flags & VM_GROWSDOWN && start < vma->vm_start)
		pages = count(vma->vm_flags, vma->vm_start - start);
	if (mm_grow_begin(rec, pages, UB_SOFT))
		return -ENOMEM;
	hook_enter();
	ret = HOOK_ORIGINAL(expand_downwards)(vma, address);
	mm_grow_end(rec, pages);
	hook_leave();
	return ret;
}

DEFINE_HOOK(int, mprotect_fixup, COMPAT_VMI_PROTO struct mmu_gather *tlb,
	    struct vm_area_struct *vma, struct vm_area_struct **pprev,
	    unsigned long start, unsigned long end, unsigned long newflags)
{
	struct mm_record *rec = mm_record_of(vma->vm_mm);
	struct mm_pages pages = { };
	int ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(mprotect_fixup)(COMPAT_VMI_ARG tlb, vma,
						     pprev, start, end,
						     newflags);
	if (is_private(newflags) && !is_private(vma->vm_flags))
		pages.private = (end - start) >> PAGE_SHIFT;
	if (mm_grow_begin(rec, pages, UB_SOFT))
		return -ENOMEM;
	hook_enter();
	ret = HOOK_ORIGINAL(mprotect_fixup)(COMPAT_VMI_ARG tlb, vma, pprev,
					    start, end, newflags);
	mm_grow_end(rec, pages);
	hook_leave();
	return ret;
}

/*
 * The kernel asks itself whether there may be more pages.  All that have not
 * been charged for yet come from mremap(), which is inlined in parts: its end
 * is userfaultfd_unmap_complete().
 */
DEFINE_HOOK(bool, may_expand_vm, struct mm_struct *mm, COMPAT_VM_FLAGS flags,
	    unsigned long npages)
{
	struct mm_record *rec = mm_record_of(mm);
	struct mm_pages pages;

	if (likely(!rec) || rec->growing)
		return HOOK_ORIGINAL(may_expand_vm)(mm, flags, npages);
	if (!HOOK_ORIGINAL(may_expand_vm)(mm, flags, npages))
		return false;
	pages = count(compat_vm_flags(flags), npages << PAGE_SHIFT);
	return !mm_move_begin(rec, pages);
}

/* The end of mmap(), munmap(), brk() and mremap(). */
DEFINE_HOOK(void, userfaultfd_unmap_complete, struct mm_struct *mm,
	    struct list_head *uf)
{
	struct mm_record *rec = mm_record_of(mm);

	if (unlikely(rec))
		mm_settle(rec);
	HOOK_ORIGINAL(userfaultfd_unmap_complete)(mm, uf);
}

/*
 * The last step of fork() that may fail, when the counts of the new address
 * space are final.  The child has its credentials already, so the first
 * process of a container is the first that it pays for.
 */
DEFINE_HOOK(int, ldt_dup_context, struct mm_struct *old_mm,
	    struct mm_struct *mm)
{
	struct task_struct *child = rcu_dereference_protected(mm->owner, 1);
	const struct cred *cred = rcu_dereference_protected(child->real_cred, 1);
	struct ct *ct = owner_of(cred->user_ns);
	int ret = 0;

	if (unlikely(ct)) {
		hook_enter();
		ret = mm_record_add(mm, ct, UB_HARD);
		hook_leave();
	}
	return ret ?: HOOK_ORIGINAL(ldt_dup_context)(old_mm, mm);
}

/* exec: the new address space has got its stack, and nobody can see it yet. */
DEFINE_HOOK(int, begin_new_exec, struct linux_binprm *bprm)
{
	struct ct *ct = owner_of(current_user_ns());
	int ret = 0;

	if (unlikely(ct)) {
		hook_enter();
		ret = mm_record_add(bprm->mm, ct, UB_SOFT);
		hook_leave();
	}
	return ret ?: HOOK_ORIGINAL(begin_new_exec)(bprm);
}

DEFINE_HOOK(void, exit_mmap, struct mm_struct *mm)
{
	struct mm_record *rec = mm_record_of(mm);

	if (likely(!rec)) {
		HOOK_ORIGINAL(exit_mmap)(mm);
		return;
	}
	hook_enter();
	HOOK_ORIGINAL(exit_mmap)(mm);
	mm_record_end(rec);
	hook_leave();
}
