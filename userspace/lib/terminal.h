/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The caller's own terminal, standard input, while it is connected to another
 * one.  Where it is no terminal these do nothing.
 */
#ifndef VZ_TERMINAL_H
#define VZ_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

#include "err.h"

struct terminal {
	bool raw;
	struct termios saved;
};

void terminal_make_raw(struct terminal *terminal);
void terminal_restore(struct terminal *terminal);

/* Give the terminal @master the size of the caller's. */
void terminal_copy_size(int master);

/*
 * A signalfd of what may end or resize a session.  They are read, not caught,
 * so that the terminal is always restored.
 */
int terminal_signals(struct vz_err *err);

#endif
