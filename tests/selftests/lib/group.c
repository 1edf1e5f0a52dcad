// SPDX-License-Identifier: GPL-2.0-or-later
/* See group.h. */
#include "group.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/container.h"

#define TOP	"/sys/fs/cgroup"
#define GROUP	TOP "/selftest"

/* group_make() - with this as CONTROLLER.max; fails if there is no such controller */
int group_make(const char *controller, const char *max)
{
	char text[64];

	snprintf(text, sizeof(text), "+%s", controller);
	write_text(TOP "/cgroup.subtree_control", text);
	if (mkdir(GROUP, 0755) && errno != EEXIST)
		return -errno;
	snprintf(text, sizeof(text), GROUP "/%s.max", controller);
	return write_text(text, max);
}

int group_add(pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return write_text(GROUP "/cgroup.procs", text);
}

/* group_remove() - nobody is in it */
int group_remove(void)
{
	return rmdir(GROUP) ? -errno : 0;
}
