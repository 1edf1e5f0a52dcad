/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Distribution definitions: which script does what inside a container.
 *
 * /etc/vz/dists/NAME.conf is looked up by the template's name, which loses
 * its last -component until there is a file, and then as "default".  A script
 * runs inside, behind the text of scripts/functions, fed to a shell.
 */
#ifndef VZ_DIST_H
#define VZ_DIST_H

#include "ct.h"

#define DIST_SCRIPT_TIMEOUT	300	/* seconds */

/*
 * The text of the script for @action ("SET_HOSTNAME") in *text, malloc'ed, or
 * NULL, with a warning, if there is none.  @ostemplate may be NULL.
 */
int dist_script(const char *ostemplate, const char *action, char **text,
		struct vz_err *err);

/*
 * Tell a container its host name: used by vzctl set on a running one (@state
 * "running") and by vzctl start before init runs ("starting").  @ip is its
 * first address or "".  What the script itself returns is not a failure.
 * Nothing to do if spec->hostname is NULL.
 */
int dist_set_hostname(const struct ct_spec *spec, const char *ostemplate,
		      const char *ip, const char *state, struct vz_err *err);

#endif
