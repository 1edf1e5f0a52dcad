// SPDX-License-Identifier: GPL-2.0-or-later
/* From parameters to what the container functions need; see param.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "ct.h"
#include "log.h"
#include "param.h"

#define DEFAULT_STOP_TIMEOUT	120
#define MIN_NUMIPTENT		16

/* The first $VEID or ${VEID} becomes the number; malloc'ed. */
static char *expand_veid(const char *path, uint32_t ctid)
{
	static const char * const forms[] = {
		"$VEID", "${VEID}", NULL
	};
	const char * const *form;
	char *expanded;

	for (form = forms; *form; form++) {
		const char *at = strstr(path, *form);

		if (!at)
			continue;
		if (asprintf(&expanded, "%.*s%u%s", (int)(at - path), path,
			     ctid, at + strlen(*form)) < 0)
			return NULL;
		return expanded;
	}
	return strdup(path);
}

static int set_path(const struct params *params, enum param_id id,
		    uint32_t ctid, char **path)
{
	const char *raw = params_text(params, id);

	free(steal_ptr(path));
	if (raw && *raw)
		*path = expand_veid(raw, ctid);
	return raw && *raw && !*path ? -1 : 0;
}

static unsigned int stop_timeout(const struct params *params)
{
	uint64_t seconds = params_number(params, P_STOP_TIMEOUT, 0);

	return seconds ? seconds : DEFAULT_STOP_TIMEOUT;
}

int params_to_spec(struct params *params, uint32_t ctid, struct ct_spec *spec,
		   struct vz_err *err)
{
	const char *hostname = params_text(params, P_HOSTNAME);
	unsigned int i;

	if (set_path(params, P_VE_PRIVATE, ctid, &params->private_dir) ||
	    set_path(params, P_VE_ROOT, ctid, &params->root_dir))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "CT %u", ctid);
	*spec = (struct ct_spec){
		.ctid = ctid,
		.private_dir = params->private_dir,
		.root_dir = params->root_dir,
		.hostname = hostname && *hostname ? hostname : NULL,
		.stop_timeout = stop_timeout(params),
	};
	for (i = 0; i < VZMOD_RESOURCES; i++) {
		if (!params->set[P_UB + i])
			continue;
		spec->limits[i] = params->value[P_UB + i].pair;
		spec->limits_set |= 1ULL << i;
	}
	return 0;
}

bool params_dump_path(const struct params *params, uint32_t ctid, char *path,
		      size_t size)
{
	const char *dir = params_text(params, P_DUMPDIR);

	return dir && *dir && snprintf(path, size, "%s/Dump.%u", dir, ctid) <
		(int)size;
}

static bool has_limit(const struct ct_spec *spec, unsigned int resource)
{
	return spec->limits_set >> resource & 1;
}

static void fill(struct ct_spec *spec, unsigned int resource, uint64_t barrier,
		 uint64_t limit)
{
	if (has_limit(spec, resource))
		return;
	spec->limits[resource] = (struct ct_limit){ barrier, limit };
	spec->limits_set |= 1ULL << resource;
}

static uint64_t overcommit(const struct params *params, uint64_t pages)
{
	const char *factor = params_text(params, P_VM_OVERCOMMIT);
	double amount;

	if (!factor)
		return UB_MAXVALUE;
	amount = (double)pages * strtod(factor, NULL);
	return amount >= (double)UB_MAXVALUE ? UB_MAXVALUE : (uint64_t)amount;
}

static int fail_missing(struct vz_err *err, const char *name)
{
	return vz_fail(err, VZ_NO_UB_PARAMS,
		       "Error: required UB parameter %s not set", name);
}

static int complete_vswap(const struct params *params, struct ct_spec *spec,
			  struct vz_err *err)
{
	uint64_t ram = spec->limits[UB_PHYSPAGES].limit;
	uint64_t swap = spec->limits[UB_SWAPPAGES].limit;
	uint64_t both, privvm;

	if (!has_limit(spec, UB_SWAPPAGES))
		return fail_missing(err, "(swap)");
	both = swap > UB_MAXVALUE - ram ? UB_MAXVALUE : ram + swap;
	privvm = overcommit(params, both);
	fill(spec, UB_LOCKEDPAGES, ram, ram);
	fill(spec, UB_OOMGUARPAGES, ram, UB_MAXVALUE);
	fill(spec, UB_VMGUARPAGES, both, UB_MAXVALUE);
	fill(spec, UB_PRIVVMPAGES, privvm, privvm);
	return 0;
}

/* Some systems do not boot with fewer. */
static void raise_numiptent(struct ct_spec *spec)
{
	struct ct_limit *limit = &spec->limits[UB_NUMIPTENT];

	if (!has_limit(spec, UB_NUMIPTENT) || limit->barrier >= MIN_NUMIPTENT)
		return;
	vz_log(LOG_ERROR, "Warning: NUMIPTENT %llu:%llu is less than %u, raised to that",
	       (unsigned long long)limit->barrier,
	       (unsigned long long)limit->limit, MIN_NUMIPTENT);
	*limit = (struct ct_limit){ MIN_NUMIPTENT, MIN_NUMIPTENT };
}

int params_complete_limits(const struct params *params, struct ct_spec *spec,
			   struct vz_err *err)
{
	unsigned int i;

	raise_numiptent(spec);
	if (params_is_vswap(params))
		return complete_vswap(params, spec, err);
	for (i = 0; i < VZMOD_RESOURCES; i++)
		if (ub_resources[i].flags & UBR_REQUIRED && !has_limit(spec, i))
			return fail_missing(err, ub_resources[i].name);
	return 0;
}
