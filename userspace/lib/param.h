/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parameters of a container: one table for configuration files and the
 * command line.
 *
 * A row says how the parameter is called in both places, what its values look
 * like and what a change means.  Everything else - reading files, parsing
 * options, --help, writing back, vzlist - loops over the rows.  The rows of
 * beancounters are made from ub_resources[]; row P_UB + N is resource N.
 */
#ifndef VZ_PARAM_H
#define VZ_PARAM_H

#include "conf.h"
#include "param_type.h"

struct ct_spec;

enum param_id {
	P_NONE,
	P_LOCKDIR, P_DUMPDIR, P_TEMPLATE, P_CONFIGFILE, P_DEF_OSTEMPLATE,
	P_LOGGING, P_LOGFILE, P_LOG_LEVEL, P_VERBOSE,
	P_NAME, P_DESCRIPTION, P_HOSTNAME, P_OSTEMPLATE, P_ORIGIN_SAMPLE,
	P_ONBOOT, P_BOOTORDER, P_DISABLED, P_STOP_TIMEOUT,
	P_VE_ROOT, P_VE_PRIVATE, P_VE_LAYOUT, P_VE_LAYOUT2, P_VE_LAYOUT3,
	P_LOCAL_UID, P_LOCAL_GID, P_MOUNT_OPTS,
	P_RAM, P_SWAP, P_VM_OVERCOMMIT, P_AVNUMPROC,
	P_IP_ADDRESS, P_IP, P_IPDEL, P_NAMESERVER, P_SEARCHDOMAIN,
	P_NETDEV, P_NETIF, P_VETH,
	P_CPUUNITS, P_CPUUWEIGHT, P_CPULIMIT, P_CPUS, P_CPUMASK, P_NODEMASK,
	P_IOPRIO, P_IOLIMIT, P_IOPSLIMIT, P_MEMINFO,
	P_DISK_QUOTA, P_DISKSPACE, P_DISKINODES, P_QUOTATIME, P_QUOTAUGIDLIMIT,
	P_DEVICES, P_DEVNODES, P_PCI,
	P_CAPABILITY, P_FEATURES, P_NETFILTER, P_IPTABLES,
	P_USERPASSWD, P_NETDEV_ADD, P_NETDEV_DEL, P_NETIF_ADD, P_NETIF_DEL,
	P_IFNAME, P_MAC, P_HOST_IFNAME, P_HOST_MAC, P_BRIDGE, P_MAC_FILTER,
	P_PCI_ADD, P_PCI_DEL,
	P_UB,
	PARAM_COUNT = P_UB + VZMOD_RESOURCES
};

/* What a change of the parameter belongs to, in the order of application. */
enum param_group {
	G_NONE,			/* configuration only */
	G_UBC, G_NET, G_NETDEV, G_CPU, G_DEV, G_PCI, G_MEMINFO, G_IO, G_DISK,
	G_CONFIGURE, G_VETH,
	PARAM_GROUPS
};

/* param.flags */
#define PF_CREATE	0x001	/* an option of vzctl create */
#define PF_SET		0x002	/* an option of vzctl set */
#define PF_SAVE_ONLY	0x004	/* refused without --save */
#define PF_STOPPED	0x008	/* refused while the container runs */
#define PF_RESTART	0x010	/* takes effect at the next start */
#define PF_LATER	0x020	/* stored, but nothing applies it yet */
#define PF_OWN		0x040	/* not to be taken from another container */
#define PF_HOST		0x080	/* of vz.conf only */
#define PF_MISSING	0x100	/* known, so that it can be refused clearly */

struct param {
	const char *option;	/* long option, NULL: none */
	char short_opt;
	const char *key;	/* in files, NULL: never stored */
	const char *alias;	/* older spelling of @key */
	const struct param_type *type;
	enum ub_unit unit;	/* of a barrier and limit */
	unsigned int flags;
	enum param_group group;
	enum param_id stored_as;	/* another row holds the value */
	const char *help;
};

/* NULL for an id that is no row: P_NONE and dummy resources. */
const struct param *param_get(enum param_id id);
enum param_id param_by_key(const char *key);
enum param_id param_by_option(const char *option);

/* A set of values.  All zero is empty. */
struct params {
	bool set[PARAM_COUNT];
	bool given[PARAM_COUNT];	/* by this row, see stored_as */
	union param_value value[PARAM_COUNT];
	char *private_dir;	/* made by params_to_spec() */
	char *root_dir;
};

void params_free(struct params *params);

#define _cleanup_params_	__attribute__((cleanup(params_free)))

/*
 * Parse @text into the set.  A scalar that is set already stays (-EEXIST), a
 * list grows.  Otherwise what the type's parser says: 0, -EINVAL, -ERANGE
 * (stored, but clamped), -ENOMEM.
 */
int params_set(struct params *params, enum param_id id, const char *text,
	       enum param_source source);
void params_unset(struct params *params, enum param_id id);

/* Everything that @from has replaces what @into has. */
int params_overlay(struct params *into, const struct params *from);

/* The stored form, malloc'ed; NULL if it is not set. */
char *params_format(const struct params *params, enum param_id id);

/* Values, with a default for what is not set. */
const char *params_text(const struct params *params, enum param_id id);
uint64_t params_number(const struct params *params, enum param_id id,
		       uint64_t otherwise);
bool params_yes(const struct params *params, enum param_id id, bool otherwise);

/* Is there a RAM limit that is one?  Old tools wrote INT_MAX for unlimited. */
bool params_is_vswap(const struct params *params);

/*
 * Every known key of @conf.  Bad values are warned about and left out.
 * @is_global: this is vz.conf.
 */
void params_from_conf(struct params *params, struct conf *conf, bool is_global);

/*
 * Store @params in @conf: lists that add to what is there do so, empty texts
 * remove their key.
 */
int params_to_conf(const struct params *params, struct conf *conf,
		   struct vz_err *err);

/*
 * What the container functions need.  The strings belong to @params and live
 * until it is freed or this is called again.
 */
int params_to_spec(struct params *params, uint32_t ctid, struct ct_spec *spec,
		   struct vz_err *err);

/* The file of a suspended container; false if there is no place for one. */
bool params_dump_path(const struct params *params, uint32_t ctid, char *path,
		      size_t size);

/*
 * For a start: fill in what VSwap implies, refuse a configuration without
 * VSwap that lacks a required beancounter (VZ_NO_UB_PARAMS).
 */
int params_complete_limits(const struct params *params, struct ct_spec *spec,
			   struct vz_err *err);

/*
 * Names of the set parameters that this version stores but does not apply,
 * separated by blanks; NULL if there are none.  malloc'ed.
 */
char *params_unapplied(const struct params *params);

#endif
