// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * slabs MOST: is anything left behind in the slabs of the kernel?  Says "marked", or "unknown" if
 * the kernel does not tell, and compares when it gets a line.  Exit status 0: of no kind are there
 * more than MOST objects more, see lib/slab.h.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/slab.h"

int main(int argc, char **argv)
{
	char byte;

	if (argc != 2)
		errx(2, "usage: slabs MOST");
	puts(slabs_mark() > 0 ? "marked" : "unknown");
	fflush(stdout);
	if (read(0, &byte, 1) < 0)
		err(1, "standard input");
	return slabs_grown(atol(argv[1])) != 0;
}
