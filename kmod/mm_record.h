/* SPDX-License-Identifier: GPL-2.0-only */
/* Address spaces that a container pays for, and what it has paid. */
#ifndef VZ_KMOD_MM_RECORD_H
#define VZ_KMOD_MM_RECORD_H

#include <linux/mm.h>
#include <linux/spinlock.h>

#include "compat.h"
#include "kernel/bill.h"
#include "kernel/record.h"

/**
 * struct mm_pages - pages of an address space
 * @private: count as privvmpages
 * @locked: count as lockedpages
 */
struct mm_pages {
	unsigned long private;
	unsigned long locked;
};

/**
 * struct mm_record - an address space that a container pays for
 * @record: who pays; pins the user namespace of the container
 * @lock: both bills, @mover and @moved; nothing is taken inside
 * @private: what is paid as privvmpages
 * @locked: and as lockedpages
 * @mover: task whose mremap() is on its way, or was and has not told yet
 * @moved: what was charged for that
 * @growing: somebody is inside a function that has charged for what it does;
 *	under mmap_lock, held for writing
 * @locker: task that is inside mlockall()
 * @refused: part of that was refused; both under mmap_lock as well
 */
struct mm_record {
	struct record record;
	spinlock_t lock;	/* private, locked, mover, moved */
	struct bill private;
	struct bill locked;
	const struct task_struct *mover;
	struct mm_pages moved;
	bool growing;
	const struct task_struct *locker;
	bool refused;
};

/* charge_vm.c */
bool mm_is_secret(const struct file *file);

struct mm_pages mm_size_of(const struct mm_struct *mm);
struct mm_record *mm_record_find(const struct mm_struct *mm);

/**
 * mm_record_of() - what a container has paid for an address space
 * @mm: any, pinned by the caller
 *
 * One test for an address space of the host.
 *
 * Context: any.
 * Return: valid as long as @mm has users; NULL if nobody pays.
 */
static __always_inline struct mm_record *mm_record_of(const struct mm_struct *mm)
{
	if (likely(!mm_flags_test(MMF_RECORDED, mm)))
		return NULL;
	return mm_record_find(mm);
}

int mm_record_add(struct mm_struct *mm, struct ct *ct, int severity);
void mm_record_end(struct mm_record *rec);

int mm_grow_begin(struct mm_record *rec, struct mm_pages pages, int severity);
void mm_grow_end(struct mm_record *rec, struct mm_pages pages);
int mm_move_begin(struct mm_record *rec, struct mm_pages pages);
void mm_settle(struct mm_record *rec);

#endif
