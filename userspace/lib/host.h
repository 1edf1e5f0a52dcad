/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host has for its containers to share. */
#ifndef VZ_HOST_H
#define VZ_HOST_H

#include <stdint.h>
#include <stdio.h>

#include "err.h"

struct host {
	uint64_t ram;		/* bytes */
	uint64_t low;		/* bytes that the kernel can use for itself */
	uint64_t swap;		/* bytes */
	uint64_t threads_max;
};

/* @meminfo has the form of /proc/meminfo.  -1: there is no MemTotal in it. */
int host_parse_meminfo(FILE *meminfo, struct host *host);

/* Failures have the code VZ_SETUBC_ERROR. */
int host_read(struct host *host, struct vz_err *err);

#endif
