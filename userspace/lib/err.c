// SPDX-License-Identifier: GPL-2.0-or-later
/* Errors as values: see err.h. */
#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void record(struct vz_err *err, enum vz_exit code, int errnum,
		   const char *fmt, va_list ap)
{
	size_t used;

	if (err->code)
		return;
	err->code = code;
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	used = strlen(err->text);
	if (errnum)
		snprintf(err->text + used, sizeof(err->text) - used, ": %s",
			 strerror(errnum));
}

int vz_fail(struct vz_err *err, enum vz_exit code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	record(err, code, 0, fmt, ap);
	va_end(ap);
	return -1;
}

int vz_fail_errno(struct vz_err *err, enum vz_exit code, const char *fmt, ...)
{
	int errnum = errno;
	va_list ap;

	va_start(ap, fmt);
	record(err, code, errnum, fmt, ap);
	va_end(ap);
	return -1;
}

void vz_err_clear(struct vz_err *err)
{
	memset(err, 0, sizeof(*err));
}
