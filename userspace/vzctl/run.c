// SPDX-License-Identifier: GPL-2.0-or-later
/* What every command needs done before it runs; see command.h. */
#include "command.h"

#include <string.h>
#include <unistd.h>

#include "lib/config.h"
#include "lib/ctl.h"
#include "lib/lock.h"
#include "lib/log.h"
#include "lib/promise.h"

static void start_log(const struct command *cmd, const struct globals *globals,
		      const struct params *params, uint32_t ctid)
{
	struct log_setup setup = {
		.prog = "vzctl",
		.quiet = globals->quiet,
		.verbose = globals->verbose,
		.file_level = params_number(params, P_LOG_LEVEL, 0),
	};

	if (!setup.verbose)
		setup.verbose = params_number(params, P_VERBOSE, 0);
	if (cmd->flags & CMD_TERSE)
		setup.verbose = LOG_ERROR;
	if (params_yes(params, P_LOGGING, true))
		setup.file = params_text(params, P_LOGFILE);
	log_setup(&setup);
	log_set_ctid(ctid);
}

/*
 * What a killed creation left to be done comes first, even for a command that
 * takes no lock, provided that nobody is at it.
 */
static int take_lock(const struct command *cmd, const struct globals *globals,
		     const struct cmd_ctx *ctx, struct vz_lock *lock,
		     struct vz_err *err)
{
	const char *dir = params_text(&ctx->config->global, P_LOCKDIR);
	struct vz_err busy = { 0 };

	if (globals->skiplock)
		return 0;
	if (!(cmd->flags & CMD_LOCK)) {
		if (promise_is_made(ctx->ctid) &&
		    !lock_acquire(lock, dir, ctx->ctid, ctx->command, &busy))
			promise_keep(ctx->ctid, &busy);
		lock_release(lock);
		return 0;
	}
	if (lock_acquire(lock, dir, ctx->ctid, ctx->command, err))
		return -1;
	return promise_keep(ctx->ctid, err);
}

static int open_module(const struct command *cmd, struct cmd_ctx *ctx,
		       struct vz_err *err)
{
	struct vz_err failure = { 0 };

	if (!(cmd->flags & (CMD_MODULE | CMD_TRY_MODULE)))
		return 0;
	ctx->ctl_fd = ctl_open(&failure);
	if (ctx->ctl_fd >= 0 || cmd->flags & CMD_TRY_MODULE)
		return 0;
	return vz_fail(err, failure.code, "%s", failure.text);
}

/* The configuration is read under the lock, or a change in between is lost. */
static int prepare(const struct command *cmd, const struct globals *globals,
		   struct cmd_ctx *ctx, struct vz_lock *lock,
		   struct vz_err *err)
{
	struct ct_config *config = ctx->config;

	log_setup(&(struct log_setup){
		.prog = "vzctl", .quiet = globals->quiet,
	});
	if (config_load_global(config, err))
		return -1;
	start_log(cmd, globals, &config->global, ctx->ctid);
	if (take_lock(cmd, globals, ctx, lock, err) ||
	    config_load_ct(config, ctx->ctid, err))
		return -1;
	if (cmd->flags & CMD_CONFIG && !config->exists)
		return vz_fail(err, VZ_NO_CONFIG,
			       "Container config file does not exist");
	if (open_module(cmd, ctx, err))
		return -1;
	return params_to_spec(&config->merged, ctx->ctid, &ctx->spec, err);
}

int command_run(const struct command *cmd, const struct globals *globals,
		uint32_t ctid, int argc, char **argv)
{
	_cleanup_ct_config_ struct ct_config config = { 0 };
	struct vz_lock lock = VZ_LOCK_INIT;
	struct vz_err err = { 0 };
	struct cmd_ctx ctx = {
		.command = cmd->name,
		.ctid = ctid,
		.ctl_fd = -1,
		.config = &config,
		.params = &config.merged,
	};
	int code;

	if (prepare(cmd, globals, &ctx, &lock, &err))
		code = err.code;
	else
		code = cmd->fn(&ctx, argc, argv, &err);
	/* getopt has said it itself where there is no text. */
	if (err.code && *err.text)
		vz_log(LOG_ERROR, "%s", err.text);
	lock_release(&lock);
	if (ctx.ctl_fd >= 0)
		close(ctx.ctl_fd);
	return code;
}

bool cmd_is_running(const struct cmd_ctx *ctx)
{
	return ctx->ctl_fd >= 0 && ctl_is_running(ctx->ctl_fd, ctx->ctid, NULL);
}
