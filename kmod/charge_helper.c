// SPDX-License-Identifier: GPL-2.0-only
/*
 * numcoredump, nummodreq: what makes the kernel start programs of the host.
 *
 * A crash runs the program that the host's core_pattern pipes to, and the use
 * of a protocol, a match or a file system that is not there runs modprobe; both
 * as root of the host, outside of the container's cgroup.  Charged are the
 * dumps that are under way, and the requests of the last ten seconds.  The owner
 * is the user namespace of the task.
 *
 * Refusal: there is no dump; there is no module (EPERM).
 */
#include <linux/cred.h>
#include <linux/sched/signal.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "hook.h"
#include "hook_code.h"
#include "kernel/ct.h"
#include "kfunc.h"
#include "owner.h"
#include "parts.h"

#define WINDOW	(10 * HZ)

static const char *core_pattern;

/**
 * coredump_prepare() - find out where the kernel sends its dumps
 *
 * Context: may sleep.
 * Return: 0 or -ENOENT.
 */
int coredump_prepare(void)
{
	core_pattern = kfunc_find_data("core_pattern");
	return core_pattern ? 0 : -ENOENT;
}

DEFINE_HOOK(void, vfs_coredump, const kernel_siginfo_t *siginfo)
{
	struct beancounter *bc = bc_of(current_user_ns());

	if (likely(!bc) || READ_ONCE(*core_pattern) != '|') {
		HOOK_ORIGINAL(vfs_coredump)(siginfo);
		return;
	}
	if (bc_charge(bc, VZMOD_NUMCOREDUMP, 1, UB_HARD))
		return;
	hook_enter();
	HOOK_ORIGINAL(vfs_coredump)(siginfo);
	bc_uncharge(bc, VZMOD_NUMCOREDUMP, 1);
	hook_leave();
}

static void begin_window(struct work_struct *unused)
{
	struct ct *ct = NULL;

	while ((ct = ct_next(ct)))
		bc_observe(&ct->bc, VZMOD_NUMMODREQ, 0);
}

static DECLARE_DELAYED_WORK(window, begin_window);

DEFINE_HOOK(int, security_kernel_module_request, char *name)
{
	struct beancounter *bc = bc_of(current_user_ns());

	if (unlikely(bc)) {
		if (bc_check(bc, VZMOD_NUMMODREQ, 1, UB_HARD))
			return -EPERM;
		bc_observe_change(bc, VZMOD_NUMMODREQ, 1);
		schedule_delayed_work(&window, WINDOW);
	}
	return HOOK_ORIGINAL(security_kernel_module_request)(name);
}

/**
 * charge_helper_exit() - no module is asked for any more
 *
 * Context: may sleep.
 */
void charge_helper_exit(void)
{
	cancel_delayed_work_sync(&window);
}
