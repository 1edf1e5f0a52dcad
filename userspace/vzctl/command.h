/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row of the table of commands, and what is done for it before it runs. */
#ifndef VZCTL_COMMAND_H
#define VZCTL_COMMAND_H

#include "cmd.h"

/* Programs look for X.Y.Z and compare; the classic tools ended at 4.11. */
#define VZCTL_VERSION	"4.12.0"

#define CMD_LOCK	0x01	/* nobody else may work on the container */
#define CMD_CONFIG	0x02	/* CTID.conf must exist */
#define CMD_MODULE	0x04	/* /dev/vzctl must be there */
#define CMD_TRY_MODULE	0x08	/* the command decides what if it is not */
#define CMD_CT0		0x10	/* makes sense for the host */
#define CMD_NUMBER	0x20	/* takes no name */
#define CMD_NO_ARGS	0x40
#define CMD_TERSE	0x80	/* shows nothing but errors and its result */

struct command {
	const char *name;
	cmd_fn fn;
	unsigned int flags;
	const char *args;
	const char *help;
};

/* Options before the command. */
struct globals {
	bool quiet;
	bool skiplock;
	int verbose;
};

/*
 * Read the configuration, open the log, take the lock, open the module - as
 * the row says - and run it.  Prints what went wrong, returns the exit code.
 */
int command_run(const struct command *cmd, const struct globals *globals,
		uint32_t ctid, int argc, char **argv);

#endif
