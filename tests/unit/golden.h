/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of golden/, and what a function prints to compare with them. */
#ifndef VZ_TEST_GOLDEN_H
#define VZ_TEST_GOLDEN_H

#include <stdio.h>
#include <stdlib.h>

/* The Makefile knows where it is. */
#ifndef GOLDEN
#define GOLDEN	"golden"
#endif

/* Valid until the next call; empty if there is no such file. */
static inline const char *golden(const char *name)
{
	static char text[16384];
	char path[256];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", GOLDEN, name);
	f = fopen(path, "r");
	if (!f)
		return "";
	len = fread(text, 1, sizeof(text) - 1, f);
	text[len] = 0;
	fclose(f);
	return text;
}

/* Such a file to read from. */
static inline FILE *golden_open(const char *name)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", GOLDEN, name);
	f = fopen(path, "r");
	if (!f)
		abort();
	return f;
}

/* What is printed to @out; to be closed before it is looked at. */
struct printed {
	char *text;
	size_t len;
	FILE *out;
};

static inline FILE *print_begin(struct printed *printed)
{
	free(printed->text);
	printed->text = NULL;
	printed->out = open_memstream(&printed->text, &printed->len);
	if (!printed->out)
		abort();
	return printed->out;
}

static inline const char *print_end(struct printed *printed)
{
	fclose(printed->out);
	return printed->text;
}

#endif
