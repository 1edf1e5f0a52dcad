/* SPDX-License-Identifier: GPL-2.0-only */
/* Before a beancounter is shown: what is derived, and what is accounted. */
#ifndef VZ_KMOD_REFRESH_H
#define VZ_KMOD_REFRESH_H

#include <linux/types.h>

struct ct;

void refresh_ct(struct ct *ct);
u32 refresh_accounted(const struct ct *ct);

#endif
