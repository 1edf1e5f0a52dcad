// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel complains about, see container.h. */
#include "container.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const complaints[] = {
	"leaked beancounter", "Uncharging too much", "WARNING:", "BUG:", "Oops",
	"general protection", "refcount_t:", "sleeping function", "soft lockup",
};

static int klog = -1;

/* klog_open() - to read what the kernel logs from here on */
int klog_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	lseek(fd, 0, SEEK_END);
	return fd;
}

/* klog_count() - records with @text that have come since; -EPIPE if the first are lost */
int klog_count(int fd, const char *text)
{
	char record[8192];
	ssize_t size;
	int found = 0;

	while ((size = read(fd, record, sizeof(record) - 1)) > 0) {
		record[size] = 0;
		found += !!strstr(record, text);
	}
	return errno == EAGAIN ? found : -errno;
}

/* klog_mark() - what the kernel logs from here on counts */
void klog_mark(void)
{
	klog = klog_open();
}

/* klog_complaints() - number of complaints since; each is shown */
int klog_complaints(void)
{
	char record[8192];
	ssize_t size;
	unsigned int i;
	int found = 0;

	while ((size = read(klog, record, sizeof(record) - 1)) > 0 || errno == EPIPE) {
		record[size < 0 ? 0 : size] = 0;
		for (i = 0; i < sizeof(complaints) / sizeof(*complaints); i++) {
			if (strstr(record, complaints[i])) {
				fprintf(stderr, "# kernel: %s", record);
				found++;
				break;
			}
		}
	}
	return errno == EAGAIN ? found : -errno;
}

/* no_leaks() - the kernel has found nothing amiss since klog_mark() */
bool no_leaks(void)
{
	return klog_complaints() == 0;
}
