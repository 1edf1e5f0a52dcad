// SPDX-License-Identifier: GPL-2.0-or-later
/* Shares of the host; see ubc_usage.h. */
#include "ubc_usage.h"

#include <math.h>
#include <unistd.h>

#include "param.h"

/* The part of the host's low memory that containers can get. */
#define LOW_PART	0.4

/* A term that is not there. */
#define NO_RESOURCE	UB_DUMMY4

struct formula {
	bool exists;
	unsigned int resource;		/* this ... */
	enum bc_field field;
	bool kernel_memory;		/* ... plus kmemsize and buffers */
};

#define PROCESSES(field)		{ true, UB_NUMPROC, (field), false }
#define KERNEL_ONLY(field)		{ true, NO_RESOURCE, (field), true }
#define PAGES_AND_KERNEL(res, field)	{ true, (res), (field), true }

static const struct formula formulas[UBC_POOLS][UBC_CLAIMS] = {
	[POOL_LOW] = {
		[CLAIM_CURRENT]	 = KERNEL_ONLY(BC_HELD),
		[CLAIM_PROMISED] = KERNEL_ONLY(BC_LIMIT),
		[CLAIM_MAX]	 = KERNEL_ONLY(BC_LIMIT),
	},
	[POOL_RAM] = {
		[CLAIM_CURRENT]	 = PAGES_AND_KERNEL(UB_PHYSPAGES, BC_HELD),
	},
	[POOL_MEM_SWAP] = {
		[CLAIM_CURRENT]	 = PAGES_AND_KERNEL(UB_OOMGUARPAGES, BC_HELD),
		[CLAIM_PROMISED] = PAGES_AND_KERNEL(UB_OOMGUARPAGES, BC_BARRIER),
	},
	[POOL_ALLOC] = {
		[CLAIM_CURRENT]	 = PAGES_AND_KERNEL(UB_PRIVVMPAGES, BC_HELD),
		[CLAIM_PROMISED] = PAGES_AND_KERNEL(UB_VMGUARPAGES, BC_BARRIER),
		[CLAIM_MAX]	 = PAGES_AND_KERNEL(UB_PRIVVMPAGES, BC_LIMIT),
	},
	[POOL_PROC] = {
		[CLAIM_CURRENT]	 = PROCESSES(BC_HELD),
		[CLAIM_MAX]	 = PROCESSES(BC_BARRIER),
	},
};

static const unsigned int kernel_memory[] = {
	UB_KMEMSIZE, UB_TCPSNDBUF, UB_TCPRCVBUF, UB_OTHERSOCKBUF, UB_DGRAMRCVBUF,
};

/* What a configuration must have, in the order in which it is asked for. */
static const unsigned int planned[] = {
	UB_NUMPROC, UB_OOMGUARPAGES, UB_VMGUARPAGES, UB_KMEMSIZE, UB_TCPSNDBUF,
	UB_TCPRCVBUF, UB_OTHERSOCKBUF, UB_DGRAMRCVBUF, UB_PRIVVMPAGES,
};

static double in_bytes(unsigned int resource, uint64_t value)
{
	return ub_resources[resource].unit == UB_PAGES ?
		(double)value * sysconf(_SC_PAGESIZE) : (double)value;
}

double ubc_amount(const struct bc_ct *ct, enum ubc_pool pool,
		  enum ubc_claim claim)
{
	const struct formula *formula = &formulas[pool][claim];
	/* Kernel memory has a limit to be promised, not a barrier. */
	enum bc_field field = formula->field == BC_HELD ? BC_HELD : BC_LIMIT;
	double amount = 0;
	size_t i;

	if (!formula->exists)
		return NAN;
	if (formula->resource != NO_RESOURCE)
		amount = in_bytes(formula->resource,
				  ct->value[formula->resource][formula->field]);
	for (i = 0; formula->kernel_memory &&
	     i < sizeof(kernel_memory) / sizeof(kernel_memory[0]); i++)
		amount += ct->value[kernel_memory[i]][field];
	return amount;
}

double ubc_pool_size(const struct host *host, enum ubc_pool pool)
{
	switch (pool) {
	case POOL_LOW:
		return LOW_PART * host->low;
	case POOL_RAM:
		return host->ram;
	case POOL_PROC:
		return host->threads_max;
	case POOL_MEM_SWAP:
	case POOL_ALLOC:
	default:
		return (double)host->ram + (host->swap ? host->swap : 1);
	}
}

const char *ubc_take_limits(struct bc_ct *ct, const struct params *params)
{
	size_t i;

	for (i = 0; i < sizeof(planned) / sizeof(planned[0]); i++) {
		enum param_id id = P_UB + planned[i];
		uint64_t *value = ct->value[planned[i]];

		if (!params->set[id])
			return param_get(id)->key;
		value[BC_BARRIER] = params->value[id].pair.barrier;
		value[BC_LIMIT] = params->value[id].pair.limit;
	}
	return NULL;
}
