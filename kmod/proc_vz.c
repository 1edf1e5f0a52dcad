// SPDX-License-Identifier: GPL-2.0-only
/*
 * The small files in /proc/vz (spec: veinfo, vestat, veip, version).
 *
 * A container sees its own lines only.
 */
#include <linux/cpumask.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>

#include "ct_ns.h"
#include "host.h"
#include "owner.h"
#include "proc.h"

#define TICK_NS		(NSEC_PER_SEC / USER_HZ)

/* Call @show for each container that the reader of @m may see. */
static void show_visible(struct seq_file *m,
			 void (*show)(struct seq_file *m, struct ct *ct))
{
	struct ct *ct = proc_view_of(file_inode(m->file)->i_sb);

	if (ct) {
		show(m, ct);
		return;
	}
	while ((ct = ct_next(ct)))
		if (!READ_ONCE(ct->superseded))
			show(m, ct);
}

static void show_veinfo(struct seq_file *m, struct ct *ct)
{
	unsigned long tasks = ct->ctid ? bc_held(&ct->bc, UB_NUMPROC) :
					 host_held(UB_NUMPROC);

	if (ct->ctid && ct_current_state(ct) == VZMOD_CT_STOPPED)
		return;
	seq_printf(m, "%10u %5u %5lu\n", ct->ctid, ct->class_id, tasks);
}

/**
 * proc_veinfo_show() - CTID, class and number of tasks of each container
 * @m: file that is being read
 * @v: unused
 *
 * Context: may sleep.
 * Return: 0.
 */
int proc_veinfo_show(struct seq_file *m, void *v)
{
	show_visible(m, show_veinfo);
	return 0;
}

/**
 * proc_veip_show() - addresses of containers: none without venet
 * @m: file that is being read
 * @v: unused
 *
 * Context: may sleep.
 * Return: 0.
 */
int proc_veip_show(struct seq_file *m, void *v)
{
	seq_puts(m, "Version: 2.5\n");
	return 0;
}

/**
 * proc_version_show() - version of the module
 * @m: file that is being read
 * @v: unused
 *
 * Context: may sleep.
 * Return: 0.
 */
int proc_version_show(struct seq_file *m, void *v)
{
	seq_puts(m, VZMOD_VERSION "\n");
	return 0;
}

/*
 * CPU time of all tasks of a container, of their dead threads and of the
 * children they have waited for, in ticks' precision.  The time of a task that
 * was entered from the host, and of a child that nobody waits for, is gone
 * with it.
 */
static void sum_cpu_time(struct ct *ct, u64 *user, u64 *system)
{
	struct task_struct *process, *thread;
	const struct signal_struct *dead;

	*user = 0;
	*system = 0;
	rcu_read_lock();
	for_each_process(process) {
		if (owner_of(__task_cred(process)->user_ns) != ct)
			continue;
		dead = process->signal;
		*user += READ_ONCE(dead->utime) + READ_ONCE(dead->cutime);
		*system += READ_ONCE(dead->stime) + READ_ONCE(dead->cstime);
		for_each_thread(process, thread) {
			*user += READ_ONCE(thread->utime);
			*system += READ_ONCE(thread->stime);
		}
	}
	rcu_read_unlock();
}

static void show_vestat(struct seq_file *m, struct ct *ct)
{
	u64 user, system, uptime, used, idle;

	if (!ct->ctid || ct_current_state(ct) != VZMOD_CT_RUNNING)
		return;
	sum_cpu_time(ct, &user, &system);
	used = user + system;
	uptime = ktime_get_boottime_ns() - ct->start_ns;
	idle = uptime * num_online_cpus();
	idle = idle > used ? idle - used : 0;
	seq_printf(m, "%20u %20llu %20lu %20llu %20llu %20llu %20lu %20llu %20llu %20lu %20lu %20lu\n",
		   ct->ctid, div_u64(user, TICK_NS), 0UL,
		   div_u64(system, TICK_NS), div_u64(uptime, TICK_NS), idle,
		   0UL, uptime, used, 0UL, 0UL, 0UL);
}

/**
 * proc_vestat_show() - CPU time and uptime of each container
 * @m: file that is being read
 * @v: unused
 *
 * Columns that a stock kernel does not know (nice, maxlat, totlat, numsched)
 * are 0; strv always was.
 *
 * Context: may sleep.
 * Return: 0.
 */
int proc_vestat_show(struct seq_file *m, void *v)
{
	static const char *const title[] = {
		"VEID", "user", "nice", "system", "uptime", "idle", "strv",
		"uptime", "used", "maxlat", "totlat", "numsched",
	};
	int i;

	seq_printf(m, "%-*s\n", (int)ARRAY_SIZE(title) * 21 - 1,
		   "Version: 2.2");
	for (i = 0; i < ARRAY_SIZE(title); i++)
		seq_printf(m, "%20s%c", title[i],
			   i + 1 < ARRAY_SIZE(title) ? ' ' : '\n');
	show_visible(m, show_vestat);
	return 0;
}
