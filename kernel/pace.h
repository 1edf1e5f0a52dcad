/* SPDX-License-Identifier: GPL-2.0-only */
/* How often a container may do something: so many times at once, then in turns. */
#ifndef VZ_KERNEL_PACE_H
#define VZ_KERNEL_PACE_H

#include "env.h"

/* What of it is paced. */
enum pace_what {
	PACE_CGROUP,		/* to make a cgroup, to be born into another one */
	PACE_MIGRATION,		/* to go from one cgroup to another */
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
 * pace_turn() - take the next turn
 * @pace: what of
 * @now: ticks; it may run over, but begins well above 0
 * @gap: ticks from one turn to the next
 * @burst: turns that who has left them out may catch up on
 *
 * Context: any.
 * Return: ticks until the turn of the caller; 0 if it is now.
 */
static inline unsigned long pace_turn(struct pace *pace, unsigned long now,
				      unsigned long gap, unsigned long burst)
{
	long next = atomic_long_read(&pace->next);
	long wait;

	do {
		wait = max_t(long, next - now, -(long)(burst * gap));
	} while (!atomic_long_try_cmpxchg(&pace->next, &next,
					  now + wait + gap));
	return max(wait, 0L);
}

/**
 * pace_give_back() - the caller has not waited for his turn
 * @pace: what of
 * @gap: as for pace_turn()
 *
 * Those who have a turn keep theirs, who comes later has an earlier one.
 *
 * Context: any.
 */
static inline void pace_give_back(struct pace *pace, unsigned long gap)
{
	atomic_long_sub(gap, &pace->next);
}

#endif
