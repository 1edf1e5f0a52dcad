/* SPDX-License-Identifier: GPL-2.0-only */
/* Before a beancounter is shown. */
#ifndef VZ_KMOD_REFRESH_H
#define VZ_KMOD_REFRESH_H

struct ct;

void refresh_ct(struct ct *ct);

#endif
