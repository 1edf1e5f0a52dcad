// SPDX-License-Identifier: GPL-2.0-only
/* The calls of /dev/vzctl that are about containers as such. */
#include <linux/capability.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>
#include <linux/vzcalluser.h>
#include <linux/vzmod.h>

#include "ct_ns.h"
#include "ioctl.h"
#include "kernel/ct.h"

/**
 * ioctl_env_create() - VZCTL_ENV_CREATE: ask for the own CTID, or for another
 * @file: unused
 * @arg: struct vzctl_env_create
 *
 * Context: may sleep.
 * Return: see the uapi header.
 */
long ioctl_env_create(struct ioctl_file *file, void *arg)
{
	const struct vzctl_env_create *env = arg;
	struct ct *ct;
	long ret;

	if (!env->flags) {
		ct = ct_of_task(current);
		ret = ct->ctid;
		ct_put(ct);
		return ret;
	}
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (env->flags != VE_TEST)
		return -EINVAL;
	ct = ct_find(env->veid);
	if (!ct)
		return -ESRCH;
	ret = ct_current_state(ct) == VZMOD_CT_RUNNING ? 0 : -ESRCH;
	ct_put(ct);
	return ret;
}

/**
 * ioctl_get_veids() - VZCTL_GET_VEIDS: list the containers
 * @file: unused
 * @arg: struct vzlist_veidctl
 *
 * Context: may sleep.
 * Return: see the uapi header.
 */
long ioctl_get_veids(struct ioctl_file *file, void *arg)
{
	const struct vzlist_veidctl *list = arg;
	u32 __user *ids = (u32 __user *)list->id;
	struct ct *ct = NULL;
	unsigned int n = 0;

	while ((ct = ct_next(ct))) {
		if (!ct->ctid || READ_ONCE(ct->superseded))
			continue;
		if (n < list->num && put_user(ct->ctid, ids + n)) {
			ct_put(ct);
			return -EFAULT;
		}
		n++;
	}
	return n;
}

/**
 * ioctl_arm() - VZMOD_ARM: the caller's next user namespace is a container
 * @file: is to be closed when it exists, or is not to come
 * @arg: struct vzmod_arm
 *
 * Context: may sleep.
 * Return: see the uapi header.
 */
long ioctl_arm(struct ioctl_file *file, void *arg)
{
	const struct vzmod_arm *req = arg;
	struct ct_arming *arming;
	long ret = 0;

	if (!req->ctid || req->ctid > VZMOD_CTID_MAX || req->reserved ||
	    !req->uid_base || req->uid_base % VZMOD_ID_RANGE)
		return -EINVAL;

	mutex_lock(&file->lock);
	if (file->arming) {
		ret = -EBUSY;
	} else {
		arming = ct_arm(req->ctid, req->class_id, req->uid_base);
		if (IS_ERR(arming))
			ret = PTR_ERR(arming);
		else
			file->arming = arming;
	}
	mutex_unlock(&file->lock);
	return ret;
}

/**
 * ioctl_start() - VZMOD_START: a container is set up and has an init
 * @file: unused
 * @arg: struct vzmod_start
 *
 * Context: may sleep.
 * Return: see the uapi header.
 */
long ioctl_start(struct ioctl_file *file, void *arg)
{
	const struct vzmod_start *req = arg;
	struct ct *ct = req->ctid ? ct_find(req->ctid) : NULL;
	long ret;

	if (!ct)
		return -ESRCH;
	ret = ct_start(ct, req->pid);
	ct_put(ct);
	return ret;
}

static struct ct *find_by_task(struct vzmod_ct_info *info)
{
	struct task_struct *task;
	struct pid *pid;
	struct ct *ct;

	pid = info->pid ? find_get_pid(info->pid) :
			  get_task_pid(current, PIDTYPE_PID);
	task = get_pid_task(pid, PIDTYPE_PID);
	put_pid(pid);
	if (!task)
		return NULL;
	info->vpid = task_pid_nr_ns(task, task_active_pid_ns(task));
	ct = ct_of_task(task);
	put_task_struct(task);
	return ct;
}

/**
 * ioctl_ct_info() - VZMOD_CT_INFO: what is known of a container or a task
 * @file: unused
 * @arg: struct vzmod_ct_info
 *
 * Context: may sleep.
 * Return: see the uapi header.
 */
long ioctl_ct_info(struct ioctl_file *file, void *arg)
{
	struct vzmod_ct_info *info = arg;
	struct pid *init;
	struct ct *ct;

	info->vpid = 0;
	ct = info->ctid ? ct_find(info->ctid) : find_by_task(info);
	if (!ct)
		return -ESRCH;
	info->ctid = ct->ctid;
	info->state = ct_current_state(ct);
	info->uid_base = ct->uid_base;
	info->class_id = ct->class_id;
	info->start_ns = ct->start_ns;
	init = ct_get_init(ct);
	info->pid = pid_vnr(init);
	put_pid(init);
	ct_put(ct);
	return 0;
}
