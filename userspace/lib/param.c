// SPDX-License-Identifier: GPL-2.0-or-later
/* Sets of parameters; see param.h. */
#include "param.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"

/* The row that holds the value of @id. */
static enum param_id home_of(enum param_id id)
{
	const struct param *param = param_get(id);

	return param && param->stored_as ? param->stored_as : id;
}

void params_unset(struct params *params, enum param_id id)
{
	const struct param *param = param_get(id);

	if (params->set[id] && param->type->is_text)
		free(params->value[id].text);
	params->set[id] = false;
}

void params_free(struct params *params)
{
	enum param_id id;

	for (id = P_NONE; id < PARAM_COUNT; id++)
		params_unset(params, id);
	free(steal_ptr(&params->private_dir));
	free(steal_ptr(&params->root_dir));
}

/* Append to a list that is set already; @add is consumed. */
static int grow_list(const struct param *param, union param_value *value,
		     char *add)
{
	_cleanup_free_ char *more = add;
	char *both = list_merge(value->text, more, param->type->item_end);

	if (!both)
		return -ENOMEM;
	free(value->text);
	value->text = both;
	return 0;
}

int params_set(struct params *params, enum param_id id, const char *text,
	       enum param_source source)
{
	const struct param *param = param_get(id);
	union param_value value = { .pair = { 0 } };
	enum param_id home = home_of(id);
	int ret;

	if (params->set[home] && !param->type->is_list)
		return -EEXIST;
	ret = param->type->parse(param, text, source, &value);
	if (ret && ret != -ERANGE)
		return ret;
	params->given[id] = true;
	if (params->set[home])
		return grow_list(param, &params->value[home], value.text);
	params->value[home] = value;
	params->set[home] = true;
	return ret;
}

int params_overlay(struct params *into, const struct params *from)
{
	enum param_id id;

	for (id = P_NONE + 1; id < PARAM_COUNT; id++) {
		union param_value value = from->value[id];

		if (!from->set[id])
			continue;
		if (param_get(id)->type->is_text) {
			value.text = strdup(value.text);
			if (!value.text)
				return -ENOMEM;
		}
		params_unset(into, id);
		into->value[id] = value;
		into->set[id] = true;
	}
	return 0;
}

char *params_format(const struct params *params, enum param_id id)
{
	if (!params->set[id])
		return NULL;
	return param_get(id)->type->format(&params->value[id]);
}

const char *params_text(const struct params *params, enum param_id id)
{
	return params->set[id] ? params->value[id].text : NULL;
}

uint64_t params_number(const struct params *params, enum param_id id,
		       uint64_t otherwise)
{
	return params->set[id] ? params->value[id].number : otherwise;
}

bool params_yes(const struct params *params, enum param_id id, bool otherwise)
{
	return params_number(params, id, otherwise);
}

bool params_is_vswap(const struct params *params)
{
	uint64_t ram = params->value[P_UB + UB_PHYSPAGES].pair.limit;

	return params->set[P_UB + UB_PHYSPAGES] && ram != UB_MAXVALUE &&
		ram != INT32_MAX;
}

char *params_unapplied(const struct params *params)
{
	char *names = NULL;
	enum param_id id;
	size_t size;
	FILE *out = open_memstream(&names, &size);

	if (!out)
		return NULL;
	for (id = P_NONE + 1; id < PARAM_COUNT; id++) {
		const struct param *param = param_get(id);

		if (params->set[id] && param->flags & PF_LATER)
			fprintf(out, "%s%s", ftell(out) ? " " : "",
				param->key ? param->key : param->option);
	}
	if (fclose(out) || !*names)
		free(steal_ptr(&names));
	return names;
}
