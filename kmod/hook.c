// SPDX-License-Identifier: GPL-2.0-only
/* The hook engine: find a function, attach to it, let go of it again. */
#include "hook.h"

#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "compat.h"

DEFINE_PER_CPU(long, hook_in_flight);

/**
 * hook_find_symbol() - address of a function of the kernel
 * @name: as in kallsyms
 *
 * A kprobe that is registered disabled touches no code and is the one
 * exported way to ask.  An armed one could panic the host when its memory
 * cannot be allocated.
 *
 * Context: may sleep.
 * Return: the address, or 0 if there is none.
 */
unsigned long hook_find_symbol(const char *name)
{
	struct kprobe probe = {
		.symbol_name = name,
		.flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long addr;

	if (register_kprobe(&probe))
		return 0;
	addr = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	return addr;
}

/**
 * hook_attach() - put our code in place of a function
 * @hook: row whose @ip is known
 *
 * Context: may sleep.
 * Return: 0; -EBUSY if somebody else has taken the function over, or what
 * else ftrace says.  Nothing stays behind on failure.
 */
int hook_attach(struct hook *hook)
{
	unsigned long target = hook_target(hook->code->stub,
					   hook->code->wrapper);
	int ret;

	/*
	 * After a detach the filter is freed, and older kernels leave the
	 * pointer to it behind.
	 */
	memset(&hook->ops, 0, sizeof(hook->ops));
	hook->code->set_original(hook->ip + HOOK_NOP_SIZE);
	ret = ftrace_set_filter_ip(&hook->ops, hook->ip, 0, 0);
	if (ret)
		return ret;
	ret = compat_register_direct(&hook->ops, target);
	if (ret) {
		ftrace_free_filter(&hook->ops);
		return ret;
	}
	/*
	 * Nobody shall switch accounting off by /proc/sys/kernel/ftrace_enabled.
	 * Registering writes the flags anew, hence only now.
	 */
	hook->ops.flags |= FTRACE_OPS_FL_PERMANENT;
	hook->state = HOOK_ON;
	return 0;
}

/**
 * hook_detach() - let the kernel have its function back
 * @hook: attached or not
 *
 * Tasks may still be inside the wrapper on return: see hook_drain().
 *
 * Context: may sleep.
 */
void hook_detach(struct hook *hook)
{
	unsigned long target = hook_target(hook->code->stub,
					   hook->code->wrapper);
	int ret;

	if (hook->state != HOOK_ON)
		return;
	ret = compat_unregister_direct(&hook->ops, target);
	if (ret)
		pr_err("cannot detach from %s: %d\n", hook->found, ret);
	hook->state = HOOK_OFF;
}

static long in_flight(void)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(hook_in_flight, cpu);
	return sum;
}

/**
 * hook_drain() - wait until no task is inside a wrapper; all are detached
 *
 * Context: may sleep, for as long as a task sleeps under a wrapper.
 */
void hook_drain(void)
{
	/*
	 * Whoever was preempted in a stub, or in a wrapper before
	 * hook_enter(), has left it after this or is counted.
	 */
	synchronize_rcu_tasks();

	/* The counted ones may sleep in the original as long as they like. */
	while (in_flight())
		msleep(20);

	/* The last instructions, after hook_leave(). */
	synchronize_rcu_tasks();
}
