// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every function of the kernel that we attach to, on one page.
 *
 * Rows are attached in order and detached in reverse: the hooks that bring a
 * container into being come last, so that none exists before everything it
 * does is accounted.
 *
 * If a function of a resource is missing, no hook of that resource is
 * attached (a charge without its uncharge would be worse than none) and the
 * resource reads as not accounted.
 *
 * The functions of a module can be attached to while it is loaded.  When it
 * comes, its rows are dealt with before any of its own code runs; when it goes,
 * after all of that has run.  A kernel without the module has nothing to count.
 *
 * A row that is there on demand only refuses and keeps no count of its own, so
 * it may come and go while containers live.
 */
#include <linux/bits.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>

#include "compat.h"
#include "hook.h"
#include "hook_code.h"
#include "kernel/resources.h"
#include "kfunc.h"

#define NUMPROC		BIT(UB_NUMPROC)
#define NUMFILE		BIT(UB_NUMFILE)
#define SOCKETS		(BIT(UB_NUMTCPSOCK) | BIT(UB_NUMOTHERSOCK))
#define TCPSNDBUF	BIT(UB_TCPSNDBUF)
#define TCPRCVBUF	BIT(UB_TCPRCVBUF)
#define OTHERSOCKBUF	BIT(UB_OTHERSOCKBUF)
#define DGRAMRCVBUF	BIT(UB_DGRAMRCVBUF)
#define RCVBUFS		(TCPRCVBUF | DGRAMRCVBUF | OTHERSOCKBUF)
#define SOCKBUFS	(TCPSNDBUF | RCVBUFS)
#define NUMFLOCK	BIT(UB_NUMFLOCK)
#define NUMPTY		BIT(UB_NUMPTY)
#define NUMSIGINFO	BIT(UB_NUMSIGINFO)
#define NUMAIOREQ	BIT(VZMOD_NUMAIOREQ)
#define ADDRESS_SPACE	(BIT(UB_PRIVVMPAGES) | BIT(UB_LOCKEDPAGES) | NUMAIOREQ)
#define SHMPAGES	BIT(UB_SHMPAGES)
#define VMGUARPAGES	BIT(UB_VMGUARPAGES)
#define KMEMSIZE	BIT(UB_KMEMSIZE)
#define DCACHESIZE	BIT(UB_DCACHESIZE)
#define OOM		BIT(UB_OOMGUARPAGES)
#define MEMORY		(BIT(UB_PHYSPAGES) | BIT(UB_SWAPPAGES))
#define NUMIPTENT	BIT(UB_NUMIPTENT)
#define NAMESPACES	(BIT(VZMOD_NUMUSERNS) | BIT(VZMOD_NUMPIDNS) | \
			 BIT(VZMOD_NUMUTSNS) | BIT(VZMOD_NUMIPCNS) | \
			 BIT(VZMOD_NUMNETNS) | BIT(VZMOD_NUMMNTNS) | \
			 BIT(VZMOD_NUMCGROUPNS) | BIT(VZMOD_NUMTIMENS))
#define WATCHES		(BIT(VZMOD_NUMINOTIFY) | BIT(VZMOD_NUMINOWATCH) | \
			 BIT(VZMOD_NUMFANOTIFY) | BIT(VZMOD_NUMFANMARK))
#define NUMMOUNT	BIT(VZMOD_NUMMOUNT)
#define NUMNETDEV	BIT(VZMOD_NUMNETDEV)
#define NUMNEIGH	BIT(VZMOD_NUMNEIGH)
#define NUMCONNTRACK	BIT(VZMOD_NUMCONNTRACK)
#define NUMCOREDUMP	BIT(VZMOD_NUMCOREDUMP)
#define NUMMODREQ	BIT(VZMOD_NUMMODREQ)

static struct hook hooks[] = {
	{ { "commit_creds" }, &hook_code_commit_creds, NUMPROC },
	{ { "cgroup_task_release", "cgroup_release" },
	  &hook_code_cgroup_release, NUMPROC, .since = { "7.2" } },
	{ { "cgroup_cancel_fork" }, &hook_code_cgroup_cancel_fork, NUMPROC },
	{ { "cgroup_can_fork" }, &hook_code_cgroup_can_fork, NUMPROC },

	{ { "security_file_free" }, &hook_code_security_file_free, NUMFILE },
	{ { "security_file_alloc" }, &hook_code_security_file_alloc, NUMFILE },

	{ { "sk_destruct" }, &hook_code_sk_destruct, SOCKETS | SOCKBUFS },
	{ { "sk_clone", "sk_clone_lock" },
	  &hook_code_sk_clone, SOCKETS | SOCKBUFS, .since = { "7.2" } },
	{ { "sk_alloc" }, &hook_code_sk_alloc, SOCKETS | SOCKBUFS },
	{ { "inet_create" }, &hook_code_inet_create },

	{ { "sock_rfree" }, &hook_code_sock_rfree, RCVBUFS },

	{ { "tcp_rcv_established" },
	  &hook_code_tcp_rcv_established, TCPSNDBUF | TCPRCVBUF },
	{ { "tcp_rcv_state_process" },
	  &hook_code_tcp_rcv_state_process, TCPSNDBUF | TCPRCVBUF },
	{ { "tcp_data_queue" }, &hook_code_tcp_data_queue, TCPRCVBUF },
	{ { "tcp_send_rcvq" }, &hook_code_tcp_send_rcvq, TCPRCVBUF },
	{ { "tcp_write_queue_purge" },
	  &hook_code_tcp_write_queue_purge, TCPSNDBUF },
	{ { "tcp_wmem_schedule" }, &hook_code_tcp_wmem_schedule, TCPSNDBUF },
	{ { "tcp_sendmsg_locked" }, &hook_code_tcp_sendmsg_locked, TCPSNDBUF },
	{ { "tcp_stream_memory_free" },
	  &hook_code_tcp_stream_memory_free, TCPSNDBUF },
	{ { "tcp_poll" }, &hook_code_tcp_poll, TCPSNDBUF },
	{ { "tcp_connect" }, &hook_code_tcp_connect, TCPSNDBUF },
	{ { "tcp_make_synack" }, &hook_code_tcp_make_synack, TCPSNDBUF },

	{ { "sock_wfree" }, &hook_code_sock_wfree, OTHERSOCKBUF },
	{ { "udp_sendmsg" }, &hook_code_udp_sendmsg, OTHERSOCKBUF },
	{ { "udpv6_sendmsg" }, &hook_code_udpv6_sendmsg, OTHERSOCKBUF },
	{ { "raw_sendmsg" }, &hook_code_raw_sendmsg, OTHERSOCKBUF },
	{ { "rawv6_sendmsg" }, &hook_code_rawv6_sendmsg, OTHERSOCKBUF },
	{ { "sock_alloc_send_pskb" },
	  &hook_code_sock_alloc_send_pskb, OTHERSOCKBUF },
	{ { "sock_wmalloc" }, &hook_code_sock_wmalloc, OTHERSOCKBUF },
	{ { "datagram_poll_queue", "datagram_poll" },
	  &hook_code_datagram_poll, OTHERSOCKBUF, .since = { "7.2" } },
	{ { "unix_poll" }, &hook_code_unix_poll, OTHERSOCKBUF },
	{ { "unix_dgram_poll" }, &hook_code_unix_dgram_poll, OTHERSOCKBUF },
	{ { "__netlink_sendskb" }, &hook_code___netlink_sendskb, OTHERSOCKBUF },

	{ { "udp_rmem_release" }, &hook_code_udp_rmem_release, DGRAMRCVBUF },
	{ { "__udp_enqueue_schedule_skb" },
	  &hook_code___udp_enqueue_schedule_skb, DGRAMRCVBUF },
	{ { "__sock_queue_rcv_skb" },
	  &hook_code___sock_queue_rcv_skb, DGRAMRCVBUF },
	{ { "packet_rcv" }, &hook_code_packet_rcv, DGRAMRCVBUF },

	{ { "locks_unlink_lock_ctx" },
	  &hook_code_locks_unlink_lock_ctx, NUMFLOCK },
	{ { "locks_copy_lock" }, &hook_code_locks_copy_lock, NUMFLOCK },
	{ { "flock_lock_inode" }, &hook_code_flock_lock_inode, NUMFLOCK },
	{ { "posix_lock_inode" }, &hook_code_posix_lock_inode, NUMFLOCK },

	{ { "devpts_kill_index" }, &hook_code_devpts_kill_index, NUMPTY },
	{ { "devpts_new_index" }, &hook_code_devpts_new_index, NUMPTY },

	{ { "dec_rlimit_put_ucounts" },
	  &hook_code_dec_rlimit_put_ucounts, NUMSIGINFO },
	{ { "inc_rlimit_get_ucounts" },
	  &hook_code_inc_rlimit_get_ucounts, NUMSIGINFO },

	{ { "exit_mmap" }, &hook_code_exit_mmap, ADDRESS_SPACE },
	{ { "userfaultfd_unmap_complete" },
	  &hook_code_userfaultfd_unmap_complete, ADDRESS_SPACE },
	{ { "mmap_region" }, &hook_code_mmap_region, ADDRESS_SPACE },
	{ { "do_brk_flags" }, &hook_code_do_brk_flags, ADDRESS_SPACE },
	{ { "expand_downwards" }, &hook_code_expand_downwards, ADDRESS_SPACE },
	{ { "mprotect_fixup" }, &hook_code_mprotect_fixup, ADDRESS_SPACE },
	{ { "may_expand_vm" }, &hook_code_may_expand_vm, ADDRESS_SPACE },
	{ { "ldt_dup_context" }, &hook_code_ldt_dup_context, ADDRESS_SPACE },
	{ { "begin_new_exec" }, &hook_code_begin_new_exec, ADDRESS_SPACE },

	{ { "mlock_fixup" }, &hook_code_mlock_fixup, ADDRESS_SPACE },
	{ { "__x64_sys_mlockall" },
	  &hook_code___x64_sys_mlockall, ADDRESS_SPACE },
	{ { "__ia32_sys_mlockall" },
	  &hook_code___ia32_sys_mlockall, ADDRESS_SPACE },
	{ { "ksys_shmdt" }, &hook_code_ksys_shmdt, ADDRESS_SPACE },
	{ { "user_shm_unlock" }, &hook_code_user_shm_unlock, ADDRESS_SPACE },
	{ { "user_shm_lock" }, &hook_code_user_shm_lock, ADDRESS_SPACE },

	{ { "shmem_evict_inode" }, &hook_code_shmem_evict_inode, SHMPAGES },
	{ { "shmem_recalc_inode" }, &hook_code_shmem_recalc_inode, SHMPAGES },
	{ { "shmem_charge" }, &hook_code_shmem_charge, SHMPAGES },
	{ { "shmem_add_to_page_cache" },
	  &hook_code_shmem_add_to_page_cache, SHMPAGES },
	{ { "__shmem_get_inode", "shmem_get_inode" },
	  &hook_code___shmem_get_inode, SHMPAGES, .since = { "6.12" } },
	{ { "__shmem_file_setup" }, &hook_code___shmem_file_setup, SHMPAGES },

	{ { "__vm_enough_memory" }, &hook_code___vm_enough_memory, VMGUARPAGES },
	{ { "try_to_free_mem_cgroup_pages" },
	  &hook_code_try_to_free_mem_cgroup_pages, MEMORY },
	{ { "__mod_memcg_state", "mod_memcg_state" },
	  &hook_code_mod_memcg_state, KMEMSIZE, HOOK_ON_DEMAND },
	{ { "__memcg_kmem_charge_page" },
	  &hook_code___memcg_kmem_charge_page, KMEMSIZE, HOOK_ON_DEMAND },
	{ { COMPAT_OBJCG_CHARGE },
	  &hook_code_obj_cgroup_charge, KMEMSIZE, HOOK_ON_DEMAND },
	{ { "pagefault_out_of_memory" },
	  &hook_code_pagefault_out_of_memory, KMEMSIZE, HOOK_ON_DEMAND },
	{ { "__d_alloc" }, &hook_code___d_alloc, DCACHESIZE, HOOK_ON_DEMAND },
	{ { "oom_badness" }, &hook_code_oom_badness, OOM },
	{ { "out_of_memory" }, &hook_code_out_of_memory, OOM },
	{ { "dump_header" }, &hook_code_dump_header },

	{ { "xt_free_table_info" }, &hook_code_xt_free_table_info, NUMIPTENT,
	  .module = "x_tables" },
	{ { "xt_replace_table" }, &hook_code_xt_replace_table, NUMIPTENT,
	  .module = "x_tables" },
	{ { "xt_register_table" }, &hook_code_xt_register_table, NUMIPTENT,
	  .module = "x_tables" },

	{ { "nf_tables_exit_net" }, &hook_code_nf_tables_exit_net, NUMIPTENT,
	  .module = "nf_tables", .prepare = nftables_prepare },
	{ { "nf_tables_netdev_event" }, &hook_code_nf_tables_netdev_event,
	  NUMIPTENT, .module = "nf_tables" },
	{ { "nft_rcv_nl_event" }, &hook_code_nft_rcv_nl_event, NUMIPTENT,
	  .module = "nf_tables" },
	{ { "nf_tables_abort" }, &hook_code_nf_tables_abort, NUMIPTENT,
	  .module = "nf_tables" },
	{ { "nf_tables_commit" }, &hook_code_nf_tables_commit, NUMIPTENT,
	  .module = "nf_tables" },
	{ { "nf_tables_newrule" }, &hook_code_nf_tables_newrule, NUMIPTENT,
	  .module = "nf_tables" },

	{ { "cgroup_mkdir" }, &hook_code_cgroup_mkdir },
	{ { "__cgroup_procs_write" }, &hook_code___cgroup_procs_write },
	{ { "cgroup_subtree_control_write" },
	  &hook_code_cgroup_subtree_control_write },
	{ { "cgroup_type_write" }, &hook_code_cgroup_type_write },
	{ { "dec_ucount" }, &hook_code_dec_ucount, NAMESPACES | WATCHES },
	{ { "inc_ucount" }, &hook_code_inc_ucount, NAMESPACES | WATCHES,
	  .prepare = ucount_prepare },
	{ { "kill_ioctx" }, &hook_code_kill_ioctx, NUMAIOREQ },
	{ { "ioctx_alloc" }, &hook_code_ioctx_alloc, NUMAIOREQ },
	{ { "cleanup_mnt" }, &hook_code_cleanup_mnt, NUMMOUNT },
	{ { "alloc_vfsmnt" }, &hook_code_alloc_vfsmnt, NUMMOUNT },
	{ { "register_netdevice" }, &hook_code_register_netdevice, NUMNETDEV },
	{ { "pneigh_create", "pneigh_lookup" },
	  &hook_code_pneigh_create, .since = { "7.2" } },
	{ { "neigh_destroy" }, &hook_code_neigh_destroy, NUMNEIGH },
	{ { "___neigh_create" }, &hook_code____neigh_create, NUMNEIGH },
	{ { "nf_conntrack_free" }, &hook_code_nf_conntrack_free, NUMCONNTRACK,
	  .module = "nf_conntrack" },
	{ { "__nf_conntrack_alloc" }, &hook_code___nf_conntrack_alloc,
	  NUMCONNTRACK, .module = "nf_conntrack" },
	{ { "vfs_coredump", "do_coredump" }, &hook_code_vfs_coredump,
	  NUMCOREDUMP, .prepare = coredump_prepare, .since = { "7.2" } },
	{ { "request_key_auth_new" },
	  &hook_code_request_key_auth_new, NUMMODREQ },
	{ { "security_kernel_module_request" },
	  &hook_code_security_kernel_module_request, NUMMODREQ },
	{ { "ksys_sync" }, &hook_code_ksys_sync, .prepare = sync_prepare },

	{ { "proc_lookup_de" }, &hook_code_proc_lookup_de, 0, HOOK_REQUIRED },
	{ { "proc_readdir_de" }, &hook_code_proc_readdir_de, 0, HOOK_REQUIRED },

	{ { "retire_userns_sysctls" },
	  &hook_code_retire_userns_sysctls, 0, HOOK_REQUIRED },
	{ { "create_user_ns" }, &hook_code_create_user_ns, 0, HOOK_REQUIRED },
};

static const char *const state_name[] = {
	[HOOK_OFF]	= "off",
	[HOOK_ON]	= "on",
	[HOOK_MISSING]	= "missing",
	[HOOK_UNUSED]	= "unused",
	[HOOK_IDLE]	= "idle",
	[HOOK_WAITING]	= "waiting",
};

/* Whose functions the rows are; those of the kernel itself (NULL) come last. */
static const char *const owners[] = {
	"x_tables", "nf_tables", "nf_conntrack", NULL
};

static struct hook *const hooks_end = hooks + ARRAY_SIZE(hooks);

/*
 * States of all rows, and what is attached.  Taken inside the lock of the
 * module notifiers, so that these are never registered under it; the locks of
 * ftrace are taken inside.
 */
static DEFINE_MUTEX(hooks_lock);

/* Modules that come are attended to. */
static bool hooks_open;

DEFINE_KFUNC(struct module *, find_module, const char *name);

static bool belongs_to(const struct hook *hook, const char *owner)
{
	if (!hook->module || !owner)
		return hook->module == owner;
	return !strcmp(hook->module, owner);
}

static unsigned long find_function(const char *owner, const char *name)
{
	char full[MODULE_NAME_LEN + KSYM_NAME_LEN];

	if (!owner)
		return hook_find_symbol(name);
	snprintf(full, sizeof(full), "%s:%s", owner, name);
	return hook_find_symbol(full);
}

/* Find the function of a row under one of its names. */
static void resolve(struct hook *hook)
{
	unsigned long entry = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(hook->symbol) && !entry; i++) {
		if (!hook->symbol[i])
			continue;
		hook->found = hook->symbol[i];
		entry = find_function(hook->module, hook->found);
	}
	hook->ip = entry ? hook_patch_site(entry) : 0;
	if (hook->ip && (!hook->prepare || !hook->prepare()))
		hook->state = HOOK_OFF;
	else
		hook->state = HOOK_MISSING;
}

static void log_missing(const struct hook *hook)
{
	int res;

	if (hook->flags & HOOK_REQUIRED) {
		pr_err("this kernel has no usable %s()\n", hook->symbol[0]);
		return;
	}
	if (!hook->resources)
		pr_warn("this kernel has no usable %s()\n", hook->symbol[0]);
	for (res = 0; res < VZMOD_RESOURCES; res++)
		if (hook->resources & BIT(res))
			pr_warn("this kernel has no usable %s(): %s is not accounted\n",
				hook->symbol[0], ub_resources[res].name);
}

/*
 * Resolve all rows of an owner; whoever shares a resource with a missing one
 * is unused.
 */
static int resolve_all(const char *owner)
{
	u64 incomplete = 0;
	struct hook *hook;
	int ret = 0;

	for (hook = hooks; hook < hooks_end; hook++) {
		if (!belongs_to(hook, owner))
			continue;
		resolve(hook);
		if (hook->state != HOOK_MISSING)
			continue;
		log_missing(hook);
		incomplete |= hook->resources;
		if (hook->flags & HOOK_REQUIRED)
			ret = -ENOENT;
	}
	for (hook = hooks; hook < hooks_end; hook++) {
		if (!belongs_to(hook, owner) || hook->state != HOOK_OFF)
			continue;
		if (hook->resources & incomplete)
			hook->state = HOOK_UNUSED;
		else if (hook->flags & HOOK_ON_DEMAND)
			hook->state = HOOK_IDLE;
	}
	return ret;
}

static int attach_row(struct hook *hook)
{
	int ret = hook_attach(hook);

	if (ret)
		pr_err("cannot attach to %s(): %s (%d)\n", hook->found,
		       ret == -EBUSY ? "another tracer has it" : "error", ret);
	return ret;
}

static void detach_all(const char *owner)
{
	struct hook *hook = hooks_end;

	while (hook-- > hooks)
		if (belongs_to(hook, owner))
			hook_detach(hook);
}

static bool is_attached(const char *owner)
{
	struct hook *hook;

	for (hook = hooks; hook < hooks_end; hook++)
		if (belongs_to(hook, owner) && hook->state == HOOK_ON)
			return true;
	return false;
}

/* Find and attach all rows of an owner that is there, or none of them. */
static int attach_all(const char *owner)
{
	struct hook *hook;
	int ret;

	if (is_attached(owner))
		return 0;
	ret = resolve_all(owner);
	for (hook = hooks; hook < hooks_end && !ret; hook++)
		if (belongs_to(hook, owner) && hook->state == HOOK_OFF)
			ret = attach_row(hook);
	if (ret)
		detach_all(owner);
	return ret;
}

static void let_wait(const char *owner)
{
	struct hook *hook;

	for (hook = hooks; hook < hooks_end; hook++) {
		if (!belongs_to(hook, owner))
			continue;
		hook->found = hook->symbol[0];
		hook->state = HOOK_WAITING;
	}
}

/*
 * When a module goes nobody is in its functions any more.  Who is still in the
 * last instructions of a wrapper may stay there: the code stays.
 */
static int module_event(struct notifier_block *nb, unsigned long event,
			void *data)
{
	const char *owner = ((struct module *)data)->name;

	mutex_lock(&hooks_lock);
	if (hooks_open && event == MODULE_STATE_COMING) {
		attach_all(owner);
	} else if (hooks_open && event == MODULE_STATE_GOING) {
		detach_all(owner);
		let_wait(owner);
	}
	mutex_unlock(&hooks_lock);
	return NOTIFY_OK;
}

static struct notifier_block module_notifier = {
	.notifier_call = module_event,
};

static bool is_coming(const char *name)
{
	const struct module *module;
	bool coming;

	preempt_disable();
	module = KFUNC(find_module)(name);
	coming = module && READ_ONCE(module->state) == MODULE_STATE_COMING;
	preempt_enable();
	return coming;
}

/* With a reference; NULL if it is not there, or about to go. */
static struct module *get_module(const char *name)
{
	struct module *module;

	preempt_disable();
	module = KFUNC(find_module)(name);
	if (module && !try_module_get(module))
		module = NULL;
	preempt_enable();
	return module;
}

/*
 * Its functions cannot be attached to while the kernel prepares it, and its
 * event may wait for our lock, or have been before anybody listened.
 */
static void wait_until_it_has_come(const char *name)
{
	while (is_coming(name)) {
		mutex_unlock(&hooks_lock);
		msleep(20);
		mutex_lock(&hooks_lock);
	}
}

static int attach_module(const char *name)
{
	struct module *module;
	int ret;

	wait_until_it_has_come(name);
	module = get_module(name);

	if (!module) {
		let_wait(name);
		return 0;
	}
	ret = attach_all(name);
	module_put(module);
	return ret;
}

/* Those of all owners; on failure none. */
static int attach_owners(void)
{
	int i, ret = 0;

	hooks_open = true;
	for (i = 0; i < ARRAY_SIZE(owners) && !ret; i++)
		ret = owners[i] ? attach_module(owners[i]) : attach_all(NULL);
	if (!ret)
		return 0;
	hooks_open = false;
	for (i = ARRAY_SIZE(owners); i-- > 0;)
		detach_all(owners[i]);
	return ret;
}

/**
 * hooks_init() - attach every hook of the table
 *
 * Context: may sleep.
 * Return: 0; -ENOENT if a required function is missing; -EBUSY if somebody
 * else has taken one over.  Nothing stays attached on failure.
 */
int hooks_init(void)
{
	int ret = kfunc_find(&kfunc_find_module);

	if (!ret)
		ret = register_module_notifier(&module_notifier);
	if (ret)
		return ret;
	mutex_lock(&hooks_lock);
	ret = attach_owners();
	mutex_unlock(&hooks_lock);
	if (ret) {
		unregister_module_notifier(&module_notifier);
		hook_drain();
	}
	return ret;
}

/**
 * hooks_demand() - attach hooks that are there on demand
 * @resources: bit mask of the resources that have to be enforced
 *
 * Context: may sleep; the caller sees to it that nobody demands or dismisses
 * at the same time.
 * Return: 0, or the error of attaching; then some may be attached that were
 * not before.
 */
int hooks_demand(u64 resources)
{
	struct hook *hook;
	int ret = 0;

	mutex_lock(&hooks_lock);
	for (hook = hooks; hook < hooks_end; hook++)
		if (hook->flags & HOOK_ON_DEMAND && hook->state == HOOK_IDLE &&
		    hook->resources & resources)
			ret = attach_row(hook) ?: ret;
	mutex_unlock(&hooks_lock);
	return ret;
}

/**
 * hooks_dismiss() - detach hooks that are there on demand
 * @resources: bit mask of the resources that still have to be enforced
 *
 * Who is inside a wrapper when it is detached may stay there: the code stays.
 *
 * Context: may sleep, for grace periods; the caller sees to it that nobody
 * demands or dismisses at the same time.
 */
void hooks_dismiss(u64 resources)
{
	struct hook *hook;

	mutex_lock(&hooks_lock);
	for (hook = hooks; hook < hooks_end; hook++) {
		if (hook->flags & HOOK_ON_DEMAND && hook->state == HOOK_ON &&
		    !(hook->resources & resources)) {
			hook_detach(hook);
			hook->state = HOOK_IDLE;
		}
	}
	mutex_unlock(&hooks_lock);
}

/**
 * hooks_exit() - let go of every function and wait until nobody is in ours
 *
 * Context: may sleep.
 */
void hooks_exit(void)
{
	int i = ARRAY_SIZE(owners);

	mutex_lock(&hooks_lock);
	while (i-- > 0)
		detach_all(owners[i]);
	hooks_open = false;
	mutex_unlock(&hooks_lock);
	unregister_module_notifier(&module_notifier);
	hook_drain();
}

/**
 * hooks_accounted() - which resources are accounted now
 *
 * Context: any.
 * Return: bit mask of resources.
 */
u64 hooks_accounted(void)
{
	u64 on = 0, off = 0;
	struct hook *hook;

	for (hook = hooks; hook < hooks_end; hook++) {
		if (hook->state == HOOK_ON || hook->state == HOOK_IDLE ||
		    hook->state == HOOK_WAITING)
			on |= hook->resources;
		else
			off |= hook->resources;
	}
	return on & ~off;
}

/**
 * hooks_show() - the table as text: function, state, resources
 * @m: file that is being read
 * @v: unused
 *
 * Context: may sleep.
 * Return: 0.
 */
int hooks_show(struct seq_file *m, void *v)
{
	struct hook *hook;
	int res;

	for (hook = hooks; hook < hooks_end; hook++) {
		seq_printf(m, "%-24s %s", hook->found,
			   state_name[hook->state]);
		for (res = 0; res < VZMOD_RESOURCES; res++)
			if (hook->resources & BIT(res))
				seq_printf(m, " %s", ub_resources[res].name);
		seq_putc(m, '\n');
	}
	return 0;
}
