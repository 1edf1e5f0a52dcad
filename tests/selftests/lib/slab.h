/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in the slabs of the kernel: has something been left behind there? */
#ifndef SELFTEST_SLAB_H
#define SELFTEST_SLAB_H

int slabs_mark(void);
int slabs_grown(long most);

#endif
