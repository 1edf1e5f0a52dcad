/* SPDX-License-Identifier: GPL-2.0-only */
/* Buffers of sockets. */
#ifndef VZ_KMOD_CHARGE_SOCKBUF_H
#define VZ_KMOD_CHARGE_SOCKBUF_H

int charge_sockbuf_init(void);

#endif
