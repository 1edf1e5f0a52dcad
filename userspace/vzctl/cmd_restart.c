// SPDX-License-Identifier: GPL-2.0-or-later
/* vzctl restart, and the options that it shares with start and stop. */
#include "lib/log.h"
#include "lib/param_argv.h"
#include "start_stop.h"

static int refuse_foreign(const char *option, const char *verb, struct vz_err *err)
{
	return vz_fail(err, VZ_SYNTAX, "Option --%s is not applicable to %s command",
		       option, verb);
}

int start_stop_parse(struct start_stop *how, unsigned int verbs, int argc, char **argv,
		     struct vz_err *err)
{
	const struct cmd_option options[] = {
		{ "force",		&how->force,		NULL },
		{ "wait",		&how->wait,		NULL },
		{ "skip-fsck",		&how->skip_fsck,	NULL },
		{ "skip-remount",	&how->skip_remount,	NULL },
		{ "skip_ve_setup",	&how->skip_setup,	NULL },
		{ "fast",		&how->fast,		NULL },
		{ "skip-umount",	&how->skip_umount,	NULL },
		{ NULL,			NULL,			NULL },
	};
	/* In the order of the table: where the options of stop begin. */
	const struct cmd_option *first_of_stop = &options[5];

	if (params_from_argv(NULL, 0, options, argc, argv, err))
		return -1;
	for (const struct cmd_option *option = options; option->name; option++) {
		unsigned int verb = option < first_of_stop ? FOR_START : FOR_STOP;

		if (*option->flag && !(verbs & verb))
			return refuse_foreign(option->name, argv[0], err);
	}
	return 0;
}

int cmd_restart(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err)
{
	struct start_stop how = { 0 };

	if (start_stop_parse(&how, FOR_START | FOR_STOP, argc, argv, err))
		return err->code;
	vz_log(LOG_NORMAL, "Restarting container");
	if (cmd_is_running(ctx) && stop_container(ctx, &how, err))
		return err->code;
	if (start_container(ctx, &how, err))
		return err->code;
	return VZ_OK;
}
