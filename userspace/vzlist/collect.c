// SPDX-License-Identifier: GPL-2.0-or-later
/* What vzlist knows, and from where; see vzlist.h. */
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/ct.h"
#include "lib/ctl.h"
#include "sources.h"
#include "vzlist.h"

void ct_list_free(struct ct_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		params_free(&list->rows[i].params);
	free(list->rows);
	*list = (struct ct_list){ 0 };
}

static int compare_ctids(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

static int fail_memory(struct vz_err *err)
{
	errno = ENOMEM;
	return vz_fail_errno(err, VZ_SETUBC_ERROR, "Unable to make the list");
}

/* A configuration that cannot be used leaves a row with what else is known. */
static int load_params(struct ct_row *row, const struct params *global)
{
	_cleanup_ct_config_ struct ct_config config = { 0 };
	struct vz_err err = { 0 };
	struct ct_spec spec;

	if (params_overlay(&config.merged, global))
		return -1;
	if (config_load_ct(&config, row->ctid, &err))
		fprintf(stderr, "Warning: CT %u: %s\n", row->ctid, err.text);
	if (params_to_spec(&config.merged, row->ctid, &spec, &err))
		return -1;
	row->has_conf = config.exists;
	row->params = config.merged;
	config.merged = (struct params){ 0 };
	return 0;
}

static bool has_dump(const struct ct_row *row)
{
	char path[PATH_MAX];

	return params_dump_path(&row->params, row->ctid, path, sizeof(path)) &&
		!access(path, F_OK);
}

static enum ct_status find_status(const struct ct_row *row)
{
	struct ct_spec spec = {
		.ctid = row->ctid,
		.private_dir = row->params.private_dir,
		.root_dir = row->params.root_dir,
	};

	if (spec.root_dir && ct_is_mounted(&spec))
		return CT_MOUNTED;
	return has_dump(row) ? CT_SUSPENDED : CT_STOPPED;
}

static double uptime_of(const struct vzmod_ct_info *info)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec + now.tv_nsec / 1e9 - info->start_ns / 1e9;
}

static int fill_row(struct ct_row *row, int ctl, const struct params *global,
		    unsigned int needs)
{
	struct vzmod_ct_info info;

	if (load_params(row, global))
		return -1;
	if (!ctl_ct_info(ctl, row->ctid, &info) &&
	    info.state == VZMOD_CT_RUNNING) {
		row->status = CT_RUNNING;
		row->uptime = uptime_of(&info);
	} else {
		row->status = needs & NEED_STATUS ? find_status(row) :
			CT_STOPPED;
	}
	return 0;
}

/* Is there anything to show?  A stopped container needs its files. */
static bool is_visible(const struct ct_row *row)
{
	if (row->status == CT_RUNNING)
		return true;
	return row->has_conf && row->params.private_dir &&
		!access(row->params.private_dir, F_OK);
}

static void take_ub(const struct bc_row *bc, void *arg)
{
	struct ct_list *list = arg;
	struct ct_row *row = bsearch(&bc->ctid, list->rows, list->count,
				     sizeof(*row), compare_ctids);

	if (!row || row->status != CT_RUNNING)
		return;
	row->has_ub = true;
	memcpy(row->ub[bc->resource], bc->value, sizeof(bc->value));
}

static int fill_list(struct ct_list *list, const struct id_set *ids, int ctl,
		     unsigned int needs, struct vz_err *err)
{
	_cleanup_ct_config_ struct ct_config base = { 0 };
	size_t i;

	if (config_load_global(&base, err))
		return -1;
	list->rows = calloc(ids->count + 1, sizeof(*list->rows));
	if (!list->rows)
		return fail_memory(err);
	for (i = 0; i < ids->count; i++) {
		struct ct_row *row = &list->rows[list->count];

		if (i && ids->ids[i] == ids->ids[i - 1])
			continue;
		row->ctid = ids->ids[i];
		list->count++;
		if (fill_row(row, ctl, &base.global, needs))
			return fail_memory(err);
		if (is_visible(row))
			continue;
		params_free(&row->params);
		*row = (struct ct_row){ 0 };
		list->count--;
	}
	return needs & NEED_UB ? bcfile_read(take_ub, list, err) : 0;
}

int ct_list_collect(struct ct_list *list, const uint32_t *ids, size_t n_ids,
		    bool configured, unsigned int needs, struct vz_err *err)
{
	_cleanup_close_ int ctl = ctl_open(err);
	_cleanup_ids_ struct id_set set = { 0 };
	size_t i;

	/* Found again by bsearch(): the number has to come first. */
	static_assert(!offsetof(struct ct_row, ctid), "key of a row");
	if (ctl < 0)
		return -1;
	for (i = 0; i < n_ids; i++)
		if (ids_add(&set, ids[i]))
			return fail_memory(err);
	if (!n_ids && (ids_add_running(&set, ctl, err) ||
		       (configured && ids_add_configured(&set, err))))
		return -1;
	if (set.count)
		qsort(set.ids, set.count, sizeof(*set.ids), compare_ctids);
	return fill_list(list, &set, ctl, needs, err);
}
