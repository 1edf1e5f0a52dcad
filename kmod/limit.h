/* SPDX-License-Identifier: GPL-2.0-only */
/* Barriers and limits, as people set them. */
#ifndef VZ_KMOD_LIMIT_H
#define VZ_KMOD_LIMIT_H

#include <linux/types.h>

struct ct;

int limit_set(struct ct *ct, u32 res, u64 barrier, u64 limit);
int limit_follow(struct ct *ct);
void limit_forget(void);
bool limit_is_finite(const struct ct *ct, unsigned int res);

#endif
