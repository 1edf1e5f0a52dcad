// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Map huge pages and use them.
 *
 *	map_huge PAGES
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE	(2 << 20)

int main(int argc, char *argv[])
{
	size_t size = argc == 2 ? atol(argv[1]) * HUGE_PAGE : 0, i;
	char *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	if (at == MAP_FAILED) {
		perror("map_huge");
		return 1;
	}
	for (i = 0; i < size; i += HUGE_PAGE)
		at[i] = 1;
	return 0;
}
