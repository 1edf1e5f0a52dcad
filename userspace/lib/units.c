// SPDX-License-Identifier: GPL-2.0-or-later
/* The number grammar; see units.h. */
#include "units.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define UNLIMITED	"unlimited"
#define KIB		1024ULL

/* A decimal fraction, exact to nine digits: whole + part / scale. */
struct decimal {
	unsigned __int128 whole;
	uint64_t part;
	uint64_t scale;		/* 1: there is no fraction */
};

static uint64_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

static const char *scan_whole(const char *s, unsigned __int128 *whole)
{
	/* Saturates, so that the products below cannot wrap. */
	for (*whole = 0; isdigit((unsigned char)*s); s++)
		if (*whole <= UINT64_MAX)
			*whole = *whole * 10 + (*s - '0');
	return s;
}

/* Returns the first character behind the number, or NULL. */
static const char *scan_decimal(const char *s, struct decimal *num)
{
	*num = (struct decimal){ .scale = 1 };
	if (!isdigit((unsigned char)*s))
		return NULL;
	s = scan_whole(s, &num->whole);
	if (*s != '.')
		return s;
	s++;
	if (!isdigit((unsigned char)*s))
		return NULL;
	for (; isdigit((unsigned char)*s); s++) {
		if (num->scale >= 1000000000)
			continue;
		num->part = num->part * 10 + (*s - '0');
		num->scale *= 10;
	}
	return s;
}

static uint64_t suffix_bytes(char c)
{
	switch (toupper((unsigned char)c)) {
	case 'B':
		return 1;
	case 'K':
		return KIB;
	case 'M':
		return KIB * KIB;
	case 'G':
		return KIB * KIB * KIB;
	case 'T':
		return KIB * KIB * KIB * KIB;
	case 'P':
		return page_size();
	default:
		return 0;
	}
}

static int clamp_value(unsigned __int128 amount, uint64_t *value)
{
	if (amount > UB_MAXVALUE) {
		*value = UB_MAXVALUE;
		return -ERANGE;
	}
	*value = amount;
	return 0;
}

/*
 * A number counts units of @plain bytes unless a suffix says otherwise; the
 * result is in units of @unit bytes.
 */
static int parse_amount(const char *text, uint64_t plain, uint64_t unit,
			uint64_t *value)
{
	uint64_t mult = plain;
	struct decimal num;
	const char *end = scan_decimal(text, &num);

	if (!end)
		return -EINVAL;
	if (*end) {
		mult = suffix_bytes(*end++);
		if (!mult || *end)
			return -EINVAL;
	}
	return clamp_value((num.whole * mult +
			    (unsigned __int128)num.part * mult / num.scale) / unit, value);
}

int units_parse(const char *text, enum ub_unit unit, uint64_t *value)
{
	unsigned __int128 whole;

	if (!strcmp(text, UNLIMITED)) {
		*value = UB_MAXVALUE;
		return 0;
	}
	switch (unit) {
	case UB_BYTES:
		return parse_amount(text, 1, 1, value);
	case UB_PAGES:
		return parse_amount(text, page_size(), page_size(), value);
	case UB_COUNT:
	default:
		if (!*text || *scan_whole(text, &whole))
			return -EINVAL;
		return clamp_value(whole, value);
	}
}

/* Call @parse for both sides of the colon, or once for both. */
static int parse_sides(const char *text, struct ct_limit *pair,
		       int (*parse)(const char *text, int arg, uint64_t *value),
		       int arg)
{
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);
	struct ct_limit both;
	char side[64];
	int first, second = 0;

	if (len >= sizeof(side))
		return -EINVAL;
	memcpy(side, text, len);
	side[len] = '\0';
	first = parse(side, arg, &both.barrier);
	if (first == -EINVAL)
		return first;
	both.limit = both.barrier;
	if (colon)
		second = parse(colon + 1, arg, &both.limit);
	if (second == -EINVAL)
		return second;
	*pair = both;
	return first ? first : second;
}

static int parse_unit_side(const char *text, int unit, uint64_t *value)
{
	return units_parse(text, unit, value);
}

static int parse_disk_side(const char *text, int unused, uint64_t *value)
{
	(void)unused;
	return parse_amount(text, KIB, KIB, value);
}

int units_parse_pair(const char *text, enum ub_unit unit, struct ct_limit *pair)
{
	return parse_sides(text, pair, parse_unit_side, unit);
}

int units_parse_disk(const char *text, struct ct_limit *pair)
{
	return parse_sides(text, pair, parse_disk_side, 0);
}

uint64_t units_bytes_to_pages_up(uint64_t bytes)
{
	uint64_t page = page_size();

	if (bytes >= UB_MAXVALUE)
		return UB_MAXVALUE;
	return bytes / page + !!(bytes % page);
}

int units_parse_uint(const char *text, uint64_t max, uint64_t *value)
{
	unsigned __int128 whole;

	if (!*text || *scan_whole(text, &whole) || whole > max)
		return -EINVAL;
	*value = whole;
	return 0;
}

static void format_value(char *buf, size_t size, uint64_t value)
{
	if (value >= UB_MAXVALUE)
		snprintf(buf, size, UNLIMITED);
	else
		snprintf(buf, size, "%llu", (unsigned long long)value);
}

char *units_format_pair(const struct ct_limit *pair)
{
	char barrier[24], limit[24];
	char *text;

	format_value(barrier, sizeof(barrier), pair->barrier);
	format_value(limit, sizeof(limit), pair->limit);
	if (pair->barrier >= UB_MAXVALUE && pair->limit >= UB_MAXVALUE)
		return strdup(UNLIMITED);
	return asprintf(&text, "%s:%s", barrier, limit) < 0 ? NULL : text;
}
