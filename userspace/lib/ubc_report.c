// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables of vzcalc and vzmemcheck; see ubc_report.h. */
#include "ubc_report.h"

#include <math.h>
#include <string.h>

#include "ubc_usage.h"

#define MIB	(1024.0 * 1024)

static const char * const pool_names[UBC_POOLS] = {
	[POOL_LOW] = "Low Mem",
	[POOL_RAM] = "Total RAM",
	[POOL_MEM_SWAP] = "Mem + Swap",
	[POOL_ALLOC] = "Alloc. Mem",
	[POOL_PROC] = "Num. Proc",
};

static void print_rule(FILE *out, size_t width)
{
	while (width--)
		fputc('-', out);
	fputc('\n', out);
}

static void print_cells(FILE *out, const char *name,
			const double cells[UBC_CLAIMS])
{
	int claim;

	fprintf(out, "%-10s", name);
	for (claim = 0; claim < UBC_CLAIMS; claim++) {
		if (isnan(cells[claim]))
			fprintf(out, " %10s", "n/a");
		else
			fprintf(out, " %10.2f", cells[claim]);
	}
	fputc('\n', out);
}

void ubc_report_ct(FILE *out, const struct host *host, const struct bc_ct *ct,
		   bool running, bool verbose)
{
	static const char header[] =
		"Resource     Current(%)  Promised(%)  Max(%)";
	double worst[UBC_CLAIMS] = { NAN, NAN, NAN };
	int pool, claim;

	fprintf(out, "%s\n", header);
	for (pool = 0; pool < UBC_POOLS; pool++) {
		double cells[UBC_CLAIMS];

		for (claim = 0; claim < UBC_CLAIMS; claim++) {
			double cell = ubc_amount(ct, pool, claim) * 100 /
				ubc_pool_size(host, pool);

			if (claim == CLAIM_CURRENT && !running)
				cell = NAN;
			if (!isnan(cell) && !(worst[claim] >= cell))
				worst[claim] = cell;
			cells[claim] = cell;
		}
		if (verbose)
			print_cells(out, pool_names[pool], cells);
	}
	if (verbose)
		print_rule(out, strlen(header));
	print_cells(out, "Memory", worst);
}

static const struct column {
	const char *title[2];
	enum ubc_pool pool;
	enum ubc_claim claim;
} columns[] = {
	{ { "LowMem", "util" },		POOL_LOW,	CLAIM_CURRENT },
	{ { "LowMem", "commit" },	POOL_LOW,	CLAIM_PROMISED },
	{ { "RAM", "util" },		POOL_RAM,	CLAIM_CURRENT },
	{ { "MemSwap", "util" },	POOL_MEM_SWAP,	CLAIM_CURRENT },
	{ { "MemSwap", "commit" },	POOL_MEM_SWAP,	CLAIM_PROMISED },
	{ { "Alloc", "util" },		POOL_ALLOC,	CLAIM_CURRENT },
	{ { "Alloc", "commit" },	POOL_ALLOC,	CLAIM_PROMISED },
	{ { "Alloc", "limit" },		POOL_ALLOC,	CLAIM_MAX },
};

#define COLUMNS		(sizeof(columns) / sizeof(columns[0]))
#define LEAD		10
#define HOST_WIDTH	(LEAD + COLUMNS * 8)

/* The first cell of a line; there is none without the list of containers. */
static void print_lead(FILE *out, bool verbose, const char *text)
{
	if (verbose)
		fprintf(out, "%-*s", LEAD, text);
}

static void print_titles(FILE *out, bool verbose)
{
	size_t i, line;

	for (line = 0; line < 2; line++) {
		print_lead(out, verbose, line ? "" : "CTID");
		for (i = 0; i < COLUMNS; i++)
			fprintf(out, " %7s", columns[i].title[line]);
		fputc('\n', out);
	}
}

static void print_figures(FILE *out, const double figures[COLUMNS])
{
	size_t i;

	for (i = 0; i < COLUMNS; i++)
		fprintf(out, " %7.2f", figures[i]);
	fputc('\n', out);
}

static void print_ctid(FILE *out, bool verbose, uint32_t ctid)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", ctid);
	print_lead(out, verbose, text);
}

void ubc_report_host(FILE *out, const struct host *host,
		     const struct bc_set *set, bool verbose, bool absolute)
{
	double figures[COLUMNS], sums[COLUMNS] = { 0 };
	size_t i, row;

	fprintf(out, "Output values in %s\n", absolute ? "Mbytes" : "%");
	print_titles(out, verbose);
	for (row = 0; row < set->count; row++) {
		for (i = 0; i < COLUMNS; i++) {
			double size = ubc_pool_size(host, columns[i].pool);

			figures[i] = ubc_amount(&set->cts[row], columns[i].pool,
						columns[i].claim);
			figures[i] /= absolute ? MIB : size / 100;
			sums[i] += figures[i];
		}
		if (!verbose)
			continue;
		print_ctid(out, verbose, set->cts[row].ctid);
		print_figures(out, figures);
	}
	if (verbose)
		print_rule(out, HOST_WIDTH);
	print_lead(out, verbose, "Summary:");
	print_figures(out, sums);
	if (!absolute)
		return;
	for (i = 0; i < COLUMNS; i++)
		sums[i] = ubc_pool_size(host, columns[i].pool) / MIB;
	print_lead(out, verbose, "Total:");
	print_figures(out, sums);
}
