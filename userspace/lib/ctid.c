// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers and names of containers; see ctid.h. */
#include "ctid.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/vzmod.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "atomic_write.h"
#include "conf.h"
#include "paths.h"

const char * const ctid_file_suffixes[] = {
	"mount", "umount", "premount", "postumount", "start", "stop", "conf",
	NULL
};

bool ctid_parse(const char *text, uint32_t *ctid)
{
	uint64_t value = 0;
	const char *s;

	if (!*text || (*text == '0' && text[1]))
		return false;
	for (s = text; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		value = value * 10 + (*s - '0');
		if (value > VZMOD_CTID_MAX)
			return false;
	}
	*ctid = value;
	return true;
}

void ctid_conf_path(uint32_t ctid, const char *suffix, char *path, size_t size)
{
	snprintf(path, size, VZ_CONF_DIR "/%u.%s", ctid, suffix);
}

static bool name_path(const char *name, char *path, size_t size)
{
	return *name && *name != '.' && !strchr(name, '/') &&
		snprintf(path, size, VZ_NAMES_DIR "/%s", name) < (int)size;
}

/* Where the link leads; the number is taken from the target's file name. */
static bool read_link(const char *name, uint32_t *ctid)
{
	char path[PATH_MAX], target[PATH_MAX];
	char *base, *dot;
	ssize_t len;

	if (!name_path(name, path, sizeof(path)))
		return false;
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return false;
	target[len] = '\0';
	base = strrchr(target, '/');
	base = base ? base + 1 : target;
	dot = strchr(base, '.');
	if (!dot || strcmp(dot, ".conf"))
		return false;
	*dot = '\0';
	return ctid_parse(base, ctid) && *ctid;
}

static bool file_has_name(uint32_t ctid, const char *suffix, const char *name)
{
	struct vz_err ignored = { 0 };
	_cleanup_conf_ struct conf conf = { 0 };
	char path[64];
	const char *value;

	ctid_conf_path(ctid, suffix, path, sizeof(path));
	if (access(path, F_OK) || conf_load(&conf, path, &ignored))
		return false;
	value = conf_get(&conf, "NAME");
	return value && !strcmp(value, name);
}

/* Does the configuration, or one that is promised, give it the name? */
static bool has_name(uint32_t ctid, const char *name)
{
	return file_has_name(ctid, "conf", name) ||
		file_has_name(ctid, "conf.new", name);
}

int ctid_find(const char *text, uint32_t *ctid, struct vz_err *err)
{
	if (ctid_parse(text, ctid))
		return 0;
	if (!read_link(text, ctid))
		return vz_fail(err, VZ_BAD_VALUE, "Bad CT ID %s", text);
	if (!has_name(*ctid, text))
		return vz_fail(err, VZ_BAD_VALUE,
			       "Unable to find container by name %s", text);
	return 0;
}

int name_check(const char *name, uint32_t ctid, struct vz_err *err)
{
	uint32_t owner;

	if (read_link(name, &owner) && owner != ctid && has_name(owner, name))
		return vz_fail(err, VZ_NAME_ERROR,
			       "Conflict: name %s already used by container %u",
			       name, owner);
	return 0;
}

/* Where a link is made.  Names do not begin with a dot, so this one is free. */
static void tmp_path(uint32_t ctid, char *path, size_t size)
{
	snprintf(path, size, VZ_NAMES_DIR "/.tmp.%u", ctid);
}

int name_assign(const char *name, uint32_t ctid, struct vz_err *err)
{
	char link[PATH_MAX], tmp[64], target[64];

	if (name_check(name, ctid, err))
		return -1;
	if (!name_path(name, link, sizeof(link)))
		return vz_fail(err, VZ_NAME_ERROR, "Bad container name %s",
			       name);
	ctid_conf_path(ctid, "conf", target, sizeof(target));
	tmp_path(ctid, tmp, sizeof(tmp));
	unlink(tmp);
	if (make_dirs(VZ_NAMES_DIR, 0755) || symlink(target, tmp) ||
	    rename_durably(tmp, link)) {
		vz_fail_errno(err, VZ_NAME_ERROR,
			      "Unable to assign the name %s", name);
		unlink(tmp);
		return -1;
	}
	return 0;
}

void name_prune(const char *keep, uint32_t ctid)
{
	DIR *dir = opendir(VZ_NAMES_DIR);
	struct dirent *entry;
	char tmp[64];
	uint32_t owner;

	if (!dir)
		return;
	tmp_path(ctid, tmp, sizeof(tmp));
	unlink(tmp);
	while ((entry = readdir(dir)))
		if (read_link(entry->d_name, &owner) && owner == ctid &&
		    (!keep || strcmp(entry->d_name, keep)))
			unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
}
