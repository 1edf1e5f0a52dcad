// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vzctl start --wait.  The container is asked, from inside, in the words of
 * its own init, so nothing has to be planted in it.
 */
#include <stddef.h>

#include "lib/log.h"
#include "start_stop.h"

#define WAIT_TIMEOUT	3600	/* seconds */

/*
 * systemd says when it is done.  Others have entered a runlevel and have no
 * script of it running any more; without runlevels there is nothing to ask.
 */
static const char script[] =
"booted() {\n"
"	if [ -d /run/systemd/system ]; then\n"
"		case $(systemctl is-system-running 2>/dev/null) in\n"
"		running|degraded|maintenance) return 0 ;;\n"
"		*) return 1 ;;\n"
"		esac\n"
"	fi\n"
"	[ \"$(cat /proc/1/comm)\" != systemd ] || return 1\n"
"	command -v runlevel >/dev/null 2>&1 || return 0\n"
"	case $(runlevel 2>/dev/null) in\n"
"	*[2-5]) ! grep -lsa '/etc/init.d/r[c]' /proc/[0-9]*/cmdline >/dev/null ;;\n"
"	*) return 1 ;;\n"
"	esac\n"
"}\n"
"until booted; do sleep 1; done </dev/null\n";

int start_wait(const struct ct_spec *spec, struct vz_err *err)
{
	struct vz_err why = { 0 };
	int status;

	vz_log(LOG_NORMAL, "Container start in progress, waiting ...");
	if (ct_exec_script(spec, script, NULL, WAIT_TIMEOUT, &status, &why))
		return vz_fail(err, VZ_WAIT_FAILED, "Container wait failed%s",
			       why.code == VZ_EXEC_TIMEOUT ? " - timeout expired" : "");
	if (status)
		return vz_fail(err, VZ_WAIT_FAILED, "Container wait failed");
	vz_log(LOG_NORMAL, "Container started successfully");
	return 0;
}
