// SPDX-License-Identifier: GPL-2.0-or-later
/* See container.h. */
#include "container.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>

static long count_entries(const char *path)
{
	struct dirent *entry;
	DIR *dir = opendir(path);
	long n = 0;

	while (dir && (entry = readdir(dir)))
		n += isdigit(*entry->d_name) != 0;
	if (dir)
		closedir(dir);
	return n;
}

/* tasks_seen() - a step: how many tasks the container sees in its own /proc */
long tasks_seen(long unused)
{
	char path[300];
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	long n = 0;

	(void)unused;
	while ((entry = readdir(proc))) {
		sprintf(path, "/proc/%s/task", entry->d_name);
		if (isdigit(*entry->d_name))
			n += count_entries(path);
	}
	closedir(proc);
	return n;
}
