// SPDX-License-Identifier: GPL-2.0-or-later
/* Beancounters of several containers; see bcset.h. */
#include "bcset.h"

#include <errno.h>
#include <string.h>

#include "cleanup.h"

void bc_set_free(struct bc_set *set)
{
	free(set->cts);
	*set = (struct bc_set){ 0 };
}

struct bc_ct *bc_set_find(const struct bc_set *set, uint32_t ctid)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->cts[i].ctid == ctid)
			return &set->cts[i];
	return NULL;
}

static struct bc_ct *add(struct bc_set *set, uint32_t ctid)
{
	struct bc_ct *cts;

	/* Grown by doubling: a power of two is full. */
	if (!(set->count & (set->count - 1))) {
		cts = reallocarray(set->cts, set->count * 2 + 1, sizeof(*cts));
		if (!cts)
			return NULL;
		set->cts = cts;
	}
	set->cts[set->count] = (struct bc_ct){ .ctid = ctid };
	return &set->cts[set->count++];
}

/* Rows of one container follow each other. */
static void take_row(const struct bc_row *row, void *arg)
{
	struct bc_set *set = arg;
	struct bc_ct *ct = set->count ? &set->cts[set->count - 1] : NULL;

	if (!ct || ct->ctid != row->ctid)
		ct = add(set, row->ctid);
	if (!ct) {
		set->no_memory = true;
		return;
	}
	ct->seen |= 1ULL << row->resource;
	memcpy(ct->value[row->resource], row->value, sizeof(row->value));
}

int bc_set_read(struct bc_set *set, FILE *f, const char *name,
		struct vz_err *err)
{
	int ret = f ? bcfile_scan(f, name, take_row, set, err) :
		bcfile_read(take_row, set, err);

	if (ret || !set->no_memory)
		return ret;
	errno = ENOMEM;
	return vz_fail_errno(err, VZ_SETUBC_ERROR, "Unable to read %s", name);
}
