// SPDX-License-Identifier: GPL-2.0-only
/* The calls of /dev/vzctl that are about beancounters. */
#include <linux/bits.h>
#include <linux/vzmod.h>

#include "ioctl.h"
#include "kernel/ct.h"
#include "limit.h"
#include "refresh.h"

/**
 * ioctl_set_limit() - VZMOD_SET_LIMIT: barrier and limit of a resource
 * @file: unused
 * @arg: struct vzmod_limit
 *
 * Context: may sleep.
 * Return: see the uapi header.
 */
long ioctl_set_limit(struct ioctl_file *file, void *arg)
{
	const struct vzmod_limit *req = arg;
	struct ct *ct;
	long ret;

	if (req->resource >= VZMOD_RESOURCES || req->barrier > UB_MAXVALUE ||
	    req->limit > UB_MAXVALUE)
		return -EINVAL;
	ct = ct_find(req->ctid);
	if (!ct)
		return -ESRCH;
	ret = limit_set(ct, req->resource, req->barrier, req->limit);
	ct_put(ct);
	return ret;
}

/**
 * ioctl_get_ubstat() - VZMOD_GET_UBSTAT: the state of a resource
 * @file: unused
 * @arg: struct vzmod_ubstat
 *
 * Context: may sleep.
 * Return: see the uapi header.
 */
long ioctl_get_ubstat(struct ioctl_file *file, void *arg)
{
	struct vzmod_ubstat *req = arg;
	struct bc_stat stat;
	struct ct *ct;

	if (req->resource >= VZMOD_RESOURCES || req->reserved)
		return -EINVAL;
	ct = ct_find(req->ctid);
	if (!ct)
		return -ESRCH;
	if (req->resource < UB_RESOURCES)
		refresh_ct(ct);
	else
		refresh_pools(ct);
	bc_read(&ct->bc, req->resource, &stat);
	req->barrier = stat.barrier;
	req->limit = stat.limit;
	req->held = stat.held;
	req->maxheld = stat.maxheld;
	req->minheld = stat.minheld;
	req->failcnt = stat.failcnt;
	req->flags = 0;
	if (refresh_accounted(ct) & BIT(req->resource))
		req->flags |= VZMOD_UB_ACCOUNTED;
	ct_put(ct);
	return 0;
}
