// SPDX-License-Identifier: GPL-2.0-only
/*
 * oomguarpages: whose process is killed when the machine is out of memory.
 *
 * The kernel asks for the badness of every process and kills the worst.  Each
 * answer gets the overdraft of the process's container before it; see
 * overdraft.c.  All overdrafts are looked up when the search begins, because
 * the questions come where nobody may sleep.  The host takes part as a
 * container does.
 *
 * When a container is out of its own memory the choice is the kernel's, and so
 * is the score in /proc.
 */
#include <linux/memcontrol.h>
#include <linux/oom.h>

#include "hook.h"
#include "host.h"
#include "kernel/ct.h"
#include "kernel/overdraft.h"
#include "memcg.h"
#include "oom_pace.h"

/**
 * struct search - the search for a victim; the kernel makes one at a time
 * @task: who searches, or NULL
 * @host: overdraft of the host
 * @largest: overdraft, of all
 */
static struct search {
	struct task_struct *task;
	long host;
	long largest;
} search;

static void look_at(struct ct *ct)
{
	struct ct_memcg *m;
	long overdraft;

	memcg_refresh(ct);
	overdraft = bc_overdraft(&ct->bc);
	rcu_read_lock();
	m = rcu_dereference(ct->memcg);
	if (m)
		m->overdraft = overdraft;
	rcu_read_unlock();
	search.largest = max(search.largest, overdraft);
}

static void search_begin(void)
{
	struct bc_stat host;
	struct ct *ct = NULL;

	search.largest = 0;
	while ((ct = ct_next(ct)))
		if (ct->ctid)
			look_at(ct);
	bc_read(&ct_host()->bc, UB_OOMGUARPAGES, &host);
	search.host = overdraft_pages(0, host_held(UB_OOMGUARPAGES),
				      host.barrier);
	search.largest = max(search.largest, search.host);
	WRITE_ONCE(search.task, current);
}

/* Is it to be decided between containers? */
static bool is_between_containers(const struct oom_control *oc)
{
	bool between;

	rcu_read_lock();
	between = !memcg_of(oc->memcg);
	rcu_read_unlock();
	return between;
}

DEFINE_HOOK(bool, out_of_memory, struct oom_control *oc)
{
	bool ret;

	hook_enter();
	if (ct_count() && is_between_containers(oc))
		search_begin();
	ret = HOOK_ORIGINAL(out_of_memory)(oc);
	WRITE_ONCE(search.task, NULL);
	if (ret)
		oom_pace_begin(oc->memcg);
	hook_leave();
	return ret;
}

static long overdraft_of(struct task_struct *task)
{
	struct ct_memcg *m;
	long ret;

	rcu_read_lock();
	m = memcg_of(mem_cgroup_from_task(task));
	ret = m ? m->overdraft : search.host;
	rcu_read_unlock();
	return ret;
}

DEFINE_HOOK(long, oom_badness, struct task_struct *task,
	    unsigned long totalpages)
{
	long badness;

	badness = HOOK_ORIGINAL(oom_badness)(task, totalpages);
	if (badness == LONG_MIN || READ_ONCE(search.task) != current)
		return badness;
	return overdraft_badness(overdraft_of(task), search.largest, badness);
}
