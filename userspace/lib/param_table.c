// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of parameters; see param.h.  To add one: a number in param.h and
 * a row here.  Beancounters are added in kernel/resources.c, not here.
 */
#include <ctype.h>
#include <string.h>

#include "param.h"

#define BOTH	(PF_CREATE | PF_SET)

#define MISSING(name) { .option = (name), .type = &type_text, \
			.flags = PF_SET | PF_MISSING, \
			.help = "not supported by this version" }

static const struct param rows[P_UB] = {
	[P_LOCKDIR] = {
		.key = "LOCKDIR", .type = &type_path, .flags = PF_HOST,
	},
	[P_DUMPDIR] = {
		.key = "DUMPDIR", .type = &type_path, .flags = PF_HOST,
	},
	[P_TEMPLATE] = {
		.key = "TEMPLATE", .type = &type_path, .flags = PF_HOST,
	},
	[P_CONFIGFILE] = {
		.key = "CONFIGFILE", .type = &type_word, .flags = PF_HOST,
	},
	[P_DEF_OSTEMPLATE] = {
		.key = "DEF_OSTEMPLATE", .type = &type_word, .flags = PF_HOST,
	},
	[P_LOGGING] = {
		.key = "LOGGING", .type = &type_yesno, .flags = PF_HOST,
	},
	[P_LOGFILE] = {
		.key = "LOGFILE", .type = &type_path, .flags = PF_HOST,
	},
	[P_LOG_LEVEL] = {
		.key = "LOG_LEVEL", .type = &type_uint, .flags = PF_HOST,
	},
	[P_VERBOSE] = {
		.key = "VERBOSE", .type = &type_uint, .flags = PF_HOST,
	},
	[P_NAME] = {
		.option = "name", .key = "NAME", .type = &type_ct_name,
		.flags = BOTH | PF_SAVE_ONLY | PF_OWN,
		.help = "name to call the container by",
	},
	[P_DESCRIPTION] = {
		.option = "description", .key = "DESCRIPTION",
		.type = &type_text, .flags = BOTH | PF_OWN,
		.help = "free text, one line",
	},
	[P_HOSTNAME] = {
		.option = "hostname", .key = "HOSTNAME",
		.type = &type_hostname, .flags = BOTH | PF_OWN,
		.group = G_CONFIGURE, .help = "host name seen inside",
	},
	[P_OSTEMPLATE] = {
		.option = "ostemplate", .key = "OSTEMPLATE",
		.type = &type_word, .flags = BOTH | PF_SAVE_ONLY | PF_OWN,
		.help = "template it is made from",
	},
	[P_ORIGIN_SAMPLE] = {
		.key = "ORIGIN_SAMPLE", .type = &type_word,
	},
	[P_ONBOOT] = {
		.option = "onboot", .key = "ONBOOT", .type = &type_yesno,
		.flags = PF_SET, .help = "start it with the host",
	},
	[P_BOOTORDER] = {
		.option = "bootorder", .key = "BOOTORDER", .type = &type_uint,
		.flags = PF_SET, .help = "larger numbers start earlier",
	},
	[P_DISABLED] = {
		.option = "disabled", .key = "DISABLED", .type = &type_yesno,
		.flags = PF_SET, .help = "refuse to start it",
	},
	[P_STOP_TIMEOUT] = {
		.option = "stop-timeout", .key = "STOP_TIMEOUT",
		.type = &type_uint, .flags = PF_SET | PF_SAVE_ONLY,
		.help = "seconds that a clean stop may take, 0: default",
	},
	[P_VE_ROOT] = {
		.option = "root", .key = "VE_ROOT", .type = &type_path,
		.flags = BOTH | PF_STOPPED | PF_OWN,
		.help = "where its files are mounted",
	},
	[P_VE_PRIVATE] = {
		.option = "private", .key = "VE_PRIVATE", .type = &type_path,
		.flags = BOTH | PF_STOPPED | PF_OWN,
		.help = "where its files are kept",
	},
	[P_VE_LAYOUT] = {
		.option = "layout", .key = "VE_LAYOUT", .type = &type_word,
		.flags = PF_CREATE | PF_OWN, .help = "form of the private area: simfs",
	},
	[P_VE_LAYOUT2] = {
		.option = "ve_layout", .type = &type_word,
		.flags = PF_CREATE, .stored_as = P_VE_LAYOUT,
	},
	[P_VE_LAYOUT3] = {
		.option = "velayout", .type = &type_word,
		.flags = PF_CREATE, .stored_as = P_VE_LAYOUT,
	},
	[P_LOCAL_UID] = {
		.option = "local_uid", .key = "LOCAL_UID", .type = &type_uint,
		.flags = PF_CREATE | PF_LATER, .help = "first host uid",
	},
	[P_LOCAL_GID] = {
		.option = "local_gid", .key = "LOCAL_GID", .type = &type_uint,
		.flags = PF_CREATE | PF_LATER, .help = "first host gid",
	},
	[P_MOUNT_OPTS] = {
		.option = "mount_opts", .key = "MOUNT_OPTS",
		.type = &type_text, .flags = PF_SET | PF_RESTART | PF_LATER,
		.help = "mount options of an image",
	},
	[P_RAM] = {
		.option = "ram", .type = &type_ram, .flags = PF_SET,
		.group = G_UBC, .stored_as = P_UB + UB_PHYSPAGES,
		.help = "memory (VSwap)",
	},
	[P_SWAP] = {
		.option = "swap", .type = &type_ram, .flags = PF_SET,
		.group = G_UBC, .stored_as = P_UB + UB_SWAPPAGES,
		.help = "swap space (VSwap)",
	},
	[P_VM_OVERCOMMIT] = {
		.option = "vm_overcommit", .key = "VM_OVERCOMMIT",
		.type = &type_float, .flags = PF_SET,
		.help = "privvmpages in terms of ram and swap",
	},
	[P_AVNUMPROC] = {
		.option = "avnumproc", .key = "AVNUMPROC", .type = &type_pair,
		.unit = UB_COUNT, .flags = PF_SET,
		.help = "average number of processes, for planning",
	},
	[P_IP_ADDRESS] = {
		.option = "ipadd", .key = "IP_ADDRESS",
		.type = &type_addresses, .flags = BOTH | PF_LATER | PF_OWN,
		.group = G_NET, .help = "add an address",
	},
	[P_IP] = {
		.option = "ip", .type = &type_addresses, .flags = BOTH,
		.group = G_NET, .stored_as = P_IP_ADDRESS,
	},
	[P_IPDEL] = {
		.option = "ipdel", .type = &type_list,
		.flags = PF_SET | PF_LATER, .group = G_NET,
		.help = "remove an address, or all",
	},
	[P_NAMESERVER] = {
		.option = "nameserver", .key = "NAMESERVER",
		.type = &type_list, .flags = PF_SET | PF_LATER,
		.group = G_CONFIGURE, .help = "DNS server, or inherit",
	},
	[P_SEARCHDOMAIN] = {
		.option = "searchdomain", .key = "SEARCHDOMAIN",
		.type = &type_list, .flags = PF_SET | PF_LATER,
		.group = G_CONFIGURE, .help = "DNS search domain, or inherit",
	},
	[P_NETDEV] = {
		.key = "NETDEV", .type = &type_list, .flags = PF_LATER,
		.group = G_NETDEV,
	},
	[P_NETIF] = {
		.key = "NETIF", .type = &type_text, .flags = PF_LATER | PF_OWN,
		.group = G_VETH,
	},
	[P_VETH] = {
		.key = "VETH", .type = &type_text, .flags = PF_LATER | PF_OWN,
		.group = G_VETH,
	},
	[P_CPUUNITS] = {
		.option = "cpuunits", .key = "CPUUNITS", .type = &type_uint,
		.flags = PF_SET | PF_LATER, .group = G_CPU,
		.help = "share of CPU time, 8 to 500000",
	},
	[P_CPUUWEIGHT] = {
		.option = "cpuweight", .key = "CPUUWEIGHT",
		.type = &type_uint, .flags = PF_SET | PF_LATER,
		.group = G_CPU, .help = "share of CPU time as a weight",
	},
	[P_CPULIMIT] = {
		.option = "cpulimit", .key = "CPULIMIT",
		.type = &type_cpulimit, .flags = PF_SET | PF_LATER,
		.group = G_CPU, .help = "most CPU time, of one CPU",
	},
	[P_CPUS] = {
		.option = "cpus", .key = "CPUS", .type = &type_uint,
		.flags = PF_SET | PF_LATER, .group = G_CPU,
		.help = "number of virtual CPUs",
	},
	[P_CPUMASK] = {
		.option = "cpumask", .key = "CPUMASK", .type = &type_text,
		.flags = PF_SET | PF_LATER, .group = G_CPU,
		.help = "CPUs to run on",
	},
	[P_NODEMASK] = {
		.option = "nodemask", .key = "NODEMASK", .type = &type_text,
		.flags = PF_SET | PF_LATER, .group = G_CPU,
		.help = "NUMA nodes to run on",
	},
	[P_IOPRIO] = {
		.option = "ioprio", .key = "IOPRIO", .type = &type_uint,
		.flags = PF_SET | PF_LATER, .group = G_IO,
		.help = "I/O priority, 0 to 7",
	},
	[P_IOLIMIT] = {
		.option = "iolimit", .key = "IOLIMIT", .type = &type_iolimit,
		.flags = PF_SET | PF_LATER, .group = G_IO,
		.help = "I/O bandwidth, MB/s without a suffix",
	},
	[P_IOPSLIMIT] = {
		.option = "iopslimit", .key = "IOPSLIMIT", .type = &type_uint,
		.flags = PF_SET | PF_LATER, .group = G_IO,
		.help = "I/O operations per second",
	},
	[P_MEMINFO] = {
		.option = "meminfo", .key = "MEMINFO", .type = &type_text,
		.flags = PF_SET | PF_LATER, .group = G_MEMINFO,
		.help = "memory shown inside",
	},
	[P_DISK_QUOTA] = {
		.option = "diskquota", .key = "DISK_QUOTA",
		.type = &type_yesno, .flags = PF_SET | PF_RESTART | PF_LATER,
		.help = "count disk space",
	},
	[P_DISKSPACE] = {
		.option = "diskspace", .key = "DISKSPACE", .type = &type_disk,
		.flags = BOTH | PF_LATER, .group = G_DISK,
		.help = "disk space, KiB without a suffix",
	},
	[P_DISKINODES] = {
		.option = "diskinodes", .key = "DISKINODES",
		.type = &type_pair, .unit = UB_COUNT, .flags = BOTH | PF_LATER,
		.group = G_DISK, .help = "number of files",
	},
	[P_QUOTATIME] = {
		.option = "quotatime", .key = "QUOTATIME", .type = &type_uint,
		.flags = PF_SET | PF_LATER, .group = G_DISK,
		.help = "grace period in seconds",
	},
	[P_QUOTAUGIDLIMIT] = {
		.option = "quotaugidlimit", .key = "QUOTAUGIDLIMIT",
		.type = &type_uint, .flags = PF_SET | PF_LATER,
		.group = G_DISK, .help = "users and groups with a quota",
	},
	[P_DEVICES] = {
		.option = "devices", .key = "DEVICES",
		.type = &type_named_list, .flags = PF_SET | PF_LATER,
		.group = G_DEV, .help = "device by number: b|c:MAJOR:MINOR:MODE",
	},
	[P_DEVNODES] = {
		.option = "devnodes", .key = "DEVNODES",
		.type = &type_named_list, .flags = PF_SET | PF_LATER,
		.group = G_DEV, .help = "device by name: NAME:MODE",
	},
	[P_PCI] = {
		.key = "PCI", .type = &type_list, .flags = PF_LATER,
		.group = G_PCI,
	},
	[P_CAPABILITY] = {
		.option = "capability", .key = "CAPABILITY",
		.type = &type_named_list,
		.flags = PF_SET | PF_RESTART | PF_LATER,
		.help = "capability NAME:on|off",
	},
	[P_FEATURES] = {
		.option = "features", .key = "FEATURES",
		.type = &type_named_list,
		.flags = PF_SET | PF_RESTART | PF_LATER,
		.help = "kernel feature NAME:on|off",
	},
	[P_NETFILTER] = {
		.option = "netfilter", .key = "NETFILTER", .type = &type_word,
		.flags = PF_SET | PF_RESTART | PF_LATER,
		.help = "disabled, stateless, stateful or full",
	},
	[P_IPTABLES] = {
		.option = "iptables", .key = "IPTABLES", .type = &type_list,
		.flags = PF_SET | PF_RESTART | PF_LATER,
		.help = "packet filter modules (obsolete)",
	},
	[P_USERPASSWD] = MISSING("userpasswd"),
	[P_NETDEV_ADD] = MISSING("netdev_add"),
	[P_NETDEV_DEL] = MISSING("netdev_del"),
	[P_NETIF_ADD] = MISSING("netif_add"),
	[P_NETIF_DEL] = MISSING("netif_del"),
	[P_IFNAME] = MISSING("ifname"),
	[P_MAC] = MISSING("mac"),
	[P_HOST_IFNAME] = MISSING("host_ifname"),
	[P_HOST_MAC] = MISSING("host_mac"),
	[P_BRIDGE] = MISSING("bridge"),
	[P_MAC_FILTER] = MISSING("mac_filter"),
	[P_PCI_ADD] = MISSING("pci_add"),
	[P_PCI_DEL] = MISSING("pci_del"),
};

static struct param ub_rows[VZMOD_RESOURCES];
static char ub_keys[VZMOD_RESOURCES][32];

static void make_ub_row(unsigned int resource)
{
	const struct ub_resource *res = &ub_resources[resource];
	char *key = ub_keys[resource];
	size_t i;

	for (i = 0; res->name[i] && i < sizeof(ub_keys[0]) - 1; i++)
		key[i] = toupper((unsigned char)res->name[i]);
	ub_rows[resource] = (struct param){
		.option = res->name,
		.short_opt = res->short_opt,
		.key = key,
		.alias = res->alias,
		.type = &type_pair,
		.unit = res->unit,
		.flags = PF_SET,
		.group = G_UBC,
		.help = res->help,
	};
}

static const struct param *get_ub_row(unsigned int resource)
{
	if (ub_resources[resource].flags & UBR_DUMMY)
		return NULL;
	if (!ub_rows[resource].key)
		make_ub_row(resource);
	return &ub_rows[resource];
}

const struct param *param_get(enum param_id id)
{
	if (id >= P_UB)
		return get_ub_row(id - P_UB);
	return rows[id].type ? &rows[id] : NULL;
}

static bool is_text(const char *a, const char *b)
{
	return a && !strcmp(a, b);
}

enum param_id param_by_key(const char *key)
{
	enum param_id id;

	for (id = P_NONE + 1; id < PARAM_COUNT; id++) {
		const struct param *param = param_get(id);

		if (param &&
		    (is_text(param->key, key) || is_text(param->alias, key)))
			return id;
	}
	return P_NONE;
}

enum param_id param_by_option(const char *option)
{
	enum param_id id;

	for (id = P_NONE + 1; id < PARAM_COUNT; id++) {
		const struct param *param = param_get(id);

		if (param && is_text(param->option, option))
			return id;
	}
	return P_NONE;
}
