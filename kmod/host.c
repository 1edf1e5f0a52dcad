// SPDX-License-Identifier: GPL-2.0-only
/*
 * Beancounter 0: what the host itself uses.
 *
 * Nothing is charged to the host.  What it holds is looked up when somebody
 * wants to know: that part of what the kernel has counted for the machine which
 * no container holds.  So the sum over all beancounters is what there is, and
 * nothing is in it twice; what a container does not account, because it has no
 * memory cgroup of its own, is the host's.
 *
 * Limits of the host bind nobody, and its maxheld is the most that somebody has
 * seen.
 *
 * The numbers are read one after the other while everything moves: held is off
 * by what changes during the look.
 */
#include "host.h"

#include <linux/bits.h>
#include <linux/mm.h>
#include <linux/percpu_counter.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sysinfo.h>
#include <linux/vmstat.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "kernel/ct.h"
#include "kfunc.h"
#include "memcg.h"
#include "mm_record.h"
#include "parts.h"

DEFINE_KFUNC(void, si_swapinfo, struct sysinfo *info);

/* What has been taken page by page is not in it. */
static unsigned long kernel_memory(const void *unused)
{
	unsigned long pages =
		global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B) +
		global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B) +
		global_node_page_state(NR_PAGETABLE);

	return pages * PAGE_SIZE +
	       global_node_page_state(NR_KERNEL_STACK_KB) * 1024;
}

/* The same of a container; its kmemsize has more than that. */
static unsigned long kernel_memory_of(struct ct *ct)
{
	return memcg_state(ct, NR_SLAB_RECLAIMABLE_B) +
	       memcg_state(ct, NR_SLAB_UNRECLAIMABLE_B) +
	       memcg_state(ct, NR_PAGETABLE) * PAGE_SIZE +
	       memcg_state(ct, NR_KERNEL_STACK_KB) * 1024;
}

/* Slabs that can be reclaimed: hardly anything else is in them. */
static unsigned long reclaimable_slabs(const void *unused)
{
	return global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B) * PAGE_SIZE;
}

static unsigned long shared_pages(const void *unused)
{
	return global_node_page_state(NR_SHMEM);
}

static unsigned long shared_pages_of(struct ct *ct)
{
	return memcg_state(ct, NR_SHMEM);
}

static unsigned long used_pages(const void *unused)
{
	return totalram_pages() - global_zone_page_state(NR_FREE_PAGES);
}

/* Slots of pages that are in memory all the same do not count. */
static unsigned long swapped_pages(const void *unused)
{
	struct sysinfo info;
	unsigned long slots;

	KFUNC(si_swapinfo)(&info);
	slots = info.totalswap - info.freeswap;
	return slots - min(slots, global_node_page_state(NR_SWAPCACHE));
}

/* What killing all processes of the machine could free. */
static unsigned long process_memory(const void *unused)
{
	return global_node_page_state(NR_INACTIVE_ANON) +
	       global_node_page_state(NR_ACTIVE_ANON) +
	       global_node_page_state(NR_UNEVICTABLE) + swapped_pages(NULL);
}

/* The address space of a process that no container pays for. */
static struct mm_pages unpaid_pages(struct task_struct *process)
{
	struct mm_pages pages = { };
	struct task_struct *thread;
	struct mm_struct *mm;

	for_each_thread(process, thread) {
		task_lock(thread);
		mm = thread->mm;
		if (mm && !mm_flags_test(MMF_RECORDED, mm))
			pages = mm_size_of(mm);
		task_unlock(thread);
		if (mm)
			break;
	}
	return pages;
}

/* One that processes share counts for each, but for vfork(). */
static struct mm_pages all_unpaid_pages(void)
{
	struct mm_pages pages, sum = { };
	struct task_struct *process;

	rcu_read_lock();
	for_each_process(process) {
		if (process->flags & PF_KTHREAD)
			continue;
		pages = unpaid_pages(process);
		if (!(pages.private | pages.locked) || in_vfork(process))
			continue;
		sum.private += pages.private;
		sum.locked += pages.locked;
	}
	rcu_read_unlock();
	return sum;
}

static unsigned long tasks(const void *nr_threads)
{
	return READ_ONCE(*(const int *)nr_threads);
}

static unsigned long terminals(const void *pty_count)
{
	return atomic_read(pty_count);
}

static unsigned long sum_of(const void *counter)
{
	return percpu_counter_sum_positive((struct percpu_counter *)counter);
}

/* All sockets of programs, less those of TCP. */
static unsigned long other_sockets(const void *tcp_sockets)
{
	unsigned long all = 0, tcp = sum_of(tcp_sockets);
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net)
		all += max(sock_inuse_get(net), 0);
	up_read(&net_rwsem);
	return all - min(all, tcp);
}

/**
 * struct total - a resource that the kernel has a total of
 * @res: UB_*
 * @whole: on the machine; NULL if it is counted by address space
 * @theirs: what of that a container has; NULL if it is what it holds
 * @variable: where the kernel counts, which it does not export, or NULL
 * @accuracy: what is to be thought of it
 */
struct total {
	unsigned int res;
	unsigned long (*whole)(const void *variable);
	unsigned long (*theirs)(struct ct *ct);
	const char *variable;
	const char *accuracy;
};

/*
 * numflock, numsiginfo and numiptent are counted nowhere, and the buffers of
 * sockets per protocol only, both directions together.
 */
static const struct total totals[] = {
	{ UB_KMEMSIZE, kernel_memory, kernel_memory_of,
	  .accuracy = "observed; slabs, stacks and page tables only" },
	{ UB_LOCKEDPAGES,
	  .accuracy = "observed; what processes share counts for each" },
	{ UB_PRIVVMPAGES,
	  .accuracy = "observed; what processes share counts for each" },
	{ UB_SHMPAGES, shared_pages, shared_pages_of,
	  .accuracy = "observed; pages in memory, not what was asked for" },
	{ UB_NUMPROC, tasks, .variable = "nr_threads",
	  .accuracy = "observed" },
	{ UB_PHYSPAGES, used_pages,
	  .accuracy = "observed; with the kernel, and free pages that CPUs keep" },
	{ UB_OOMGUARPAGES, process_memory,
	  .accuracy = "observed" },
	{ UB_NUMTCPSOCK, sum_of, .variable = "tcp_sockets_allocated",
	  .accuracy = "observed; MPTCP counts as other" },
	{ UB_NUMPTY, terminals, .variable = "pty_count",
	  .accuracy = "observed" },
	{ UB_NUMOTHERSOCK, other_sockets, .variable = "tcp_sockets_allocated",
	  .accuracy = "observed; MPTCP counts as other" },
	{ UB_DCACHESIZE, reclaimable_slabs,
	  .accuracy = "observed; all reclaimable slabs" },
	{ UB_NUMFILE, sum_of, .variable = "nr_files",
	  .accuracy = "observed; with what the kernel itself has open" },
	{ UB_SWAPPAGES, swapped_pages,
	  .accuracy = "observed" },
};

static const void *variable[ARRAY_SIZE(totals)];

/**
 * host_init() - find where the kernel counts
 *
 * Context: may sleep.
 * Return: 0, a total that is not found is not accounted; -ENOENT if the size
 * of swap is not to be had.
 */
int host_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(totals); i++) {
		if (!totals[i].variable)
			continue;
		variable[i] = kfunc_find_data(totals[i].variable);
		if (!variable[i])
			pr_warn("this kernel hides %s: %s of the host is not accounted\n",
				totals[i].variable,
				ub_resources[totals[i].res].name);
	}
	return kfunc_find(&kfunc_si_swapinfo);
}

static bool is_known(int i)
{
	return variable[i] || !totals[i].variable;
}

/* The row of a resource that is known, or -1. */
static int find(unsigned int res)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(totals); i++)
		if (totals[i].res == res && is_known(i))
			return i;
	return -1;
}

static unsigned long theirs(int i, struct ct *ct)
{
	if (!totals[i].whole)
		return 0;
	return totals[i].theirs ? totals[i].theirs(ct) :
				  bc_held(&ct->bc, totals[i].res);
}

static unsigned long whole_less(int i, unsigned long taken)
{
	unsigned long whole = totals[i].whole(variable[i]);

	return whole - min(whole, taken);
}

/**
 * host_held() - what the host holds of one resource
 * @res: UB_*, but not one that is counted by address space
 *
 * What is derived in a container is as it was seen last.
 *
 * Context: may sleep for UB_NUMOTHERSOCK; any but interrupt for the others.
 * Return: units; 0 if the kernel has no total.
 */
unsigned long host_held(unsigned int res)
{
	unsigned long sum = 0;
	struct ct *ct = NULL;
	int i = find(res);

	if (i < 0 || !totals[i].whole)
		return 0;
	while ((ct = ct_next(ct)))
		if (ct->ctid)
			sum += theirs(i, ct);
	return whole_less(i, sum);
}

/**
 * host_observed() - what the kernel has a total of
 *
 * Context: any.
 * Return: bit mask of UB_*.
 */
u64 host_observed(void)
{
	u64 set = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(totals); i++)
		if (is_known(i))
			set |= BIT(totals[i].res);
	return set;
}

/**
 * host_accuracy() - what is to be thought of a number of the host
 * @res: UB_*
 *
 * Context: any.
 * Return: a text; NULL if the kernel has no total.
 */
const char *host_accuracy(unsigned int res)
{
	int i = find(res);

	return i < 0 ? NULL : totals[i].accuracy;
}

/* Shared memory counts as privvmpages, too, as it does in a container. */
static void observe_address_spaces(struct beancounter *bc)
{
	struct mm_pages unpaid = all_unpaid_pages();

	bc_observe(bc, UB_LOCKEDPAGES, unpaid.locked);
	bc_observe(bc, UB_PRIVVMPAGES,
		   unpaid.private + bc_held(bc, UB_SHMPAGES));
}

/**
 * host_refresh() - look up what the host holds
 * @ct: nothing is done unless it is the host
 *
 * Takes one walk over all containers, one over all network namespaces and one
 * over all processes.
 *
 * Context: may sleep.
 */
void host_refresh(struct ct *ct)
{
	unsigned long sum[ARRAY_SIZE(totals)] = { };
	struct ct *other = NULL;
	int i;

	if (ct->ctid)
		return;
	while ((other = ct_next(other))) {
		if (!other->ctid)
			continue;
		memcg_refresh(other);
		for (i = 0; i < ARRAY_SIZE(totals); i++)
			sum[i] += theirs(i, other);
	}
	for (i = 0; i < ARRAY_SIZE(totals); i++)
		if (totals[i].whole && is_known(i))
			bc_observe(&ct->bc, totals[i].res,
				   whole_less(i, sum[i]));
	observe_address_spaces(&ct->bc);
}

/**
 * host_state() - a statistic of the host
 * @item: a node_stat_item in pages that the kernel keeps per memory cgroup
 *
 * Context: any.
 * Return: what the machine has and no memory cgroup of a container; of those
 * as of the last host_refresh().
 */
unsigned long host_state(int item)
{
	unsigned long whole = global_node_page_state(item), taken = 0;
	struct ct *ct = NULL;

	/* Pages that are in swap, too, are not in the statistics of cgroups. */
	if (item == NR_FILE_PAGES)
		whole -= min(whole, global_node_page_state(NR_SWAPCACHE));
	while ((ct = ct_next(ct)))
		taken += memcg_state(ct, item);
	return whole - min(whole, taken);
}

/**
 * host_total_swap() - how much swap there is
 *
 * Context: any but interrupt.
 * Return: pages.
 */
unsigned long host_total_swap(void)
{
	struct sysinfo info;

	KFUNC(si_swapinfo)(&info);
	return info.totalswap;
}
