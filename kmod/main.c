// SPDX-License-Identifier: GPL-2.0-only
/* The module: its parts, brought up in order and taken down in reverse. */
#include <linux/module.h>

#include "hook.h"
#include "ioctl.h"
#include "kernel/ct.h"
#include "memcg.h"
#include "parts.h"
#include "proc.h"
#include "sock_rec.h"

static const struct part {
	const char *name;
	int (*init)(void);
	void (*exit)(void);
} parts[] = {
	{ "hook self-test", hook_selftest },
	{ "registry", ct_registry_init, ct_registry_exit },
	{ "memory cgroups", memcg_init },
	{ "totals of the host", host_init },
	{ "proc files", proc_init, proc_exit },
	{ "address spaces", charge_vm_init },
	{ "overcommit", overcommit_init },
	{ "records of sockets", sock_rec_init, sock_rec_exit },
	{ "buffers of sockets", charge_sockbuf_init },
	{ "requests for modules", NULL, charge_helper_exit },
	{ "hooks", hooks_init, hooks_exit },
	{ "limits", NULL, limit_exit },
	{ "/dev/vzctl", ioctl_init, ioctl_exit },
};

static void parts_exit(int n)
{
	while (n-- > 0)
		if (parts[n].exit)
			parts[n].exit();
}

static int __init vzmod_init(void)
{
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		ret = parts[i].init ? parts[i].init() : 0;
		if (ret) {
			pr_err("cannot load: %s: error %d\n", parts[i].name,
			       ret);
			parts_exit(i);
			return ret;
		}
	}
	pr_info("version %s loaded\n", VZMOD_VERSION);
	return 0;
}

static void __exit vzmod_exit(void)
{
	parts_exit(ARRAY_SIZE(parts));
	rcu_barrier();
	pr_info("unloaded\n");
}

module_init(vzmod_init);
module_exit(vzmod_exit);

MODULE_DESCRIPTION("OpenVZ containers and user beancounters on a stock kernel");
MODULE_VERSION(VZMOD_VERSION);
MODULE_LICENSE("GPL");
