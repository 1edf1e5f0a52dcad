// SPDX-License-Identifier: GPL-2.0-or-later
/* Parameters from and to configuration files; see param.h. */
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "log.h"
#include "param.h"

#define SHOWN	64	/* characters of a bad value in a message */

static void read_line(struct params *params, struct conf *conf, size_t number,
		      bool is_global)
{
	const struct conf_line *line = &conf->lines[number];
	enum param_id id = line->key ? param_by_key(line->key) : P_NONE;
	int ret;

	if (!id) {
		if (line->key && !is_global)
			vz_log(LOG_DETAIL + 1, "%s:%zu: unknown key %s",
			       conf->path, number + 1, line->key);
		return;
	}
	if (is_global && id == P_NETFILTER) {
		conf_warn(conf, number, "%s is ignored here", line->key);
		return;
	}
	if (params->set[id]) {
		conf_warn(conf, number, "duplicate %s, ignored", line->key);
		return;
	}
	ret = params_set(params, id, line->value, FROM_FILE);
	if (ret == -ERANGE)
		conf_warn(conf, number, "too large value for %s (\"%.*s\"), reduced",
			  line->key, SHOWN, line->value);
	else if (ret)
		conf_warn(conf, number, "invalid value for %s (\"%.*s\"), skipped",
			  line->key, SHOWN, line->value);
}

void params_from_conf(struct params *params, struct conf *conf, bool is_global)
{
	size_t i;

	for (i = 0; i < conf->count; i++)
		read_line(params, conf, i, is_global);
}

/* The key under which the file has the parameter, if any. */
static const char *old_value(const struct conf *conf, const struct param *param)
{
	const char *value = conf_get(conf, param->key);

	return value || !param->alias ? value : conf_get(conf, param->alias);
}

/*
 * A value that reads as the file's is left as it is written there: 240 and
 * 240:240 are the same.
 */
static bool is_same(enum param_id id, const char *old, const char *text)
{
	_cleanup_params_ struct params params = { 0 };
	_cleanup_free_ char *formatted = NULL;

	if (params_set(&params, id, old, FROM_FILE))
		return false;
	formatted = params_format(&params, id);
	return formatted && !strcmp(formatted, text);
}

/* What the file gets: the value itself, or the list there with it added. */
static char *new_text(const struct params *params, enum param_id id,
		      const char *old)
{
	const struct param *param = param_get(id);
	const char *removed = params_text(params, P_IPDEL);
	_cleanup_free_ char *list = NULL;

	if (!param->type->adds || !old)
		return params_format(params, id);
	if (id == P_IP_ADDRESS && removed)
		list = list_remove(old, removed, param->type->item_end);
	else
		list = strdup(old);
	if (!list)
		return NULL;
	return list_merge(list, params->value[id].text, param->type->item_end);
}

static int store(const struct params *params, enum param_id id,
		 struct conf *conf, struct vz_err *err)
{
	const struct param *param = param_get(id);
	const char *old = old_value(conf, param);
	_cleanup_free_ char *text = new_text(params, id, old);

	if (!text)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "%s", param->key);
	if (old && *text && is_same(id, old, text))
		return 0;
	if (param->alias && conf_set(conf, param->alias, NULL, err))
		return -1;
	return conf_set(conf, param->key, *text ? text : NULL, err);
}

/* --ipdel without --ipadd: nothing else would touch the list. */
static int store_removal(const struct params *params, struct conf *conf,
			 struct vz_err *err)
{
	const char *removed = params_text(params, P_IPDEL);
	const char *old = conf_get(conf, "IP_ADDRESS");
	_cleanup_free_ char *left = NULL;

	if (!removed || !old || params->set[P_IP_ADDRESS])
		return 0;
	left = list_remove(old, removed, '/');
	if (!left)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "IP_ADDRESS");
	return conf_set(conf, "IP_ADDRESS", left, err);
}

int params_to_conf(const struct params *params, struct conf *conf,
		   struct vz_err *err)
{
	enum param_id id;

	for (id = P_NONE + 1; id < PARAM_COUNT; id++)
		if (params->set[id] && param_get(id)->key &&
		    store(params, id, conf, err))
			return -1;
	return store_removal(params, conf, err);
}
