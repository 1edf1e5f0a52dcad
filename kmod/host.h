/* SPDX-License-Identifier: GPL-2.0-only */
/* What the host itself uses: beancounter 0. */
#ifndef VZ_KMOD_HOST_H
#define VZ_KMOD_HOST_H

#include <linux/types.h>

struct ct;

void host_refresh(struct ct *ct);
unsigned long host_held(unsigned int res);
u64 host_observed(void);
const char *host_accuracy(unsigned int res);
unsigned long host_state(int item);
unsigned long host_total_swap(void);

#endif
