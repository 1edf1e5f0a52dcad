// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/vzctl: one table of calls; capability, sizes and copying are dealt with
 * once, around the handlers.  The uapi headers say what each call does.
 */
#include "ioctl.h"

#include <linux/capability.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vzcalluser.h>
#include <linux/vzmod.h>

#include "compat.h"
#include "ct_ns.h"

/* Where OpenVZ had it; another major is taken if this one is in use. */
#define VZCTL_MAJOR	126
#define VZCTL_NAME	"vzctl"

#define ARG_MAX_SIZE	96

/* ioctl_row.flags */
#define ANYBODY		0x01	/* no capability needed */
#define COPY_OUT	0x02

static const struct ioctl_row {
	unsigned int cmd;
	unsigned int flags;
	long (*handler)(struct ioctl_file *file, void *arg);
} table[] = {
	{ VZCTL_ENV_CREATE, ANYBODY, ioctl_env_create },
	{ VZCTL_GET_VEIDS, 0, ioctl_get_veids },
	{ VZMOD_ARM, 0, ioctl_arm },
	{ VZMOD_START, 0, ioctl_start },
	{ VZMOD_CT_INFO, COPY_OUT, ioctl_ct_info },
	{ VZMOD_SET_LIMIT, 0, ioctl_set_limit },
	{ VZMOD_GET_UBSTAT, COPY_OUT, ioctl_get_ubstat },
};

static dev_t devno;
static struct cdev cdev;
static struct class *class;

static long call(const struct ioctl_row *row, struct ioctl_file *file,
		 void __user *uarg)
{
	u8 arg[ARG_MAX_SIZE] __aligned(8);
	size_t size = _IOC_SIZE(row->cmd);
	long ret;

	if (WARN_ON_ONCE(size > sizeof(arg)))
		return -EINVAL;
	if (copy_from_user(arg, uarg, size))
		return -EFAULT;
	ret = row->handler(file, arg);
	if (ret >= 0 && row->flags & COPY_OUT && copy_to_user(uarg, arg, size))
		return -EFAULT;
	return ret;
}

static long vzctl_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		if (table[i].cmd != cmd)
			continue;
		if (!(table[i].flags & ANYBODY) && !capable(CAP_SYS_ADMIN))
			return -EPERM;
		return call(&table[i], file->private_data, (void __user *)arg);
	}
	return -ENOTTY;
}

static int vzctl_open(struct inode *inode, struct file *file)
{
	struct ioctl_file *data = kzalloc(sizeof(*data), GFP_KERNEL_ACCOUNT);

	if (!data)
		return -ENOMEM;
	mutex_init(&data->lock);
	file->private_data = data;
	return nonseekable_open(inode, file);
}

static int vzctl_release(struct inode *inode, struct file *file)
{
	struct ioctl_file *data = file->private_data;

	if (data->arming)
		ct_disarm(data->arming);
	kfree(data);
	return 0;
}

/* Structures are the same for 32-bit callers, except where cmd differs too. */
static const struct file_operations vzctl_fops = {
	.owner		= THIS_MODULE,
	.open		= vzctl_open,
	.release	= vzctl_release,
	.unlocked_ioctl	= vzctl_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static int get_devno(void)
{
	devno = MKDEV(VZCTL_MAJOR, 0);
	if (!register_chrdev_region(devno, 1, VZCTL_NAME))
		return 0;
	return alloc_chrdev_region(&devno, 0, 1, VZCTL_NAME);
}

/**
 * ioctl_init() - make /dev/vzctl
 *
 * Context: may sleep.
 * Return: 0 or a negative errno with nothing left behind.
 */
int ioctl_init(void)
{
	struct device *device;
	int ret = get_devno();

	if (ret)
		return ret;
	class = compat_class_create(VZCTL_NAME);
	if (IS_ERR(class)) {
		ret = PTR_ERR(class);
		goto err_devno;
	}
	cdev_init(&cdev, &vzctl_fops);
	cdev.owner = THIS_MODULE;
	ret = cdev_add(&cdev, devno, 1);
	if (ret)
		goto err_class;
	device = device_create(class, NULL, devno, NULL, VZCTL_NAME);
	if (IS_ERR(device)) {
		ret = PTR_ERR(device);
		goto err_cdev;
	}
	return 0;

err_cdev:
	cdev_del(&cdev);
err_class:
	class_destroy(class);
err_devno:
	unregister_chrdev_region(devno, 1);
	return ret;
}

/**
 * ioctl_exit() - remove /dev/vzctl; no file of it is open
 *
 * Context: may sleep.
 */
void ioctl_exit(void)
{
	device_destroy(class, devno);
	cdev_del(&cdev);
	class_destroy(class);
	unregister_chrdev_region(devno, 1);
}
