/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything of the kernel that this directory uses, and nothing else.  The
 * unit tests put a header with the same guard in its place and thereby build
 * the same sources as an ordinary program.
 */
#ifndef VZ_KERNEL_ENV_H
#define VZ_KERNEL_ENV_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>

#endif
