/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions and variables of the kernel that it does not export.
 *
 *	DEFINE_KFUNC(int, some_function, struct thing *thing);
 *
 *	if (!kfunc_find(&kfunc_some_function))		once, when loading
 *	...
 *	KFUNC(some_function)(thing);			from then on
 *
 * The call is a static call: a direct one.  Through a pointer the kernel's
 * landing pads would be needed, and the ones that nobody inside the kernel
 * points to are made useless at boot.
 */
#ifndef VZ_KMOD_KFUNC_H
#define VZ_KMOD_KFUNC_H

#include <linux/static_call.h>
#include <linux/types.h>

/**
 * struct kfunc - a function that is called by its name
 * @name: as in kallsyms; the first that exists is taken
 * @set: tells the callers where it is
 */
struct kfunc {
	const char *name[2];
	void (*set)(unsigned long addr);
};

#define DEFINE_KFUNC(type, fn, ...)					\
	DEFINE_KFUNC_RENAMED(NULL, type, fn, __VA_ARGS__)

/* One that older kernels call @old. */
#define DEFINE_KFUNC_RENAMED(old, type, fn, ...)			\
	type kfunc_prototype_##fn(__VA_ARGS__);				\
	DEFINE_STATIC_CALL_NULL(kfunc_call_##fn, kfunc_prototype_##fn);	\
	static void kfunc_set_##fn(unsigned long addr)			\
	{								\
		static_call_update(kfunc_call_##fn,			\
				   (typeof(kfunc_prototype_##fn) *)addr); \
	}								\
	static const struct kfunc kfunc_##fn = {			\
		.name = { #fn, old },					\
		.set = kfunc_set_##fn,					\
	}

#define KFUNC(fn) static_call(kfunc_call_##fn)

int kfunc_find(const struct kfunc *kfunc);
void *kfunc_find_data(const char *name);

#endif
