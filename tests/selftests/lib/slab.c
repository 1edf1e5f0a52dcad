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
#define CALM	4	/* looks */

/**
 * struct cache - one kind of object, or several that the kernel keeps together
 * @name: of its folder
 * @at_hand: objects that CPUs may have at hand
 * @objects: that were in use at slabs_mark(), the least that was seen
 */
struct cache {
	char *name;
	long at_hand;
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

/*
 * The kernel gives back the addresses of stacks of processes, and their
 * records, when it has collected some megabytes of them.
 */
static bool is_collected(const char *cache)
{
	char target[160] = "";

	return readlink(SLABS "/vmap_area", target, sizeof(target) - 1) > 0 &&
	       !strcmp(basename(target), cache);
}

static void find_caches(void)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	DIR *folder = opendir(SLABS);
	struct dirent *entry;

	n_caches = 0;
	while (folder && n_caches < MOST && (entry = readdir(folder))) {
		struct cache *cache = &caches[n_caches];

		/* The links are other names for the folders. */
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
		    is_collected(entry->d_name))
			continue;
		cache->name = strdup(entry->d_name);
		cache->at_hand = cpus * cache_number(cache->name, "objs_per_slab");
		cache->objects = objects_in_use(cache->name);
		n_caches += cache->objects >= 0;
	}
	if (folder)
		closedir(folder);
}

static void look_at_all(void)
{
	struct cache *cache;

	for (cache = caches; cache < caches + n_caches; cache++)
		cache->objects = objects_in_use(cache->name);
}

/* Look once more; has any cache fewer objects than were ever seen? */
static bool some_fell(void)
{
	struct cache *cache;
	bool fell = false;
	long objects;

	for (cache = caches; cache < caches + n_caches; cache++) {
		objects = objects_in_use(cache->name);
		if (objects >= cache->objects)
			continue;
		cache->objects = objects;
		fell = true;
	}
	return fell;
}

/* A look at which nothing falls may be chance, some in a row are not. */
static bool at_rest(void)
{
	int look;

	for (look = 0; look < CALM; look++)
		if (some_fell())
			return false;
	return true;
}

/*
 * slabs_mark() - what is used from here on counts; how many caches there are
 *
 * Looking itself takes some hundred inodes, which stay: so all is looked at
 * once before it counts.  What was freed before may wait for a grace period: so
 * the least of several looks is what is in use.
 */
int slabs_mark(void)
{
	find_caches();
	look_at_all();
	wait_until(at_rest());
	return n_caches;
}

/*
 * slabs_grown() - number of caches with more than @most objects more; each is
 * shown
 *
 * As soon as it is used again a CPU has a slab at hand, whose objects all count
 * as in use: that much comes on top.  Here, too, the least that is seen counts.
 */
int slabs_grown(long most)
{
	const struct cache *cache;
	long allowed;
	int grown = 0;

	for (cache = caches; cache < caches + n_caches; cache++) {
		allowed = cache->objects + cache->at_hand + most;
		if (wait_until(objects_in_use(cache->name) <= allowed))
			continue;
		fprintf(stderr, "# slab %s: %ld objects, before %ld, at most %ld allowed\n",
			cache->name, objects_in_use(cache->name), cache->objects, allowed);
		grown++;
	}
	return grown;
}
