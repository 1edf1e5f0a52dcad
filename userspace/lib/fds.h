/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files a forked process keeps, decided in one call. */
#ifndef VZ_FDS_H
#define VZ_FDS_H

/*
 * Make @fds[0] .. @fds[count - 1] the only open files of this process and give
 * them the numbers 0 .. count - 1.  -1 stands for /dev/null.  Numbers above 2
 * are closed on exec.  Returns 0, or -1 with errno.
 */
int fds_keep_only(const int *fds, int count);

/* Everything except standard input, output and error is closed on exec. */
int fds_close_on_exec(void);

#endif
