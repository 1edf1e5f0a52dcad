// SPDX-License-Identifier: GPL-2.0-or-later
/* What the host has; see host.h. */
#include "host.h"

#include <stddef.h>

#include "cleanup.h"

#define KIB		1024ULL
#define MEMINFO		"/proc/meminfo"
#define THREADS_MAX	"/proc/sys/kernel/threads-max"

static const struct {
	const char *format;
	size_t offset;
} rows[] = {
	{ "MemTotal: %llu", offsetof(struct host, ram) },
	{ "LowTotal: %llu", offsetof(struct host, low) },
	{ "SwapTotal: %llu", offsetof(struct host, swap) },
};

static void take_line(const char *line, struct host *host)
{
	unsigned long long kib;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (sscanf(line, rows[i].format, &kib) == 1)
			*(uint64_t *)((char *)host + rows[i].offset) =
				kib * KIB;
}

int host_parse_meminfo(FILE *meminfo, struct host *host)
{
	char line[256];

	host->ram = 0;
	host->low = 0;
	host->swap = 0;
	while (fgets(line, sizeof(line), meminfo))
		take_line(line, host);
	/* Only 32-bit kernels tell low memory from other. */
	if (!host->low)
		host->low = host->ram;
	return host->ram ? 0 : -1;
}

int host_read(struct host *host, struct vz_err *err)
{
	_cleanup_fclose_ FILE *meminfo = fopen(MEMINFO, "re");
	_cleanup_fclose_ FILE *threads = fopen(THREADS_MAX, "re");
	unsigned long long max;

	if (!meminfo || host_parse_meminfo(meminfo, host))
		return vz_fail_errno(err, VZ_SETUBC_ERROR, "Unable to read %s",
				     MEMINFO);
	if (!threads || fscanf(threads, "%llu", &max) != 1)
		return vz_fail_errno(err, VZ_SETUBC_ERROR, "Unable to read %s",
				     THREADS_MAX);
	host->threads_max = max;
	return 0;
}
