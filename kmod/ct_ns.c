// SPDX-License-Identifier: GPL-2.0-only
/*
 * Birth and death of containers.
 *
 * A container is born inside create_user_ns() of a task that was armed for it
 * before, so that its beancounter exists before anything can be charged to
 * it.  It dies with its user namespace, when nothing that was charged to it
 * can exist any more.  From arming to death it pins the module.
 */
#include "ct_ns.h"

#include <linux/cred.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "hook.h"
#include "limit.h"
#include "memcg.h"
#include "owner.h"
#include "proc.h"

/**
 * struct ct_arming - a task whose next user namespace becomes a container
 * @list: in the list of all, while the namespace has not come
 * @task: the task
 * @ct: the embryo, referenced
 */
struct ct_arming {
	struct list_head list;
	struct task_struct *task;
	struct ct *ct;
};

static LIST_HEAD(armings);
static DEFINE_SPINLOCK(armings_lock);	/* the list; nothing is taken inside */

/**
 * owner_walk() - the container that a user namespace other than the first
 *	belongs to
 * @ns: pinned by the caller
 *
 * Context: any.
 * Return: valid as long as @ns is pinned; NULL for the host.
 */
struct ct *owner_walk(const struct user_namespace *ns)
{
	struct ct *ct;

	preempt_disable_notrace();	/* an RCU reader, and cheaper */
	do {
		ct = ct_lookup(ns);
		ns = ns->parent;
	} while (!ct && ns != &init_user_ns);
	preempt_enable_notrace();
	return ct;
}

/**
 * ct_arm() - the next user namespace of the current task becomes a container
 * @ctid: its number
 * @class_id: free tag
 * @uid_base: first id of its range
 *
 * Context: may sleep.
 * Return: to be given to ct_disarm(), whatever happens; -EEXIST, -EADDRINUSE
 * or -ENOMEM.
 */
struct ct_arming *ct_arm(u32 ctid, u32 class_id, u32 uid_base)
{
	struct ct_arming *arming = kzalloc(sizeof(*arming), GFP_KERNEL);
	struct ct *old, *ct;

	if (!arming)
		return ERR_PTR(-ENOMEM);
	old = ct_find(ctid);
	if (old)
		ct_current_state(old);		/* learns of the death of its init */
	ct = ct_reserve(ctid, class_id, uid_base);
	if (IS_ERR(ct)) {
		ct_put(old);
		kfree(arming);
		return ERR_CAST(ct);
	}
	if (old)
		proc_rename_ct(old);
	ct_put(old);
	__module_get(THIS_MODULE);
	ct_get(ct);
	arming->ct = ct;
	arming->task = get_task_struct(current);
	spin_lock(&armings_lock);
	list_add(&arming->list, &armings);
	spin_unlock(&armings_lock);
	return arming;
}

/* Who is the youngest with a CTID again, after another one has gone? */
static void give_name_back(u32 ctid)
{
	struct ct *ct = ct_find(ctid);

	if (ct)
		proc_rename_ct(ct);
	ct_put(ct);
}

/**
 * ct_disarm() - an arming is over
 * @arming: from ct_arm(); if no user namespace has come, the embryo goes too,
 *	and a container that was not started counts as stopped
 *
 * Context: may sleep.
 */
void ct_disarm(struct ct_arming *arming)
{
	bool embryo;

	spin_lock(&armings_lock);
	embryo = !list_empty(&arming->list);
	list_del_init(&arming->list);
	spin_unlock(&armings_lock);

	if (embryo) {
		ct_cancel(arming->ct);
		give_name_back(arming->ct->ctid);
		module_put(THIS_MODULE);
	} else if (READ_ONCE(arming->ct->state) == VZMOD_CT_STARTING) {
		ct_set_stopped(arming->ct);
	}
	ct_put(arming->ct);
	put_task_struct(arming->task);
	kfree(arming);
}

/* Take the embryo that the current task was armed for, if there is one. */
static struct ct *take_embryo(void)
{
	struct ct_arming *arming;
	struct ct *ct = NULL;

	spin_lock(&armings_lock);
	list_for_each_entry(arming, &armings, list) {
		if (arming->task == current) {
			list_del_init(&arming->list);
			ct = arming->ct;
			break;
		}
	}
	spin_unlock(&armings_lock);
	return ct;
}

DEFINE_HOOK(int, create_user_ns, struct cred *new)
{
	struct ct *ct;
	int ret;

	hook_enter();
	ret = HOOK_ORIGINAL(create_user_ns)(new);
	if (!ret && unlikely(!list_empty(&armings))) {
		ct = take_embryo();
		if (ct) {
			ct_bind(ct, new->user_ns);
			ucount_separate(new->user_ns,
					KUIDT_INIT(ct->uid_base));
			proc_add_ct(ct);
		}
	}
	hook_leave();
	return ret;
}

static void container_died(struct ct *ct)
{
	u32 ctid = ct->ctid;

	memcg_unbind(ct);
	proc_remove_ct(ct);
	coredump_settle(ct);
	ct_unbind(ct);
	limit_forget();
	give_name_back(ctid);
	module_put(THIS_MODULE);
}

/*
 * free_user_ns() calls this for each namespace that dies, parents that die
 * with their last child included.
 */
DEFINE_HOOK(void, retire_userns_sysctls, struct user_namespace *ns)
{
	struct ct *ct;

	hook_enter();
	rcu_read_lock();
	ct = ct_lookup(ns);
	rcu_read_unlock();
	if (ct)
		container_died(ct);
	HOOK_ORIGINAL(retire_userns_sysctls)(ns);
	hook_leave();
}

/* Is the task PID 1 of a pid namespace of the container itself? */
static bool is_init_of(struct task_struct *task, const struct ct *ct)
{
	struct pid_namespace *ns = task_active_pid_ns(task);

	return ns && ns->user_ns == ct_user_ns(ct) &&
	       task_tgid_nr_ns(task, ns) == 1 && thread_group_leader(task);
}

/* Limits that were set before there was anything to enforce them. */
static int bind(struct ct *ct, struct task_struct *init)
{
	int ret;

	if (READ_ONCE(ct->state) != VZMOD_CT_STARTING)
		return -EINVAL;
	ret = memcg_bind(ct, init);
	return ret ?: limit_follow(ct);
}

/**
 * ct_start() - a container is set up
 * @ct: the container
 * @pid: its init, in the caller's pid namespace
 *
 * Context: may sleep.
 * Return: 0; -ESRCH if there is no such task; -EINVAL if it is not the
 * container's init, or if the container is not STARTING; -ENOMEM; -EBUSY if
 * another tracer has a function that is needed to enforce its limits.
 */
int ct_start(struct ct *ct, pid_t pid)
{
	struct task_struct *task;
	int ret = -EINVAL;

	rcu_read_lock();
	task = pid_task(find_vpid(pid), PIDTYPE_TGID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	if (!task)
		return -ESRCH;
	if (is_init_of(task, ct))
		ret = bind(ct, task);
	if (!ret)
		ret = ct_set_running(ct, task_tgid_nr(task),
				     task->start_boottime,
				     ktime_get_boottime_ns());
	put_task_struct(task);
	return ret;
}

/*
 * Init of a container, if it is still there.  We must not keep its struct pid:
 * that pins the pid namespace, which pins the user namespace, whose end is the
 * end of the container.
 */
static struct task_struct *find_init(const struct ct *ct)
{
	struct task_struct *task;

	if (smp_load_acquire(&ct->state) < VZMOD_CT_RUNNING) /* ct_set_running() */
		return NULL;
	task = pid_task(find_pid_ns(ct->init_pid, &init_pid_ns), PIDTYPE_TGID);
	return task && task->start_boottime == ct->init_born ? task : NULL;
}

/**
 * ct_get_init() - init of a container
 * @ct: referenced by the caller
 *
 * Context: any.
 * Return: with a reference, or NULL if it has none (yet, or any more).
 */
struct pid *ct_get_init(struct ct *ct)
{
	struct task_struct *task;
	struct pid *pid = NULL;

	rcu_read_lock();
	task = find_init(ct);
	if (task)
		pid = get_pid(task_tgid(task));
	rcu_read_unlock();
	return pid;
}

/* A zombie is dead, unless other threads of it are still running. */
static bool has_live_init(const struct ct *ct)
{
	struct task_struct *task;
	bool alive;

	rcu_read_lock();
	task = find_init(ct);
	alive = task && !(READ_ONCE(task->exit_state) &&
			  thread_group_empty(task));
	rcu_read_unlock();
	return alive;
}

/**
 * ct_current_state() - the state of a container now
 * @ct: referenced by the caller
 *
 * Nobody tells us when an init dies, so it is looked at here.
 *
 * Context: any but interrupt.
 * Return: enum vzmod_ct_state.
 */
enum vzmod_ct_state ct_current_state(struct ct *ct)
{
	if (READ_ONCE(ct->state) == VZMOD_CT_RUNNING && ct->ctid &&
	    !has_live_init(ct))
		ct_set_stopped(ct);
	return READ_ONCE(ct->state);
}

/**
 * ct_user_ns() - the user namespace that a container is
 * @ct: a container that is alive
 *
 * Context: any.
 * Return: the namespace; that of the host for container 0.
 */
const struct user_namespace *ct_user_ns(const struct ct *ct)
{
	return ct->ctid ? ct->ns : &init_user_ns;
}

/**
 * ct_of_task() - the container a task runs in
 * @task: any task, pinned by the caller
 *
 * Context: any.
 * Return: with a reference; the host's own for a task of the host.
 */
struct ct *ct_of_task(struct task_struct *task)
{
	struct ct *ct;

	rcu_read_lock();
	ct = owner_of(__task_cred(task)->user_ns);
	if (!ct)
		ct = ct_host();
	ct_get(ct);
	rcu_read_unlock();
	return ct;
}
