// SPDX-License-Identifier: GPL-2.0-or-later
/* Printing the list; see vzlist.h. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vzlist.h"

/* Add a cell to the line; blanks at its end are taken off by print_line(). */
static void put_cell(FILE *line, const struct column *col, const char *text,
		     size_t len)
{
	int width = col->width;

	fprintf(line, "%s%*.*s", ftell(line) ? " " : "", width, (int)len, text);
}

static size_t cut_length(const struct column *col, const char *text)
{
	size_t len = col->type->is_list ? strcspn(text, " ") : strlen(text);
	size_t width = abs(col->width);

	return len > width ? width : len;
}

static void print_line(FILE *line, char **text)
{
	size_t len;

	fclose(line);
	len = strlen(*text);
	while (len && (*text)[len - 1] == ' ')
		len--;
	printf("%.*s\n", (int)len, *text);
	free(*text);
	*text = NULL;
}

static void print_header(const struct column * const *columns)
{
	char *text = NULL;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		return;
	for (; *columns; columns++)
		put_cell(line, *columns, (*columns)->header,
			 strlen((*columns)->header));
	print_line(line, &text);
}

static void print_row(const struct ct_row *row,
		      const struct column * const *columns, bool trim)
{
	char *text = NULL;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		return;
	for (; *columns; columns++) {
		const struct column *col = *columns;
		char *value = col->type->text(col, row);
		const char *shown = value ? value : "-";
		bool whole = !trim || !columns[1] || !col->type->may_cut;

		put_cell(line, col, shown, whole ? strlen(shown) :
			 cut_length(col, shown));
		free(value);
	}
	print_line(line, &text);
}

void print_table(const struct ct_list *list,
		 const struct column * const *columns, bool header, bool trim)
{
	size_t i;

	if (header)
		print_header(columns);
	for (i = 0; i < list->count; i++)
		print_row(&list->rows[i], columns, trim);
}

static void print_leaf(struct json_object *json)
{
	fputs(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN |
					     JSON_C_TO_STRING_NOSLASHESCAPE),
	      stdout);
}

static void print_array(struct json_object *json)
{
	size_t i;

	putchar('[');
	for (i = 0; i < json_object_array_length(json); i++) {
		fputs(i ? ", " : "", stdout);
		print_leaf(json_object_array_get_idx(json, i));
	}
	putchar(']');
}

static void print_object(struct json_object *json)
{
	struct json_object_iterator it = json_object_iter_begin(json);
	struct json_object_iterator end = json_object_iter_end(json);
	const char *comma = "";

	putchar('{');
	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		printf("%s\n      \"%s\": ", comma,
		       json_object_iter_peek_name(&it));
		print_leaf(json_object_iter_peek_value(&it));
		comma = ",";
	}
	fputs("\n    }", stdout);
}

static void print_value(struct json_object *json)
{
	if (json_object_is_type(json, json_type_array))
		print_array(json);
	else if (json_object_is_type(json, json_type_object))
		print_object(json);
	else
		print_leaf(json);
}

static void print_json_row(const struct ct_row *row,
			   const struct column * const *columns)
{
	const char *comma = "";

	fputs("  {", stdout);
	for (; *columns; columns++) {
		struct json_object *json = (*columns)->type->json(*columns, row);

		printf("%s\n    \"%s\": ", comma, (*columns)->name);
		print_value(json);
		json_object_put(json);
		comma = ",";
	}
	fputs("\n  }", stdout);
}

void print_json(const struct ct_list *list,
		const struct column * const *columns)
{
	size_t i;

	if (!list->count) {
		puts("[]");
		return;
	}
	puts("[");
	for (i = 0; i < list->count; i++) {
		print_json_row(&list->rows[i], columns);
		puts(i + 1 < list->count ? "," : "");
	}
	puts("]");
}
