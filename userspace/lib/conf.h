/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration files: lines KEY=value, KEY="value" or KEY='value', a blank
 * line, or a comment.  /bin/sh must be able to source them.
 *
 * A file is kept as its lines.  What is not changed is written back byte for
 * byte, so order, comments and keys that nobody here knows survive; a changed
 * key keeps the place of its first line and loses the others, a new one is
 * appended.  A key that occurs twice counts as it stood first.
 *
 * Only a value that means the same to every reader is ever written: one
 * line, without ", ` and \, and with $ only in $VEID and ${VEID}.
 */
#ifndef VZ_CONF_H
#define VZ_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

/* More than a thousand times an ordinary file: something else was put there. */
#define CONF_MAX_SIZE	(256 * 1024)

struct conf_line {
	char *text;	/* as in the file, without the newline */
	char *key;	/* NULL: blank, comment or not understood */
	char *value;	/* without quotes and escapes */
};

struct conf {
	char *path;		/* for messages */
	struct conf_line *lines;
	size_t count;
	bool changed;		/* since it was read */
	unsigned int warnings;
};

/*
 * @conf is all zero or freed before.  Lines that are not understood are warned
 * about and kept; what is no text at all is VZ_INVALID_CONFIG.  A file that
 * cannot be read is VZ_NO_CONFIG.
 */
int conf_parse(struct conf *conf, const char *path, const char *buf, size_t len,
	       struct vz_err *err);
int conf_load(struct conf *conf, const char *path, struct vz_err *err);
void conf_free(struct conf *conf);

#define _cleanup_conf_	__attribute__((cleanup(conf_free)))

/* The value of the first line with that key, or NULL. */
const char *conf_get(const struct conf *conf, const char *key);

/* May this be written as a value? */
bool conf_value_is_safe(const char *value);

/* NULL as value removes the key.  Equal values change nothing. */
int conf_set(struct conf *conf, const char *key, const char *value,
	     struct vz_err *err);

/* The whole file as text, malloc'ed. */
char *conf_text(const struct conf *conf, size_t *len);
int conf_save(const struct conf *conf, const char *path, struct vz_err *err);

/* "Warning at FILE:LINE: ..." on standard error, a bounded number per file. */
void conf_warn(struct conf *conf, size_t line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
