// SPDX-License-Identifier: GPL-2.0-or-later
/* Which containers there are: those of the module, those with a file. */
#include "sources.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/ctid.h"
#include "lib/ctl.h"
#include "lib/paths.h"

void ids_free(struct id_set *set)
{
	free(set->ids);
	*set = (struct id_set){ 0 };
}

int ids_add(struct id_set *set, uint32_t ctid)
{
	uint32_t *grown;

	/* Grown by doubling: a power of two is full. */
	if (!(set->count & (set->count - 1))) {
		grown = reallocarray(set->ids, set->count * 2 + 1,
				     sizeof(*grown));
		if (!grown)
			return -1;
		set->ids = grown;
	}
	set->ids[set->count++] = ctid;
	return 0;
}

int ids_add_running(struct id_set *set, int ctl, struct vz_err *err)
{
	_cleanup_free_ uint32_t *ids = NULL;
	int i, n = ctl_list(ctl, &ids);

	if (n < 0) {
		errno = -n;
		return vz_fail_errno(err, VZ_SETUBC_ERROR,
				     "Unable to list containers");
	}
	for (i = 0; i < n; i++)
		if (ctl_is_running(ctl, ids[i], NULL) && ids_add(set, ids[i]))
			return vz_fail_errno(err, VZ_SETUBC_ERROR,
					     "Unable to list containers");
	return 0;
}

/* CTID.conf and nothing else: there are samples and backups around. */
static bool parse_name(const char *name, uint32_t *ctid)
{
	char digits[16];
	const char *dot = strchr(name, '.');

	if (!dot || strcmp(dot, ".conf") ||
	    (size_t)(dot - name) >= sizeof(digits))
		return false;
	memcpy(digits, name, dot - name);
	digits[dot - name] = '\0';
	return ctid_parse(digits, ctid) && *ctid;
}

int ids_add_configured(struct id_set *set, struct vz_err *err)
{
	DIR *dir = opendir(VZ_CONF_DIR);
	struct dirent *entry;
	uint32_t ctid;
	int ret = 0;

	if (!dir)
		return vz_fail_errno(err, VZ_SETUBC_ERROR, "Unable to open %s",
				     VZ_CONF_DIR);
	while (!ret && (entry = readdir(dir)))
		if (parse_name(entry->d_name, &ctid) && ids_add(set, ctid))
			ret = vz_fail_errno(err, VZ_SETUBC_ERROR,
					    "Unable to list containers");
	closedir(dir);
	return ret;
}
