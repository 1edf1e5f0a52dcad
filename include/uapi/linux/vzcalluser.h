/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/vzctl: the calls that OpenVZ defined and that keep their meaning.
 *
 * Every call needs CAP_SYS_ADMIN in the initial user namespace at the time of
 * the call (EPERM), except VZCTL_ENV_CREATE with flags 0.  A bad pointer gives
 * EFAULT and changes nothing.  Any other number gives ENOTTY.
 */
#ifndef _UAPI_LINUX_VZCALLUSER_H
#define _UAPI_LINUX_VZCALLUSER_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define VZCTLTYPE	'.'
#define VZLISTTYPE	'x'

#define VE_CREATE	1
#define VE_EXCLUSIVE	2
#define VE_ENTER	4
#define VE_TEST		8
#define VE_LOCK		16
#define VE_SKIPLOCK	32

/**
 * struct vzctl_env_create - argument of VZCTL_ENV_CREATE
 * @veid: container
 * @flags: VE_*
 * @class_id: free tag, shown in /proc/vz/veinfo
 *
 * flags 0 returns the CTID of the caller (0 on the host); no privilege needed.
 * VE_TEST returns 0 if the container exists and ESRCH if it does not.
 * Everything else gives EINVAL: containers are made with VZMOD_ARM and
 * entered through their namespaces.
 */
struct vzctl_env_create {
	__u32 veid;
	__u32 flags;
	__u32 class_id;
};

#define VZCTL_ENV_CREATE	_IOW(VZCTLTYPE, 5, struct vzctl_env_create)

/**
 * struct vzlist_veidctl - argument of VZCTL_GET_VEIDS
 * @num: room at @id, in entries
 * @id: where to put the CTIDs
 *
 * Returns how many containers there are, the host not counted.  At most @num
 * CTIDs are stored; @num 0 only counts.
 */
struct vzlist_veidctl {
	__u32 num;
	__u32 *id;
};

#define VZCTL_GET_VEIDS		_IOR(VZLISTTYPE, 1, struct vzlist_veidctl)

#endif
