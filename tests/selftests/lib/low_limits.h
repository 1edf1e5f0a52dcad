/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits that are low enough for each storm to hit them at once.
 */
#ifndef SELFTEST_LOW_LIMITS_H
#define SELFTEST_LOW_LIMITS_H

#include <stdbool.h>

#include "lib/container.h"

#define LOW_LIMITS	10

extern const struct low_limit {
	unsigned int resource, limit;
} low_limits[LOW_LIMITS];

/* How many times as high as in the table low_limits_move() makes them at most. */
#define LOW_LIMITS_TIMES	2

int low_limits_set(struct ct *ct);
int low_limits_move(struct ct *ct);
bool low_limits_hold(const struct ct *ct, unsigned int times, unsigned int lockers);

#endif
