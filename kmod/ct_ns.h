/* SPDX-License-Identifier: GPL-2.0-only */
/* Containers as the kernel sees them: user namespaces, tasks, init. */
#ifndef VZ_KMOD_CT_NS_H
#define VZ_KMOD_CT_NS_H

#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/vzmod.h>

struct ct;
struct ct_arming;
struct pid;
struct task_struct;
struct user_namespace;

struct ct_arming *ct_arm(u32 ctid, u32 class_id, u32 uid_base);
void ct_disarm(struct ct_arming *arming);

int ct_start(struct ct *ct, pid_t pid);
enum vzmod_ct_state ct_current_state(struct ct *ct);
struct pid *ct_get_init(struct ct *ct);
const struct user_namespace *ct_user_ns(const struct ct *ct);

struct ct *ct_of_task(struct task_struct *task);

/* charge_helper.c */
void coredump_settle(struct ct *ct);

/* charge_ucount.c */
void ucount_separate(struct user_namespace *ns, kuid_t uid);

#endif
