// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proof that hooks work on this kernel, before the first real one: a function
 * of our own is hooked, called, refused and let go.  This is the one file that
 * is built to be traceable.
 */
#include "hook.h"

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/printk.h>

#define ASK_ORIGINAL	1
#define ASK_REFUSAL	2

static noinline int hook_selftest_subject(int ask, int value)
{
	barrier();
	return value + ask;
}

DEFINE_HOOK(int, selftest, int ask, int value)
{
	if (ask == ASK_REFUSAL)
		return -ENOMEM;
	return 100 * HOOK_ORIGINAL(selftest)(ask, value);
}

static struct hook subject = {
	.symbol = { "hook_selftest_subject" },
	.found = "hook_selftest_subject",
	.code = &hook_code_selftest,
};

static int ask(int what, int value)
{
	int (*call)(int ask, int value) = hook_selftest_subject;

	OPTIMIZER_HIDE_VAR(call);
	return call(what, value);
}

static int expect(const char *when, int got, int want)
{
	if (got == want)
		return 0;
	pr_err("hooks do not work on this kernel: %s gave %d instead of %d\n",
	       when, got, want);
	return -EOPNOTSUPP;
}

/**
 * hook_selftest() - hook a function of our own and see that it works
 *
 * Context: may sleep.
 * Return: 0; -EOPNOTSUPP if the wrapper does not run, cannot refuse, cannot
 * reach the original or stays; or the error of attaching.
 */
int hook_selftest(void)
{
	unsigned long entry = (unsigned long)hook_selftest_subject;
	int ret;

	OPTIMIZER_HIDE_VAR(entry);
	subject.ip = hook_patch_site(entry);
	if (!subject.ip) {
		pr_err("hooks do not work on this kernel: not traceable\n");
		return -EOPNOTSUPP;
	}
	ret = hook_attach(&subject);
	if (ret) {
		pr_err("hooks do not work on this kernel: attach: %d\n", ret);
		return ret;
	}
	ret = expect("a hooked call", ask(ASK_ORIGINAL, 2), 300);
	if (!ret)
		ret = expect("a refused call", ask(ASK_REFUSAL, 2), -ENOMEM);
	hook_detach(&subject);
	if (!ret)
		ret = expect("a call after that", ask(ASK_ORIGINAL, 2), 3);
	hook_drain();
	return ret;
}
