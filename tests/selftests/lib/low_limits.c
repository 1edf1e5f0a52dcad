// SPDX-License-Identifier: GPL-2.0-or-later
/* See low_limits.h. */
#include "low_limits.h"

#include <stdlib.h>

const struct low_limit low_limits[LOW_LIMITS] = {
	{ UB_NUMPROC, 40 },
	{ UB_NUMFILE, 100 },
	{ UB_NUMTCPSOCK, 30 },
	{ UB_NUMOTHERSOCK, 30 },
	{ UB_NUMFLOCK, 12 },
	{ UB_NUMPTY, 5 },
	{ UB_NUMSIGINFO, 20 },
	{ UB_PRIVVMPAGES, 16000 },	/* more than so many small processes have */
	{ UB_LOCKEDPAGES, 100 },
	{ UB_SHMPAGES, 300 },
};

int low_limits_set(struct ct *ct)
{
	const struct low_limit *low = low_limits;
	int ret = 0;

	for (; low < low_limits + LOW_LIMITS && !ret; low++)
		ret = ct_limit(ct, low->resource, low->limit, low->limit);
	return ret;
}

static unsigned long some_bound(const struct low_limit *low)
{
	return rand() % (LOW_LIMITS_TIMES * low->limit + 1);
}

/* low_limits_move() - other bounds for one of them, perhaps below what is held */
int low_limits_move(struct ct *ct)
{
	const struct low_limit *low = &low_limits[rand() % LOW_LIMITS];

	return ct_limit(ct, low->resource, some_bound(low), some_bound(low));
}

/*
 * low_limits_hold() - is nothing held above @times its limit?
 *
 * Splits of locks while unlocking are forced, at most one for each of @lockers.
 */
bool low_limits_hold(const struct ct *ct, unsigned int times, unsigned int lockers)
{
	const struct low_limit *low;

	for (low = low_limits; low < low_limits + LOW_LIMITS; low++) {
		unsigned long forced = low->resource == UB_NUMFLOCK ? 2 * lockers : 0;

		if (ct_held(ct, low->resource) > times * low->limit + forced)
			return false;
	}
	return true;
}
