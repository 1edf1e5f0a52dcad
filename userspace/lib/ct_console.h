/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keeper of a container's console: a process on the host that holds the
 * master of /dev/console for as long as init lives and copies what is printed
 * there into /var/log/vz/console/CTID.log.
 *
 * Somebody has to hold it: without a master every write to the console fails,
 * and with one that nobody reads they block once the buffer is full, which
 * would stop init.  If the keeper dies the console is hung up, no more.
 */
#ifndef VZ_CT_CONSOLE_H
#define VZ_CT_CONSOLE_H

#include <stdint.h>

#include "err.h"

/* @pidfd: init of the container.  Both files are copied. */
int console_keep(uint32_t ctid, int master, int pidfd, struct vz_err *err);

#endif
