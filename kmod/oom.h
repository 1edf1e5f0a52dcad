/* SPDX-License-Identifier: GPL-2.0-only */
/* The choice of a victim when the machine is out of memory. */
#ifndef VZ_KMOD_OOM_H
#define VZ_KMOD_OOM_H

int oom_init(void);

#endif
