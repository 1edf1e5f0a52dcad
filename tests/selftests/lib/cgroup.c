// SPDX-License-Identifier: GPL-2.0-or-later
/* See cgroup.h. */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container.h"

#define TOP	"/sys/fs/cgroup"
#define TEST	TOP "/test"

/* cgroup_put() - write into a file of it */
int cgroup_put(int dir, const char *file, const char *text)
{
	int fd = openat(dir, file, O_WRONLY | O_CLOEXEC);
	int ret = write(fd, text, strlen(text)) < 0 ? -errno : 0;

	close(fd);
	return ret;
}

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), TEST "/%s", name);
	return path;
}

static int distribute(const char *controllers)
{
	return cgroup_put(AT_FDCWD, TOP "/cgroup.subtree_control", controllers) ?:
	       cgroup_put(AT_FDCWD, TEST "/cgroup.subtree_control", controllers);
}

/* cgroup_make() - a new one; returns its directory, open */
int cgroup_make(const char *name)
{
	int ret;

	if (mkdir(TEST, 0755) && errno != EEXIST)
		return -errno;
	ret = distribute("+cpu +memory +io") ?: cgroup_remove(name);
	if (ret)
		return ret;
	if (mkdir(path_of(name), 0755))
		return -errno;
	ret = open(path_of(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return ret < 0 ? -errno : ret;
}

/*
 * cgroup_delegate() - to a container: it may make cgroups below its own, as
 * deep and as many as vzctl allows
 */
int cgroup_delegate(int dir, unsigned int uid)
{
	static const char *const files[] = {
		".", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads",
	};
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (fchownat(dir, files[i], uid, uid, 0))
			return -errno;
	return cgroup_put(dir, "cgroup.max.depth", "32") ?:
	       cgroup_put(dir, "cgroup.max.descendants", "4096");
}

static int remove_folder(const char *path, const struct stat *unused, int type, struct FTW *where)
{
	(void)unused;
	(void)where;
	return type == FTW_DP ? rmdir(path) : 0;
}

/* cgroup_remove() - and all below; the last process may be dying still */
int cgroup_remove(const char *name)
{
	bool gone = wait_until(!nftw(path_of(name), remove_folder, 32, FTW_DEPTH | FTW_PHYS) ||
			       errno == ENOENT);

	return gone ? 0 : -errno;
}

static char *text_of(int dir, const char *file)
{
	static char text[8192];
	int fd = openat(dir, file, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n < 0 ? 0 : n] = 0;
	return text;
}

/* cgroup_number() - what is in a file; LONG_MAX for "max" */
long cgroup_number(int dir, const char *file)
{
	const char *text = text_of(dir, file);

	return *text == 'm' ? LONG_MAX : atol(text);
}

/* cgroup_event() - the number behind a word in a file, -1 if it is not there */
long cgroup_event(int dir, const char *file, const char *event)
{
	size_t len = strlen(event);
	char *line;

	for (line = strtok(text_of(dir, file), "\n"); line; line = strtok(NULL, "\n"))
		if (!strncmp(line, event, len) && line[len] == ' ')
			return atol(line + len);
	return -1;
}
