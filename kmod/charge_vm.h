/* SPDX-License-Identifier: GPL-2.0-only */
/* Address space: what it has to find in the kernel. */
#ifndef VZ_KMOD_CHARGE_VM_H
#define VZ_KMOD_CHARGE_VM_H

int charge_vm_init(void);

#endif
