/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the creation of a container becomes one step.
 *
 * The private area is made as PRIVATE.tmp.  When it is complete, the complete
 * configuration is written as CTID.conf.new, and that file is a promise: from
 * then on the container exists, and whoever holds its lock next gives both
 * their final names.  Before that, nothing of the creation counts.
 */
#ifndef VZ_PROMISE_H
#define VZ_PROMISE_H

#include <stdbool.h>
#include <stdint.h>

#include "conf.h"

/* The sibling that a private area is made in; malloc'ed. */
char *promise_tmp_area(const char *private_dir);
int promise_remove_tmp_area(const char *private_dir, struct vz_err *err);

int promise_make(const struct conf *conf, uint32_t ctid, struct vz_err *err);
bool promise_is_made(uint32_t ctid);

/* Nothing to do if none was made.  The caller holds the lock. */
int promise_keep(uint32_t ctid, struct vz_err *err);

#endif
