/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of /proc/bc/resources and /proc/user_beancounters: rows of five
 * numbers, the first row of a container headed by "CTID:".
 */
#ifndef VZ_BCFILE_H
#define VZ_BCFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

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

typedef void (*bc_row_fn)(const struct bc_row *row, void *arg);

/* False for a line that is no row of a known resource.  @line is cut up. */
bool bcfile_parse_line(char *line, struct bc_row *row);

/* The first of the two files that there is; NULL: neither. */
FILE *bcfile_open(struct vz_err *err);

/*
 * @fn for every row.  A file that says to be of another version than 2.5 is
 * refused; @name is for the message.
 */
int bcfile_scan(FILE *f, const char *name, bc_row_fn fn, void *arg,
		struct vz_err *err);

/* Both. */
int bcfile_read(bc_row_fn fn, void *arg, struct vz_err *err);

#endif
