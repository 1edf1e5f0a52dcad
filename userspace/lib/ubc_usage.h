/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much of the host a container uses, was promised, and may take at most.
 *
 * What is used comes from the held numbers of the kernel, what is promised
 * from barriers and limits.  Every figure counts the memory that the kernel
 * uses for the container - kmemsize and socket buffers - and some of its
 * pages; which of them is a table in ubc_usage.c.
 */
#ifndef VZ_UBC_USAGE_H
#define VZ_UBC_USAGE_H

#include "bcset.h"
#include "host.h"

struct params;

/* What there is to share: bytes, and in the last one processes. */
enum ubc_pool {
	POOL_LOW,		/* memory for the kernel itself */
	POOL_RAM,
	POOL_MEM_SWAP,		/* memory that is there, swap space included */
	POOL_ALLOC,		/* memory that was asked for */
	POOL_PROC,
	UBC_POOLS
};

enum ubc_claim {
	CLAIM_CURRENT,
	CLAIM_PROMISED,
	CLAIM_MAX,
	UBC_CLAIMS
};

/* NAN where there is no such claim on the pool. */
double ubc_amount(const struct bc_ct *ct, enum ubc_pool pool,
		  enum ubc_claim claim);
double ubc_pool_size(const struct host *host, enum ubc_pool pool);

/*
 * Barriers and limits from a configuration.  Returns NULL, or the key of the
 * first parameter that the figures need and @params does not have.
 */
const char *ubc_take_limits(struct bc_ct *ct, const struct params *params);

#endif
