// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An init that does nothing but hold a lock on the file /instance, and makes
 * the file /broken if another one of the same private area has it.
 */
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int main(void)
{
	int fd = open("/instance", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB))
		close(open("/broken", O_WRONLY | O_CREAT, 0600));
	for (;;)
		pause();
}
