/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of /proc/bc/resources and /proc/user_beancounters: rows of five
 * numbers, the first row of a container headed by "CTID:".
 */
#ifndef VZ_BCFILE_H
#define VZ_BCFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

enum bc_field {
	BC_HELD,
	BC_MAXHELD,
	BC_BARRIER,
	BC_LIMIT,
	BC_FAILCNT,
	BC_FIELDS
};

struct bc_row {
	uint32_t ctid;		/* in: of the row before; out: of this one */
	unsigned int resource;
	uint64_t value[BC_FIELDS];
};

/* False for a line that is no row of a known resource.  @line is cut up. */
bool bcfile_parse_line(char *line, struct bc_row *row);

/* @fn for every row of the first of the two files that there is. */
int bcfile_read(void (*fn)(const struct bc_row *row, void *arg), void *arg,
		struct vz_err *err);

#endif
