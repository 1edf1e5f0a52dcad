/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The limits of a container, given the open /dev/vzctl. */
#ifndef VZ_CT_LIMITS_H
#define VZ_CT_LIMITS_H

#include "ct.h"

int ct_limits_set(int ctl, const struct ct_spec *spec, struct vz_err *err);

#endif
