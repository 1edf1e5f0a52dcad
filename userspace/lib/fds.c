// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which files a forked process keeps.  Every file is first moved out of the
 * way of the numbers to be filled, so that any order of numbers works.
 */
#include "fds.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <stdint.h>
#include <unistd.h>

#define FDS_MAX		8

int fds_close_on_exec(void)
{
	return close_range(3, UINT32_MAX, CLOSE_RANGE_CLOEXEC);
}

static int move_away(int fd, int above)
{
	int null, moved;

	if (fd >= 0)
		return fcntl(fd, F_DUPFD_CLOEXEC, above);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return -1;
	moved = fcntl(null, F_DUPFD_CLOEXEC, above);
	close(null);
	return moved;
}

int fds_keep_only(const int *fds, int count)
{
	int moved[FDS_MAX];

	if (count > FDS_MAX)
		return -1;
	for (int i = 0; i < count; i++) {
		moved[i] = move_away(fds[i], FDS_MAX);
		if (moved[i] < 0)
			return -1;
	}
	for (int i = 0; i < count; i++)
		if (dup3(moved[i], i, i > 2 ? O_CLOEXEC : 0) < 0)
			return -1;
	return close_range(count, UINT32_MAX, 0);
}
