/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose process is killed when the machine is out of memory? */
#ifndef VZ_KERNEL_OVERDRAFT_H
#define VZ_KERNEL_OVERDRAFT_H

#include "charge.h"
#include "env.h"

long overdraft_pages(unsigned long kernel_bytes, unsigned long pages,
		     unsigned long guarantee);
long bc_overdraft(struct beancounter *bc);
long overdraft_badness(long overdraft, long largest, long badness);

#endif
