/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Do the beancounters of a configuration fit each other?
 *
 * With VSwap RAM and swap are limits without a barrier, which the host can
 * honour.  Without it barriers and limits have to have the order that each
 * resource needs, and those that are used together have to suffice for each
 * other: a process needs kernel memory, a socket needs buffers.  A bound that
 * is unlimited suffices for everything.
 */
#ifndef VZ_UBC_CHECK_H
#define VZ_UBC_CHECK_H

#include "host.h"
#include "param.h"

enum ubc_level {
	UBC_ERROR,
	UBC_WARNING,
	UBC_RECOMMENDATION,
};

struct ubc_finding {
	enum ubc_level level;
	enum param_id param;
	char text[200];		/* what is wrong, without the level */
	bool can_fix;
	struct ct_limit fixed;	/* what would be right */
};

/**
 * struct ubc_check - what to check, and whom to tell
 * @params: vz.conf and, over it, the configuration; changed by repairs
 * @host: for VSwap only
 * @vswap: is it meant for VSwap?
 * @found: called for each finding in order; true: repair it if that can be
 * @arg: for @found
 */
struct ubc_check {
	struct params *params;
	const struct host *host;
	bool vswap;
	bool (*found)(const struct ubc_finding *finding, void *arg);
	void *arg;
};

/*
 * Returns how many errors and warnings are left.  A repair may show what could
 * not be seen before; that is looked for, too, until all is well or a finding
 * is left.
 */
unsigned int ubc_check(const struct ubc_check *check);

/* "Error", "Warning", "Recommendation" */
const char *ubc_level_name(enum ubc_level level);

#endif
