/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hooks: functions of ours that run in place of functions of the kernel, see
 * the arguments, may refuse, may call the original and see its result.
 *
 *	DEFINE_HOOK(int, some_function, struct thing *thing)
 *	{
 *		if (refused(thing))
 *			return -ENOMEM;
 *		return HOOK_ORIGINAL(some_function)(thing);
 *	}
 *
 * The prototype must be that of the kernel's function.  Rules for the body:
 *
 *  - it runs in whatever context the function is called in;
 *  - if the original may sleep and the wrapper has work to do after it, the
 *    call stands between hook_enter() and hook_leave(), so that unloading
 *    knows about it;
 *  - it never reaches a function that is hooked by itself.
 *
 * A row in hook_table.c makes the engine attach it.
 */
#ifndef VZ_KMOD_HOOK_H
#define VZ_KMOD_HOOK_H

#include <linux/ftrace.h>
#include <linux/percpu.h>
#include <linux/static_call.h>

#include "hook_x86.h"

struct seq_file;

/**
 * struct hook_code - what DEFINE_HOOK() has made
 * @stub: entry from ftrace
 * @wrapper: the function with the body
 * @set_original: tells the wrapper where the original continues
 */
struct hook_code {
	void *stub;
	void *wrapper;
	void (*set_original)(unsigned long addr);
};

enum hook_state {
	HOOK_OFF,		/* not attached (yet, or any more) */
	HOOK_ON,
	HOOK_MISSING,		/* this kernel has no such function */
	HOOK_UNUSED,		/* another hook of its resource is missing */
	HOOK_IDLE,		/* could be attached, and nobody needs it now */
	HOOK_WAITING,		/* its module is not loaded */
};

/* hook.flags */
#define HOOK_REQUIRED	0x01	/* without it the module does not load */
#define HOOK_ON_DEMAND	0x02	/* only while a container has a finite limit */

/**
 * struct hook - a row of the table
 * @symbol: names of the function; the first that exists is taken
 * @code: what runs instead
 * @resources: bit mask of the resources that need it
 * @flags: HOOK_*
 * @module: whose function it is; NULL for the kernel itself
 * @prepare: finds what else the code needs of @module, before it is attached;
 *	without that the function counts as missing
 * @since: first of the kernels in scripts/images.sh that has the function under
 *	the name in @symbol, if not all of them do; for RESOURCES.md
 * @state: below here the engine's own
 * @found: the name that was taken
 * @ip: where ftrace patches the function
 * @ops: handle of ftrace
 */
struct hook {
	const char *symbol[2];
	const struct hook_code *code;
	u64 resources;
	unsigned int flags;
	const char *module;
	int (*prepare)(void);
	const char *since[2];

	enum hook_state state;
	const char *found;
	unsigned long ip;
	struct ftrace_ops ops;
};

#define DEFINE_HOOK(type, name, ...)					\
	extern const struct hook_code hook_code_##name;			\
	void hook_stub_##name(void);					\
	type hook_wrap_##name(__VA_ARGS__);				\
	DEFINE_STATIC_CALL_NULL(hook_orig_##name, hook_wrap_##name);	\
	static void hook_set_##name(unsigned long addr)			\
	{								\
		static_call_update(hook_orig_##name,			\
				   (typeof(hook_wrap_##name) *)addr);	\
	}								\
	HOOK_DEFINE_STUB(name);						\
	HOOK_MARK_STUB(name);						\
	const struct hook_code hook_code_##name = {			\
		.stub = hook_stub_##name,				\
		.wrapper = hook_wrap_##name,				\
		.set_original = hook_set_##name,			\
	};								\
	__visible noinline type hook_wrap_##name(__VA_ARGS__)

#define HOOK_ORIGINAL(name) static_call(hook_orig_##name)

DECLARE_PER_CPU(long, hook_in_flight);

static __always_inline void hook_enter(void)
{
	this_cpu_inc(hook_in_flight);
}

static __always_inline void hook_leave(void)
{
	this_cpu_dec(hook_in_flight);
}

int hook_attach(struct hook *hook);
void hook_detach(struct hook *hook);
void hook_drain(void);
unsigned long hook_find_symbol(const char *name);

/* hook_selftest.c */
int hook_selftest(void);

/* hook_table.c */
int hooks_init(void);
void hooks_exit(void);
int hooks_demand(u64 resources);
void hooks_dismiss(u64 resources);
u64 hooks_accounted(void);
int hooks_show(struct seq_file *m, void *v);

#endif
