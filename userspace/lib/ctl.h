/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every call of /dev/vzctl, wrapped once.  See include/uapi/linux/vzmod.h. */
#ifndef VZ_CTL_H
#define VZ_CTL_H

#include <linux/vzmod.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/*
 * All return 0 or a negative errno; none prints.  @fd comes from ctl_open().
 */
int ctl_open(struct vz_err *err);	/* >= 0, or -1 with VZ_NO_KERNEL */
int ctl_arm(int fd, uint32_t ctid, uint32_t uid_base);
int ctl_start(int fd, uint32_t ctid, int pid);
int ctl_ct_info(int fd, uint32_t ctid, struct vzmod_ct_info *info);
int ctl_task_info(int fd, int pid, struct vzmod_ct_info *info);
int ctl_set_limit(int fd, uint32_t ctid, unsigned int resource,
		  uint64_t barrier, uint64_t limit);
int ctl_ubstat(int fd, uint32_t ctid, unsigned int resource,
	       struct vzmod_ubstat *stat);

/* The CTIDs of all containers in a malloc'ed array; returns their number. */
int ctl_list(int fd, uint32_t **ctids);

/*
 * Is the container running?  True from VZMOD_START until its init is dead.
 * *init_pid, if not NULL, gets the pid of init.
 */
bool ctl_is_running(int fd, uint32_t ctid, int *init_pid);

#endif
