// SPDX-License-Identifier: GPL-2.0-or-later
/* The container lock; see lock.h. */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "atomic_write.h"
#include "cleanup.h"
#include "log.h"

/* Third line of a file whose owner holds the flock as well. */
#define FLOCK_MARK	"flock"

/* How often the file may be replaced under us before we give up. */
#define TRIES		100

enum attempt { LOCK_AGAIN, LOCK_MINE, LOCK_BUSY, LOCK_ERROR };

struct lock_text {
	int pid;		/* 0: none to be read */
	bool has_mark;
	bool is_empty;
};

static void read_text(int fd, struct lock_text *text)
{
	char buf[256];
	ssize_t n = pread(fd, buf, sizeof(buf) - 1, 0);
	size_t digits;
	char *mark;

	*text = (struct lock_text){ .is_empty = n == 0 };
	if (n <= 0)
		return;
	buf[n] = '\0';
	/* A first line of digits; whatever else is no pid. */
	digits = strspn(buf, "0123456789");
	if (digits < 10 && (buf[digits] == '\n' || digits == (size_t)n))
		text->pid = atoi(buf);
	mark = strchr(buf, '\n');
	mark = mark ? strchr(mark + 1, '\n') : NULL;
	text->has_mark = mark && !strcmp(mark + 1, FLOCK_MARK "\n");
}

static size_t read_proc(int pid, const char *name, char *buf, size_t size)
{
	_cleanup_fclose_ FILE *f = NULL;
	char path[64];
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	f = fopen(path, "re");
	n = f ? fread(buf, 1, size - 1, f) : 0;
	buf[n] = '\0';
	return n;
}

/* Age of process @pid in seconds, -1 if it does not exist. */
static double process_age(int pid)
{
	struct timespec now;
	char stat[1024];
	char *field;
	int i;

	if (!read_proc(pid, "stat", stat, sizeof(stat)))
		return -1;
	/* The name may hold blanks and brackets; start is field 22. */
	field = strrchr(stat, ')');
	for (i = 2; field && i < 22; i++)
		field = strchr(field + 1, ' ');
	if (!field)
		return -1;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec + now.tv_nsec / 1e9 -
		(double)strtoull(field, NULL, 10) / sysconf(_SC_CLK_TCK);
}

/*
 * A foreign lock holds while its writer lives.  A process that is younger
 * than the file did not write it: the pid was used again.
 */
static bool is_foreign_lock(int fd, const struct lock_text *text)
{
	struct stat st;
	double age;

	if (!text->pid || text->has_mark || text->pid == getpid() ||
	    fstat(fd, &st))
		return false;
	age = process_age(text->pid);
	return age >= 0 && age + 2 >= difftime(time(NULL), st.st_mtime);
}

static void describe_owner(int pid, struct vz_err *err)
{
	char cmdline[512];
	size_t n, i;

	n = read_proc(pid, "cmdline", cmdline, sizeof(cmdline));
	while (n && !cmdline[n - 1])
		n--;
	for (i = 0; i < n; i++)
		if ((unsigned char)cmdline[i] <= ' ' || cmdline[i] == 0x7f)
			cmdline[i] = ' ';
	vz_fail(err, VZ_LOCKED,
		"Locked by: pid %d, cmdline %s\nContainer already locked", pid,
		cmdline);
}

/*
 * The owner of the flock as the kernel knows it, 0 if it does not say.  On a
 * full disk the file has no text, and the pid in it may be one of another pid
 * namespace.
 */
static int pid_from_proc_locks(int fd)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/locks", "re");
	unsigned int major, minor;
	unsigned long inode;
	struct stat st;
	char line[256];
	int pid;

	if (!f || fstat(fd, &st))
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%lu", &pid,
			   &major, &minor, &inode) == 4 &&
		    makedev(major, minor) == st.st_dev && inode == st.st_ino)
			return pid;
	return 0;
}

static enum attempt flock_busy(int fd, struct vz_err *err)
{
	struct lock_text text;
	int pid = pid_from_proc_locks(fd);

	read_text(fd, &text);
	describe_owner(pid ? pid : text.pid, err);
	return LOCK_BUSY;
}

/* Was the file unlinked, or replaced, between open and flock? */
static bool is_same_file(int fd, const char *path)
{
	struct stat ours, there;

	return !fstat(fd, &ours) && !lstat(path, &there) &&
		ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

/* The flock excludes; on a full disk the text is missing, no more. */
static void write_text(int fd, const char *what)
{
	char text[128];
	int len;

	len = snprintf(text, sizeof(text), "%d\n%.64s\n" FLOCK_MARK "\n",
		       getpid(), what);
	if (ftruncate(fd, 0) || pwrite(fd, text, len, 0) != len)
		vz_log(LOG_DETAIL, "Unable to write the lock file: %s",
		       strerror(errno));
}

static enum attempt try_lock(const char *path, int *lock_fd, const char *what,
			     struct vz_err *err)
{
	_cleanup_close_ int fd = -1;
	struct lock_text text;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
		  0600);
	if (fd < 0)
		return LOCK_ERROR;
	if (flock(fd, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? flock_busy(fd, err) : LOCK_ERROR;
	if (!is_same_file(fd, path))
		return LOCK_AGAIN;
	read_text(fd, &text);
	if (is_foreign_lock(fd, &text)) {
		describe_owner(text.pid, err);
		return LOCK_BUSY;
	}
	if (!text.is_empty)
		vz_log(LOG_NORMAL, "Removing stale lock file %s", path);
	write_text(fd, what);
	*lock_fd = steal_fd(&fd);
	return LOCK_MINE;
}

static int fail_to_lock(struct vz_err *err)
{
	if (errno == EROFS)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR,
				     "Unable to lock container (use --skiplock on a read-only file system)");
	return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to lock container");
}

int lock_acquire(struct vz_lock *lock, const char *lockdir, uint32_t ctid,
		 const char *what, struct vz_err *err)
{
	int tries;

	if (!lockdir || !*lockdir)
		return vz_fail(err, VZ_LOCKDIR_NOTSET, "LOCKDIR is not set");
	if (make_dirs(lockdir, 0700))
		return fail_to_lock(err);
	snprintf(lock->path, sizeof(lock->path), "%.4000s/%u.lck", lockdir,
		 ctid);
	for (tries = 0; tries < TRIES; tries++) {
		switch (try_lock(lock->path, &lock->fd, what, err)) {
		case LOCK_MINE:
			return 0;
		case LOCK_BUSY:
			return -1;
		case LOCK_ERROR:
			return fail_to_lock(err);
		case LOCK_AGAIN:
			break;
		}
	}
	return vz_fail(err, VZ_SYSTEM_ERROR,
		       "Unable to lock container: %s is replaced all the time",
		       lock->path);
}

/* Unlinked while it is held: whoever opened it before sees that and retries. */
void lock_release(struct vz_lock *lock)
{
	if (lock->fd < 0)
		return;
	unlink(lock->path);
	close(steal_fd(&lock->fd));
}
