// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers to compare with; see ubc_store.h. */
#include "ubc_store.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "atomic_write.h"
#include "cleanup.h"
#include "dir.h"

static int fail(struct vz_err *err, const char *name)
{
	return vz_fail_errno(err, VZ_SETUBC_ERROR, "Unable to use %s", name);
}

int ubc_store_open(const char *dir, struct vz_err *err)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (make_dirs(dir, 0700))
		return fail(err, dir);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		return fail(err, dir);
	if (st.st_uid != geteuid() || st.st_mode & 022)
		return vz_fail(err, VZ_SETUBC_ERROR,
			       "Unable to use %s: others can write there", dir);
	/* One at a time, or what one remembers is lost to the other. */
	if (flock(fd, LOCK_EX))
		return fail(err, dir);
	return steal_fd(&fd);
}

static uint64_t read_number(int store, const char *name)
{
	int fd = openat(store, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_fclose_ FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	unsigned long long number;

	return f && fscanf(f, "%llu", &number) == 1 ? number : 0;
}

/* A reader sees the old number or the new one. */
static int write_number(int store, const char *name, uint64_t number)
{
	static const char tmp[] = "ubc.tmp";
	_cleanup_close_ int fd = -1;
	char text[32];
	int len = snprintf(text, sizeof(text), "%llu\n",
			   (unsigned long long)number);

	unlinkat(store, tmp, 0);
	fd = openat(store, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text, len) != len)
		return -1;
	return renameat(store, tmp, store, name);
}

int ubc_store_swap(int store, const char *kind, enum bc_field field,
		   const struct bc_ct *ct, uint64_t before[VZMOD_RESOURCES],
		   struct vz_err *err)
{
	unsigned int i;
	char name[64];

	for (i = 0; i < VZMOD_RESOURCES; i++) {
		before[i] = 0;
		if (!bc_has(ct, i))
			continue;
		snprintf(name, sizeof(name), "ubc.%u.%s.%s", ct->ctid,
			 ub_resources[i].name, kind);
		before[i] = read_number(store, name);
		if (before[i] != ct->value[i][field] &&
		    write_number(store, name, ct->value[i][field]))
			return fail(err, name);
	}
	return 0;
}

int ubc_store_clear(int store, const char *kind, struct vz_err *err)
{
	int fd = openat(store, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_dir_ DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	char pattern[64];

	if (!dir)
		return fail(err, kind);
	snprintf(pattern, sizeof(pattern), "ubc.*.%s", kind);
	while ((entry = readdir(dir)))
		if (!fnmatch(pattern, entry->d_name, 0) &&
		    unlinkat(store, entry->d_name, 0))
			return fail(err, entry->d_name);
	return 0;
}
