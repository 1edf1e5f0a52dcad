/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Did the test lose memory?  Asked before it ends, because it ends by _exit(). */
#ifndef VZ_TEST_LEAKS_H
#define VZ_TEST_LEAKS_H

#include <stdbool.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>

static inline bool leaks_memory(void)
{
	return __lsan_do_recoverable_leak_check();
}
#else
static inline bool leaks_memory(void)
{
	return false;
}
#endif

#endif
