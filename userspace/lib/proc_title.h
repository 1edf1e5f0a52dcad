/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ps(1) shows of this process. */
#ifndef VZ_PROC_TITLE_H
#define VZ_PROC_TITLE_H

/* Best effort. */
void proc_title_set(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
