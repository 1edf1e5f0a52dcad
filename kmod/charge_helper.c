// SPDX-License-Identifier: GPL-2.0-only
/*
 * numcoredump, nummodreq: what makes the kernel start programs of the host.
 *
 * A crash runs the program that the host's core_pattern pipes to, the use of a
 * protocol, a match or a file system that is not there runs modprobe, and a
 * request for a key that is not there /sbin/request-key; all as root of the
 * host, outside of the container's cgroup.  Charged are the requests of the
 * last ten seconds, and the dumps of the last ten seconds with those that are
 * still under way.  The owner is the user namespace of the task.
 *
 * Refusal: there is no dump; there is no module (EPERM), no key (EDQUOT).
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/key.h>
#include <linux/sched/signal.h>
#include <linux/workqueue.h>

#include "ct_ns.h"
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

/**
 * coredump_settle() - give back what dumps that are over were charged
 * @ct: any container
 *
 * Context: any.
 */
void coredump_settle(struct ct *ct)
{
	int n = atomic_xchg(&ct->dumps_over, 0);

	if (n)
		bc_uncharge(&ct->bc, VZMOD_NUMCOREDUMP, n);
}

static void begin_window(struct work_struct *unused)
{
	struct ct *ct = NULL;

	while ((ct = ct_next(ct))) {
		coredump_settle(ct);
		bc_observe(&ct->bc, VZMOD_NUMMODREQ, 0);
	}
}

static DECLARE_DELAYED_WORK(window, begin_window);

/* One that is started for it, or since 6.16 one that listens on a socket. */
static bool goes_to_program(void)
{
	char first = READ_ONCE(*core_pattern);

	return first == '|' || first == '@';
}

DEFINE_HOOK(void, vfs_coredump, const kernel_siginfo_t *siginfo)
{
	struct ct *ct = owner_of(current_user_ns());

	if (likely(!ct) || !goes_to_program()) {
		HOOK_ORIGINAL(vfs_coredump)(siginfo);
		return;
	}
	if (bc_charge(&ct->bc, VZMOD_NUMCOREDUMP, 1, UB_HARD))
		return;
	hook_enter();
	HOOK_ORIGINAL(vfs_coredump)(siginfo);
	atomic_inc(&ct->dumps_over);
	schedule_delayed_work(&window, WINDOW);
	hook_leave();
}

static bool refuses_request(void)
{
	struct beancounter *bc = bc_of(current_user_ns());

	if (likely(!bc))
		return false;
	if (bc_check(bc, VZMOD_NUMMODREQ, 1, UB_HARD))
		return true;
	bc_observe_change(bc, VZMOD_NUMMODREQ, 1);
	schedule_delayed_work(&window, WINDOW);
	return false;
}

DEFINE_HOOK(int, security_kernel_module_request, char *name)
{
	if (refuses_request())
		return -EPERM;
	return HOOK_ORIGINAL(security_kernel_module_request)(name);
}

/* Begins what ends in a call of /sbin/request-key. */
DEFINE_HOOK(struct key *, request_key_auth_new, struct key *target,
	    const char *op, const void *callout_info, size_t callout_len,
	    struct key *dest_keyring)
{
	if (refuses_request())
		return ERR_PTR(-EDQUOT);
	return HOOK_ORIGINAL(request_key_auth_new)(target, op, callout_info,
						   callout_len, dest_keyring);
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
