// SPDX-License-Identifier: GPL-2.0-only
/*
 * For some things the whole kernel has one lock, or one queue: whoever does
 * them all the time makes all others wait.  So a container does them a number
 * of times at once, as programs do that set something up, and after that only
 * so often; who comes too early sleeps until it is his turn.
 */
#include <linux/sched.h>

#include "hook.h"
#include "owner.h"
#include "pace.h"

static const struct {
	unsigned int burst;
	unsigned int a_second;
} rows[PACES] = {
	[PACE_CGROUP] = { .burst = 500, .a_second = 50 },
	[PACE_MIGRATION] = { .burst = 300, .a_second = 10 },
	[PACE_NETNS] = { .burst = 64, .a_second = 10 },
};

/**
 * pace_wait() - sleep until it is a container's turn
 * @ct: whose; pinned by the caller
 * @what: that is to be done
 *
 * A signal that kills the current task ends it.
 *
 * Context: may sleep.
 */
void pace_wait(struct ct *ct, enum pace_what what)
{
	unsigned long gap = HZ / rows[what].a_second;
	struct pace *pace = &ct->paces[what];
	unsigned long wait = pace_turn(pace, jiffies, gap, rows[what].burst);

	if (wait && schedule_timeout_killable(wait))
		pace_give_back(pace, gap);
}

/* In files and folders that are in control of the container. */
static struct ct *ct_of_current(void)
{
	return owner_of(current_user_ns());
}

DEFINE_HOOK(int, cgroup_mkdir, struct kernfs_node *parent, const char *name,
	    umode_t mode)
{
	struct ct *ct = ct_of_current();
	int ret;

	if (likely(!ct))
		return HOOK_ORIGINAL(cgroup_mkdir)(parent, name, mode);
	hook_enter();
	pace_wait(ct, PACE_CGROUP);
	ret = HOOK_ORIGINAL(cgroup_mkdir)(parent, name, mode);
	hook_leave();
	return ret;
}

/* Tells all processors, and has the lock until they have heard. */
DEFINE_HOOK(ssize_t, __cgroup_procs_write, struct kernfs_open_file *of,
	    char *buf, bool threadgroup)
{
	struct ct *ct = ct_of_current();
	ssize_t ret;

	if (likely(!ct))
		return HOOK_ORIGINAL(__cgroup_procs_write)(of, buf,
							   threadgroup);
	hook_enter();
	pace_wait(ct, PACE_MIGRATION);
	ret = HOOK_ORIGINAL(__cgroup_procs_write)(of, buf, threadgroup);
	hook_leave();
	return ret;
}
