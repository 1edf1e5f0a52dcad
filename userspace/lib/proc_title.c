// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What ps(1) shows of this process: the kernel is told that the command line
 * is somewhere else.  It reads anonymous memory only, and wants the start of
 * the line below the end at every moment; the old end is on the stack, above
 * everything that can be mapped.
 */
#include "proc_title.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#define TITLE_SIZE	4096

void proc_title_set(const char *fmt, ...)
{
	char *title = mmap(NULL, TITLE_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	va_list ap;

	if (title == MAP_FAILED)
		return;
	va_start(ap, fmt);
	vsnprintf(title, TITLE_SIZE, fmt, ap);
	va_end(ap);
	if (!prctl(PR_SET_MM, PR_SET_MM_ARG_START, title, 0, 0))
		prctl(PR_SET_MM, PR_SET_MM_ARG_END, title + strlen(title) + 1, 0, 0);
}
