// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of columns; see vzlist.h.  Those of beancounters are made from
 * ub_resources[], five for each, in the place of the marked row.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "vzlist.h"

#define COL(_name, _header, _width, _type, _arg) {	\
	.name = (_name), .header = (_header),		\
	.width = (_width), .type = (_type), .arg = (_arg),	\
}

static const struct column before_ub[] = {
	COL("ctid", "CTID", 10, &col_ctid, 0),
	COL("veid", "CTID", 10, &col_ctid, 0),
	COL("vpsid", "CTID", 10, &col_ctid, 0),
	COL("private", "PRIVATE", -32, &col_path, P_VE_PRIVATE),
	COL("root", "ROOT", -32, &col_path, P_VE_ROOT),
	COL("mount_opts", "MOUNT_OPTS", -16, &col_text, P_MOUNT_OPTS),
	/* Its header stands on the right; programs count on columns. */
	COL("origin_sample", "                   ORIGIN_SAMPLE", -32, &col_text,
	    P_ORIGIN_SAMPLE),
	COL("hostname", "HOSTNAME", -32, &col_text, P_HOSTNAME),
	COL("name", "NAME", -32, &col_text, P_NAME),
	COL("smart_name", "SMARTNAME", 10, &col_smart_name, 0),
	COL("description", "DESCRIPTION", -32, &col_text, P_DESCRIPTION),
	COL("ostemplate", "OSTEMPLATE", -32, &col_text, P_OSTEMPLATE),
	COL("ip", "IP_ADDR", -15, &col_list, P_IP_ADDRESS),
	COL("nameserver", "NAMESERVER", -15, &col_list, P_NAMESERVER),
	COL("searchdomain", "SEARCHDOMAIN", -32, &col_list, P_SEARCHDOMAIN),
	COL("status", "STATUS", -9, &col_status, 0),
	{ .name = NULL }
};

static const struct column after_ub[] = {
	COL("diskspace", "DSPACE", 10, &col_unknown, 0),
	COL("diskspace.s", "DSPACE.S", 10, &col_unknown, 0),
	COL("diskspace.h", "DSPACE.H", 10, &col_unknown, 0),
	COL("diskinodes", "DINODES", 10, &col_unknown, 0),
	COL("diskinodes.s", "DINODES.S", 10, &col_unknown, 0),
	COL("diskinodes.h", "DINODES.H", 10, &col_unknown, 0),
	COL("laverage", "LAVERAGE", 14, &col_unknown, 0),
	COL("uptime", "UPTIME", 15, &col_uptime, 0),
	COL("cpulimit", "CPULIM", 7, &col_maybe_number, P_CPULIMIT),
	COL("cpuunits", "CPUUNI", 7, &col_maybe_number, P_CPUUNITS),
	COL("cpus", "CPUS", 5, &col_number, P_CPUS),
	COL("ioprio", "IOP", 3, &col_number, P_IOPRIO),
	COL("iolimit", "IOLIMIT", 10, &col_number, P_IOLIMIT),
	COL("iopslimit", "IOPS", 4, &col_number, P_IOPSLIMIT),
	COL("onboot", "ONBOOT", 6, &col_maybe_bool, P_ONBOOT),
	COL("bootorder", "BOOTORDER", 10, &col_maybe_number, P_BOOTORDER),
	COL("layout", "LAYOUT", 6, &col_layout, 0),
	COL("features", "FEATURES", -15, &col_switches, P_FEATURES),
	COL("vswap", "VSWAP", 5, &col_vswap, 0),
	COL("disabled", "DISABL", 6, &col_bool, P_DISABLED),
	COL("vm_overcommit", "VM_OVC", 6, &col_float, P_VM_OVERCOMMIT),
	COL("netfilter", "NETFILTER", -9, &col_text, P_NETFILTER),
	COL("capability", "CAPABILITY", -15, &col_switches, P_CAPABILITY),
	{ .name = NULL }
};


static const char * const suffixes[BC_FIELDS] = { "", ".m", ".b", ".l", ".f" };
static const char * const titles[BC_FIELDS] = { "", ".M", ".B", ".L", ".F" };

/* With the one that is all zero at the end. */
#define MAX_COLUMNS	(64 + UB_RESOURCES * BC_FIELDS)

static struct column all[MAX_COLUMNS];
static char names[UB_RESOURCES][BC_FIELDS][32];
static char headers[UB_RESOURCES][BC_FIELDS][32];

static struct column *add_ub(struct column *next, unsigned int resource)
{
	const struct ub_resource *res = &ub_resources[resource];
	unsigned int field;

	if (res->flags & UBR_DUMMY)
		return next;
	for (field = 0; field < BC_FIELDS; field++) {
		char *name = names[resource][field];
		char *header = headers[resource][field];

		snprintf(name, sizeof(names[0][0]), "%s%s", res->name,
			 suffixes[field]);
		snprintf(header, sizeof(headers[0][0]), "%s%s", res->header,
			 titles[field]);
		*next++ = (struct column){ name, header, 10, &col_ub,
					   resource, field };
	}
	return next;
}

static_assert(sizeof(before_ub) + sizeof(after_ub) <= 64 * sizeof(all[0]),
	      "room for the columns");

static void build(void)
{
	const struct column *col;
	struct column *next = all;
	unsigned int i;

	for (col = before_ub; col->name; col++)
		*next++ = *col;
	for (i = 0; i < UB_RESOURCES; i++)
		next = add_ub(next, i);
	for (col = after_ub; col->name; col++)
		*next++ = *col;
}

const struct column *column_get(size_t index)
{
	if (!all[0].name)
		build();
	return all[index].name ? &all[index] : NULL;
}

const struct column *column_find(const char *name, size_t len)
{
	const struct column *col;
	size_t i;

	for (i = 0; (col = column_get(i)); i++)
		if (strlen(col->name) == len && !memcmp(col->name, name, len))
			return col;
	return NULL;
}

bool column_has_suffix(const struct column *col)
{
	return strchr(col->name, '.');
}
