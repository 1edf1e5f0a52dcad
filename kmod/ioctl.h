/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/vzctl: the handlers of its calls, and what an open file remembers. */
#ifndef VZ_KMOD_IOCTL_H
#define VZ_KMOD_IOCTL_H

#include <linux/mutex.h>

struct ct_arming;

/**
 * struct ioctl_file - an open /dev/vzctl
 * @lock: @arming
 * @arming: of the last VZMOD_ARM, or NULL
 */
struct ioctl_file {
	struct mutex lock;	/* arming */
	struct ct_arming *arming;
};

int ioctl_init(void);
void ioctl_exit(void);

/*
 * Handlers get a copy of the caller's structure; what they leave in it goes
 * back if the row says so and the result is not negative.
 */

/* ioctl_ct.c */
long ioctl_env_create(struct ioctl_file *file, void *arg);
long ioctl_get_veids(struct ioctl_file *file, void *arg);
long ioctl_arm(struct ioctl_file *file, void *arg);
long ioctl_start(struct ioctl_file *file, void *arg);
long ioctl_ct_info(struct ioctl_file *file, void *arg);

/* ioctl_ubc.c */
long ioctl_set_limit(struct ioctl_file *file, void *arg);
long ioctl_get_ubstat(struct ioctl_file *file, void *arg);

#endif
