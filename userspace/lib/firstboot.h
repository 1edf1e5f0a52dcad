/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must differ between containers made from one template: machine id and
 * SSH host keys.
 *
 * vzctl create empties /etc/machine-id and removes the keys; an empty machine
 * id then means "not started yet".  vzctl start, when the container's
 * namespaces stand and before its init runs, calls
 *
 *	if (firstboot_is_due(spec->root_dir))
 *		firstboot_run(spec, &warning);
 *
 * which works for any init.  A failure there is worth a warning only.
 */
#ifndef VZ_FIRSTBOOT_H
#define VZ_FIRSTBOOT_H

#include "ct.h"

/* @tree is hostile: nothing outside of it is reached, whatever links it has. */
int firstboot_prepare(const char *tree, struct vz_err *err);
bool firstboot_is_due(const char *tree);

int firstboot_run(const struct ct_spec *spec, struct vz_err *err);

#endif
