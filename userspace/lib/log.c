// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages to the terminal and the log file; see log.h. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct {
	struct log_setup setup;
	uint32_t ctid;
	int fd;
} state = { .setup.prog = "vzctl", .fd = -1 };

void log_setup(const struct log_setup *setup)
{
	if (state.fd >= 0)
		close(state.fd);
	state.fd = -1;
	state.setup = *setup;
	if (!setup->file)
		return;
	state.fd = open(setup->file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
			O_NOFOLLOW | O_NONBLOCK, 0600);
	if (state.fd < 0)
		vz_log(LOG_ERROR, "Warning: unable to open log file %s: %s",
		       setup->file, strerror(errno));
}

void log_set_ctid(uint32_t ctid)
{
	state.ctid = ctid;
}

/* One message is one line and one write(): writers of one file never mix. */
static void write_to_file(const char *text)
{
	char line[2048], when[32], ct[24] = "";
	time_t now = time(NULL);
	struct tm tm;
	char *c;

	if (!localtime_r(&now, &tm) ||
	    !strftime(when, sizeof(when), "%FT%T%z", &tm))
		return;
	if (state.ctid)
		snprintf(ct, sizeof(ct), "CT %u : ", state.ctid);
	snprintf(line, sizeof(line) - 1, "%s %s : %s%s", when,
		 state.setup.prog, ct, text);
	for (c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	*c++ = '\n';
	if (write(state.fd, line, c - line) < 0)
		return;
}

void vz_log(int level, const char *fmt, ...)
{
	FILE *out = level < 0 ? stderr : stdout;
	int saved = errno;
	char text[1536];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!state.setup.quiet && level <= state.setup.verbose) {
		fprintf(out, "%s\n", text);
		/* The next text may come from a child on the same terminal. */
		fflush(out);
	}
	if (state.fd >= 0 && level <= state.setup.file_level)
		write_to_file(text);
	errno = saved;
}
