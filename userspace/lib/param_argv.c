// SPDX-License-Identifier: GPL-2.0-or-later
/* Options of commands, made from the table of parameters. */
#include "param_argv.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

/* Numbers that getopt returns: parameters, then the command's own options. */
#define FIRST_PARAM	256
#define FIRST_OWN	(FIRST_PARAM + PARAM_COUNT)
#define MAX_OWN		48

struct option_table {
	struct option longs[PARAM_COUNT + MAX_OWN + 1];
	char shorts[2 * PARAM_COUNT + 1];
	size_t count;
};

static void add_long(struct option_table *table, const char *name, bool has_arg,
		     int val)
{
	table->longs[table->count++] = (struct option){
		.name = name,
		.has_arg = has_arg ? required_argument : no_argument,
		.val = val,
	};
}

static void build(struct option_table *table, unsigned int allowed,
		  const struct cmd_option *options)
{
	char *next = table->shorts;
	enum param_id id;
	size_t i;

	for (id = P_NONE + 1; id < PARAM_COUNT; id++) {
		const struct param *param = param_get(id);

		if (!param || !param->option || !(param->flags & allowed))
			continue;
		add_long(table, param->option, true, FIRST_PARAM + id);
		if (param->short_opt) {
			*next++ = param->short_opt;
			*next++ = ':';
		}
	}
	for (i = 0; options && options[i].name && i < MAX_OWN; i++)
		add_long(table, options[i].name, options[i].arg, FIRST_OWN + i);
}

static enum param_id param_by_short(int c)
{
	enum param_id id;

	for (id = P_UB; id < PARAM_COUNT; id++) {
		const struct param *param = param_get(id);

		if (param && param->short_opt == c)
			return id;
	}
	return P_NONE;
}

/* One line of a message, whatever was typed. */
static void make_printable(char *buf, size_t size, const char *value)
{
	snprintf(buf, size, "%s", value);
	for (; *buf; buf++)
		if ((unsigned char)*buf < ' ' || *buf == 0x7f)
			*buf = '?';
}

static int take_param(struct params *params, int c, const char *value,
		      struct vz_err *err)
{
	char shown[256];
	enum param_id id = c < FIRST_PARAM ? param_by_short(c) :
		(enum param_id)(c - FIRST_PARAM);
	const struct param *param = param_get(id);
	enum vz_exit code = param->type->code;
	int ret;

	if (param->flags & PF_MISSING)
		return vz_fail(err, VZ_NO_KERNEL,
			       "--%s is not supported by this version",
			       param->option);
	ret = params_set(params, id, value, FROM_ARGV);
	if (!ret || ret == -EEXIST)
		return 0;
	if (!code)
		code = VZ_BAD_VALUE;
	make_printable(shown, sizeof(shown), value);
	if (c < FIRST_PARAM)
		return vz_fail(err, code, "Bad parameter for -%c : %s", c,
			       shown);
	return vz_fail(err, code, "Bad parameter for --%s: %s", param->option,
		       shown);
}

static void take_own(const struct cmd_option *option, const char *value)
{
	if (option->flag)
		*option->flag = true;
	if (option->arg && !*option->arg)
		*option->arg = value;
}

static int fail_extra(int argc, char **argv, struct vz_err *err)
{
	char words[512] = "";
	size_t used = 0;
	int i;

	for (i = 0; i < argc && used < sizeof(words); i++)
		used += snprintf(words + used, sizeof(words) - used, "%s ",
				 argv[i]);
	return vz_fail(err, VZ_SYNTAX, "Invalid extra arguments: %s", words);
}

int params_from_argv(struct params *params, unsigned int allowed,
		     const struct cmd_option *options, int argc, char **argv,
		     struct vz_err *err)
{
	struct option_table table = { 0 };
	char *command = argv[0];
	int c, ret = 0;

	build(&table, allowed, options);
	/* getopt says itself what it dislikes, in the name of argv[0]. */
	argv[0] = program_invocation_short_name;
	optind = 0;
	while (!ret && (c = getopt_long(argc, argv, table.shorts, table.longs,
					NULL)) != -1) {
		if (c == '?')
			ret = vz_fail(err, VZ_BAD_VALUE, "%s", "");
		else if (c >= FIRST_OWN)
			take_own(&options[c - FIRST_OWN], optarg);
		else
			ret = take_param(params, c, optarg, err);
	}
	argv[0] = command;
	if (!ret && optind < argc)
		ret = fail_extra(argc - optind, argv + optind, err);
	return ret;
}

void params_print_help(FILE *out, unsigned int allowed)
{
	enum param_id id;

	for (id = P_NONE + 1; id < PARAM_COUNT; id++) {
		const struct param *param = param_get(id);
		char option[64];

		if (!param || !param->option || !param->help ||
		    !(param->flags & allowed) || param->flags & PF_MISSING)
			continue;
		snprintf(option, sizeof(option), "--%s %s", param->option,
			 param->type->arg);
		fprintf(out, "    %-34s %s\n", option, param->help);
	}
}
