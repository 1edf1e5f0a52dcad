// SPDX-License-Identifier: GPL-2.0-or-later
/* See files.h. */
#include "files.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/fanotify.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

static int one(int *fds, long fd)
{
	fds[0] = fd;
	return fd < 0 ? -errno : 1;
}

static int open_regular(int *fds)
{
	return one(fds, open("/tmp/regular", O_RDWR | O_CREAT, 0600));
}

static int open_directory(int *fds)
{
	return one(fds, open("/tmp", O_RDONLY | O_DIRECTORY));
}

static int open_proc(int *fds)
{
	return one(fds, open("/proc/self/status", O_RDONLY));
}

static int open_device(int *fds)
{
	return one(fds, open("/dev/null", O_RDWR));
}

static int open_path(int *fds)
{
	return one(fds, open("/tmp", O_PATH));
}

static int open_tmpfile(int *fds)
{
	return one(fds, open("/tmp", O_RDWR | O_TMPFILE, 0600));
}

static int open_at2(int *fds)
{
	struct open_how how = { .flags = O_RDONLY, .resolve = RESOLVE_NO_SYMLINKS };

	return one(fds, syscall(SYS_openat2, AT_FDCWD, "/tmp", &how, sizeof(how)));
}

static int open_fifo(int *fds)
{
	mkfifo("/tmp/fifo", 0600);
	return one(fds, open("/tmp/fifo", O_RDWR));
}

static int open_pipe(int *fds)
{
	return pipe(fds) ? -errno : 2;
}

static int open_socketpair(int *fds)
{
	return socketpair(AF_UNIX, SOCK_STREAM, 0, fds) ? -errno : 2;
}

static int open_accepted(int *fds)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);

	fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	fds[1] = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(fds[0], (void *)&address, len) || listen(fds[0], 1) ||
	    getsockname(fds[0], (void *)&address, &len) ||
	    connect(fds[1], (void *)&address, len))
		return -errno;
	fds[2] = accept4(fds[0], NULL, NULL, 0);
	return fds[2] < 0 ? -errno : 3;
}

static int open_eventfd(int *fds)
{
	return one(fds, eventfd(0, 0));
}

static int open_epoll(int *fds)
{
	return one(fds, epoll_create1(0));
}

static int open_timerfd(int *fds)
{
	return one(fds, timerfd_create(CLOCK_MONOTONIC, 0));
}

static int open_signalfd(int *fds)
{
	sigset_t set;

	sigemptyset(&set);
	return one(fds, signalfd(-1, &set, 0));
}

static int open_memfd(int *fds)
{
	return one(fds, memfd_create("memfd", 0));
}

static int open_pidfd(int *fds)
{
	return one(fds, syscall(SYS_pidfd_open, getpid(), 0));
}

static int open_inotify(int *fds)
{
	return one(fds, inotify_init1(0));
}

static int open_fanotify(int *fds)
{
	return one(fds, syscall(SYS_fanotify_init, FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY));
}

static int open_io_uring(int *fds)
{
	struct io_uring_params params = { 0 };

	return one(fds, syscall(SYS_io_uring_setup, 4, &params));
}

static int open_ptmx(int *fds)
{
	return one(fds, open("/dev/pts/ptmx", O_RDWR | O_NOCTTY));
}

static int open_namespace(int *fds)
{
	return one(fds, open("/proc/self/ns/net", O_RDONLY));
}

static int open_mqueue(int *fds)
{
	return one(fds, mq_open("/queue", O_RDWR | O_CREAT, 0600, NULL));
}

static int open_tree_fd(int *fds)
{
	return one(fds, syscall(SYS_open_tree, AT_FDCWD, "/tmp", 0));
}

/* Refused, each after the kernel has made a file or was about to. */

static int refused(long fd)
{
	return fd < 0 ? 0 : -EEXIST;
}

static int open_missing(int *fds)
{
	(void)fds;
	return refused(open("/tmp/missing", O_RDONLY));
}

static int open_exclusive(int *fds)
{
	close(open("/tmp/regular", O_RDWR | O_CREAT, 0600));
	(void)fds;
	return refused(open("/tmp/regular", O_RDWR | O_CREAT | O_EXCL, 0600));
}

static int open_no_device(int *fds)
{
	(void)fds;
	return refused(open("/tmp/fifo-without-reader", O_WRONLY | O_NONBLOCK));
}

static int open_perf(int *fds)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_HARDWARE, .size = sizeof(attr) };

	(void)fds;
	return refused(syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0));
}

static int open_bpf(int *fds)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_LPM_TRIE };

	(void)fds;
	return refused(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)));
}

static int open_bad_pipe(int *fds)
{
	(void)fds;
	return refused(syscall(SYS_pipe2, NULL, 0));
}

static int open_bad_socketpair(int *fds)
{
	(void)fds;
	return refused(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, NULL));
}

const struct file_kind file_kinds[] = {
	{ "regular", 1, open_regular },
	{ "directory", 1, open_directory },
	{ "/proc", 1, open_proc },
	{ "device", 1, open_device },
	{ "O_PATH", 1, open_path },
	{ "O_TMPFILE", 1, open_tmpfile },
	{ "openat2", 1, open_at2 },
	{ "fifo", 1, open_fifo },
	{ "pipe", 2, open_pipe },
	{ "socketpair", 2, open_socketpair },
	{ "accept", 3, open_accepted },
	{ "eventfd", 1, open_eventfd },
	{ "epoll", 1, open_epoll },
	{ "timerfd", 1, open_timerfd },
	{ "signalfd", 1, open_signalfd },
	{ "memfd", 1, open_memfd },
	{ "pidfd", 1, open_pidfd },
	{ "inotify", 1, open_inotify },
	{ "fanotify", 1, open_fanotify },
	{ "io_uring", 1, open_io_uring },
	{ "ptmx", 1, open_ptmx },
	{ "namespace", 1, open_namespace },
	{ "mqueue", 1, open_mqueue },
	{ "open_tree", 1, open_tree_fd },
	{ "missing", 0, open_missing },
	{ "O_EXCL", 0, open_exclusive },
	{ "fifo without reader", 0, open_no_device },
	{ "perf", 0, open_perf },
	{ "bpf", 0, open_bpf },
	{ "pipe to nowhere", 0, open_bad_pipe },
	{ "socketpair to nowhere", 0, open_bad_socketpair },
};

const size_t n_file_kinds = sizeof(file_kinds) / sizeof(*file_kinds);
