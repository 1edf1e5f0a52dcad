/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of the beancounter files, line by line. */
#ifndef VZ_KERNEL_REPORT_H
#define VZ_KERNEL_REPORT_H

#include "charge.h"
#include "env.h"

/* "<uid>:" in ten columns, name, five numbers of twenty, newline. */
#define REPORT_ROW_LEN	130

void report_row(char row[REPORT_ROW_LEN], const char *uid, const char *name,
		const struct bc_stat *stat);

/* Version line and column titles of the files that show a uid. */
extern const char report_header[];

#endif
