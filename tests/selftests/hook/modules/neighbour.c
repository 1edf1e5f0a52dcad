// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A module that is in vzmod's way: it holds what vzmod wants for itself, or
 * makes a function of the kernel sleep.  Each parameter is one way.
 */
#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/linkage.h>
#include <linux/module.h>
#include <linux/objtool.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/version.h>
#include <linux/wait.h>

#define MOST_SLEEP	(120 * HZ)

static char *symbol;
module_param(symbol, charp, 0444);
MODULE_PARM_DESC(symbol, "function of the kernel to attach to by a direct call");

static char *proc_file;
module_param(proc_file, charp, 0444);
MODULE_PARM_DESC(proc_file, "file in /proc to make");

static char *proc_dir;
module_param(proc_dir, charp, 0444);
MODULE_PARM_DESC(proc_dir, "folder in /proc to make");

static unsigned int major;
module_param(major, uint, 0444);
MODULE_PARM_DESC(major, "number of character devices to take");

static DECLARE_WAIT_QUEUE_HEAD(released);
static bool hold;

static int set_hold(const char *value, const struct kernel_param *param)
{
	int ret = param_set_bool(value, param);

	wake_up_all(&released);
	return ret;
}

static const struct kernel_param_ops hold_ops = {
	.set = set_hold,
	.get = param_get_bool,
};
module_param_cb(hold, &hold_ops, &hold, 0644);
MODULE_PARM_DESC(hold, "callers of the function sleep as long as this is Y");

static atomic_t asleep;

static int get_asleep(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%d\n", atomic_read(&asleep));
}

static const struct kernel_param_ops asleep_ops = { .get = get_asleep };
module_param_cb(asleep, &asleep_ops, NULL, 0444);
MODULE_PARM_DESC(asleep, "how many of them there are");

void neighbour_entry(void);
void neighbour_stub(void);

void neighbour_entry(void)
{
	if (!READ_ONCE(hold))
		return;
	atomic_inc(&asleep);
	wait_event_timeout(released, !READ_ONCE(hold), MOST_SLEEP);
	atomic_dec(&asleep);
}

/* Called from the first instruction of the function; goes back there. */
asm(".pushsection .text, \"ax\", @progbits\n"
	".type neighbour_stub, @function\n"
	"neighbour_stub:\n"
	ASM_ENDBR
	"push %rbp\n"
	"mov %rsp, %rbp\n"
	"push %rdi\n"
	"push %rsi\n"
	"push %rdx\n"
	"push %rcx\n"
	"push %r8\n"
	"push %r9\n"
	"push %rax\n"
	"call neighbour_entry\n"
	"pop %rax\n"
	"pop %r9\n"
	"pop %r8\n"
	"pop %rcx\n"
	"pop %rdx\n"
	"pop %rsi\n"
	"pop %rdi\n"
	"pop %rbp\n"
	ASM_RET
	".size neighbour_stub, . - neighbour_stub\n"
	".popsection\n");
STACK_FRAME_NON_STANDARD(neighbour_stub);

static struct ftrace_ops ops;

static int attach(void)
{
	int ret = ftrace_set_filter(&ops, symbol, strlen(symbol), 1);

	if (ret)
		return ret;
#if KERNEL_VERSION(6, 5, 0) > LINUX_VERSION_CODE
	return register_ftrace_direct_multi(&ops, (unsigned long)neighbour_stub);
#else
	return register_ftrace_direct(&ops, (unsigned long)neighbour_stub);
#endif
}

static void detach(void)
{
#if KERNEL_VERSION(6, 5, 0) > LINUX_VERSION_CODE
	unregister_ftrace_direct_multi(&ops, (unsigned long)neighbour_stub);
	ftrace_free_filter(&ops);
#else
	unregister_ftrace_direct(&ops, (unsigned long)neighbour_stub, true);
#endif
	/* Whoever is asleep in our function wakes up and leaves it. */
	synchronize_rcu_tasks();
	WRITE_ONCE(hold, false);
	wake_up_all(&released);
	wait_event_timeout(released, !atomic_read(&asleep), HZ);
	synchronize_rcu_tasks();
}

static int show(struct seq_file *m, void *v)
{
	seq_puts(m, "neighbour\n");
	return 0;
}

static struct proc_dir_entry *file, *dir;

static int __init neighbour_init(void)
{
	int ret = 0;

	if (major)
		ret = register_chrdev_region(MKDEV(major, 0), 1, "neighbour");
	if (ret)
		return ret;
	if (proc_file)
		file = proc_create_single(proc_file, 0444, NULL, show);
	if (proc_dir)
		dir = proc_mkdir(proc_dir, NULL);
	if (symbol)
		ret = attach();
	if (!ret)
		return 0;
	proc_remove(dir);
	proc_remove(file);
	if (major)
		unregister_chrdev_region(MKDEV(major, 0), 1);
	return ret;
}

static void __exit neighbour_exit(void)
{
	if (symbol)
		detach();
	proc_remove(dir);
	proc_remove(file);
	if (major)
		unregister_chrdev_region(MKDEV(major, 0), 1);
}

module_init(neighbour_init);
module_exit(neighbour_exit);

MODULE_DESCRIPTION("What may be in the way of vzmod");
MODULE_LICENSE("GPL");
