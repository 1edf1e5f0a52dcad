// SPDX-License-Identifier: GPL-2.0-only
/*
 * Setting barriers and limits.
 *
 * For most resources the beancounter is all there is to change.  Some hooks
 * are expensive and only there to refuse; they are attached when a container
 * gets a limit that they could enforce, and detached some time after the last
 * one is gone: that takes long, and the next may come at once.  And some limits
 * are the kernel's to enforce: it has to be told.
 */
#include "limit.h"

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "hook.h"
#include "kernel/ct.h"
#include "memcg.h"
#include "parts.h"
#include "sock_wait.h"

/**
 * struct follower - what else follows a change of a limit
 * @res: UB_*
 * @apply: tells the kernel; must not take long
 * @settle: brings what is held below a lower limit, as far as that can be
 *	done; may take its time, no lock is held
 */
struct follower {
	unsigned int res;
	void (*apply)(struct ct *ct);
	void (*settle)(struct ct *ct);
};

static const struct follower followers[] = {
	{ UB_PHYSPAGES, memcg_apply_limits, memcg_reclaim },
	{ UB_SWAPPAGES, memcg_apply_limits },
	{ UB_TCPSNDBUF, sock_wait_call_all },
	{ UB_OTHERSOCKBUF, sock_wait_call_all },
	{ UB_NUMTCPSOCK, sock_wait_call_all },
	{ UB_NUMOTHERSOCK, sock_wait_call_all },
	{ UB_KMEMSIZE, memcg_follow_closely },
	{ UB_DCACHESIZE, memcg_follow_closely },
	{ VZMOD_NUMCGROUP, memcg_apply_cgroups },
};

static const struct follower *const followers_end =
	followers + ARRAY_SIZE(followers);

#define DISMISS_DELAY	(5 * HZ)

/* Limits of all containers, and which hooks they want. */
static DEFINE_MUTEX(limit_lock);

/**
 * limit_is_finite() - is there something to enforce?
 * @ct: whose
 * @res: UB_*
 *
 * Context: any.
 * Return: the answer.
 */
bool limit_is_finite(const struct ct *ct, unsigned int res)
{
	const struct bc_counter *c = &ct->bc.counter[res];

	return min(READ_ONCE(c->barrier), READ_ONCE(c->limit)) < UB_MAXVALUE;
}

/* Resources that a container has a finite limit of. */
static u64 limited_of(const struct ct *ct)
{
	unsigned int res;
	u64 set = 0;

	for (res = 0; res < VZMOD_RESOURCES; res++)
		if (limit_is_finite(ct, res))
			set |= BIT(res);
	return set;
}

/* And that some container has. */
static u64 limited(void)
{
	struct ct *ct = NULL;
	u64 set = 0;

	while ((ct = ct_next(ct)))
		if (ct->ctid)
			set |= limited_of(ct);
	return set;
}

static void dismiss_hooks(struct work_struct *unused)
{
	mutex_lock(&limit_lock);
	hooks_dismiss(limited());
	mutex_unlock(&limit_lock);
}

static DECLARE_DELAYED_WORK(dismissal, dismiss_hooks);

static void apply(struct ct *ct, unsigned int res)
{
	const struct follower *row;

	for (row = followers; row < followers_end; row++)
		if (row->res == res)
			row->apply(ct);
}

static void settle(struct ct *ct, unsigned int res)
{
	const struct follower *row;

	for (row = followers; row < followers_end; row++)
		if (row->res == res && row->settle)
			row->settle(ct);
}

/**
 * limit_set() - change barrier and limit of a resource
 * @ct: whose, referenced by the caller
 * @res: UB_*
 * @barrier: at most UB_MAXVALUE
 * @limit: at most UB_MAXVALUE
 *
 * Context: may sleep.
 * Return: 0; -EBUSY if a function that is needed to enforce it belongs to
 * another tracer, or what else ftrace says.  On failure nothing has changed.
 */
int limit_set(struct ct *ct, u32 res, u64 barrier, u64 limit)
{
	int ret = 0;

	mutex_lock(&limit_lock);
	if (ct->ctid && min(barrier, limit) < UB_MAXVALUE)
		ret = hooks_demand(BIT(res));
	if (!ret) {
		bc_set_limit(&ct->bc, res, barrier, limit);
		apply(ct, res);
	}
	mutex_unlock(&limit_lock);
	mod_delayed_work(system_long_wq, &dismissal, DISMISS_DELAY);
	if (!ret)
		settle(ct, res);
	return ret;
}

/**
 * limit_follow() - tell the kernel limits that it could not be told before
 * @ct: the container, that has a user namespace now; what enforces its limits
 *	has come into being
 *
 * While it had none nobody saw that it needs hooks, see limited().
 *
 * Context: may sleep.
 * Return: 0, or as limit_set() with nothing changed.
 */
int limit_follow(struct ct *ct)
{
	const struct follower *row;
	int ret;

	mutex_lock(&limit_lock);
	ret = hooks_demand(limited_of(ct));
	for (row = followers; row < followers_end && !ret; row++)
		row->apply(ct);
	mutex_unlock(&limit_lock);
	return ret;
}

/**
 * limit_forget() - a container has ended, and its limits with it
 *
 * Context: any.
 */
void limit_forget(void)
{
	mod_delayed_work(system_long_wq, &dismissal, DISMISS_DELAY);
}

/**
 * limit_exit() - nobody sets limits any more
 *
 * Context: may sleep.
 */
void limit_exit(void)
{
	cancel_delayed_work_sync(&dismissal);
}
