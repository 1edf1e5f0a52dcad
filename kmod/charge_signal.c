// SPDX-License-Identifier: GPL-2.0-only
/*
 * numsiginfo: queued signals and the ones that timers keep ready.
 *
 * Charged exactly where the kernel charges RLIMIT_SIGPENDING.  The owner is
 * the user namespace of the target's ucounts.
 *
 * Refusal: sigqueue() and timer_create() fail with EAGAIN; a signal that may
 * not fail (the kernel's, and those of kill()) arrives without its siginfo.
 */
#include <linux/user_namespace.h>

#include "hook.h"
#include "owner.h"

static struct beancounter *bc_of_pending(const struct ucounts *ucounts,
					 enum rlimit_type type)
{
	return type == UCOUNT_RLIMIT_SIGPENDING ? bc_of(ucounts->ns) : NULL;
}

/* Returns the new count; 0 is a refusal. */
DEFINE_HOOK(long, inc_rlimit_get_ucounts, struct ucounts *ucounts,
	    enum rlimit_type type, bool override_rlimit)
{
	struct beancounter *bc = bc_of_pending(ucounts, type);
	long count;

	if (likely(!bc))
		return HOOK_ORIGINAL(inc_rlimit_get_ucounts)(ucounts, type,
							     override_rlimit);
	if (bc_charge(bc, UB_NUMSIGINFO, 1, UB_HARD))
		return 0;
	count = HOOK_ORIGINAL(inc_rlimit_get_ucounts)(ucounts, type,
						      override_rlimit);
	if (!count)
		bc_uncharge(bc, UB_NUMSIGINFO, 1);
	return count;
}

DEFINE_HOOK(void, dec_rlimit_put_ucounts, struct ucounts *ucounts,
	    enum rlimit_type type)
{
	struct beancounter *bc = bc_of_pending(ucounts, type);

	if (unlikely(bc))
		bc_uncharge(bc, UB_NUMSIGINFO, 1);
	HOOK_ORIGINAL(dec_rlimit_put_ucounts)(ucounts, type);
}
