// SPDX-License-Identifier: GPL-2.0-only
/*
 * What containers that run out of memory again and again cost the kernel log.
 *
 * The kernel logs each kill, and ten times in five seconds a stack, the state of
 * the memory and a list of processes.  Of a container that is one line with its
 * CTID.
 * And in the second after a kill it begins five processes at most: no more can
 * be killed than are born.  Whoever comes from the host to enter it need not
 * wait.
 */
#include <linux/memcontrol.h>
#include <linux/oom.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>

#include "hook.h"
#include "kernel/ct.h"
#include "memcg.h"
#include "oom_pace.h"

#define PRESSED	HZ		/* so long after a kill */
#define PACE	(HZ / 5)	/* from one fork to the next */

/**
 * oom_pace_begin() - somebody was killed because a cgroup is out of memory
 * @group: pinned by the caller; NULL if it is the whole machine
 *
 * Context: any.
 */
void oom_pace_begin(struct mem_cgroup *group)
{
	struct ct_memcg *m;

	rcu_read_lock();
	m = memcg_of(group);
	if (m)
		WRITE_ONCE(m->ct->ran_out, jiffies);
	rcu_read_unlock();
}

static bool is_pressed(const struct ct *ct)
{
	return time_before(jiffies, READ_ONCE(ct->ran_out) + PRESSED);
}

static bool takes_turn(struct ct *ct)
{
	unsigned long next = READ_ONCE(ct->next_fork);

	return time_after_eq(jiffies, next) &&
	       cmpxchg(&ct->next_fork, next, jiffies + PACE) == next;
}

/**
 * oom_pace_fork() - wait until it is the turn of the current task to fork
 * @ct: of the child
 *
 * Context: may sleep; no lock is held.
 * Return: 0, or -ERESTARTNOINTR if a signal has come.
 */
int oom_pace_fork(struct ct *ct)
{
	while (unlikely(is_pressed(ct)) &&
	       task_active_pid_ns(current) != &init_pid_ns && !takes_turn(ct)) {
		if (signal_pending(current))
			return -ERESTARTNOINTR;
		schedule_timeout_interruptible(PACE);
	}
	return 0;
}

/* Log who it is, if it is a container; otherwise the kernel does. */
static noinline bool logs_container(const struct oom_control *oc)
{
	struct ct_memcg *m;

	rcu_read_lock();
	m = memcg_of(oc->memcg);
	if (m)
		pr_warn("container %u is out of memory\n", m->ct->ctid);
	rcu_read_unlock();
	return m;
}

/* On the way to a kill; before 6.12 with the victim. */
DEFINE_HOOK(void, dump_header, struct oom_control *oc, void *victim)
{
	if (!logs_container(oc))
		HOOK_ORIGINAL(dump_header)(oc, victim);
}
