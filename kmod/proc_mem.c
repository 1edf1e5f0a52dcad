// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of one container (spec: /proc/bc/CTID/meminfo and vmaux), from its
 * beancounter and its memory cgroup.  That of the host is what no container
 * has.
 *
 * A line whose value is not known is left out, see proc_ct.c.
 */
#include <linux/bits.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/seq_file.h>

#include "host.h"
#include "kernel/ct.h"
#include "memcg.h"
#include "proc.h"
#include "refresh.h"

/**
 * struct line - a line of a file
 * @name: its name
 * @needs: bit mask of the UB_* that have to be accounted for it
 * @pages: what it says
 * @item: its second argument, one of node_stat_item
 */
struct line {
	const char *name;
	u32 needs;
	unsigned long (*pages)(struct ct *ct, int item);
	int item;
};

/* What needs a memory cgroup. */
#define GROUP	BIT(UB_PHYSPAGES)

static unsigned long none(struct ct *ct, int unused)
{
	return 0;
}

static unsigned long counted(struct ct *ct, int item)
{
	return ct->ctid ? memcg_state(ct, item) : host_state(item);
}

/* On a list of anonymous pages, or on the one of files that is like it. */
static unsigned long listed(struct ct *ct, int item)
{
	return counted(ct, item) + counted(ct, item + LRU_FILE);
}

static unsigned long limit_or(struct ct *ct, unsigned int res,
			      unsigned long otherwise)
{
	unsigned long limit = READ_ONCE(ct->bc.counter[res].limit);

	return limit < UB_MAXVALUE ? limit : otherwise;
}

static unsigned long less(unsigned long total, unsigned long used)
{
	return total - min(total, used);
}

static unsigned long ram(struct ct *ct, int unused)
{
	return bc_held(&ct->bc, UB_PHYSPAGES);
}

static unsigned long total_ram(struct ct *ct, int unused)
{
	return limit_or(ct, UB_PHYSPAGES, totalram_pages());
}

static unsigned long free_ram(struct ct *ct, int unused)
{
	return less(total_ram(ct, 0), ram(ct, 0));
}

static unsigned long swapped(struct ct *ct, int unused)
{
	return bc_held(&ct->bc, UB_SWAPPAGES);
}

static unsigned long total_swap(struct ct *ct, int unused)
{
	return limit_or(ct, UB_SWAPPAGES, host_total_swap());
}

static unsigned long free_swap(struct ct *ct, int unused)
{
	return less(total_swap(ct, 0), swapped(ct, 0));
}

static unsigned long locked(struct ct *ct, int unused)
{
	return bc_held(&ct->bc, UB_LOCKEDPAGES);
}

static unsigned long shared(struct ct *ct, int unused)
{
	return bc_held(&ct->bc, UB_SHMPAGES);
}

static unsigned long slab(struct ct *ct, int unused)
{
	return bc_held(&ct->bc, UB_KMEMSIZE) >> PAGE_SHIFT;
}

static unsigned long reclaimable(struct ct *ct, int unused)
{
	return bc_held(&ct->bc, UB_DCACHESIZE) >> PAGE_SHIFT;
}

static unsigned long unreclaimable(struct ct *ct, int unused)
{
	return less(slab(ct, 0), reclaimable(ct, 0));
}

/* physpages has shared memory and that of the kernel in it. */
static const struct line meminfo[] = {
	{ "MemTotal:", 0, total_ram },
	{ "MemFree:", GROUP, free_ram },
	{ "Cached:", GROUP, counted, NR_FILE_PAGES },
	{ "Buffers:", 0, none },
	{ "Active:", GROUP, listed, NR_ACTIVE_ANON },
	{ "Inactive:", GROUP, listed, NR_INACTIVE_ANON },
	{ "Active(anon):", GROUP, counted, NR_ACTIVE_ANON },
	{ "Inactive(anon):", GROUP, counted, NR_INACTIVE_ANON },
	{ "Active(file):", GROUP, counted, NR_ACTIVE_FILE },
	{ "Inactive(file):", GROUP, counted, NR_INACTIVE_FILE },
	{ "Unevictable:", GROUP, counted, NR_UNEVICTABLE },
	{ "Mlocked:", BIT(UB_LOCKEDPAGES), locked },
	{ "SwapTotal:", 0, total_swap },
	{ "SwapFree:", BIT(UB_SWAPPAGES), free_swap },
	{ "Dirty:", GROUP, counted, NR_FILE_DIRTY },
	{ "Writeback:", GROUP, counted, NR_WRITEBACK },
	{ "AnonPages:", GROUP, counted, NR_ANON_MAPPED },
	{ "Shmem:", BIT(UB_SHMPAGES), shared },
	{ "Slab:", BIT(UB_KMEMSIZE), slab },
	{ "SReclaimable:", BIT(UB_DCACHESIZE), reclaimable },
	{ "SUnreclaim:", BIT(UB_KMEMSIZE) | BIT(UB_DCACHESIZE), unreclaimable },
};

/*
 * There is no swap in memory and no list of shadow pages, so these are 0.  Not
 * known: swapin, swapout, hugetlb.
 */
static const struct line vmaux[] = {
	{ "tmpfs_respages", GROUP, counted, NR_SHMEM },
	{ "vswapin", 0, none },
	{ "vswapout", 0, none },
	{ "ram", GROUP, ram },
	{ "shadow", 0, none },
	{ "swap_entries", BIT(UB_SWAPPAGES), swapped },
};

static bool can_tell(const struct ct *ct, const struct line *line)
{
	return (refresh_accounted(ct) & line->needs) == line->needs;
}

/**
 * proc_ct_meminfo_show() - memory as /proc/meminfo of the container would have it
 * @m: file that is being read, of a container
 * @v: unused
 *
 * Context: may sleep.
 * Return: 0.
 */
int proc_ct_meminfo_show(struct seq_file *m, void *v)
{
	const unsigned long most = ULONG_MAX >> (PAGE_SHIFT - 10);
	struct ct *ct = m->private;
	unsigned long pages;
	int i;

	refresh_ct(ct);
	for (i = 0; i < ARRAY_SIZE(meminfo); i++) {
		if (!can_tell(ct, &meminfo[i]))
			continue;
		pages = meminfo[i].pages(ct, meminfo[i].item);
		seq_printf(m, "%-16s%8lu kB\n", meminfo[i].name,
			   min(pages, most) << (PAGE_SHIFT - 10));
	}
	return 0;
}

/**
 * proc_ct_vmaux_show() - memory in and out of RAM
 * @m: file that is being read, of a container
 * @v: unused
 *
 * Context: may sleep.
 * Return: 0.
 */
int proc_ct_vmaux_show(struct seq_file *m, void *v)
{
	struct ct *ct = m->private;
	int i;

	refresh_ct(ct);
	for (i = 0; i < ARRAY_SIZE(vmaux); i++)
		if (can_tell(ct, &vmaux[i]))
			seq_printf(m, "\t%-20s %21lu\n", vmaux[i].name,
				   vmaux[i].pages(ct, vmaux[i].item));
	return 0;
}
