// SPDX-License-Identifier: GPL-2.0-only
/*
 * Not every counter is kept up to date by those who change it: some are looked
 * up in the kernel when somebody wants to know.  Here is who has to be asked.
 */
#include "refresh.h"

#include "kernel/ct.h"
#include "sock_rec.h"

/* One row per family of resources. */
static void (*const families[])(struct ct *ct) = {
	sock_rec_refresh,
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
