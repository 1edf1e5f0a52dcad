/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process inside a container tells the one on the host: packets over a
 * socket pair that is closed on exec.  So the end of the stream means "the
 * program was started" to one who waits for that, and a peer that was killed
 * is seen the same way.
 */
#ifndef VZ_REPORT_H
#define VZ_REPORT_H

#include "err.h"

enum report_kind {
	REPORT_GONE,	/* end of the stream */
	REPORT_READY,	/* prepared; an open file comes along */
	REPORT_FAILED,	/* see err */
	REPORT_EXIT,	/* see status, as waitpid() gives it */
};

struct report {
	enum report_kind kind;
	int status;
	struct vz_err err;
};

int report_pair(int socks[2], struct vz_err *err);
int report_send(int sock, const struct report *report, int fd);

/*
 * Takes REPORT_FAILED as a failure of its own, with the text of the peer.
 * *fd, if @fd is not NULL, gets the file that came along, or -1; REPORT_READY
 * without one is a failure then.
 */
int report_recv(int sock, struct report *report, int *fd, struct vz_err *err);

/* One byte "go on"; report_wait_go() fails if the peer has gone instead. */
int report_go(int sock);
int report_wait_go(int sock);

#endif
