/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which containers there are. */
#ifndef VZLIST_SOURCES_H
#define VZLIST_SOURCES_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

struct id_set {
	uint32_t *ids;
	size_t count;
};

void ids_free(struct id_set *set);

#define _cleanup_ids_	__attribute__((cleanup(ids_free)))

int ids_add(struct id_set *set, uint32_t ctid);	/* -1: no memory */

int ids_add_running(struct id_set *set, int ctl, struct vz_err *err);
int ids_add_configured(struct id_set *set, struct vz_err *err);

#endif
