/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Action scripts of the administrator, next to the configuration:
 * vps.mount, CTID.mount and their like run on the host, CTID.start and
 * CTID.stop inside the container.  One that is not there is no error; any
 * failure has the code VZ_ACTIONSCRIPT_ERROR.
 */
#ifndef VZ_ACTION_H
#define VZ_ACTION_H

#include "ct.h"

enum action {
	ACTION_PREMOUNT,
	ACTION_MOUNT,
	ACTION_UMOUNT,
	ACTION_POSTUMOUNT,
};

/* The script for all containers and that of this one, in the right order. */
int action_run(const struct ct_spec *spec, enum action action, struct vz_err *err);

/* @name: "start" or "stop". */
int action_run_inside(const struct ct_spec *spec, const char *name, struct vz_err *err);

/*
 * VE_ROOT with all that belongs to it: the mount and its scripts, undone if
 * one of them fails.
 */
int action_mount(const struct ct_spec *spec, struct vz_err *err);
int action_umount(const struct ct_spec *spec, struct vz_err *err);

#endif
