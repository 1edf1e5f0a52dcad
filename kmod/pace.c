// SPDX-License-Identifier: GPL-2.0-only
/*
 * For some things the whole kernel has one lock, or one queue: whoever does
 * them all the time makes all others wait.  So a container does them a number
 * of times at once, as programs do that set something up, and after that only
 * so often; who comes too early is refused.  To let him wait would be kinder,
 * but he may hold what the host needs: the lock of a folder, a file that is
 * about to be removed.
 *
 * Refusal: ENOSPC for net namespaces, EAGAIN for what is done with cgroups.  It
 * counts in failcnt of numnetns and of numcgroup.
 */
#include "pace.h"

#include <linux/jiffies.h>

#include "hook.h"
#include "owner.h"

static const struct {
	unsigned int burst;
	unsigned int a_second;
	unsigned int resource;
} rows[PACES] = {
	[PACE_CGROUP] = { 500, 20, VZMOD_NUMCGROUP },
	[PACE_MIGRATION] = { 300, 10, VZMOD_NUMCGROUP },
	[PACE_NETNS] = { 256, 10, VZMOD_NUMNETNS },
};

/**
 * pace_refuses() - does a container come too early?
 * @ct: pinned by the caller
 * @what: that is to be done; if it is not refused it counts as done
 *
 * Context: any.
 * Return: true if so, which counts in failcnt.
 */
bool pace_refuses(struct ct *ct, enum pace_what what)
{
	if (pace_allows(&ct->paces[what], jiffies, HZ / rows[what].a_second,
			rows[what].burst))
		return false;
	bc_count_failures(&ct->bc, rows[what].resource, 1);
	return true;
}

static bool refuses_current(enum pace_what what)
{
	struct ct *ct = owner_of(current_user_ns());

	return unlikely(ct) && pace_refuses(ct, what);
}

DEFINE_HOOK(int, cgroup_mkdir, struct kernfs_node *parent, const char *name,
	    umode_t mode)
{
	if (refuses_current(PACE_CGROUP))
		return -EAGAIN;
	return HOOK_ORIGINAL(cgroup_mkdir)(parent, name, mode);
}

/*
 * Each of these tells all processors, and has the lock until they have heard.
 */

DEFINE_HOOK(ssize_t, __cgroup_procs_write, struct kernfs_open_file *of,
	    char *buf, bool threadgroup)
{
	if (refuses_current(PACE_MIGRATION))
		return -EAGAIN;
	return HOOK_ORIGINAL(__cgroup_procs_write)(of, buf, threadgroup);
}

DEFINE_HOOK(ssize_t, cgroup_subtree_control_write, struct kernfs_open_file *of,
	    char *buf, size_t nbytes, loff_t off)
{
	if (refuses_current(PACE_MIGRATION))
		return -EAGAIN;
	return HOOK_ORIGINAL(cgroup_subtree_control_write)(of, buf, nbytes,
							   off);
}

DEFINE_HOOK(ssize_t, cgroup_type_write, struct kernfs_open_file *of, char *buf,
	    size_t nbytes, loff_t off)
{
	if (refuses_current(PACE_MIGRATION))
		return -EAGAIN;
	return HOOK_ORIGINAL(cgroup_type_write)(of, buf, nbytes, off);
}
