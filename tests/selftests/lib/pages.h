/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address space in pages, as the kernel counts it and without a library in between. */
#ifndef SELFTEST_PAGES_H
#define SELFTEST_PAGES_H

#include <stddef.h>
#include <sys/types.h>

#define PAGE	4096L

long pages_private(pid_t pid);
char *stack_start(void);
void *map_at(void *at, long pages, int prot, int flags);
void *map_private(long pages);
long unmap(void *at, long pages);

#endif
