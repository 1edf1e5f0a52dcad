/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The child's side of a start: from clone3() to its becoming init. */
#ifndef VZ_CT_INIT_H
#define VZ_CT_INIT_H

#include <stdnoreturn.h>

#include "ct.h"

/*
 * @sock speaks lib/report.h.  Waits for the first "go on", then mounts and
 * reports REPORT_READY along with the master of the console; waits for the
 * second and runs init.  Dies if the other side does.
 */
noreturn void ct_init(const struct ct_spec *spec, int tree, int sock);

#endif
