/* SPDX-License-Identifier: GPL-2.0-only */
/* What a container may not do as fast as it can. */
#ifndef VZ_KMOD_PACE_H
#define VZ_KMOD_PACE_H

#include "kernel/pace.h"

struct ct;

bool pace_refuses(struct ct *ct, enum pace_what what);

#endif
