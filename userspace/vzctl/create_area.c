// SPDX-License-Identifier: GPL-2.0-or-later
/* The private area of a new container; see create.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "create.h"
#include "lib/atomic_write.h"
#include "lib/cancel.h"
#include "lib/cleanup.h"
#include "lib/firstboot.h"
#include "lib/log.h"

/* The parent directories are what keeps host users out of the trees (lib/ct_hidden.c). */
static int make_parents(const char *path)
{
	_cleanup_free_ char *dir = strdup(path);
	char *slash = dir ? strrchr(dir, '/') : NULL;

	if (!slash)
		return -1;
	*slash = '\0';
	return make_dirs(dir, 0700);
}

static enum vz_exit code_of(int errnum)
{
	return errnum == ENOSPC || errnum == EDQUOT ? VZ_NO_SPACE : VZ_CREATE_DIR_ERROR;
}

static int make_tmp(const char *tmp, struct vz_err *err)
{
	int ret = mkdir(tmp, 0755);

	if (ret && errno == EEXIST) {
		vz_log(LOG_ERROR, "Warning: removing stale %s", tmp);
		if (ct_remove(tmp, err))
			return -1;
		ret = mkdir(tmp, 0755);
	}
	if (ret)
		return vz_fail_errno(err, code_of(errno), "Unable to create %s",
				     tmp);
	return 0;
}

/* The name is taken before the long work begins. */
static int reserve(const char *private_dir, struct vz_err *err)
{
	if (!make_parents(private_dir) &&
	    (!mkdir(private_dir, 0755) || errno == EEXIST))
		return 0;
	return vz_fail_errno(err, code_of(errno), "Unable to create %s",
			     private_dir);
}

/* From here on a power cut must not lose what the configuration promises. */
static int sync_tree(const char *dir, struct vz_err *err)
{
	_cleanup_close_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd))
		return vz_fail_errno(err, VZ_CREATE_PRIVATE_ERROR,
				     "Unable to write %s", dir);
	return 0;
}

static int check_cancelled(struct vz_err *err)
{
	if (!cancel_requested())
		return 0;
	return vz_fail(err, VZ_CREATE_PRIVATE_ERROR, "Interrupted");
}

static int fill(const struct create *create, const char *tmp,
		struct vz_err *err)
{
	vz_log(LOG_NORMAL, "Creating container private area (%s)",
	       params_text(&create->params, P_OSTEMPLATE));
	if (make_tmp(tmp, err) || check_cancelled(err) ||
	    ct_unpack(create->tarball, tmp, isatty(STDERR_FILENO), err) ||
	    check_cancelled(err))
		return -1;
	vz_log(LOG_NORMAL, "Performing postcreate actions");
	if (firstboot_prepare(tmp, err) || sync_tree(tmp, err))
		return -1;
	return check_cancelled(err);
}

void create_discard(const struct create *create, const char *tmp)
{
	struct vz_err ignored = { 0 };

	if (!access(tmp, F_OK))
		ct_remove(tmp, &ignored);
	rmdir(create->spec.private_dir);
	rmdir(create->spec.root_dir);
}

int create_area(const struct create *create, const char *tmp,
		struct vz_err *err)
{
	if (reserve(create->spec.private_dir, err))
		return -1;
	cancel_watch();
	if (!fill(create, tmp, err))
		return 0;
	create_discard(create, tmp);
	return -1;
}
