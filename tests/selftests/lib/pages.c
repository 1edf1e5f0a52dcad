// SPDX-License-Identifier: GPL-2.0-or-later
/* See pages.h. */
#include "pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Not stdio: its buffers are address space too. */
static void read_proc(pid_t pid, const char *file, char *text, size_t size)
{
	char path[64];
	ssize_t len = 0, n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid ?: getpid(), file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while ((n = read(fd, text + len, size - 1 - len)) > 0)
		len += n;
	text[len] = 0;
	close(fd);
}

/* pages_private() - private writable pages and stack of a process, 0 for the caller */
long pages_private(pid_t pid)
{
	char text[128], *at = text;
	int i;

	read_proc(pid, "statm", text, sizeof(text));
	for (i = 0; i < 5; i++)
		at = strchr(at, ' ') + 1;
	return atol(at);
}

/* stack_start() - the lowest address of the caller's stack that is mapped */
char *stack_start(void)
{
	static char text[1 << 20];
	char *at;

	read_proc(0, "maps", text, sizeof(text));
	at = strstr(text, "[stack]");
	while (at > text && at[-1] != '\n')
		at--;
	return (char *)strtoul(at, NULL, 16);
}

/* map_at() - anonymous memory; NULL if it is refused */
void *map_at(void *at, long pages, int prot, int flags)
{
	void *map = mmap(at, pages * PAGE, prot, flags | MAP_ANONYMOUS, -1, 0);

	return map == MAP_FAILED ? NULL : map;
}

void *map_private(long pages)
{
	return map_at(NULL, pages, PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

long unmap(void *at, long pages)
{
	return munmap(at, pages * PAGE) ? -errno : 0;
}
