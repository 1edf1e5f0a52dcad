// SPDX-License-Identifier: GPL-2.0-only
/*
 * numproc: processes and threads.
 *
 * Charged where the pids controller charges, before the task exists for
 * anybody, and uncharged when it has been reaped.  The owner is the user
 * namespace in the task's real credentials.  A task that changes it takes its
 * charge along: out of the old account, into the new one by force, so that
 * the admin can enter a container that is full.
 *
 * Refusal: fork, clone and vfork fail with ENOMEM.  A container that is out of
 * memory has to wait first, see oom_pace.c; children that are to be born into
 * another cgroup come at a pace, see pace.c: EAGAIN.
 */
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "hook.h"
#include "oom_pace.h"
#include "owner.h"
#include "pace.h"

/* The task is not there yet or not there any more: nobody changes it. */
static struct ct *ct_of_task(const struct task_struct *task)
{
	return owner_of(rcu_dereference_protected(task->real_cred, 1)->user_ns);
}

DEFINE_HOOK(int, cgroup_can_fork, struct task_struct *child,
	    struct kernel_clone_args *kargs)
{
	struct ct *ct = ct_of_task(child);
	int ret;

	if (likely(!ct))
		return HOOK_ORIGINAL(cgroup_can_fork)(child, kargs);
	hook_enter();
	ret = oom_pace_fork(ct);
	if (ret)
		goto out;
	if (kargs->flags & CLONE_INTO_CGROUP && pace_refuses(ct, PACE_CGROUP)) {
		ret = -EAGAIN;
		goto out;
	}
	if (bc_charge(&ct->bc, UB_NUMPROC, 1, UB_HARD)) {
		ret = -ENOMEM;
		goto out;
	}
	ret = HOOK_ORIGINAL(cgroup_can_fork)(child, kargs);
	if (ret)
		bc_uncharge(&ct->bc, UB_NUMPROC, 1);
out:
	hook_leave();
	return ret;
}

/* A fork that fails after cgroup_can_fork() succeeded. */
DEFINE_HOOK(void, cgroup_cancel_fork, struct task_struct *child,
	    struct kernel_clone_args *kargs)
{
	struct ct *ct = ct_of_task(child);

	if (unlikely(ct))
		bc_uncharge(&ct->bc, UB_NUMPROC, 1);
	HOOK_ORIGINAL(cgroup_cancel_fork)(child, kargs);
}

DEFINE_HOOK(void, cgroup_release, struct task_struct *task)
{
	struct ct *ct = ct_of_task(task);

	if (unlikely(ct))
		bc_uncharge(&ct->bc, UB_NUMPROC, 1);
	HOOK_ORIGINAL(cgroup_release)(task);
}

/* setns() and unshare(): the new credentials are about to become ours. */
DEFINE_HOOK(int, commit_creds, struct cred *new)
{
	struct user_namespace *old_ns = current_real_cred()->user_ns;

	if (unlikely(old_ns != new->user_ns)) {
		struct beancounter *from = bc_of(old_ns);
		struct beancounter *to = bc_of(new->user_ns);

		if (to && to != from)
			bc_charge(to, UB_NUMPROC, 1, UB_FORCE);
		if (from && to != from)
			bc_uncharge(from, UB_NUMPROC, 1);
	}
	return HOOK_ORIGINAL(commit_creds)(new);
}
