/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a container finds mounted when its init starts. */
#ifndef VZ_CT_INIT_DEV_H
#define VZ_CT_INIT_DEV_H

#include "err.h"

/*
 * All below the current directory, the root to be.  Proc and sysfs can only be
 * mounted while those of the host are still to be seen (before the pivot).
 */
int ct_init_mount(struct vz_err *err);

/*
 * A terminal of the container's own devpts on /dev/console.  Returns its
 * master.
 */
int ct_init_console(struct vz_err *err);

#endif
