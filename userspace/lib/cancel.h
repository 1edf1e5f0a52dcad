/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SIGINT and SIGTERM during long work.
 *
 * After cancel_watch() these signals say "Cancelling..." and are noted, no
 * more: system calls return EINTR, and the work looks at cancel_requested()
 * where it can stop.  A child that does the work is told, too: announce it
 * with cancel_set_child() right after fork() and take it back with 0 once it
 * is reaped.  The child itself calls cancel_unwatch().  What was begun is
 * undone by the ordinary failure path; the command then fails as it would have
 * for any other reason.
 *
 * After cancel_ignore() they do nothing: there is no way back any more, and the
 * shortest way to an orderly end is forward.
 *
 * Signals that the caller ignores, as shells do for what they run in the
 * background, stay ignored.
 */
#ifndef VZ_CANCEL_H
#define VZ_CANCEL_H

#include <stdbool.h>
#include <sys/types.h>

void cancel_watch(void);
void cancel_ignore(void);
void cancel_unwatch(void);
bool cancel_requested(void);
void cancel_set_child(pid_t pid);

#endif
