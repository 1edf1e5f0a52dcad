/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What values of parameters look like: one parser and one formatter each,
 * used for files and command line alike.
 */
#ifndef VZ_PARAM_TYPE_H
#define VZ_PARAM_TYPE_H

#include <stdbool.h>

#include "err.h"
#include "kernel/resources.h"
#include "limit.h"

struct param;

/* Files are read generously; what is typed must be fit to be stored. */
enum param_source {
	FROM_FILE,
	FROM_ARGV,
};

union param_value {
	char *text;		/* malloc'ed */
	uint64_t number;
	struct ct_limit pair;
};

/**
 * struct param_type - a kind of values
 * @arg: what --help calls the argument
 * @code: exit code for a bad value on the command line, 0: VZ_BAD_VALUE
 * @is_text: the value is @text
 * @is_list: repetitions add items
 * @adds: what is typed adds to what the file has, instead of replacing it
 * @item_end: the name of a list item ends at the last such character
 * @parse: 0, -EINVAL, -ERANGE (stored clamped) or -ENOMEM
 * @format: malloc'ed, NULL: no memory
 */
struct param_type {
	const char *arg;
	enum vz_exit code;
	bool is_text;
	bool is_list;
	bool adds;
	char item_end;
	int (*parse)(const struct param *param, const char *text,
		     enum param_source source, union param_value *value);
	char *(*format)(const union param_value *value);
};

extern const struct param_type type_text, type_word, type_path, type_hostname,
	type_ct_name, type_yesno, type_uint, type_pair, type_ram, type_disk,
	type_float, type_iolimit, type_cpulimit, type_list, type_addresses,
	type_named_list;

/*
 * Lists are words between blanks or commas.  An item of @add replaces the
 * item of @list with the same name; list_remove() takes whole lists, too, and
 * "all".  malloc'ed, single blanks; NULL: no memory.
 */
char *list_merge(const char *list, const char *add, char item_end);
char *list_remove(const char *list, const char *remove, char item_end);

#endif
