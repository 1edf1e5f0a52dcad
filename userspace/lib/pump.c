// SPDX-License-Identifier: GPL-2.0-or-later
/* One direction of a bridge between two files: see pump.h. */
#include "pump.h"

#include <errno.h>
#include <unistd.h>

static void drop(int *fd)
{
	if (*fd > STDERR_FILENO)
		close(*fd);
	*fd = -1;
}

void pump_close(struct pump *pump)
{
	drop(&pump->from);
	drop(&pump->to);
}

struct pollfd pump_poll(const struct pump *pump)
{
	if (pump->head < pump->tail)
		return (struct pollfd){ .fd = pump->to, .events = POLLOUT };
	return (struct pollfd){ .fd = pump->from, .events = POLLIN };
}

static bool try_again(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static bool fill(struct pump *pump)
{
	ssize_t got = read(pump->from, pump->buf, sizeof(pump->buf));

	if (got < 0 && try_again())
		return false;
	if (got <= 0) {
		pump_close(pump);
		return false;
	}
	pump->head = 0;
	pump->tail = got;
	return true;
}

static bool drain(struct pump *pump)
{
	ssize_t put = write(pump->to, pump->buf + pump->head, pump->tail - pump->head);

	if (put < 0 && try_again())
		return false;
	if (put < 0) {
		pump->head = pump->tail;
		pump_close(pump);
		return false;
	}
	pump->head += put;
	return true;
}

bool pump_move(struct pump *pump)
{
	if (pump->head < pump->tail)
		return drain(pump);
	return pump->from >= 0 && fill(pump);
}
