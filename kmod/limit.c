// SPDX-License-Identifier: GPL-2.0-only
/*
 * Setting barriers and limits.
 *
 * For most resources the beancounter is all there is to change.  Some hooks
 * are expensive and only there to refuse; they are attached while a container
 * has a limit that they could enforce.
 */
#include "limit.h"

#include <linux/bits.h>
#include <linux/mutex.h>

#include "hook.h"
#include "kernel/ct.h"
#include "sock_wait.h"

/* Limits of all containers, and which hooks they want. */
static DEFINE_MUTEX(limit_lock);

static bool is_finite(struct ct *ct, unsigned int res)
{
	const struct bc_counter *c = &ct->bc.counter[res];

	return min(READ_ONCE(c->barrier), READ_ONCE(c->limit)) < UB_MAXVALUE;
}

/* Resources that some container but @except has a finite limit of. */
static u32 limited(const struct ct *except)
{
	struct ct *ct = NULL;
	unsigned int res;
	u32 set = 0;

	while ((ct = ct_next(ct))) {
		if (!ct->ctid || ct == except)
			continue;
		for (res = 0; res < UB_RESOURCES; res++)
			if (is_finite(ct, res))
				set |= BIT(res);
	}
	return set;
}

/**
 * limit_set() - change barrier and limit of a resource
 * @ct: whose, referenced by the caller
 * @res: UB_*
 * @barrier: at most UB_MAXVALUE
 * @limit: at most UB_MAXVALUE
 *
 * Context: may sleep.
 * Return: 0; -EBUSY if a function that is needed to enforce it belongs to
 * another tracer, or what else ftrace says.  On failure nothing has changed.
 */
int limit_set(struct ct *ct, u32 res, u64 barrier, u64 limit)
{
	int ret = 0;

	mutex_lock(&limit_lock);
	if (ct->ctid && min(barrier, limit) < UB_MAXVALUE)
		ret = hooks_demand(limited(NULL) | BIT(res));
	if (!ret)
		bc_set_limit(&ct->bc, res, barrier, limit);
	sock_wait_call_all(ct);
	hooks_demand(limited(NULL));
	mutex_unlock(&limit_lock);
	return ret;
}

/**
 * limit_forget() - a container is about to end, and its limits with it
 * @ct: the container
 *
 * Context: may sleep.
 */
void limit_forget(struct ct *ct)
{
	mutex_lock(&limit_lock);
	hooks_demand(limited(ct));
	mutex_unlock(&limit_lock);
}
