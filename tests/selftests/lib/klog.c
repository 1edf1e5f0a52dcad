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

/* klog_mark() - what the kernel logs from here on counts */
void klog_mark(void)
{
	klog = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(klog, 0, SEEK_END);
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
