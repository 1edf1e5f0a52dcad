/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of vzctl create: what is wanted, and making the files. */
#ifndef VZCTL_CREATE_H
#define VZCTL_CREATE_H

#include <limits.h>

#include "cmd.h"
#include "lib/param.h"

struct create {
	const char *sample;	/* --config, then whatever is used, or NULL */
	struct params typed;	/* the command line */
	struct params params;	/* vz.conf < sample or CTID.conf < typed */
	struct conf conf;	/* the new CTID.conf */
	struct ct_spec spec;
	char tarball[PATH_MAX];
};

void create_free(struct create *create);

#define _cleanup_create_	__attribute__((cleanup(create_free)))

/* Everything that can be wrong before anything is made. */
int create_plan(const struct cmd_ctx *ctx, struct create *create,
		struct vz_err *err);

/*
 * Fill PRIVATE.tmp.  On failure nothing of it is left.  Signals are noted from
 * then on (lib/cancel.h).
 */
int create_area(const struct create *create, const char *tmp,
		struct vz_err *err);
void create_discard(const struct create *create, const char *tmp);

#endif
