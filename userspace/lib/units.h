/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The number grammar of options and configuration files.
 *
 * A number is decimal, without sign or exponent.  Bytes and pages may have a
 * fraction and one suffix letter of either case: B, K, M, G, T, or P for
 * pages.  Without a suffix the number counts the resource's own unit; with
 * one it is an amount of bytes, which pages are rounded down from.  Items take
 * neither.  The word "unlimited" is UB_MAXVALUE.
 *
 * The parsers return 0, -EINVAL with nothing stored, or -ERANGE with what is
 * too large replaced by UB_MAXVALUE: files clamp, the command line refuses.
 */
#ifndef VZ_UNITS_H
#define VZ_UNITS_H

#include "kernel/resources.h"
#include "limit.h"

int units_parse(const char *text, enum ub_unit unit, uint64_t *value);

/* "barrier:limit", or one number for both. */
int units_parse_pair(const char *text, enum ub_unit unit,
		     struct ct_limit *pair);

/* Disk space: KiB without a suffix, never "unlimited"; the pair is in KiB. */
int units_parse_disk(const char *text, struct ct_limit *pair);

/* Pages that hold so many bytes; unlimited stays unlimited. */
uint64_t units_bytes_to_pages_up(uint64_t bytes);

/* Decimal digits only, at most @max; -EINVAL for everything else. */
int units_parse_uint(const char *text, uint64_t max, uint64_t *value);

/*
 * The stored form.  Always both numbers, because programs that read CTID.conf
 * expect the colon; only a pair without any bound is the single word.
 */
char *units_format_pair(const struct ct_limit *pair);

#endif
