/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of the module of which main.c needs no more than that they begin or end. */
#ifndef VZ_KMOD_PARTS_H
#define VZ_KMOD_PARTS_H

/* charge_helper.c */
void charge_helper_exit(void);

/* charge_sockbuf_recv.c */
int charge_sockbuf_init(void);

/* charge_vm.c */
int charge_vm_init(void);

/* host.c */
int host_init(void);

/* limit.c */
void limit_exit(void);

/* overcommit.c */
int overcommit_init(void);

#endif
