/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages for people: to the terminal and to the log file.
 *
 * Level -1 goes to standard error, 0 to standard output, 1 and up to standard
 * output when that much detail was asked for.  The log file gets every message
 * up to its own level, one line each.  --quiet silences the terminal only.
 */
#ifndef VZ_LOG_H
#define VZ_LOG_H

#include <stdbool.h>
#include <stdint.h>

#define LOG_ERROR	(-1)
#define LOG_NORMAL	0
#define LOG_DETAIL	1

struct log_setup {
	const char *prog;	/* as named in the log file */
	bool quiet;
	int verbose;		/* highest level shown on the terminal */
	const char *file;	/* NULL: none */
	int file_level;		/* highest level written to the file */
};

/*
 * Strings are kept by reference.  A log file that cannot be opened is
 * mentioned once and is no failure.
 */
void log_setup(const struct log_setup *setup);
void log_set_ctid(uint32_t ctid);	/* 0: none */

void vz_log(int level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
