// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sleeper COUNT getdents|ioctl|read PATH: put COUNT threads to sleep inside the kernel, in the
 * middle of a call on PATH, until it gets a line.
 *
 * The kernel copies from or to a page that is not there, and nobody brings it: userfaultfd leaves
 * that to us.  "asleep" on standard output says that all of them are there.  Exit status 0: they
 * woke up and their calls worked.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <linux/vzmod.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096

static long call_getdents(int fd, void *page)
{
	return syscall(SYS_getdents64, fd, page, PAGE);
}

/* Asks for the container of the caller, all zero: the call succeeds. */
static long call_ioctl(int fd, void *page)
{
	return ioctl(fd, VZMOD_CT_INFO, page);
}

static long call_read(int fd, void *page)
{
	return read(fd, page, PAGE);
}

static const struct {
	const char *name;
	long (*call)(int fd, void *page);
} calls[] = {
	{ "getdents", call_getdents },
	{ "ioctl", call_ioctl },
	{ "read", call_read },
};

static long (*call)(int fd, void *page);
static const char *path;

static void *sleep_in_call(void *page)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		err(1, "%s", path);
	if (call(fd, page) < 0)
		err(1, "call on %s", path);
	close(fd);
	return NULL;
}

static int missing_pages(char *pages, size_t size)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { (unsigned long)pages, size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) || ioctl(uffd, UFFDIO_REGISTER, &range))
		err(4, "userfaultfd");
	return uffd;
}

static void wait_for_faults(int uffd, int count)
{
	struct uffd_msg fault;

	while (count--)
		if (read(uffd, &fault, sizeof(fault)) != sizeof(fault))
			err(1, "userfaultfd read");
}

int main(int argc, char **argv)
{
	int count = argc == 4 ? atoi(argv[1]) : 0, uffd, i;
	struct uffdio_zeropage zero = { };
	pthread_t *thread;
	char *pages, byte;

	for (i = 0; argc == 4 && i < 3; i++)
		if (!strcmp(argv[2], calls[i].name))
			call = calls[i].call;
	if (!call || count < 1)
		errx(2, "usage: sleeper COUNT getdents|ioctl|read PATH");
	path = argv[3];
	pages = mmap(NULL, count * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		     -1, 0);
	thread = calloc(count, sizeof(*thread));
	if (pages == MAP_FAILED || !thread)
		err(1, "memory");
	uffd = missing_pages(pages, count * PAGE);
	for (i = 0; i < count; i++)
		if (pthread_create(&thread[i], NULL, sleep_in_call, pages + i * PAGE))
			errx(1, "thread");
	wait_for_faults(uffd, count);
	puts("asleep");
	fflush(stdout);
	if (read(0, &byte, 1) < 0)
		err(1, "standard input");
	zero.range.start = (unsigned long)pages;
	zero.range.len = count * PAGE;
	if (ioctl(uffd, UFFDIO_ZEROPAGE, &zero))
		err(1, "zero pages");
	for (i = 0; i < count; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
