/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Divide a host between a number of equal containers.
 *
 * Three levels are tried, from plenty to just enough, each with its own
 * allowance per process, file and socket; the first that the memory suffices
 * for is taken.  If none fits, a last one has as few processes as it takes.
 */
#ifndef VZ_UBC_SPLIT_H
#define VZ_UBC_SPLIT_H

#include "host.h"
#include "param.h"

struct split_request {
	uint64_t count;		/* containers, at least 1 */
	struct host host;
	bool vswap;		/* limits of RAM and swap only */
	bool has_disk;		/* the file system of private areas is known */
	uint64_t disk_kib;
	uint64_t inodes;	/* 0: it does not count any */
};

struct split_plan {
	unsigned int level;	/* 0 to 3 */
	struct params params;
};

/* Failures have the code VZ_SETUBC_ERROR and say what would be possible. */
int ubc_split(const struct split_request *req, struct split_plan *plan,
	      struct vz_err *err);

/* As a sample configuration. */
void ubc_split_print(FILE *out, const struct split_request *req,
		     const struct split_plan *plan);

#endif
