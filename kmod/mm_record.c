// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address spaces that a container pays for.
 *
 * The kernel keeps the numbers that matter (data_vm + stack_vm, locked_vm),
 * but changes them in functions that are inlined all over the place.  So what
 * is hooked are the functions around: those that make the numbers larger are
 * charged before and told what became of it afterwards; those that make them
 * smaller end in a place from which the bill is settled.  Nothing stays charged
 * by mistake, hence nothing has to be reconciled before a charge is refused or
 * shown.
 *
 * An address space belongs to the container of the task that it was made for,
 * by fork or exec, for all its life: whoever enters a container pays for what
 * he maps from his next fork or exec on.
 */
#include "mm_record.h"

#include <linux/sched.h>
#include <linux/slab.h>

#include "owner.h"

/**
 * mm_size_of() - what counts of an address space
 * @mm: any, pinned by the caller
 *
 * Context: any.
 * Return: as the kernel has it now.
 */
struct mm_pages mm_size_of(const struct mm_struct *mm)
{
	struct mm_pages size = {
		.private = READ_ONCE(mm->data_vm) + READ_ONCE(mm->stack_vm),
		.locked = READ_ONCE(mm->locked_vm),
	};

	return size;
}

static void give_back(struct ct *ct, struct mm_pages pages)
{
	if (pages.private)
		bc_uncharge(&ct->bc, UB_PRIVVMPAGES, pages.private);
	if (pages.locked)
		bc_uncharge(&ct->bc, UB_LOCKEDPAGES, pages.locked);
}

static int charge(struct ct *ct, struct mm_pages pages, int severity)
{
	if (pages.private &&
	    bc_charge(&ct->bc, UB_PRIVVMPAGES, pages.private, severity))
		return -ENOMEM;
	if (pages.locked &&
	    bc_charge(&ct->bc, UB_LOCKEDPAGES, pages.locked, severity)) {
		pages.locked = 0;
		give_back(ct, pages);
		return -ENOMEM;
	}
	return 0;
}

/**
 * mm_record_find() - see mm_record_of()
 * @mm: marked as recorded
 *
 * Context: any.
 * Return: the record.
 */
struct mm_record *mm_record_find(const struct mm_struct *mm)
{
	struct record *record;

	rcu_read_lock();
	record = record_find(RECORD_MM, mm);
	rcu_read_unlock();
	return container_of(record, struct mm_record, record);
}

/**
 * mm_record_add() - a container pays for an address space from now on
 * @mm: the address space, known to nobody else yet
 * @ct: the container, whose namespace is pinned
 * @severity: for what there is in it already
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int mm_record_add(struct mm_struct *mm, struct ct *ct, int severity)
{
	struct mm_record *rec = kzalloc(sizeof(*rec), GFP_KERNEL_ACCOUNT);
	struct mm_pages size = mm_size_of(mm);

	if (!rec)
		return -ENOMEM;
	if (charge(ct, size, severity)) {
		kfree(rec);
		return -ENOMEM;
	}
	spin_lock_init(&rec->lock);
	rec->private.paid = size.private;
	rec->locked.paid = size.locked;
	owner_get(ct);
	record_add(RECORD_MM, &rec->record, mm, ct);
	mm_flags_set(MMF_RECORDED, mm);
	return 0;
}

/**
 * mm_record_end() - an address space is gone
 * @rec: its record, gone on return
 *
 * Context: any.
 */
void mm_record_end(struct mm_record *rec)
{
	struct ct *ct = rec->record.ct;
	struct mm_pages paid = { rec->private.paid, rec->locked.paid };

	record_del(RECORD_MM, &rec->record);
	give_back(ct, paid);
	kfree_rcu(rec, record.rcu);
	owner_put(ct);
}

static void begin(struct mm_record *rec, struct mm_pages pages)
{
	bill_begin(&rec->private, pages.private);
	bill_begin(&rec->locked, pages.locked);
}

/* What is paid too much now that growth by @pages is over. */
static struct mm_pages end(struct mm_record *rec, struct mm_pages pages)
{
	struct mm_pages size = mm_size_of(rec->record.object);
	struct mm_pages over = {
		.private = bill_end(&rec->private, pages.private, size.private),
		.locked = bill_end(&rec->locked, pages.locked, size.locked),
	};

	return over;
}

/**
 * mm_grow_begin() - pay for pages before they are mapped, or locked
 * @rec: of the address space, whose mmap_lock is held for writing
 * @pages: how many
 * @severity: enum ub_severity
 *
 * Context: any.
 * Return: 0, to be followed by mm_grow_end(); or -ENOMEM.
 */
int mm_grow_begin(struct mm_record *rec, struct mm_pages pages, int severity)
{
	if (charge(rec->record.ct, pages, severity))
		return -ENOMEM;
	spin_lock(&rec->lock);
	begin(rec, pages);
	spin_unlock(&rec->lock);
	rec->growing = true;
	return 0;
}

/**
 * mm_grow_end() - they are mapped, or it has failed
 * @rec: of the address space, whose mmap_lock is still held
 * @pages: as given to mm_grow_begin()
 *
 * Context: any.
 */
void mm_grow_end(struct mm_record *rec, struct mm_pages pages)
{
	struct mm_pages over;

	rec->growing = false;
	spin_lock(&rec->lock);
	over = end(rec, pages);
	spin_unlock(&rec->lock);
	give_back(rec->record.ct, over);
}

/* Whatever an earlier mremap() was charged for, it is done with. */
static struct mm_pages end_move(struct mm_record *rec)
{
	struct mm_pages moved = rec->moved;

	rec->mover = NULL;
	rec->moved = (struct mm_pages){ };
	return end(rec, moved);
}

/**
 * mm_move_begin() - pay for pages that mremap() is about to add
 * @rec: of the address space, whose mmap_lock is held for writing
 * @pages: how many
 *
 * The end is told by mm_settle(), and mmap_lock is not held any more then.
 *
 * Context: any.
 * Return: 0 or -ENOMEM.
 */
int mm_move_begin(struct mm_record *rec, struct mm_pages pages)
{
	struct mm_pages over;

	spin_lock(&rec->lock);
	over = end_move(rec);
	spin_unlock(&rec->lock);
	give_back(rec->record.ct, over);

	if (charge(rec->record.ct, pages, UB_HARD))
		return -ENOMEM;
	spin_lock(&rec->lock);
	rec->mover = current;
	rec->moved = pages;
	begin(rec, pages);
	spin_unlock(&rec->lock);
	return 0;
}

/**
 * mm_settle() - an address space may have become smaller
 * @rec: of the address space
 *
 * What is replaced or moved is subtracted before it is added again, so nobody
 * must be at that while sizes are looked at.
 *
 * Context: may sleep; takes mmap_lock.
 */
void mm_settle(struct mm_record *rec)
{
	struct mm_struct *mm = (struct mm_struct *)rec->record.object;
	struct mm_pages over;

	mmap_read_lock(mm);
	spin_lock(&rec->lock);
	if (rec->mover == current)
		over = end_move(rec);
	else
		over = end(rec, (struct mm_pages){ });
	spin_unlock(&rec->lock);
	mmap_read_unlock(mm);
	give_back(rec->record.ct, over);
}
