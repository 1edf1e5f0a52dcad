/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of the beancounter files, line by line. */
#ifndef VZ_KERNEL_REPORT_H
#define VZ_KERNEL_REPORT_H

#include "charge.h"
#include "env.h"

/* "<uid>:" in ten columns, name, five numbers of twenty, newline. */
#define REPORT_ROW_LEN	130

/* First line of the files that show a uid; the titles follow. */
#define REPORT_VERSION	"Version: 2.5\n"

void report_title(char row[REPORT_ROW_LEN]);
void report_row(char row[REPORT_ROW_LEN], const char *uid, const char *name,
		const struct bc_stat *stat);

#endif
