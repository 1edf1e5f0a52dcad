// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of the configuration, as text and as JSON; see vzlist.h. */
#include <ctype.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vzlist.h"

static struct json_object *json_text(const char *text)
{
	return text ? json_object_new_string(text) : NULL;
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

/* ctid */
static char *ctid_text(const struct column *col, const struct ct_row *row)
{
	(void)col;
	return value_text(row->ctid);
}

static struct json_object *ctid_json(const struct column *col,
				     const struct ct_row *row)
{
	(void)col;
	return json_object_new_int64(row->ctid);
}

static int ctid_compare(const struct column *col, const struct ct_row *a,
			const struct ct_row *b)
{
	(void)col;
	return value_compare(a->ctid, b->ctid);
}

/* Texts of the configuration; empty is not set. */
static const char *get_text(const struct column *col, const struct ct_row *row)
{
	const char *text = params_text(&row->params, col->arg);

	return text && *text ? text : NULL;
}

static int compare_texts(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : !!a - !!b;
}

static char *text_text(const struct column *col, const struct ct_row *row)
{
	return copy(get_text(col, row));
}

static struct json_object *text_json(const struct column *col,
				     const struct ct_row *row)
{
	return json_text(get_text(col, row));
}

static int text_compare(const struct column *col, const struct ct_row *a,
			const struct ct_row *b)
{
	return compare_texts(get_text(col, a), get_text(col, b));
}

/* Paths, made by ct_list_collect(). */
static const char *get_path(const struct column *col, const struct ct_row *row)
{
	return col->arg == P_VE_ROOT ? row->params.root_dir :
		row->params.private_dir;
}

static char *path_text(const struct column *col, const struct ct_row *row)
{
	return copy(get_path(col, row));
}

static struct json_object *path_json(const struct column *col,
				     const struct ct_row *row)
{
	return json_text(get_path(col, row));
}

static int path_compare(const struct column *col, const struct ct_row *a,
			const struct ct_row *b)
{
	return compare_texts(get_path(col, a), get_path(col, b));
}

/* smart_name: a name, else the number */
static char *smart_text(const struct column *col, const struct ct_row *row)
{
	const char *name = params_text(&row->params, P_NAME);

	return name && *name ? strdup(name) : ctid_text(col, row);
}

static struct json_object *smart_json(const struct column *col,
				      const struct ct_row *row)
{
	char *text = smart_text(col, row);
	struct json_object *json = json_text(text);

	free(text);
	return json;
}

static int smart_compare(const struct column *col, const struct ct_row *a,
			 const struct ct_row *b)
{
	char *left = smart_text(col, a), *right = smart_text(col, b);
	int ret = compare_texts(left, right);

	free(left);
	free(right);
	return ret;
}

/* Calls @fn for every word of a list. */
static void walk_list(const char *list, struct json_object *json,
		      void (*fn)(struct json_object *json, char *item))
{
	char *words = copy(list), *save, *item;

	if (!words)
		return;
	for (item = strtok_r(words, " ", &save); item;
	     item = strtok_r(NULL, " ", &save))
		fn(json, item);
	free(words);
}

static void add_item(struct json_object *json, char *item)
{
	json_object_array_add(json, json_object_new_string(item));
}

static struct json_object *list_json(const struct column *col,
				     const struct ct_row *row)
{
	struct json_object *json = json_object_new_array();

	walk_list(get_text(col, row), json, add_item);
	return json;
}

/* features, capability: "nfs:on,ppp:off" */
static char *switches_text(const struct column *col, const struct ct_row *row)
{
	char *text = copy(get_text(col, row)), *c;

	for (c = text; c && *c; c++)
		*c = *c == ' ' ? ',' : tolower((unsigned char)*c);
	return text;
}

static void add_switch(struct json_object *json, char *item)
{
	char *colon = strrchr(item, ':'), *c;
	bool on;

	if (!colon)
		return;
	*colon = '\0';
	for (c = item; *c; c++)
		*c = tolower((unsigned char)*c);
	on = !strcmp(colon + 1, "on");
	json_object_object_add(json, item, json_object_new_boolean(on));
}

static struct json_object *switches_json(const struct column *col,
					 const struct ct_row *row)
{
	const char *list = get_text(col, row);
	struct json_object *json = list ? json_object_new_object() : NULL;

	walk_list(list, json, add_switch);
	return json;
}

/* Numbers of the configuration */
static char *number_text(const struct column *col, const struct ct_row *row)
{
	return row->params.set[col->arg] ?
		value_text(row->params.value[col->arg].number) : NULL;
}

static struct json_object *number_json(const struct column *col,
				       const struct ct_row *row)
{
	return json_object_new_int64(params_number(&row->params, col->arg, 0));
}

static struct json_object *maybe_number_json(const struct column *col,
					     const struct ct_row *row)
{
	return row->params.set[col->arg] ? number_json(col, row) : NULL;
}

static int number_compare(const struct column *col, const struct ct_row *a,
			  const struct ct_row *b)
{
	bool has_left = a->params.set[col->arg];
	bool has_right = b->params.set[col->arg];

	return has_left && has_right ?
		value_compare(a->params.value[col->arg].number,
			      b->params.value[col->arg].number) :
		has_left - has_right;
}

/* yes and no */
static char *yesno(bool yes)
{
	return strdup(yes ? "yes" : "no");
}

static char *maybe_bool_text(const struct column *col, const struct ct_row *row)
{
	return row->params.set[col->arg] ?
		yesno(params_yes(&row->params, col->arg, false)) : NULL;
}

static struct json_object *bool_json(const struct column *col,
				     const struct ct_row *row)
{
	return json_object_new_boolean(params_yes(&row->params, col->arg,
						  false));
}

static struct json_object *maybe_bool_json(const struct column *col,
					   const struct ct_row *row)
{
	return row->params.set[col->arg] ? bool_json(col, row) : NULL;
}

static char *bool_text(const struct column *col, const struct ct_row *row)
{
	return yesno(params_yes(&row->params, col->arg, false));
}

static char *vswap_text(const struct column *col, const struct ct_row *row)
{
	(void)col;
	return yesno(params_is_vswap(&row->params));
}

static struct json_object *vswap_json(const struct column *col,
				      const struct ct_row *row)
{
	(void)col;
	return json_object_new_boolean(params_is_vswap(&row->params));
}

static struct json_object *float_json(const struct column *col,
				      const struct ct_row *row)
{
	const char *text = get_text(col, row);

	if (!text)
		text = "0";
	return json_object_new_double_s(strtod(text, NULL), text);
}

/* layout: there is one kind */
static char *layout_text(const struct column *col, const struct ct_row *row)
{
	(void)col;
	(void)row;
	return strdup("simfs");
}

static struct json_object *layout_json(const struct column *col,
				       const struct ct_row *row)
{
	(void)col;
	(void)row;
	return json_text("simfs");
}

/* Columns of parts that do not exist yet */
static char *no_text(const struct column *col, const struct ct_row *row)
{
	(void)col;
	(void)row;
	return NULL;
}

static struct json_object *no_json(const struct column *col,
				   const struct ct_row *row)
{
	(void)col;
	(void)row;
	return NULL;
}

const struct column_type col_ctid = {
	.text = ctid_text, .json = ctid_json, .compare = ctid_compare,
};

const struct column_type col_path = {
	.may_cut = true,
	.text = path_text, .json = path_json, .compare = path_compare,
};

const struct column_type col_text = {
	.may_cut = true,
	.text = text_text, .json = text_json, .compare = text_compare,
};

const struct column_type col_smart_name = {
	.may_cut = true,
	.text = smart_text, .json = smart_json, .compare = smart_compare,
};

const struct column_type col_list = {
	.may_cut = true, .is_list = true,
	.text = text_text, .json = list_json, .compare = text_compare,
};

const struct column_type col_unknown = { .text = no_text, .json = no_json };

const struct column_type col_number = {
	.text = number_text, .json = number_json, .compare = number_compare,
};

const struct column_type col_maybe_number = {
	.text = number_text, .json = maybe_number_json,
	.compare = number_compare,
};

const struct column_type col_bool = { .text = bool_text, .json = bool_json };

const struct column_type col_maybe_bool = {
	.text = maybe_bool_text, .json = maybe_bool_json,
};

const struct column_type col_switches = {
	.may_cut = true, .text = switches_text, .json = switches_json,
};

const struct column_type col_vswap = { .text = vswap_text, .json = vswap_json };

const struct column_type col_float = {
	.may_cut = true, .text = text_text, .json = float_json,
};

const struct column_type col_layout = {
	.text = layout_text, .json = layout_json,
};
