/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of vzubc: beancounters of a container for people to read. */
#ifndef VZ_UBC_TABLE_H
#define VZ_UBC_TABLE_H

#include <stdio.h>

#include "bcset.h"

struct ubc_view {
	bool verbose;		/* unlimited ones, too */
	bool quiet;		/* only what deserves attention */
	bool color;
	bool increments;	/* a column for what held grew by */
	double held_ratio;	/* of its bound that held may reach unnoticed */
	double maxheld_ratio;
};

/*
 * Nothing is printed if there is no row to show.  @held_before: by resource,
 * for view->increments.
 */
void ubc_table_print(FILE *out, const struct ubc_view *view,
		     const struct bc_ct *ct, const uint64_t *held_before);

#endif
