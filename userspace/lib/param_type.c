// SPDX-License-Identifier: GPL-2.0-or-later
/* Parsers and formatters of parameter values; see param_type.h. */
#include "param_type.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "param.h"
#include "units.h"

#define HOSTNAME_MAX	64	/* of the kernel */
#define NAME_MAX_CT	64

static int parse_text(const struct param *param, const char *text,
		      enum param_source source, union param_value *value)
{
	(void)param;
	if (source == FROM_ARGV && !conf_value_is_safe(text))
		return -EINVAL;
	value->text = strdup(text);
	return value->text ? 0 : -ENOMEM;
}

static char *format_text(const union param_value *value)
{
	return strdup(value->text);
}

/* Only letters, digits and @others; both sources are held to that. */
static int parse_charset(const char *text, const char *others, size_t max,
			 union param_value *value)
{
	const char *s;

	if (strlen(text) > max)
		return -EINVAL;
	for (s = text; *s; s++)
		if (!isascii(*s) ||
		    (!isalnum((unsigned char)*s) && !strchr(others, *s)))
			return -EINVAL;
	value->text = strdup(text);
	return value->text ? 0 : -ENOMEM;
}

/* A file name below some directory: no way out of it. */
static int parse_word(const struct param *param, const char *text,
		      enum param_source source, union param_value *value)
{
	(void)param;
	(void)source;
	if (!strcmp(text, ".") || !strcmp(text, "..") || *text == '-')
		return -EINVAL;
	return parse_charset(text, "._+-:", 128, value);
}

static int parse_hostname(const struct param *param, const char *text,
			  enum param_source source, union param_value *value)
{
	(void)param;
	(void)source;
	if (*text == '-' || *text == '.')
		return -EINVAL;
	return parse_charset(text, "._-", HOSTNAME_MAX, value);
}

/* A name of digits only would be taken for a CTID. */
static int parse_ct_name(const struct param *param, const char *text,
			 enum param_source source, union param_value *value)
{
	(void)param;
	(void)source;
	if (*text && (*text == '-' || *text == '.' || *text == ' ' ||
		      !text[strspn(text, "0123456789")]))
		return -EINVAL;
	return parse_charset(text, " -+_.", NAME_MAX_CT, value);
}

static bool has_dotdot(const char *path)
{
	const char *s = path;

	while ((s = strstr(s, ".."))) {
		if ((s == path || s[-1] == '/') && (!s[2] || s[2] == '/'))
			return true;
		s += 2;
	}
	return false;
}

/* Trees are unpacked to and deleted from here: a real place, not "/". */
static int parse_path(const struct param *param, const char *text,
		      enum param_source source, union param_value *value)
{
	if (*text && (*text != '/' || !text[strspn(text, "/.")] ||
		      has_dotdot(text) || strlen(text) > 1024))
		return -EINVAL;
	return parse_text(param, text, source, value);
}

static int parse_yesno(const struct param *param, const char *text,
		       enum param_source source, union param_value *value)
{
	(void)param;
	(void)source;
	value->number = !strcmp(text, "yes");
	return value->number || !strcmp(text, "no") ? 0 : -EINVAL;
}

static char *format_yesno(const union param_value *value)
{
	return strdup(value->number ? "yes" : "no");
}

static int parse_uint(const struct param *param, const char *text,
		      enum param_source source, union param_value *value)
{
	(void)param;
	(void)source;
	return units_parse_uint(text, UINT32_MAX, &value->number);
}

static char *format_number(const union param_value *value)
{
	char *text;

	return asprintf(&text, "%llu", (unsigned long long)value->number) < 0 ?
		NULL : text;
}

static int parse_pair(const struct param *param, const char *text,
		      enum param_source source, union param_value *value)
{
	(void)source;
	return units_parse_pair(text, param->unit, &value->pair);
}

static char *format_pair(const union param_value *value)
{
	return units_format_pair(&value->pair);
}

static int parse_ram(const struct param *param, const char *text,
		     enum param_source source, union param_value *value)
{
	uint64_t bytes;
	int ret = units_parse(text, UB_BYTES, &bytes);

	(void)param;
	(void)source;
	if (ret != -EINVAL)
		value->pair.limit = units_bytes_to_pages_up(bytes);
	return ret;
}

static int parse_disk(const struct param *param, const char *text,
		      enum param_source source, union param_value *value)
{
	(void)param;
	(void)source;
	return units_parse_disk(text, &value->pair);
}

static int parse_float(const struct param *param, const char *text,
		       enum param_source source, union param_value *value)
{
	size_t whole = strspn(text, "0123456789"), part = 0;

	if (text[whole] == '.')
		part = 1 + strspn(text + whole + 1, "0123456789");
	if (!whole || part == 1 || text[whole + part])
		return -EINVAL;
	return parse_text(param, text, source, value);
}

/* A bare number is MB/s when typed and bytes/s in a file. */
static int parse_iolimit(const struct param *param, const char *text,
			 enum param_source source, union param_value *value)
{
	size_t digits = strspn(text, "0123456789");
	int ret = units_parse(text, UB_BYTES, &value->number);

	(void)param;
	if (ret == -EINVAL)
		return ret;
	if (!digits) {
		value->number = 0;	/* "unlimited" */
		return 0;
	}
	if (text[digits] == '.')
		return -EINVAL;
	if (source == FROM_ARGV && !text[digits])
		value->number = value->number > INT32_MAX ?
			UINT64_MAX : value->number << 20;
	if (value->number > INT32_MAX) {
		value->number = INT32_MAX;
		return -ERANGE;
	}
	return 0;
}

/* With a percent sign: of the whole machine, stored as percent of one CPU. */
static int parse_cpulimit(const struct param *param, const char *text,
			  enum param_source source, union param_value *value)
{
	char number[16];
	size_t digits = strspn(text, "0123456789");

	if (strcmp(text + digits, "%"))
		return parse_uint(param, text, source, value);
	if (digits >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, digits);
	number[digits] = '\0';
	if (units_parse_uint(number, 100, &value->number))
		return -EINVAL;
	value->number *= sysconf(_SC_NPROCESSORS_ONLN);
	return 0;
}

static int parse_list(const struct param *param, const char *text,
		      enum param_source source, union param_value *value)
{
	if (source == FROM_ARGV && !conf_value_is_safe(text))
		return -EINVAL;
	value->text = list_merge("", text, param->type->item_end);
	return value->text ? 0 : -ENOMEM;
}

/* Each item is NAME:VALUE. */
static int parse_named_list(const struct param *param, const char *text,
			    enum param_source source, union param_value *value)
{
	_cleanup_free_ char *copy = strdup(text);
	char *item, *save;

	if (!copy)
		return -ENOMEM;
	for (item = strtok_r(copy, " ,\t", &save); item;
	     item = strtok_r(NULL, " ,\t", &save))
		if (!strchr(item, ':'))
			return -EINVAL;
	return parse_list(param, text, source, value);
}

#define TEXT_TYPE(name)	.arg = (name), .is_text = true, .format = format_text

const struct param_type type_text = { TEXT_TYPE("TEXT"), .parse = parse_text };
const struct param_type type_word = { TEXT_TYPE("NAME"), .parse = parse_word };
const struct param_type type_path = { TEXT_TYPE("PATH"), .parse = parse_path };
const struct param_type type_hostname = {
	TEXT_TYPE("NAME"), .parse = parse_hostname,
};

const struct param_type type_ct_name = {
	TEXT_TYPE("NAME"), .parse = parse_ct_name, .code = VZ_NAME_ERROR,
};

const struct param_type type_float = {
	TEXT_TYPE("NUMBER"), .parse = parse_float,
};

const struct param_type type_list = {
	TEXT_TYPE("LIST"), .parse = parse_list, .is_list = true,
};

const struct param_type type_addresses = {
	TEXT_TYPE("ADDRESS"), .parse = parse_list, .is_list = true,
	.adds = true, .item_end = '/',
};

const struct param_type type_named_list = {
	TEXT_TYPE("NAME:VALUE"), .parse = parse_named_list, .is_list = true,
	.adds = true, .item_end = ':',
};

const struct param_type type_yesno = {
	.arg = "yes|no", .parse = parse_yesno, .format = format_yesno,
};

const struct param_type type_uint = {
	.arg = "NUMBER", .parse = parse_uint, .format = format_number,
};

const struct param_type type_pair = {
	.arg = "BARRIER[:LIMIT]", .parse = parse_pair, .format = format_pair,
};

const struct param_type type_ram = {
	.arg = "BYTES", .parse = parse_ram, .format = format_pair,
};

const struct param_type type_disk = {
	.arg = "SOFT[:HARD]", .parse = parse_disk, .format = format_pair,
};

const struct param_type type_iolimit = {
	.arg = "RATE", .parse = parse_iolimit, .format = format_number,
};

const struct param_type type_cpulimit = {
	.arg = "PERCENT", .parse = parse_cpulimit, .format = format_number,
};
