/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of vzcalc and vzmemcheck; what the figures are: ubc_usage.h. */
#ifndef VZ_UBC_REPORT_H
#define VZ_UBC_REPORT_H

#include <stdbool.h>
#include <stdio.h>

struct bc_ct;
struct bc_set;
struct host;

/* One container, in percent.  @running: there are numbers of the kernel. */
void ubc_report_ct(FILE *out, const struct host *host, const struct bc_ct *ct,
		   bool running, bool verbose);

/* All containers of the set; @absolute: in MiB instead of percent. */
void ubc_report_host(FILE *out, const struct host *host,
		     const struct bc_set *set, bool verbose, bool absolute);

#endif
