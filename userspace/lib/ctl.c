// SPDX-License-Identifier: GPL-2.0-or-later
/* Every call of /dev/vzctl, wrapped once. */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vzcalluser.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "cleanup.h"

#define VZCTL_DEVICE	"/dev/vzctl"

int ctl_open(struct vz_err *err)
{
	int fd = open(VZCTL_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return vz_fail_errno(err, VZ_NO_KERNEL,
				     "Unable to open %s (is vzmod loaded?)",
				     VZCTL_DEVICE);
	return fd;
}

static int call(int fd, unsigned long cmd, void *arg)
{
	int ret = ioctl(fd, cmd, arg);

	return ret < 0 ? -errno : ret;
}

int ctl_arm(int fd, uint32_t ctid, uint32_t uid_base)
{
	struct vzmod_arm arm = { .ctid = ctid, .uid_base = uid_base };

	return call(fd, VZMOD_ARM, &arm);
}

int ctl_start(int fd, uint32_t ctid, int pid)
{
	struct vzmod_start start = { .ctid = ctid, .pid = pid };

	return call(fd, VZMOD_START, &start);
}

int ctl_ct_info(int fd, uint32_t ctid, struct vzmod_ct_info *info)
{
	*info = (struct vzmod_ct_info){ .ctid = ctid };
	return call(fd, VZMOD_CT_INFO, info);
}

int ctl_task_info(int fd, int pid, struct vzmod_ct_info *info)
{
	*info = (struct vzmod_ct_info){ .pid = pid };
	return call(fd, VZMOD_CT_INFO, info);
}

int ctl_set_limit(int fd, uint32_t ctid, unsigned int resource,
		  uint64_t barrier, uint64_t limit)
{
	struct vzmod_limit lim = {
		.ctid = ctid,
		.resource = resource,
		.barrier = barrier,
		.limit = limit,
	};

	return call(fd, VZMOD_SET_LIMIT, &lim);
}

int ctl_ubstat(int fd, uint32_t ctid, unsigned int resource,
	       struct vzmod_ubstat *stat)
{
	*stat = (struct vzmod_ubstat){ .ctid = ctid, .resource = resource };
	return call(fd, VZMOD_GET_UBSTAT, stat);
}

int ctl_list(int fd, uint32_t **ctids)
{
	_cleanup_free_ uint32_t *ids = NULL;
	struct vzlist_veidctl arg = { 0 };
	int n;

	for (;;) {
		void *grown;

		n = call(fd, VZCTL_GET_VEIDS, &arg);
		if (n < 0)
			return n;
		if (ids && (unsigned int)n <= arg.num)
			break;
		arg.num = n + 16;
		grown = reallocarray(ids, arg.num, sizeof(*ids));
		if (!grown)
			return -ENOMEM;
		ids = grown;
		arg.id = ids;
	}
	*ctids = steal_ptr(&ids);
	return n;
}

bool ctl_is_running(int fd, uint32_t ctid, int *init_pid)
{
	struct vzmod_ct_info info;

	if (!ctid || ctl_ct_info(fd, ctid, &info) ||
	    info.state != VZMOD_CT_RUNNING)
		return false;
	if (init_pid)
		*init_pid = info.pid;
	return true;
}
