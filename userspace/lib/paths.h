/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the tools keep their files.  The rest comes from vz.conf. */
#ifndef VZ_PATHS_H
#define VZ_PATHS_H

#define VZ_GLOBAL_CONF	"/etc/vz/vz.conf"
#define VZ_CONF_DIR	"/etc/vz/conf"
#define VZ_NAMES_DIR	"/etc/vz/names"
#define VZ_DIST_DIR	"/etc/vz/dists"

#endif
