/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of resources: everything that is known of a resource by name.
 * Compiled into the module and, unchanged, into the tools, so this header
 * depends on nothing but the numbers.
 */
#ifndef VZ_KERNEL_RESOURCES_H
#define VZ_KERNEL_RESOURCES_H

#include <linux/vzmod.h>

enum ub_unit {
	UB_COUNT,
	UB_BYTES,
	UB_PAGES,
};

/* ub_resource.flags */
#define UBR_DUMMY	0x01	/* keeps its place in the old table only */
#define UBR_REQUIRED	0x02	/* a configuration without VSwap must set it */
#define UBR_NO_BARRIER	0x04	/* a fresh beancounter has barrier 0 */
#define UBR_RAM_BARRIER	0x08	/* a fresh beancounter has 3/4 of RAM there */
#define UBR_DERIVED	0x10	/* held is looked up, not charged */

/**
 * struct ub_resource - one resource
 * @name: as in /proc/user_beancounters and, in upper case, in CTID.conf
 * @unit: what barrier, limit and held count
 * @flags: UBR_*
 * @preset: barrier and limit of a fresh beancounter; 0: none
 * @batch: units that a CPU may hold in stock while the limit is far away;
 *	0 where a few units matter or the rate is low
 * @alias: older spelling of the configuration key, or NULL
 * @short_opt: letter of the vzctl option, or 0
 * @header: column title of vzlist
 * @help: what it counts, for --help
 * @accuracy: how far held may be from what is in use, when that cannot be
 *	helped; NULL if it is exact at rest
 * @refusal: what who asks for too much gets; NULL if nobody is refused
 */
struct ub_resource {
	const char *name;
	enum ub_unit unit;
	unsigned int flags;
	unsigned long preset;
	int batch;
	const char *alias;
	char short_opt;
	const char *header;
	const char *help;
	const char *accuracy;
	const char *refusal;
};

/* The beancounters of OpenVZ, and then the pools, enum vzmod_pool. */
extern const struct ub_resource ub_resources[VZMOD_RESOURCES];

#endif
