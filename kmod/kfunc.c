// SPDX-License-Identifier: GPL-2.0-only
/* Find what the kernel does not export. */
#include "kfunc.h"

#include <linux/errno.h>
#include <linux/kernel.h>

#include "hook.h"

DEFINE_KFUNC(unsigned long, kallsyms_lookup_name, const char *name);

/**
 * kfunc_find() - make a function callable
 * @kfunc: from DEFINE_KFUNC()
 *
 * Context: may sleep.
 * Return: 0, or -ENOENT if the kernel has no such function; then it must not
 * be called.
 */
int kfunc_find(const struct kfunc *kfunc)
{
	unsigned long addr;
	int i;

	for (i = 0; i < ARRAY_SIZE(kfunc->name) && kfunc->name[i]; i++) {
		addr = hook_find_symbol(kfunc->name[i]);
		if (addr) {
			kfunc->set(addr);
			return 0;
		}
	}
	return -ENOENT;
}

/**
 * kfunc_find_data() - find a variable of the kernel
 * @name: as in kallsyms
 *
 * Context: may sleep.
 * Return: its address, or NULL.
 */
void *kfunc_find_data(const char *name)
{
	if (kfunc_find(&kfunc_kallsyms_lookup_name))
		return NULL;
	return (void *)KFUNC(kallsyms_lookup_name)(name);
}
