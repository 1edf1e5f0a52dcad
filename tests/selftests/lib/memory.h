/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes that use memory, as steps for a container. */
#ifndef SELFTEST_MEMORY_H
#define SELFTEST_MEMORY_H

#include "lib/container.h"

#define PAGE		4096UL
#define PAGES(mib)	((mib) << 8)

/*
 * Step: a child takes @pages of memory; 0 when it has them, -signal if it was
 * killed over it.
 */
long eat(long pages);

/* Step: how many of the children that have eaten are alive; the end takes a moment. */
long eating(long unused);

/* Step: kill the children that have eaten; how many there were still. */
long stop_eating(long arg);

/* Take memory until killed over it, or out of address space. */
bool eat_piece(void);
void __attribute__((noreturn)) eat_forever(void);

#endif
