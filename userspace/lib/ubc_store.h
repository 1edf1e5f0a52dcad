/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What vzubc saw the last time: a file ubc.CTID.RESOURCE.KIND for each number,
 * in a directory that nobody else can write to.
 */
#ifndef VZ_UBC_STORE_H
#define VZ_UBC_STORE_H

#include "bcset.h"

#define UBC_STORE_DIR	"/var/lib/vzctl/vzubc"

/* What is remembered is a file name's end, too. */
#define UBC_STORE_FAILCNT	"failcnt"
#define UBC_STORE_HELD		"held"

/*
 * A descriptor, or -1.  The directory is made if need be; one that belongs to
 * somebody else or that others can write to is refused.
 */
int ubc_store_open(const char *dir, struct vz_err *err);

/*
 * @before gets, by resource, the numbers of @field that were remembered under
 * @kind, 0 for what is new; those of @ct are remembered instead.
 */
int ubc_store_swap(int store, const char *kind, enum bc_field field,
		   const struct bc_ct *ct, uint64_t before[VZMOD_RESOURCES],
		   struct vz_err *err);

/* Forget everything of a kind. */
int ubc_store_clear(int store, const char *kind, struct vz_err *err);

#endif
