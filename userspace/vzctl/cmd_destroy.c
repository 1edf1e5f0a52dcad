// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vzctl destroy: files first, configuration last, so that a run that was
 * killed can be repeated.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "lib/atomic_write.h"
#include "lib/cancel.h"
#include "lib/ctid.h"
#include "lib/log.h"
#include "lib/param.h"
#include "lib/promise.h"

/*
 * Returns 1 if there was nothing to delete: the failure is reported, but the
 * rest goes on.
 */
static int remove_area(const char *private_dir, struct vz_err *err)
{
	struct stat st;

	if (promise_remove_tmp_area(private_dir, err))
		return -1;
	if (lstat(private_dir, &st)) {
		vz_fail(err, VZ_NO_PRIVATE,
			"Container private area %s does not exist",
			private_dir);
		return 1;
	}
	vz_log(LOG_NORMAL, "Destroying container private area: %s",
	       private_dir);
	if (!S_ISLNK(st.st_mode))
		return ct_remove(private_dir, err);
	vz_log(LOG_ERROR,
	       "Warning: private area %s is a symlink; what it leads to is kept",
	       private_dir);
	if (unlink(private_dir))
		return vz_fail_errno(err, VZ_DELETE_PRIVATE_ERROR,
				     "Unable to remove %s", private_dir);
	return 0;
}

static int retire_config(const struct cmd_ctx *ctx, struct vz_err *err)
{
	static const char * const unfinished[] = { "conf", "conf.new" };
	const char * const *suffix;
	char from[64], to[80];

	for (size_t i = 0; i < sizeof(unfinished) / sizeof(*unfinished); i++) {
		ctid_conf_path(ctx->ctid, unfinished[i], from, sizeof(from));
		atomic_write_forget(from);
	}
	for (suffix = ctid_file_suffixes; *suffix; suffix++) {
		ctid_conf_path(ctx->ctid, *suffix, from, sizeof(from));
		snprintf(to, sizeof(to), "%s.destroyed", from);
		if (rename(from, to) && errno != ENOENT)
			return vz_fail_errno(err, VZ_SYSTEM_ERROR,
					     "Unable to rename %s", from);
	}
	return 0;
}

static void remove_dump(const struct cmd_ctx *ctx)
{
	char path[PATH_MAX];

	if (params_dump_path(ctx->params, ctx->ctid, path, sizeof(path)))
		unlink(path);
}

static void remove_root(const char *root_dir)
{
	if (root_dir && rmdir(root_dir) && errno != ENOENT)
		vz_log(LOG_ERROR, "Warning: unable to remove %s: %s", root_dir, strerror(errno));
}

static int refuse(enum vz_exit code, const char *text)
{
	vz_log(LOG_NORMAL, "%s", text);
	return code;
}

int cmd_destroy(struct cmd_ctx *ctx, int argc, char **argv, struct vz_err *err)
{
	(void)argc;
	(void)argv;
	if (!ctx->spec.private_dir)
		vz_fail(err, VZ_VE_PRIVATE_NOTSET, "VE_PRIVATE is not set");
	else if (cmd_is_running(ctx))
		return refuse(VZ_RUNNING,
			      "Container is currently running. Stop it first.");
	else if (ctx->spec.root_dir && ct_is_mounted(&ctx->spec))
		return refuse(VZ_MOUNTED,
			      "Container is currently mounted (umount first)");
	if (err->code)
		return err->code;
	cancel_ignore();
	if (remove_area(ctx->spec.private_dir, err) < 0)
		return err->code;
	remove_dump(ctx);
	remove_root(ctx->spec.root_dir);
	name_prune(NULL, ctx->ctid);
	if (ct_clear(&ctx->spec, err) || retire_config(ctx, err) || err->code)
		return err->code;
	vz_log(LOG_NORMAL, "Container private area was destroyed");
	return VZ_OK;
}
