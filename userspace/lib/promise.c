// SPDX-License-Identifier: GPL-2.0-or-later
/* The last steps of a creation; see promise.h. */
#include "promise.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "atomic_write.h"
#include "cleanup.h"
#include "ct.h"
#include "ctid.h"
#include "dir.h"
#include "param.h"

char *promise_tmp_area(const char *private_dir)
{
	size_t len = strlen(private_dir);
	char *path;

	while (len > 1 && private_dir[len - 1] == '/')
		len--;
	return asprintf(&path, "%.*s.tmp", (int)len, private_dir) < 0 ?
		NULL : path;
}

int promise_remove_tmp_area(const char *private_dir, struct vz_err *err)
{
	_cleanup_free_ char *tmp = promise_tmp_area(private_dir);

	if (!tmp || access(tmp, F_OK))
		return 0;
	return ct_remove(tmp, err);
}

static void path_of(uint32_t ctid, char *path, size_t size)
{
	ctid_conf_path(ctid, "conf.new", path, size);
}

int promise_make(const struct conf *conf, uint32_t ctid, struct vz_err *err)
{
	char path[64];

	path_of(ctid, path, sizeof(path));
	return conf_save(conf, path, err);
}

bool promise_is_made(uint32_t ctid)
{
	char path[64];

	path_of(ctid, path, sizeof(path));
	return !access(path, F_OK);
}

/*
 * The area may have its final name already: then the first rename is done.  If
 * its file system is not mounted, neither name is there.
 */
static int finish_area(const char *private_dir, const char *promise, struct vz_err *err)
{
	_cleanup_free_ char *tmp = promise_tmp_area(private_dir);

	if (tmp && !rename_durably(tmp, private_dir))
		return 0;
	if (!tmp || errno != ENOENT)
		return vz_fail_errno(err, VZ_CREATE_PRIVATE_ERROR,
				     "Unable to rename %s to %s",
				     tmp ? tmp : "", private_dir);
	if (!dir_is_empty(private_dir))
		return 0;
	return vz_fail(err, VZ_NO_PRIVATE,
		       "Unable to finish the creation of %s: there are no files, maybe it is not mounted; if they are lost, remove %s",
		       private_dir, promise);
}

int promise_keep(uint32_t ctid, struct vz_err *err)
{
	_cleanup_params_ struct params params = { 0 };
	_cleanup_conf_ struct conf conf = { 0 };
	char from[64], to[64];
	struct ct_spec spec;

	path_of(ctid, from, sizeof(from));
	if (access(from, F_OK))
		return 0;
	if (conf_load(&conf, from, err))
		return -1;
	params_from_conf(&params, &conf, false);
	if (params_to_spec(&params, ctid, &spec, err))
		return -1;
	if (spec.private_dir && finish_area(spec.private_dir, from, err))
		return -1;
	ctid_conf_path(ctid, "conf", to, sizeof(to));
	if (rename_durably(from, to))
		return vz_fail_errno(err, VZ_SAVE_CONFIG_ERROR,
				     "Unable to save %s", to);
	return 0;
}
