// SPDX-License-Identifier: GPL-2.0-only
/*
 * Not every counter is kept up to date by those who change it: some are looked
 * up in the kernel when somebody wants to know.  Here is who has to be asked.
 */
#include "refresh.h"

#include <linux/bits.h>

#include "hook.h"
#include "host.h"
#include "kernel/ct.h"
#include "memcg.h"
#include "sock_rec.h"

/* One row per family of resources. */
static void (*const families[])(struct ct *ct) = {
	memcg_refresh,
	sock_rec_refresh,
	host_refresh,
};

/**
 * refresh_ct() - bring all that is derived up to date
 * @ct: referenced by the caller; its user namespace may be gone
 *
 * Context: may sleep.
 */
void refresh_ct(struct ct *ct)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(families); i++)
		families[i](ct);
}

/**
 * refresh_pools() - the same for what is derived of the pools
 * @ct: referenced by the caller; its user namespace may be gone
 *
 * Apart, as this takes longer the more containers there are.
 *
 * Context: may sleep.
 */
void refresh_pools(struct ct *ct)
{
	memcg_refresh(ct);
	netdev_refresh(ct);
}

/**
 * refresh_accounted() - of which resources the numbers are real
 * @ct: referenced by the caller
 *
 * Context: any.
 * Return: bit mask of resources.
 */
u64 refresh_accounted(const struct ct *ct)
{
	u64 set = hooks_accounted() | BIT(VZMOD_NUMCGROUP);

	if (!ct->ctid)
		return host_observed();
	return memcg_is_bound(ct) ? set : set & ~MEMCG_RESOURCES;
}
