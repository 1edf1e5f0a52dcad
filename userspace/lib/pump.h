/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One direction of a bridge between two files.  Never writes more at once than
 * a pipe takes without blocking, so several pumps can share a poll loop.
 */
#ifndef VZ_PUMP_H
#define VZ_PUMP_H

#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

struct pump {
	int from;	/* -1: at its end */
	int to;		/* -1: nobody takes it any more */
	size_t head;
	size_t tail;
	char buf[PIPE_BUF];
};

/* What to wait for; a pump that has nothing left to do waits for nothing. */
struct pollfd pump_poll(const struct pump *pump);

/*
 * Move what can be moved.  At the end of the input @to is closed, when nobody
 * takes the output @from is; standard input, output and error are left open.
 * Returns false when nothing moved.
 */
bool pump_move(struct pump *pump);

void pump_close(struct pump *pump);

#define _cleanup_pump_	__attribute__((cleanup(pump_close)))

#endif
