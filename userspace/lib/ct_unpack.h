/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The box that an archive is unpacked in: a process with its own user, mount,
 * pid and network namespaces, whose root holds the directory to be filled, the
 * programs of the host read-only, and nothing else.  Absolute names, "..",
 * links and bugs of tar lead nowhere, because there is nowhere to go, and
 * device nodes cannot be made.
 */
#ifndef VZ_CT_UNPACK_H
#define VZ_CT_UNPACK_H

#include <sys/types.h>

#include "err.h"

struct unpack_job {
	int archive;			/* open; how far it was read is seen here */
	const char *decompressor;	/* an option of tar, or NULL */
	const char *dir;
	int log;			/* where tar prints */
};

/* Returns the process, which ends with the exit code of tar. */
pid_t unpack_box_start(const struct unpack_job *job, struct vz_err *err);

#endif
