// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of vzubc; see ubc_table.h. */
#include "ubc_table.h"

#include <stdio.h>
#include <unistd.h>

#define NOTHING		"- "
#define RULE_LINE	"--------------------------------------------------------------------"

struct cell {
	char text[24];
};

enum attention { CALM, CLOSE, OVER };

static const char * const colors[] = {
	[CALM] = "", [CLOSE] = "\033[1;33m", [OVER] = "\033[1;31m",
};

/* Three digits and the letter of a power of 1024. */
static void scale(struct cell *cell, const char *sign, double value,
		  enum ub_unit unit)
{
	static const char letters[] = " KMGTPEZY";
	const char *letter = letters;

	if (unit == UB_PAGES) {
		value *= sysconf(_SC_PAGESIZE) / 1024.0;
		letter++;
	}
	for (; value >= 1024; letter++)
		value /= 1024;
	if (value < 100)
		snprintf(cell->text, sizeof(cell->text), "%s%.3g%c", sign, value,
			 *letter);
	else
		snprintf(cell->text, sizeof(cell->text), "%s%d%c", sign,
			 (int)value, *letter);
}

static struct cell number(uint64_t value, enum ub_unit unit)
{
	struct cell cell = { NOTHING };

	if (value && !bc_is_unlimited(value))
		scale(&cell, "", value, unit);
	return cell;
}

/* To a tenth of a percent. */
static struct cell percent(uint64_t value, uint64_t bound)
{
	struct cell cell = { NOTHING };
	double share;

	if (!value || !bound || bc_is_unlimited(bound))
		return cell;
	share = value * 100.0 / bound;
	if (share < 0.05)
		return cell;
	if (share < 0.1)
		share = 0.1;
	/* From here on %.1g would print an exponent. */
	if (share < 9.5)
		snprintf(cell.text, sizeof(cell.text), "%.1g%%", share);
	else
		snprintf(cell.text, sizeof(cell.text), "%llu%%",
			 (unsigned long long)share);
	return cell;
}

static struct cell difference(uint64_t now, uint64_t before, enum ub_unit unit)
{
	struct cell cell = { NOTHING };

	if (now > before)
		scale(&cell, "+", now - before, unit);
	else if (now < before)
		scale(&cell, "-", before - now, unit);
	return cell;
}

/* With VSwap there is no barrier, so the limit is what counts. */
static enum attention attention(const struct ubc_view *view,
				const uint64_t value[BC_FIELDS])
{
	uint64_t bound = value[BC_BARRIER] ? value[BC_BARRIER] : value[BC_LIMIT];

	if (value[BC_FAILCNT])
		return OVER;
	if (bc_is_unlimited(bound))
		return CALM;
	if (value[BC_HELD] > bound)
		return OVER;
	if (value[BC_HELD] > bound * view->held_ratio ||
	    value[BC_MAXHELD] > bound * view->maxheld_ratio)
		return CLOSE;
	return CALM;
}

static bool is_shown(const struct ubc_view *view,
		     const uint64_t value[BC_FIELDS])
{
	if (view->quiet && attention(view, value) == CALM)
		return false;
	return view->verbose || !bc_is_unlimited(value[BC_BARRIER]);
}

static void print_header(FILE *out, const struct ubc_view *view, uint32_t ctid)
{
	fprintf(out, "%s%s\n", RULE_LINE, view->increments ? "-------" : "");
	fprintf(out, "CT %-10u| HELD  Bar%%  Lim%%| MAXH  Bar%%  Lim%%| BAR | LIM |FAIL%s\n",
		ctid, view->increments ? "  |+HELD" : "");
	fprintf(out, "-------------+-----------------+-----------------+-----+-----+------%s\n",
		view->increments ? "+------" : "");
}

static void print_row(FILE *out, const struct ubc_view *view,
		      unsigned int resource, const uint64_t value[BC_FIELDS],
		      uint64_t held_before)
{
	enum ub_unit unit = ub_resources[resource].unit;
	const char *color = view->color ? colors[attention(view, value)] : "";

	fprintf(out, "%s%13s|%5s %5s %5s|%5s %5s %5s|%5s|%5s| %5s", color,
		ub_resources[resource].name,
		number(value[BC_HELD], unit).text,
		percent(value[BC_HELD], value[BC_BARRIER]).text,
		percent(value[BC_HELD], value[BC_LIMIT]).text,
		number(value[BC_MAXHELD], unit).text,
		percent(value[BC_MAXHELD], value[BC_BARRIER]).text,
		percent(value[BC_MAXHELD], value[BC_LIMIT]).text,
		number(value[BC_BARRIER], unit).text,
		number(value[BC_LIMIT], unit).text,
		number(value[BC_FAILCNT], UB_COUNT).text);
	if (view->increments)
		fprintf(out, "|%6s",
			difference(value[BC_HELD], held_before, unit).text);
	fprintf(out, "%s\n", *color ? "\033[0m" : "");
}

void ubc_table_print(FILE *out, const struct ubc_view *view,
		     const struct bc_ct *ct, const uint64_t *held_before)
{
	bool begun = false;
	unsigned int i;

	for (i = 0; i < VZMOD_RESOURCES; i++) {
		if (!bc_has(ct, i) || !is_shown(view, ct->value[i]))
			continue;
		if (!begun)
			print_header(out, view, ct->ctid);
		begun = true;
		print_row(out, view, i, ct->value[i],
			  view->increments ? held_before[i] : 0);
	}
}
