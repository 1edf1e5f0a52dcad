/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Beancounters of several containers, all numbers of each. */
#ifndef VZ_BCSET_H
#define VZ_BCSET_H

#include <stddef.h>

#include "bcfile.h"
#include "kernel/resources.h"

struct bc_ct {
	uint32_t ctid;
	uint64_t seen;		/* bit N: there was a row of resource N */
	uint64_t value[VZMOD_RESOURCES][BC_FIELDS];
};

/* In the order of the file. */
struct bc_set {
	struct bc_ct *cts;
	size_t count;
	bool no_memory;		/* while it was read */
};

void bc_set_free(struct bc_set *set);

#define _cleanup_bc_set_	__attribute__((cleanup(bc_set_free)))

/* @f NULL: the files of /proc.  @name is for messages. */
int bc_set_read(struct bc_set *set, FILE *f, const char *name,
		struct vz_err *err);

/* NULL if it has no beancounter. */
struct bc_ct *bc_set_find(const struct bc_set *set, uint32_t ctid);

static inline bool bc_has(const struct bc_ct *ct, unsigned int resource)
{
	return ct->seen >> resource & 1;
}

/* Is this bound none?  Old kernels had 32 bits. */
static inline bool bc_is_unlimited(uint64_t bound)
{
	return bound >= UB_MAXVALUE || bound == INT32_MAX;
}

#endif
