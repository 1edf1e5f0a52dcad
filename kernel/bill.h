/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bills: what is paid for an object whose size the kernel keeps.
 *
 * An object grows in three steps: its owner is charged; the kernel makes it
 * larger, or fails; and then it is known which.  It shrinks whenever the kernel
 * likes, and somebody tells us afterwards.  Several may be at it at once, so
 * the bill remembers what is paid for growth that is on its way: whoever
 * settles it in between must not give that back.
 *
 * At any time size <= paid, and both are equal when nothing is on its way.
 * Thus nothing has to be paid later, by force, and no bound is ever passed.
 */
#ifndef VZ_KERNEL_BILL_H
#define VZ_KERNEL_BILL_H

#include "env.h"

/**
 * struct bill - units paid for one object
 * @paid: all that is charged
 * @ahead: the part that is for growth on its way
 *
 * Protected by a lock of its owner.  The size that goes into the functions
 * below has to be read while that is held.
 */
struct bill {
	unsigned long paid;
	unsigned long ahead;
};

/**
 * bill_begin() - the object is about to grow
 * @bill: its bill
 * @n: by how much, at most; charged by the caller
 *
 * Context: any; the bill is locked.
 */
static inline void bill_begin(struct bill *bill, unsigned long n)
{
	bill->paid += n;
	bill->ahead += n;
}

/**
 * bill_end() - the object has grown, or has not
 * @bill: its bill
 * @n: as given to bill_begin(); 0 if it may merely have become smaller
 * @size: of the object, now
 *
 * Context: any; the bill is locked.
 * Return: how much is paid too much; the caller gives it back.
 */
static inline unsigned long bill_end(struct bill *bill, unsigned long n,
				     unsigned long size)
{
	unsigned long needed, over;

	bill->ahead -= n;
	needed = min(bill->paid, size + bill->ahead);
	over = bill->paid - needed;
	bill->paid = needed;
	return over;
}

#endif
