/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a rule of ubc_check() can ask of a barrier and a limit. */
#ifndef VZ_UBC_RULES_H
#define VZ_UBC_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "limit.h"

/**
 * struct rule_kind - a condition
 * @holds: is it met?  @need is the number that the rule is about
 * @say: what is wrong, for the message
 * @repair: the nearest pair that meets it; NULL: advice only
 */
struct rule_kind {
	bool (*holds)(const struct ct_limit *pair, uint64_t need);
	void (*say)(char *text, size_t size, const char *name,
		    const struct ct_limit *pair, uint64_t need);
	void (*repair)(struct ct_limit *pair, uint64_t need);
};

extern const struct rule_kind
	rule_equal,		/* barrier = limit */
	rule_ordered,		/* barrier <= limit */
	rule_no_limit,		/* limit = unlimited */
	rule_no_barrier,	/* barrier = 0 */
	rule_barrier_is_0,	/* the same, as it is said for VSwap */
	rule_limit_min,		/* limit >= need */
	rule_limit_max,		/* limit <= need */
	rule_barrier_min,	/* barrier >= need, the limit as far away */
	rule_barrier_only_min,	/* barrier >= need, the limit stays if it can */
	rule_barrier_advice,	/* barrier >= need, or less than the minimum */
	rule_room_min,		/* limit - barrier >= need */
	rule_both_min;		/* barrier >= need; of a number without unit */

/* Below this rule_barrier_advice has nothing to add to a warning. */
#define RULE_ADVICE_FROM	32768

#endif
