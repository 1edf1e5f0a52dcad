// SPDX-License-Identifier: GPL-2.0-or-later
/* Distribution definitions; see dist.h. */
#include "dist.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "cleanup.h"
#include "conf.h"
#include "log.h"
#include "paths.h"

#define MAX_SCRIPT	(256 * 1024)

static bool path_of(char *path, const char *name, const char *suffix)
{
	return snprintf(path, PATH_MAX, VZ_DIST_DIR "/%s%s", name, suffix) <
		PATH_MAX;
}

static bool find_named(const char *ostemplate, char *path)
{
	char name[256], *dash;

	snprintf(name, sizeof(name), "%s", ostemplate);
	do {
		if (*name && !strchr(name, '/') &&
		    path_of(path, name, ".conf") && !access(path, R_OK))
			return true;
		dash = strrchr(name, '-');
		if (dash)
			*dash = '\0';
	} while (dash);
	return false;
}

static int find_definition(const char *ostemplate, char *path,
			   struct vz_err *err)
{
	if (ostemplate && find_named(ostemplate, path))
		return 0;
	path_of(path, "default", "");
	if (access(path, R_OK))
		return vz_fail_errno(err, VZ_DIST_NOTFOUND,
				     "Unable to read %s", path);
	if (ostemplate)
		vz_log(LOG_ERROR,
		       "Warning: configuration file for distribution %s not found, using defaults from %s",
		       ostemplate, path);
	else
		vz_log(LOG_ERROR,
		       "Warning: distribution not specified, using defaults from %s",
		       path);
	return 0;
}

/* Append a file to @out; false if there is none. */
static bool append_file(FILE *out, const char *path)
{
	_cleanup_fclose_ FILE *in = fopen(path, "re");
	_cleanup_free_ char *buf = malloc(MAX_SCRIPT);
	size_t len;

	if (!in || !buf)
		return false;
	len = fread(buf, 1, MAX_SCRIPT, in);
	fwrite(buf, 1, len, out);
	fputc('\n', out);
	return !ferror(in) && !ferror(out);
}

static void warn_missing(const char *action)
{
	char lower[32];
	size_t i;

	for (i = 0; action[i] && i < sizeof(lower) - 1; i++)
		lower[i] = tolower((unsigned char)action[i]);
	lower[i] = '\0';
	vz_log(LOG_ERROR, "Warning: %s action script is not specified", lower);
}

int dist_script(const char *ostemplate, const char *action, char **text,
		struct vz_err *err)
{
	_cleanup_conf_ struct conf conf = { 0 };
	char path[PATH_MAX];
	const char *name;
	bool found;
	size_t size;
	FILE *out;

	*text = NULL;
	if (find_definition(ostemplate, path, err) ||
	    conf_load(&conf, path, err))
		return -1;
	name = conf_get(&conf, action);
	if (!name || !*name || strchr(name, '/')) {
		warn_missing(action);
		return 0;
	}
	out = open_memstream(text, &size);
	if (!out)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "%s", path);
	path_of(path, "scripts/functions", "");
	append_file(out, path);
	path_of(path, "scripts/", name);
	found = append_file(out, path);
	if (fclose(out) || !found) {
		free(steal_ptr(text));
		vz_log(LOG_ERROR, "Action script %s not found", path);
	}
	return 0;
}

static int run_set_hostname(const struct ct_spec *spec, const char *text,
			    const char *ip, const char *state,
			    struct vz_err *err)
{
	char host_env[128], ip_env[128], state_env[32];
	char * const env[] = { state_env, host_env, ip_env, NULL };
	int status;

	snprintf(state_env, sizeof(state_env), "VE_STATE=%s", state);
	snprintf(host_env, sizeof(host_env), "HOSTNM=%s", spec->hostname);
	snprintf(ip_env, sizeof(ip_env), "IP_ADDR=%s", ip);
	if (ct_exec_script(spec, text, env, DIST_SCRIPT_TIMEOUT, &status, err))
		return -1;
	if (status)
		vz_log(LOG_DETAIL, "The host name script returned %d", status);
	return 0;
}

int dist_set_hostname(const struct ct_spec *spec, const char *ostemplate,
		      const char *ip, const char *state, struct vz_err *err)
{
	_cleanup_free_ char *text = NULL;

	if (!spec->hostname)
		return 0;
	if (dist_script(ostemplate, "SET_HOSTNAME", &text, err))
		return -1;
	return text ? run_set_hostname(spec, text, ip, state, err) : 0;
}
