// SPDX-License-Identifier: GPL-2.0-or-later
/* See slab.h. */
#include "slab.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/container.h"

#define SLABS	"/sys/kernel/slab"
#define MOST	512

/**
 * struct cache - one kind of object, or several that the kernel keeps together
 * @name: of its folder
 * @objects: that were in use at slabs_mark()
 */
struct cache {
	char *name;
	long objects;
};

static struct cache caches[MOST];
static int n_caches;

/* The number in a file of the folder of a cache; -1 if there is none. */
static long cache_number(const char *cache, const char *file)
{
	char path[160], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), SLABS "/%s/%s", cache, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (read(fd, text, sizeof(text) - 1) <= 0)
		strcpy(text, "-1");
	close(fd);
	return atol(text);
}

/* Objects in use, after the slabs that CPUs have at hand were put back. */
static long objects_in_use(const char *cache)
{
	char path[160];

	snprintf(path, sizeof(path), SLABS "/%s/shrink", cache);
	write_text(path, "1");
	return cache_number(cache, "objects");
}

/* What the kernel need not keep is not left behind; 4: do not log it. */
static void drop_caches(void)
{
	write_text("/proc/sys/vm/drop_caches", "7");
}

/* slabs_mark() - what is used from here on counts; how many caches there are */
int slabs_mark(void)
{
	DIR *folder = opendir(SLABS);
	struct dirent *entry;

	n_caches = 0;
	drop_caches();
	while (folder && n_caches < MOST && (entry = readdir(folder))) {
		struct cache *cache = &caches[n_caches];

		/* The links are other names for the folders. */
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		cache->name = strdup(entry->d_name);
		cache->objects = objects_in_use(cache->name);
		n_caches += cache->objects >= 0;
	}
	if (folder)
		closedir(folder);
	return n_caches;
}

/*
 * slabs_grown() - number of caches with more than @most objects more; each is
 * shown
 *
 * As soon as it is used again a CPU has a slab at hand, whose objects all
 * count as in use: that much comes on top.  What is freed after a grace period
 * gets the time.  Looking itself takes some hundred inodes.
 */
int slabs_grown(long most)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const struct cache *cache;
	long allowed;
	int grown = 0;

	drop_caches();
	for (cache = caches; cache < caches + n_caches; cache++) {
		allowed = cache->objects + most +
			  cpus * cache_number(cache->name, "objs_per_slab");
		if (wait_until(objects_in_use(cache->name) <= allowed))
			continue;
		fprintf(stderr, "# slab %s: %ld objects, before %ld, at most %ld allowed\n",
			cache->name, objects_in_use(cache->name), cache->objects, allowed);
		grown++;
	}
	return grown;
}
