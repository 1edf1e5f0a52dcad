// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of words inside one value; see param_type.h. */
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "param_type.h"

#define SEPARATORS	" ,\t\n"

/* The next word of the list, which *cursor walks through; 0 at the end. */
static size_t next_item(const char **cursor, const char **item)
{
	*item = *cursor + strspn(*cursor, SEPARATORS);
	*cursor = *item + strcspn(*item, SEPARATORS);
	return *cursor - *item;
}

static size_t name_length(const char *item, size_t len, char item_end)
{
	const char *end = item_end ? memrchr(item, item_end, len) : NULL;

	return end ? (size_t)(end - item) : len;
}

static bool has_item(const char *list, const char *item, size_t len,
		     char item_end)
{
	size_t name = name_length(item, len, item_end), n;
	const char *other;

	while ((n = next_item(&list, &other)))
		if (name_length(other, n, item_end) == name &&
		    !memcmp(other, item, name))
			return true;
	return false;
}

static void put_item(FILE *out, const char *item, size_t len)
{
	fprintf(out, "%s%.*s", ftell(out) ? " " : "", (int)len, item);
}

/* Those items of @list that @other does not have. */
static void put_without(FILE *out, const char *list, const char *other,
			char item_end)
{
	const char *item;
	size_t len;

	while ((len = next_item(&list, &item)))
		if (!has_item(other, item, len, item_end))
			put_item(out, item, len);
}

static char *finish(FILE *out, char **text)
{
	if (fclose(out)) {
		free(*text);
		return NULL;
	}
	return *text;
}

char *list_merge(const char *list, const char *add, char item_end)
{
	const char *item;
	char *text = NULL;
	size_t size, len;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	put_without(out, list, add, item_end);
	while ((len = next_item(&add, &item)))
		/* Of items with one name the last one counts. */
		if (!has_item(item + len, item, len, item_end))
			put_item(out, item, len);
	return finish(out, &text);
}

char *list_remove(const char *list, const char *remove, char item_end)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	if (has_item(remove, "all", 3, '\0'))
		return strdup("");
	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	put_without(out, list, remove, item_end);
	return finish(out, &text);
}
