// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vzctl: global options, the table of commands, the usage text made from it.
 * To add a command: a function in cmd.h, a row here.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "lib/ctid.h"
#include "lib/param_argv.h"

#define CMD_RUN		(CMD_CONFIG | CMD_MODULE)

static const struct command commands[] = {
	{ "create", cmd_create, CMD_LOCK | CMD_NUMBER,
	  "[OPTIONS]", "make a container from a template" },
	{ "destroy", cmd_destroy, CMD_RUN | CMD_LOCK | CMD_NO_ARGS,
	  "", "delete a container and its files" },
	{ "delete", cmd_destroy, CMD_RUN | CMD_LOCK | CMD_NO_ARGS,
	  "", "same as destroy" },
	{ "set", cmd_set, CMD_LOCK | CMD_TRY_MODULE | CMD_CT0,
	  "[--save] [OPTIONS]", "change parameters" },
	{ "start", cmd_start, CMD_RUN | CMD_LOCK,
	  "[--force] [--wait]", "start a container" },
	{ "stop", cmd_stop, CMD_RUN | CMD_LOCK,
	  "[--fast] [--skip-umount]", "stop a container" },
	{ "restart", cmd_restart, CMD_RUN | CMD_LOCK,
	  "[--force] [--wait] [--fast]", "stop it and start it again" },
	{ "status", cmd_status, CMD_TRY_MODULE | CMD_NO_ARGS | CMD_TERSE,
	  "", "say whether it exists, is mounted and runs" },
	{ "mount", cmd_mount, CMD_RUN | CMD_LOCK | CMD_NO_ARGS,
	  "", "mount its files" },
	{ "umount", cmd_umount, CMD_RUN | CMD_LOCK | CMD_NO_ARGS,
	  "", "unmount its files" },
	{ "exec", cmd_exec, CMD_RUN,
	  "COMMAND...|-", "run a shell command inside" },
	{ "exec2", cmd_exec, CMD_RUN,
	  "COMMAND...|-", "same, with the exit code of the command" },
	{ "exec3", cmd_exec, CMD_RUN,
	  "COMMAND...", "same as exec2, but without a shell" },
	{ "enter", cmd_enter, CMD_RUN,
	  "[--exec COMMAND...]", "open a shell inside" },
	{ .name = NULL }
};

static void print_usage(FILE *out)
{
	const struct command *cmd;

	fprintf(out, "vzctl version %s\n"
		"Usage: vzctl [--quiet | --verbose] [--skiplock] COMMAND CTID|NAME [ARGUMENTS]\n"
		"       vzctl --help | --version\n\n", VZCTL_VERSION);
	for (cmd = commands; cmd->name; cmd++)
		fprintf(out, "  %-8s CTID %-29s %s\n", cmd->name, cmd->args,
			cmd->help);
	fputs("\nOptions of create: --config NAME and\n", out);
	params_print_help(out, PF_CREATE);
	fputs("\nOptions of set: --save, --force, --setmode restart|ignore, --reset_ub,\n"
	      "--applyconfig NAME and\n", out);
	params_print_help(out, PF_SET);
}

/* Returns how many words were global options; exits for --help and --version. */
static int take_globals(struct globals *globals, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--quiet")) {
			globals->quiet = true;
		} else if (!strcmp(argv[i], "--verbose")) {
			globals->verbose++;
		} else if (!strcmp(argv[i], "--skiplock")) {
			globals->skiplock = true;
		} else if (!strcmp(argv[i], "--version")) {
			printf("vzctl version %s\n", VZCTL_VERSION);
			exit(VZ_OK);
		} else if (!strcmp(argv[i], "--help")) {
			print_usage(stdout);
			exit(VZ_OK);
		} else {
			break;
		}
	}
	return i;
}

static const struct command *find_command(const char *name)
{
	const struct command *cmd;

	for (cmd = commands; cmd->name; cmd++)
		if (!strcmp(cmd->name, name))
			return cmd;
	return NULL;
}

static int find_container(const struct command *cmd, const char *id,
			  uint32_t *ctid, struct vz_err *err)
{
	if (cmd->flags & CMD_NUMBER && !ctid_parse(id, ctid))
		return vz_fail(err, VZ_BAD_VALUE, "Bad CT ID %s", id);
	if (ctid_find(id, ctid, err))
		return -1;
	if (!*ctid && !(cmd->flags & CMD_CT0))
		return vz_fail(err, VZ_BAD_VALUE,
			       "Only set actions are allowed for CT0");
	return 0;
}

/* Syntax errors are said even if --quiet was given. */
static int fail_syntax(enum vz_exit code, const char *text, const char *what)
{
	fprintf(stderr, "%s%s\n", text, what);
	return code;
}

static int fail_options(int argc, char **argv)
{
	int i;

	fputs("Invalid options: ", stderr);
	for (i = 1; i < argc; i++)
		fprintf(stderr, "%s ", argv[i]);
	fputc('\n', stderr);
	return VZ_SYNTAX;
}

/* Files that are opened must not become standard output by accident. */
static void sanitize_process(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	close(fd);
	umask(022);
	signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
	struct globals globals = { 0 };
	const struct command *cmd;
	struct vz_err err = { 0 };
	uint32_t ctid;
	int word;

	sanitize_process();
	word = take_globals(&globals, argc, argv);
	if (word >= argc) {
		print_usage(stderr);
		return VZ_SYNTAX;
	}
	cmd = find_command(argv[word]);
	if (!cmd)
		return fail_syntax(VZ_SYNTAX, "Bad command: ", argv[word]);
	if (++word >= argc)
		return fail_syntax(VZ_BAD_VALUE, "CT ID missing", "");
	if (find_container(cmd, argv[word], &ctid, &err))
		return fail_syntax(err.code, err.text, "");
	argv[word] = (char *)cmd->name;
	argc -= word;
	argv += word;
	if (cmd->flags & CMD_NO_ARGS && argc > 1)
		return fail_options(argc, argv);
	return command_run(cmd, &globals, ctid, argc, argv);
}
