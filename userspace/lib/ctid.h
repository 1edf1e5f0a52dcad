/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and names of containers, and where their configuration is.
 *
 * A name is a symlink /etc/vz/names/NAME to /etc/vz/conf/CTID.conf and counts
 * only if NAME= there says the same; so a link left by a killed command is
 * harmless and is replaced when the name is wanted.
 */
#ifndef VZ_CTID_H
#define VZ_CTID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* Decimal, no sign, blank or leading zero, at most VZMOD_CTID_MAX. */
bool ctid_parse(const char *text, uint32_t *ctid);

/* A number, or a name; VZ_BAD_VALUE if it is neither. */
int ctid_find(const char *text, uint32_t *ctid, struct vz_err *err);

/* /etc/vz/conf/CTID.SUFFIX */
void ctid_conf_path(uint32_t ctid, const char *suffix, char *path, size_t size);

/*
 * Everything of a container in that directory, NULL at the end.  "conf" is the
 * last, because without it the container could not be named again.
 */
extern const char * const ctid_file_suffixes[];

/* VZ_NAME_ERROR if another container has the name. */
int name_check(const char *name, uint32_t ctid, struct vz_err *err);
int name_assign(const char *name, uint32_t ctid, struct vz_err *err);

/* Remove all links to that container but @keep, which may be NULL. */
void name_prune(const char *keep, uint32_t ctid);

#endif
