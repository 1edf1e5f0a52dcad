/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only file that knows kernel versions.  Code elsewhere is written for
 * the newest supported kernel; what older ones lack or call differently gets
 * its new name here.
 */
#ifndef VZ_KMOD_COMPAT_H
#define VZ_KMOD_COMPAT_H

#include <linux/cgroup.h>
#include <linux/device/class.h>
#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/coredump.h>
#include <linux/swap.h>
#include <linux/version.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>

/*
 * 6.5: the multi form of direct calls became the only one and took the short
 * name; unregistering frees the filter itself.  Delete when < 6.5 is dropped.
 */
static inline int compat_register_direct(struct ftrace_ops *ops,
					 unsigned long addr)
{
#if KERNEL_VERSION(6, 5, 0) > LINUX_VERSION_CODE
	return register_ftrace_direct_multi(ops, addr);
#else
	return register_ftrace_direct(ops, addr);
#endif
}

static inline int compat_unregister_direct(struct ftrace_ops *ops,
					   unsigned long addr)
{
#if KERNEL_VERSION(6, 5, 0) > LINUX_VERSION_CODE
	int ret = unregister_ftrace_direct_multi(ops, addr);

	ftrace_free_filter(ops);
	return ret;
#else
	return unregister_ftrace_direct(ops, addr, true);
#endif
}

/* 6.4: class_create() lost its module.  Delete when < 6.4 is dropped. */
static inline struct class *compat_class_create(const char *name)
{
#if KERNEL_VERSION(6, 4, 0) > LINUX_VERSION_CODE
	return class_create(THIS_MODULE, name);
#else
	return class_create(name);
#endif
}

/*
 * 6.9: the fields that all kinds of lock share moved to a core structure, and
 * the functions that take any kind take that.  Delete when < 6.9 is dropped.
 */
#if KERNEL_VERSION(6, 9, 0) > LINUX_VERSION_CODE
#define file_lock_core file_lock
#define compat_lock_core(fl) (fl)
#define flc_file fl_file
#define flc_flags fl_flags
#define flc_type fl_type
#define flc_link_cpu fl_link_cpu
#else
#include <linux/filelock.h>
#define compat_lock_core(fl) (&(fl)->c)
#endif

/*
 * 6.3: functions that change a mapping are given the iterator that found it.
 * Delete when < 6.3 is dropped.
 */
#if KERNEL_VERSION(6, 3, 0) > LINUX_VERSION_CODE
#define COMPAT_VMI_PROTO
#define COMPAT_VMI_ARG
#else
#define COMPAT_VMI_PROTO struct vma_iterator *vmi,
#define COMPAT_VMI_ARG vmi,
#endif

/* 6.11: memory may be droppable.  Delete when < 6.11 is dropped. */
#ifndef VM_DROPPABLE
#define VM_DROPPABLE VM_NONE
#endif

/* 6.6: there are shadow stacks.  Delete when < 6.6 is dropped. */
#ifndef VM_SHADOW_STACK
#define VM_SHADOW_STACK VM_NONE
#endif

/* 6.18: flags of an address space got accessors.  Delete when < 6.18 is dropped. */
#if KERNEL_VERSION(6, 18, 0) > LINUX_VERSION_CODE
static inline bool mm_flags_test(int flag, const struct mm_struct *mm)
{
	return test_bit(flag, &mm->flags);
}

static inline void mm_flags_set(int flag, struct mm_struct *mm)
{
	set_bit(flag, &mm->flags);
}
#endif

/* Ours, in a gap that no version uses or passes on to a child. */
#define MMF_RECORDED 15

/*
 * 7.0: flags of a mapping became a bitmap, with the same bits, that is passed
 * by reference here.  Delete when < 7.0 is dropped.
 */
#if KERNEL_VERSION(7, 0, 0) > LINUX_VERSION_CODE
#define COMPAT_VM_FLAGS vm_flags_t
#define compat_vm_flags(flags) (flags)
#else
#define COMPAT_VM_FLAGS const vma_flags_t *
#define compat_vm_flags(flags) vma_flags_to_legacy(*(flags))
#endif

/*
 * 7.0: memory of memfd_secret() is not locked any more, merely not swapped.
 * Delete when < 7.0 is dropped.
 */
#if KERNEL_VERSION(7, 0, 0) > LINUX_VERSION_CODE
#define COMPAT_SECRET_IS_LOCKED true
#else
#define COMPAT_SECRET_IS_LOCKED false
#endif

/*
 * 6.6: making an inode of tmpfs is given the idmap of the mount, and tells why
 * it has failed.  Delete when < 6.6 is dropped.
 */
#if KERNEL_VERSION(6, 6, 0) > LINUX_VERSION_CODE
#define COMPAT_IDMAP_PROTO
#define COMPAT_IDMAP_ARG
#define COMPAT_NO_INODE NULL
#else
#define COMPAT_IDMAP_PROTO struct mnt_idmap *idmap,
#define COMPAT_IDMAP_ARG idmap,
#define COMPAT_NO_INODE ERR_PTR(-ENOSPC)
#endif

/*
 * 6.7: a page of tmpfs that there is no room for is asked for once.  Delete
 * when < 6.7 is dropped.
 */
#if KERNEL_VERSION(6, 7, 0) > LINUX_VERSION_CODE
#define COMPAT_SHMEM_ASKS_TWICE true
#else
#define COMPAT_SHMEM_ASKS_TWICE false
#endif

/*
 * 6.6: who has no memory for a segment tells the peer that the window is
 * closed, by a flag.  Before, the peer finds out by itself.  Delete when < 6.6
 * is dropped.
 */
static inline void compat_tcp_close_window(struct sock *sk)
{
#if KERNEL_VERSION(6, 6, 0) <= LINUX_VERSION_CODE
	inet_csk(sk)->icsk_ack.pending |= ICSK_ACK_NOMEM | ICSK_ACK_NOW;
	inet_csk_schedule_ack(sk);
#endif
}

/*
 * 6.18: the count of dropped packets may be spread over nodes.  Delete when
 * < 6.18 is dropped.
 */
static inline void compat_sk_drops_inc(struct sock *sk)
{
#if KERNEL_VERSION(6, 18, 0) > LINUX_VERSION_CODE
	atomic_inc(&sk->sk_drops);
#else
	sk_drops_inc(sk);
#endif
}

/*
 * 6.16: statistics are flushed per controller, by css_rstat_flush(css), and no
 * more for a cgroup as a whole.  Delete when < 6.16 is dropped.
 */
static inline void *compat_rstat(struct cgroup_subsys_state *css)
{
#if KERNEL_VERSION(6, 16, 0) > LINUX_VERSION_CODE
	return css->cgroup;
#else
	return css;
#endif
}

/*
 * 6.16: one function charges all memory of the kernel, in pages.  Before, one
 * charged objects, in bytes, and another one pages.  Delete when < 6.16 is
 * dropped.
 */
#if KERNEL_VERSION(6, 16, 0) > LINUX_VERSION_CODE
#define COMPAT_OBJCG_CHARGE		"obj_cgroup_charge"
#define COMPAT_OBJCG_UNITS		size_t
#define COMPAT_PAGES_ARE_CHARGED_APART	1
#define compat_objcg_bytes(n)		PAGE_ALIGN(n)
#else
#define COMPAT_OBJCG_CHARGE		"obj_cgroup_charge_pages"
#define COMPAT_OBJCG_UNITS		unsigned int
#define COMPAT_PAGES_ARE_CHARGED_APART	0
#define compat_objcg_bytes(n)		((unsigned long)(n) << PAGE_SHIFT)
#endif

/*
 * 6.13 to 7.2, where is not known: by how much a statistic of a memory cgroup
 * changes became a long.  Delete when < 7.2 is dropped.
 */
#if KERNEL_VERSION(6, 13, 0) > LINUX_VERSION_CODE
#define COMPAT_MEMCG_CHANGE		int
#else
#define COMPAT_MEMCG_CHANGE		long
#endif

/*
 * 6.13 to 7.2, where is not known: xt_register_table() is given the hooks of the
 * table before what it begins with.  Delete when < 7.2 is dropped.
 */
static inline void *compat_new_table_info(void *arg4, void *arg5)
{
#if KERNEL_VERSION(6, 13, 0) > LINUX_VERSION_CODE
	return arg4;
#else
	return arg5;
#endif
}

/*
 * 6.13 to 7.2, where is not known: an entry for somebody else is looked for and
 * made by two functions, no more by one that has "creat" where the second one
 * has its flags.  Delete when < 7.2 is dropped.
 */
#if KERNEL_VERSION(6, 13, 0) > LINUX_VERSION_CODE
#define COMPAT_PNEIGH_RESULT		struct pneigh_entry *
#define COMPAT_PNEIGH_REFUSAL		NULL
#define compat_pneigh_creates(flags)	(flags)
#else
#define COMPAT_PNEIGH_RESULT		int
#define COMPAT_PNEIGH_REFUSAL		(-ENOBUFS)
#define compat_pneigh_creates(flags)	true
#endif

/* 7.3: how to reclaim from a group became private; the values are the same. */
#ifndef MEMCG_RECLAIM_MAY_SWAP
#define MEMCG_RECLAIM_MAY_SWAP		BIT(1)
#define MEMCG_RECLAIM_PROACTIVE		BIT(2)
#endif

#endif
