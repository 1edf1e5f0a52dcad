/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of a command: the parameters that it accepts and its own.
 *
 * Rules are those of getopt_long(): any order, "--opt value" or "--opt=value",
 * unambiguous abbreviations.
 */
#ifndef VZ_PARAM_ARGV_H
#define VZ_PARAM_ARGV_H

#include <stdio.h>

#include "param.h"

/*
 * An option that is no parameter.  With @arg it takes an argument, which ends
 * up there; the first one wins.  Lists end with a NULL name.
 */
struct cmd_option {
	const char *name;
	bool *flag;
	const char **arg;
};

/*
 * @params gets the rows that have one of the flags in @allowed; it may be NULL
 * if that is 0.  argv[0] is the command, what follows must be options only.
 */
int params_from_argv(struct params *params, unsigned int allowed,
		     const struct cmd_option *options, int argc, char **argv,
		     struct vz_err *err);

/* One line for every row that has one of the flags. */
void params_print_help(FILE *out, unsigned int allowed);

#endif
