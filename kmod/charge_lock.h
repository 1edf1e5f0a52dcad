/* SPDX-License-Identifier: GPL-2.0-only */
/* What the hooks of numflock have to know before they are attached. */
#ifndef VZ_KMOD_CHARGE_LOCK_H
#define VZ_KMOD_CHARGE_LOCK_H

int charge_lock_init(void);

#endif
