/* SPDX-License-Identifier: GPL-2.0-only */
/* Before a beancounter is shown: what is derived, and what is accounted. */
#ifndef VZ_KMOD_REFRESH_H
#define VZ_KMOD_REFRESH_H

#include <linux/types.h>

struct ct;

void refresh_ct(struct ct *ct);
void refresh_pools(struct ct *ct);
u64 refresh_accounted(const struct ct *ct);

/* charge_net.c */
void netdev_refresh(struct ct *ct);

#endif
