// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unpack a template.  All that reads or writes what the archive says runs in
 * the box (ct_unpack.h); here it is only watched.
 */
#include "ct_unpack.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cancel.h"
#include "cleanup.h"
#include "ct.h"
#include "log.h"

#define BAR_WIDTH	50
#define BAR_MS		200

/* By content; the names of templates promise nothing. */
static const struct {
	size_t len;
	const char *magic;
	const char *program;	/* whether it is there decides, or ... */
	const char *with;
	const char *without;
} formats[] = {
	{ 2, "\x1f\x8b",	 "/usr/bin/pigz", "--use-compress-program=pigz", "--gzip" },
	{ 3, "BZh",		 NULL, NULL, "--bzip2" },
	{ 5, "\3757zXZ",		 NULL, NULL, "--xz" },
	{ 4, "\x28\xb5\x2f\xfd", NULL, NULL, "--zstd" },
};

struct unpacking {
	struct unpack_job job;
	pid_t pid;
	int log;		/* our end */
	off_t size;		/* of the archive */
	bool bar;
	bool no_space;
	char complaint[400];	/* the first line of tar that is an error */
	char warning[400];	/* or that is none, but should be seen */
	char line[400];		/* what came of the next one */
	size_t len;
};

static void unpacking_end(struct unpacking *un)
{
	if (un->pid > 0) {
		kill(un->pid, SIGKILL);
		TEMP_FAILURE_RETRY(waitpid(un->pid, NULL, 0));
	}
	cleanup_close_fn(&un->log);
	cleanup_close_fn(&un->job.log);
	cleanup_close_fn(&un->job.archive);
}

static const char *decompressor_for(int archive)
{
	char head[8] = { 0 };

	if (pread(archive, head, sizeof(head), 0) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (memcmp(head, formats[i].magic, formats[i].len))
			continue;
		return formats[i].program && !access(formats[i].program, X_OK) ?
		       formats[i].with : formats[i].without;
	}
	return NULL;
}

/* gzip ends with the size of what was packed, modulo 4 GiB: a lower bound. */
static off_t least_size(const struct unpacking *un)
{
	uint32_t size;

	if (!un->job.decompressor || un->size < 18 || !strstr(un->job.decompressor, "gz") ||
	    pread(un->job.archive, &size, 4, un->size - 4) != 4)
		return un->size;
	return le32toh(size) > un->size ? le32toh(size) : un->size;
}

static int check_space(const struct unpacking *un, struct vz_err *err)
{
	struct statvfs fs;
	off_t need = least_size(un) / 1024;
	unsigned long long have;

	if (statvfs(un->job.dir, &fs))
		return vz_fail_errno(err, VZ_CREATE_PRIVATE_ERROR, "Unable to use %s",
				     un->job.dir);
	have = fs.f_bavail * (unsigned long long)fs.f_frsize / 1024;
	if (have < (unsigned long long)need)
		return vz_fail(err, VZ_NO_SPACE,
			       "Not enough disk space in %s: %llu KB needed, %llu KB free",
			       un->job.dir, (unsigned long long)need, have);
	return 0;
}

static int open_archive(struct unpacking *un, const char *path, struct vz_err *err)
{
	struct stat st;

	un->job.archive = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (un->job.archive < 0 || fstat(un->job.archive, &st))
		return vz_fail_errno(err, VZ_OSTEMPLATE_NOTFOUND, "Unable to open %s", path);
	if (!S_ISREG(st.st_mode))
		return vz_fail(err, VZ_OSTEMPLATE_NOTFOUND, "%s is not a file", path);
	un->size = st.st_size;
	un->job.decompressor = decompressor_for(un->job.archive);
	return 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

/* Device nodes are left out on purpose; tar counts each as an error. */
static bool is_harmless(const char *line)
{
	return ends_with(line, ": Cannot mknod: Operation not permitted") ||
	       ends_with(line, ": Exiting with failure status due to previous errors") ||
	       strstr(line, "tar: Removing leading ") == line ||
	       strstr(line, "time stamp ") || strstr(line, "extended attribute") || !*line;
}

/* What makes no difference to the exit code of tar. */
static bool is_warning(const char *line)
{
	return strstr(line, ": Warning: ") || strstr(line, "tar: Ignoring ") == line ||
	       strstr(line, "tar: A lone zero block ") == line;
}

static void take_line(struct unpacking *un)
{
	char *place;

	un->line[un->len] = '\0';
	un->len = 0;
	if (is_harmless(un->line))
		return;
	un->no_space |= strstr(un->line, "No space left on device") ||
			strstr(un->line, "Disk quota exceeded") ||
			strstr(un->line, ": Wrote only ");
	place = is_warning(un->line) ? un->warning : un->complaint;
	if (!*place)
		strcpy(place, un->line);
}

/* Names come from the archive: nothing but printable text gets through. */
static void take_log(struct unpacking *un, const char *buf, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (buf[i] == '\n')
			take_line(un);
		else if (un->len < sizeof(un->line) - 1)
			un->line[un->len++] = buf[i] >= ' ' && buf[i] < 127 ? buf[i] : '?';
	}
}

static void draw_bar(const struct unpacking *un, bool last)
{
	off_t at = lseek(un->job.archive, 0, SEEK_CUR);
	int part = un->size && !last ? at * BAR_WIDTH / un->size : BAR_WIDTH;

	if (!un->bar || at < 0)
		return;
	fprintf(stderr, "\r[%-*.*s] %3d%%%s", BAR_WIDTH, part,
		"##################################################",
		part * 100 / BAR_WIDTH, last ? "\n" : "");
}

static int watch(struct unpacking *un, struct vz_err *err)
{
	struct pollfd log = { .fd = un->log, .events = POLLIN };
	char buf[4096];
	ssize_t got = 1;

	while (got > 0) {
		int ready = poll(&log, 1, BAR_MS);

		if (cancel_requested())
			return vz_fail(err, VZ_CREATE_PRIVATE_ERROR, "Unpacking was interrupted");
		draw_bar(un, false);
		if (ready <= 0)
			continue;
		got = read(un->log, buf, sizeof(buf));
		if (got > 0)
			take_log(un, buf, got);
	}
	take_line(un);
	return 0;
}

static int judge(struct unpacking *un, struct vz_err *err)
{
	int status;
	pid_t pid = un->pid;

	un->pid = 0;
	if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return vz_fail(err, VZ_CREATE_PRIVATE_ERROR, "Unpacking was interrupted");
	if (!WEXITSTATUS(status))
		return 0;
	if (un->no_space)
		return vz_fail(err, VZ_NO_SPACE, "Not enough disk space in %s", un->job.dir);
	if (*un->complaint)
		return vz_fail(err, VZ_CREATE_PRIVATE_ERROR, "Unable to unpack the template: %s",
			       un->complaint);
	return WEXITSTATUS(status) == 2 ? 0 :
	       vz_fail(err, VZ_CREATE_PRIVATE_ERROR, "Unable to unpack the template");
}

int ct_unpack(const char *tarball, const char *dir, bool progress,
	      struct vz_err *err)
{
	__attribute__((cleanup(unpacking_end))) struct unpacking un = {
		.job = { .archive = -1, .dir = dir, .log = -1 },
		.log = -1, .bar = progress && isatty(STDERR_FILENO),
	};
	int ends[2];

	if (open_archive(&un, tarball, err) || check_space(&un, err))
		return -1;
	if (pipe2(ends, O_CLOEXEC))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to create a pipe");
	un.log = ends[0];
	un.job.log = ends[1];
	un.pid = unpack_box_start(&un.job, err);
	if (un.pid < 0)
		return -1;
	close(steal_fd(&un.job.log));
	if (watch(&un, err) || judge(&un, err))
		return -1;
	draw_bar(&un, true);
	if (*un.warning)
		vz_log(LOG_ERROR, "Unpacking the template: %s", un.warning);
	return 0;
}
