/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variables that release what they own at the end of their scope. */
#ifndef VZ_CLEANUP_H
#define VZ_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free_fn(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close_fn(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_fclose_fn(FILE **f)
{
	if (*f)
		fclose(*f);
}

#define _cleanup_free_		__attribute__((cleanup(cleanup_free_fn)))
#define _cleanup_close_		__attribute__((cleanup(cleanup_close_fn)))
#define _cleanup_fclose_	__attribute__((cleanup(cleanup_fclose_fn)))

/* Take ownership out of a cleanup variable. */
static inline int steal_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#define steal_ptr(pp) ({		\
	typeof(*(pp)) __taken = *(pp);	\
	*(pp) = NULL;			\
	__taken;			\
})

#endif
