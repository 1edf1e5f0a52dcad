// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading beancounters as text; see bcfile.h. */
#include "bcfile.h"

#include <string.h>

#include "cleanup.h"
#include "ctid.h"
#include "kernel/resources.h"

#define BLANKS	" \t\n"

static bool find_resource(const char *name, unsigned int *resource)
{
	unsigned int i;

	for (i = 0; i < UB_RESOURCES; i++) {
		if (ub_resources[i].flags & UBR_DUMMY ||
		    strcmp(ub_resources[i].name, name))
			continue;
		*resource = i;
		return true;
	}
	return false;
}

bool bcfile_parse_line(char *line, struct bc_row *row)
{
	char *save, *word = strtok_r(line, BLANKS, &save);
	size_t len = word ? strlen(word) : 0;
	int i;

	if (len && word[len - 1] == ':') {
		word[len - 1] = '\0';
		if (!ctid_parse(word, &row->ctid))
			return false;
		word = strtok_r(NULL, BLANKS, &save);
	}
	if (!word || !find_resource(word, &row->resource))
		return false;
	for (i = 0; i < BC_FIELDS; i++) {
		word = strtok_r(NULL, BLANKS, &save);
		if (!word)
			return false;
		row->value[i] = strtoull(word, NULL, 10);
	}
	return true;
}

int bcfile_read(void (*fn)(const struct bc_row *row, void *arg), void *arg,
		struct vz_err *err)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/bc/resources", "re");
	_cleanup_free_ char *line = NULL;
	struct bc_row row = { 0 };
	size_t size = 0;

	if (!f)
		f = fopen("/proc/user_beancounters", "re");
	if (!f)
		return vz_fail_errno(err, VZ_SETUBC_ERROR,
				     "Unable to open /proc/user_beancounters");
	while (getline(&line, &size, f) >= 0)
		if (bcfile_parse_line(line, &row))
			fn(&row, arg);
	return 0;
}
