// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text of the beancounter files.
 *
 * One row is, in printf terms, "%10s  %-12s %20lu %20lu %20lu %20lu %20lu\n"
 * (spec: /proc/user_beancounters, 64-bit kernel).  A node with a thousand
 * containers prints 24,000 of them whenever somebody looks, so they are put
 * together by hand: a row of blanks with names and digits laid over it.
 */
#include "report.h"

#define UID_WIDTH	10
#define NAME_AT		12
#define NAME_WIDTH	12
#define NUMBER_WIDTH	20
#define NUMBERS_AT	(NAME_AT + NAME_WIDTH + 1)

/* Right-aligned; a CTID of ten digits takes one of the blanks behind. */
static void put_uid(char *row, const char *uid)
{
	size_t len = min_t(size_t, strlen(uid), NAME_AT - 1);

	memcpy(row + max_t(size_t, len, UID_WIDTH) - len, uid, len);
}

static void put_number(char *end, unsigned long value)
{
	do {
		*--end = '0' + value % 10;
		value /= 10;
	} while (value);
}

static void put_labels(char *row, const char *uid, const char *name)
{
	memset(row, ' ', REPORT_ROW_LEN - 1);
	row[REPORT_ROW_LEN - 1] = '\n';
	if (uid)
		put_uid(row, uid);
	memcpy(row + NAME_AT, name, min_t(size_t, strlen(name), NAME_WIDTH));
}

/**
 * report_title() - the row of column titles
 * @row: gets REPORT_ROW_LEN characters, newline included, no NUL
 *
 * Context: any.
 */
void report_title(char row[REPORT_ROW_LEN])
{
	static const char *const titles[] = {
		"held", "maxheld", "barrier", "limit", "failcnt",
	};
	char *end = row + NUMBERS_AT;
	size_t len;
	int i;

	put_labels(row, "uid", "resource");
	for (i = 0; i < ARRAY_SIZE(titles); i++) {
		end += NUMBER_WIDTH;
		len = strlen(titles[i]);
		memcpy(end - len, titles[i], len);
		end++;
	}
}

/**
 * report_row() - one row of a beancounter file
 * @row: gets REPORT_ROW_LEN characters, newline included, no NUL
 * @uid: text for the first cell ("101:"), or NULL for a blank one
 * @name: of the resource
 * @stat: the numbers
 *
 * Context: any.
 */
void report_row(char row[REPORT_ROW_LEN], const char *uid, const char *name,
		const struct bc_stat *stat)
{
	const unsigned long numbers[] = {
		stat->held, stat->maxheld, stat->barrier, stat->limit,
		stat->failcnt,
	};
	char *end = row + NUMBERS_AT;
	int i;

	put_labels(row, uid, name);
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		end += NUMBER_WIDTH;
		put_number(end, numbers[i]);
		end++;
	}
}
