/* SPDX-License-Identifier: GPL-2.0-only */
/* The guarantee of vmguarpages. */
#ifndef VZ_KMOD_OVERCOMMIT_H
#define VZ_KMOD_OVERCOMMIT_H

int overcommit_init(void);

#endif
