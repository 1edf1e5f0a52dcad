// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vzctl exec, exec2 and exec3: a shell command with a yes or no for an answer,
 * one with its exit code, and a program without a shell.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "cmd.h"
#include "lib/cancel.h"
#include "lib/cleanup.h"

/* As typed, except that an empty word would vanish; malloc'ed. */
static char *join_words(int count, char **words)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (int i = 0; i < count; i++)
		fprintf(out, "%s%s", i ? " " : "", *words[i] ? words[i] : "''");
	return fclose(out) ? NULL : text;
}

static int run_shell(const struct ct_spec *spec, int count, char **words, int *status,
		     struct vz_err *err)
{
	_cleanup_free_ char *text = NULL;

	if (count == 1 && !strcmp(words[0], "-"))
		return ct_exec_shell(spec, NULL, 0, status, err);
	text = join_words(count, words);
	if (!text)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to run a command");
	return ct_exec_shell(spec, text, 0, status, err);
}

int cmd_exec(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err)
{
	bool direct = !strcmp(ctx->command, "exec3");
	bool plain = !strcmp(ctx->command, "exec");
	int status, ret;

	if (argc < 2) {
		vz_fail(err, VZ_SYNTAX, "No command line given for exec");
		return err->code;
	}
	cancel_watch();
	ret = direct ? ct_exec(&ctx->spec, argv + 1, 0, &status, err) :
		       run_shell(&ctx->spec, argc - 1, argv + 1, &status, err);
	cancel_unwatch();
	if (ret)
		return err->code;
	if (WIFSIGNALED(status)) {
		vz_fail(err, VZ_SYSTEM_ERROR, "Got signal %d", WTERMSIG(status));
		return err->code;
	}
	if (plain)
		return WEXITSTATUS(status) ? VZ_COMMAND_FAILED : VZ_OK;
	return WEXITSTATUS(status);
}
