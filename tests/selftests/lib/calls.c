// SPDX-License-Identifier: GPL-2.0-or-later
/* See calls.h. */
#include "calls.h"

#include <string.h>

static void fill_whoami(void *arg, unsigned int ctid)
{
	(void)arg;
	(void)ctid;
}

static void fill_test(void *arg, unsigned int ctid)
{
	struct vzctl_env_create *env = arg;

	env->veid = ctid;
	env->flags = VE_TEST;
}

static void fill_veids(void *arg, unsigned int ctid)
{
	static unsigned int ids[16];
	struct vzlist_veidctl *list = arg;

	(void)ctid;
	list->num = 16;
	list->id = ids;
}

/* The range is one that tests do not use for anything else. */
static void fill_arm(void *arg, unsigned int ctid)
{
	struct vzmod_arm *arm = arg;

	arm->ctid = ctid + 10000;
	arm->uid_base = 65000 * VZMOD_ID_RANGE;
}

static void fill_start(void *arg, unsigned int ctid)
{
	struct vzmod_start *start = arg;

	start->ctid = ctid;
	start->pid = 1;
}

static void fill_info(void *arg, unsigned int ctid)
{
	struct vzmod_ct_info *info = arg;

	info->ctid = ctid;
}

static void fill_limit(void *arg, unsigned int ctid)
{
	struct vzmod_limit *limit = arg;

	limit->ctid = ctid;
	limit->resource = UB_NUMFILE;
	limit->barrier = 12345;
	limit->limit = 12345;
}

static void fill_stat(void *arg, unsigned int ctid)
{
	struct vzmod_ubstat *stat = arg;

	stat->ctid = ctid;
	stat->resource = UB_NUMFILE;
}

#define CALL(cmd, type, writes, anybody, fill) \
	{ #cmd, cmd, sizeof(struct type), writes, anybody, fill }

const struct call calls[] = {
	CALL(VZCTL_ENV_CREATE, vzctl_env_create, false, true, fill_whoami),
	CALL(VZCTL_ENV_CREATE, vzctl_env_create, false, false, fill_test),
	CALL(VZCTL_GET_VEIDS, vzlist_veidctl, false, false, fill_veids),
	CALL(VZMOD_ARM, vzmod_arm, false, false, fill_arm),
	CALL(VZMOD_START, vzmod_start, false, false, fill_start),
	CALL(VZMOD_CT_INFO, vzmod_ct_info, true, false, fill_info),
	CALL(VZMOD_SET_LIMIT, vzmod_limit, false, false, fill_limit),
	CALL(VZMOD_GET_UBSTAT, vzmod_ubstat, true, false, fill_stat),
};

const size_t n_calls = sizeof(calls) / sizeof(*calls);

/*
 * ioctl32() - ioctl() as a 32-bit program makes it; @arg is below 4 GB
 *
 * Returns what the kernel returns, a negative errno included.
 */
long ioctl32(int fd, unsigned long cmd, void *arg)
{
	long ret;

	asm volatile ("int $0x80"
		      : "=a" (ret)
		      : "0" (54L), "b" ((long)fd), "c" (cmd), "d" (arg)
		      : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}
