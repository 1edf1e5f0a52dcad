/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Claims: one unit of a resource for one object of the kernel, whose owner
 * cannot be told from the object when it ends.
 */
#ifndef VZ_KMOD_CLAIM_H
#define VZ_KMOD_CLAIM_H

#include <linux/gfp.h>

struct claim;
struct ct;

struct claim *claim_new(struct ct *ct, unsigned int res, gfp_t gfp);
void claim_cancel(struct claim *claim);
bool claim_settle(struct claim *claim, const void *object);
void claim_drop(const void *object);

#endif
