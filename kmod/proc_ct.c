// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of one container (spec: /proc/bc/CTID).
 *
 * The entry in /proc pins the container for as long as a call lasts.
 *
 * A line whose value a stock kernel cannot tell is left out: who looks for its
 * name learns that it is not known, where a 0 would be taken for a fact.
 */
#include <linux/bits.h>
#include <linux/ioprio.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/task_io_accounting_ops.h>

#include "ct_ns.h"
#include "host.h"
#include "kernel/ct.h"
#include "owner.h"
#include "proc.h"
#include "refresh.h"

static bool is_real(unsigned int res)
{
	return !(ub_resources[res].flags & UBR_DUMMY);
}

/* --- debug ------------------------------------------------------------------ */

static const char *const state_name[] = {
	[VZMOD_CT_EMBRYO]	= "embryo",
	[VZMOD_CT_STARTING]	= "starting",
	[VZMOD_CT_RUNNING]	= "running",
	[VZMOD_CT_STOPPED]	= "stopped",
};

/* What is to be thought of the numbers of a resource. */
static const char *quality_of(const struct ct *ct, unsigned int res)
{
	if (!(refresh_accounted(ct) & BIT(res)))
		return "not accounted";
	if (!ct->ctid)
		return host_accuracy(res);
	return ub_resources[res].accuracy ?: "accounted";
}

static int debug_show(struct seq_file *m, void *v)
{
	struct ct *ct = m->private;
	unsigned int res;

	seq_printf(m, "uid: %u\n", ct->ctid);
	seq_printf(m, "ref: %u\n", refcount_read(&ct->refs));
	seq_printf(m, "state: %s\n", state_name[ct_current_state(ct)]);
	seq_printf(m, "serial: %llu\n", ct->serial);
	seq_printf(m, "uid_base: %u\n", ct->uid_base);
	seq_printf(m, "sizeof: %zu\n", sizeof(*ct));
	for (res = 0; res < VZMOD_RESOURCES; res++)
		if (is_real(res))
			seq_printf(m, "%s: %s\n", ub_resources[res].name,
				   quality_of(ct, res));
	return 0;
}

/* --- precharge -------------------------------------------------------------- */

/* Units that CPUs hold in stock: charged, and not in use. */
static int precharge_show(struct seq_file *m, void *v)
{
	struct ct *ct = m->private;
	unsigned int res, stocked;

	seq_printf(m, "%-12s %16s %10s %10s\n", "resource", "real_held",
		   "precharge", "max_precharge");
	for (res = 0; res < UB_RESOURCES; res++) {
		if (!is_real(res))
			continue;
		stocked = bc_stocked(&ct->bc, res);
		seq_printf(m, "%-12s %16lu %10u %10d\n",
			   ub_resources[res].name,
			   bc_held(&ct->bc, res) + stocked, stocked,
			   READ_ONCE(ct->bc.counter[res].batch));
	}
	return 0;
}

/* --- ioacct ----------------------------------------------------------------- */

/*
 * What the tasks of a container, their dead threads and the children they have
 * waited for have read, made dirty and cancelled.  A thread that ends during
 * the look may be missed, or be met twice.
 */
static void sum_io(struct ct *ct, struct task_io_accounting *sum)
{
	const struct ct *owner = ct->ctid ? ct : NULL;
	struct task_struct *process, *thread;

	rcu_read_lock();
	for_each_process(process) {
		if (owner_of(__task_cred(process)->user_ns) != owner)
			continue;
		task_io_accounting_add(sum, &process->signal->ioac);
		for_each_thread(process, thread)
			task_io_accounting_add(sum, &thread->ioac);
	}
	rcu_read_unlock();
}

static void show_bytes(struct seq_file *m, const char *name, u64 bytes)
{
	seq_printf(m, "\t%-20s %21llu\n", name, bytes);
}

/*
 * Not known: what was written back in the end, how often anything was synced
 * and what of that is under way.  missed always was 0.
 */
static int ioacct_show(struct seq_file *m, void *v)
{
	struct task_io_accounting io = { };

	sum_io(m->private, &io);
	show_bytes(m, "read", io.read_bytes);
	show_bytes(m, "dirty", io.write_bytes);
	show_bytes(m, "cancel", io.cancelled_write_bytes);
	show_bytes(m, "missed", 0);
	return 0;
}

/* --- ioprio ----------------------------------------------------------------- */

static struct task_struct *get_init(struct ct *ct)
{
	struct task_struct *init;
	struct pid *pid;

	rcu_read_lock();
	pid = ct->ctid ? ct_get_init(ct) : get_pid(find_pid_ns(1, &init_pid_ns));
	init = get_pid_task(pid, PIDTYPE_TGID);
	rcu_read_unlock();
	put_pid(pid);
	return init;
}

static int ioprio_of(struct task_struct *task)
{
	int prio = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_NONE, 0);

	task_lock(task);
	if (task->io_context)
		prio = task->io_context->ioprio;
	task_unlock(task);
	if (IOPRIO_PRIO_CLASS(prio) == IOPRIO_CLASS_NONE)
		return task_nice_ioprio(task);
	return IOPRIO_PRIO_DATA(prio) % IOPRIO_NR_LEVELS;
}

/* That of its init, from which the others have it. */
static int ioprio_show(struct seq_file *m, void *v)
{
	struct task_struct *init = get_init(m->private);

	if (!init)
		return 0;
	seq_printf(m, "prio: %d\n", ioprio_of(init));
	put_task_struct(init);
	return 0;
}

/* --- all of them ------------------------------------------------------------ */

static int ct_open(struct inode *inode, struct file *file,
		   int (*show)(struct seq_file *m, void *v))
{
	if (!proc_bc_may_read(NULL))
		return -EACCES;
	return single_open_size(file, show, pde_data(inode), PAGE_SIZE);
}

#define DEFINE_CT_FILE(name, show)					\
	static int name##_open(struct inode *inode, struct file *file)	\
	{								\
		return ct_open(inode, file, show);			\
	}								\
	const struct proc_ops proc_ct_##name##_ops = {			\
		.proc_open	= name##_open,				\
		.proc_read_iter	= seq_read_iter,			\
		.proc_lseek	= seq_lseek,				\
		.proc_release	= single_release,			\
	}

DEFINE_CT_FILE(resources, proc_ct_resources_show);
DEFINE_CT_FILE(pools, proc_ct_pools_show);
DEFINE_CT_FILE(debug, debug_show);
DEFINE_CT_FILE(precharge, precharge_show);
DEFINE_CT_FILE(ioacct, ioacct_show);
DEFINE_CT_FILE(ioprio, ioprio_show);
DEFINE_CT_FILE(meminfo, proc_ct_meminfo_show);
DEFINE_CT_FILE(vmaux, proc_ct_vmaux_show);
