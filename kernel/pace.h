/* SPDX-License-Identifier: GPL-2.0-only */
/* How often a container may do something: so many times at once, then in turns. */
#ifndef VZ_KERNEL_PACE_H
#define VZ_KERNEL_PACE_H

#include "env.h"

/* What of it is paced. */
enum pace_what {
	PACE_CGROUP,		/* to make a cgroup, to be born into another one */
	PACE_MIGRATION,		/* to go to another cgroup, to change what cgroups do */
	PACE_NETNS,		/* to make a net namespace */
	PACES
};

/**
 * struct pace - how often something may be done; begins as zeros
 * @next: when the next turn is, in ticks; that is in the past if nobody has
 *	come for a while
 */
struct pace {
	atomic_long_t next;
};

/**
 * pace_allows() - is it the turn of the caller?  Then he takes it
 * @pace: what of
 * @now: ticks; they may run over, but begin well above 0
 * @gap: ticks from one turn to the next
 * @burst: turns that who has left them out may catch up on
 *
 * Context: any.
 * Return: the answer.
 */
static inline bool pace_allows(struct pace *pace, unsigned long now,
			       unsigned long gap, unsigned long burst)
{
	long next = atomic_long_read(&pace->next);
	long late;

	do {
		late = now - next;
		if (late < 0)
			return false;
		late = min(late, (long)(burst * gap));
	} while (!atomic_long_try_cmpxchg(&pace->next, &next,
					  now - late + gap));
	return true;
}

#endif
