/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two bounds of a resource, in the resource's own unit. */
#ifndef VZ_LIMIT_H
#define VZ_LIMIT_H

#include <stdint.h>

struct ct_limit {
	uint64_t barrier;
	uint64_t limit;
};

#endif
