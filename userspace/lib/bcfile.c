// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading beancounters as text; see bcfile.h. */
#include "bcfile.h"

#include <string.h>

#include "cleanup.h"
#include "ctid.h"
#include "kernel/resources.h"

#define BLANKS	" \t\n"
#define VERSION	"2.5"

static bool find_resource(const char *name, unsigned int *resource)
{
	unsigned int i;

	for (i = 0; i < VZMOD_RESOURCES; i++) {
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

FILE *bcfile_open(struct vz_err *err)
{
	FILE *f = fopen("/proc/bc/resources", "re");

	if (!f)
		f = fopen("/proc/user_beancounters", "re");
	if (!f)
		vz_fail_errno(err, VZ_SETUBC_ERROR,
			      "Unable to open /proc/user_beancounters");
	return f;
}

/* False for a line that names another version. */
static bool is_our_version(const char *line)
{
	static const char label[] = "Version:";

	if (strncmp(line, label, strlen(label)))
		return true;
	line += strlen(label);
	line += strspn(line, BLANKS);
	return strcspn(line, BLANKS) == strlen(VERSION) &&
		!strncmp(line, VERSION, strlen(VERSION));
}

int bcfile_scan(FILE *f, const char *name, bc_row_fn fn, void *arg,
		struct vz_err *err)
{
	_cleanup_free_ char *line = NULL;
	struct bc_row row = { 0 };
	size_t size = 0;

	while (getline(&line, &size, f) >= 0) {
		if (!is_our_version(line))
			return vz_fail(err, VZ_SETUBC_ERROR,
				       "%s is not of version " VERSION, name);
		if (bcfile_parse_line(line, &row))
			fn(&row, arg);
	}
	if (ferror(f))
		return vz_fail_errno(err, VZ_SETUBC_ERROR, "Unable to read %s",
				     name);
	return 0;
}

int bcfile_read(bc_row_fn fn, void *arg, struct vz_err *err)
{
	_cleanup_fclose_ FILE *f = bcfile_open(err);

	return f ? bcfile_scan(f, "/proc/user_beancounters", fn, arg, err) : -1;
}
