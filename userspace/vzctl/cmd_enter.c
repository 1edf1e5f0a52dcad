// SPDX-License-Identifier: GPL-2.0-or-later
/* vzctl enter: a login shell inside, on a terminal of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "lib/cleanup.h"
#include "lib/log.h"

/* All that follows --exec is one line to be typed; malloc'ed. */
static char *line_to_type(int count, char **words)
{
	size_t size;
	char *line;
	FILE *out = open_memstream(&line, &size);

	if (!out)
		return NULL;
	for (int i = 0; i < count; i++)
		fprintf(out, "%s%s", i ? " " : "", words[i]);
	return fclose(out) ? NULL : line;
}

static int parse(int argc, char **argv, char **line, struct vz_err *err)
{
	if (argc < 2)
		return 0;
	if (strcmp(argv[1], "--exec"))
		return vz_fail(err, VZ_SYNTAX, "Invalid options: %s", argv[1]);
	if (argc < 3)
		return vz_fail(err, VZ_SYNTAX, "No command line given for exec");
	*line = line_to_type(argc - 2, argv + 2);
	return *line ? 0 : vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to enter");
}

int cmd_enter(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err)
{
	_cleanup_free_ char *line = NULL;

	if (parse(argc, argv, &line, err))
		return err->code;
	if (!ct_enter(&ctx->spec, line, err))
		return VZ_OK;
	if (err->code != VZ_NOT_RUNNING)
		vz_log(LOG_ERROR, "enter into CT %u failed", ctx->ctid);
	return err->code;
}
