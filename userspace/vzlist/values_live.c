// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of the running system, as text and as JSON; see vzlist.h. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "vzlist.h"

char *value_text(uint64_t value)
{
	char *text;

	return asprintf(&text, "%llu", (unsigned long long)value) < 0 ?
		NULL : text;
}

int value_compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* status */
static const char * const status_names[] = {
	[CT_RUNNING] = "running", [CT_STOPPED] = "stopped",
	[CT_MOUNTED] = "mounted", [CT_SUSPENDED] = "suspended",
};

static char *status_text(const struct column *col, const struct ct_row *row)
{
	(void)col;
	return strdup(status_names[row->status]);
}

static struct json_object *status_json(const struct column *col,
				       const struct ct_row *row)
{
	(void)col;
	return json_object_new_string(status_names[row->status]);
}

static int status_compare(const struct column *col, const struct ct_row *a,
			  const struct ct_row *b)
{
	(void)col;
	return value_compare(a->status, b->status);
}

/* Beancounters: from the kernel; limits of a stopped one from its file. */
static bool get_ub(const struct column *col, const struct ct_row *row,
		   enum bc_field field, uint64_t *value)
{
	const struct params *params = &row->params;
	const struct ct_limit *pair = &params->value[P_UB + col->arg].pair;

	if (row->has_ub) {
		*value = row->ub[col->arg][field];
		return true;
	}
	if (!params->set[P_UB + col->arg] ||
	    (field != BC_BARRIER && field != BC_LIMIT))
		return false;
	*value = field == BC_BARRIER ? pair->barrier : pair->limit;
	return true;
}

static char *ub_text(const struct column *col, const struct ct_row *row)
{
	uint64_t value;

	return get_ub(col, row, col->field, &value) ? value_text(value) :
		NULL;
}

static struct json_object *ub_json(const struct column *col,
				   const struct ct_row *row)
{
	static const char * const names[BC_FIELDS] = {
		"held", "maxheld", "barrier", "limit", "failcnt",
	};
	struct json_object *json = NULL;
	enum bc_field field;
	uint64_t value;

	if (!get_ub(col, row, BC_LIMIT, &value))
		return NULL;
	json = json_object_new_object();
	for (field = 0; field < BC_FIELDS; field++) {
		if (!get_ub(col, row, field, &value))
			value = 0;
		json_object_object_add(json, names[field],
				       json_object_new_int64(value));
	}
	return json;
}

static int ub_compare(const struct column *col, const struct ct_row *a,
		      const struct ct_row *b)
{
	uint64_t left = 0, right = 0;
	bool has_left = get_ub(col, a, col->field, &left);
	bool has_right = get_ub(col, b, col->field, &right);

	return has_left && has_right ? value_compare(left, right) :
		has_left - has_right;
}

/* uptime */
static char *uptime_text(const struct column *col, const struct ct_row *row)
{
	unsigned long seconds = row->uptime;
	char *text;

	(void)col;
	if (row->uptime <= 0)
		return NULL;
	return asprintf(&text, "%03lud%02luh:%02lum:%02lus", seconds / 86400,
			seconds / 3600 % 24, seconds / 60 % 60,
			seconds % 60) < 0 ? NULL : text;
}

static struct json_object *uptime_json(const struct column *col,
				       const struct ct_row *row)
{
	char text[32];

	(void)col;
	snprintf(text, sizeof(text), "%.3f", row->uptime);
	return json_object_new_double_s(row->uptime, text);
}

static int uptime_compare(const struct column *col, const struct ct_row *a,
			  const struct ct_row *b)
{
	(void)col;
	return (a->uptime < b->uptime) - (a->uptime > b->uptime);
}

const struct column_type col_status = {
	.needs = NEED_STATUS,
	.text = status_text, .json = status_json, .compare = status_compare,
};

const struct column_type col_ub = {
	.needs = NEED_UB,
	.text = ub_text, .json = ub_json, .compare = ub_compare,
};

const struct column_type col_uptime = {
	.needs = NEED_UPTIME,
	.text = uptime_text, .json = uptime_json, .compare = uptime_compare,
};
