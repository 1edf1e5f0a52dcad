/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/vzctl: the calls of vzmod itself.  This header is their specification.
 *
 * All of them need CAP_SYS_ADMIN in the initial user namespace when they are
 * made (EPERM), not only when the device was opened.  Structures have the same
 * layout for 32-bit and 64-bit callers.  EFAULT: a pointer is bad and nothing
 * was changed.  EINVAL: a reserved member is not zero, a flag is unknown or a
 * value is out of its range.  ESRCH: there is no such container.
 *
 * Life of a container:
 *
 *   VZMOD_ARM    reserves the CTID and makes the beancounter (EMBRYO).  It is
 *                bound to the open file and to the calling task: closing the
 *                file gives the CTID back.
 *   clone3() or unshare() with CLONE_NEWUSER by that task turns the embryo
 *                into a container (STARTING); from here on it lives exactly
 *                as long as its user namespace does.
 *   VZMOD_START  says which task is its init and that it is set up (RUNNING).
 *                Closing the file without it makes the container STOPPED.
 *   The death of init makes it STOPPED; when the last object that points to
 *                the user namespace is gone the container is gone as well.
 */
#ifndef _UAPI_LINUX_VZMOD_H
#define _UAPI_LINUX_VZMOD_H

#include <linux/beancounter.h>
#include <linux/ioctl.h>
#include <linux/types.h>

#define VZMODTYPE	0xbc

/*
 * Pools of the kernel that have no beancounter in OpenVZ, and that one container
 * could exhaust for all.  Each is one more resource of a beancounter, with a
 * limit from the start; wherever a UB_* is asked for these will do.  Of the
 * host they are not accounted.
 */
enum vzmod_pool {
	VZMOD_NUMUSERNS = UB_RESOURCES,	/* user namespaces, those below included */
	VZMOD_NUMPIDNS,
	VZMOD_NUMUTSNS,
	VZMOD_NUMIPCNS,
	VZMOD_NUMNETNS,
	VZMOD_NUMMNTNS,
	VZMOD_NUMCGROUPNS,
	VZMOD_NUMTIMENS,
	VZMOD_NUMINOTIFY,		/* instances of inotify */
	VZMOD_NUMINOWATCH,		/* watches of inotify */
	VZMOD_NUMFANOTIFY,		/* groups of fanotify */
	VZMOD_NUMFANMARK,		/* marks of fanotify */
	VZMOD_NUMAIOREQ,		/* requests that io_setup() reserves */
	VZMOD_NUMMOUNT,			/* mounts, attached or not */
	VZMOD_NUMNETDEV,		/* network devices */
	VZMOD_NUMNEIGH,			/* ARP and NDP entries */
	VZMOD_NUMCONNTRACK,		/* tracked connections */
	VZMOD_NUMCGROUP,		/* cgroups below the container's own */
	VZMOD_NUMCOREDUMP,		/* core dumps into programs, in ten seconds */
	VZMOD_NUMMODREQ,		/* requests for modules in ten seconds */
	VZMOD_RESOURCES			/* how many resources there are in all */
};

/* The highest CTID; 0 is the host. */
#define VZMOD_CTID_MAX	2147483644U

/* Ids of one container: uid_base .. uid_base + VZMOD_ID_RANGE - 1. */
#define VZMOD_ID_RANGE	65536U

enum vzmod_ct_state {
	VZMOD_CT_EMBRYO		= 1,
	VZMOD_CT_STARTING	= 2,
	VZMOD_CT_RUNNING	= 3,
	VZMOD_CT_STOPPED	= 4,
};

/**
 * struct vzmod_arm - argument of VZMOD_ARM
 * @ctid: 1 .. VZMOD_CTID_MAX
 * @class_id: free tag, shown in /proc/vz/veinfo
 * @uid_base: first host uid and gid of the container's range; a multiple of
 *	VZMOD_ID_RANGE, not 0
 * @reserved: 0
 *
 * EEXIST: the CTID is in use by a container that is not STOPPED.
 * EADDRINUSE: another container, STOPPED ones included, uses @uid_base.
 * EBUSY: this open file has already armed.
 */
struct vzmod_arm {
	__u32 ctid;
	__u32 class_id;
	__u32 uid_base;
	__u32 reserved;
};

/**
 * struct vzmod_start - argument of VZMOD_START
 * @ctid: a container in state STARTING
 * @pid: its init, in the caller's pid namespace; must be PID 1 of a pid
 *	namespace owned by the container's user namespace (EINVAL)
 */
struct vzmod_start {
	__u32 ctid;
	__s32 pid;
};

/**
 * struct vzmod_ct_info - argument of VZMOD_CT_INFO
 * @ctid: in: the container; 0 asks for the container of @pid instead
 * @pid: in, if @ctid is 0: a task in the caller's pid namespace, 0 for the
 *	caller (ESRCH if there is none); out: pid of init in the caller's pid
 *	namespace, 0 if it has none
 * @state: out: enum vzmod_ct_state
 * @uid_base: out
 * @class_id: out
 * @vpid: out, if a task was asked for: its pid inside its own pid namespace
 * @start_ns: out: CLOCK_BOOTTIME at VZMOD_START, nanoseconds
 *
 * For a task of the host @ctid is 0 on return, @state RUNNING, the rest 0.
 */
struct vzmod_ct_info {
	__u32 ctid;
	__s32 pid;
	__u32 state;
	__u32 uid_base;
	__u32 class_id;
	__s32 vpid;
	__u64 start_ns;
};

/**
 * struct vzmod_limit - argument of VZMOD_SET_LIMIT
 * @ctid: container, 0 for the host
 * @resource: UB_* or enum vzmod_pool
 * @barrier: 0 .. UB_MAXVALUE
 * @limit: 0 .. UB_MAXVALUE
 *
 * Both values change at once and bind the next charge; what is already held
 * stays, even above the new values.  barrier > limit is accepted, as OpenVZ
 * does.
 */
struct vzmod_limit {
	__u32 ctid;
	__u32 resource;
	__u64 barrier;
	__u64 limit;
};

/* vzmod_ubstat.flags */
#define VZMOD_UB_ACCOUNTED	1U	/* held, maxheld and failcnt are real */

/**
 * struct vzmod_ubstat - argument of VZMOD_GET_UBSTAT
 * @ctid: in: container, 0 for the host
 * @resource: in: UB_* or enum vzmod_pool
 * @barrier: out
 * @limit: out
 * @held: out: in use now
 * @maxheld: out: the most that was ever in use
 * @minheld: out: the least
 * @failcnt: out: refused charges
 * @flags: out: VZMOD_UB_*
 * @reserved: 0 in and out
 */
struct vzmod_ubstat {
	__u32 ctid;
	__u32 resource;
	__u64 barrier;
	__u64 limit;
	__u64 held;
	__u64 maxheld;
	__u64 minheld;
	__u64 failcnt;
	__u32 flags;
	__u32 reserved;
};

#define VZMOD_ARM		_IOW(VZMODTYPE, 1, struct vzmod_arm)
#define VZMOD_START		_IOW(VZMODTYPE, 2, struct vzmod_start)
#define VZMOD_CT_INFO		_IOWR(VZMODTYPE, 3, struct vzmod_ct_info)
#define VZMOD_SET_LIMIT		_IOW(VZMODTYPE, 4, struct vzmod_limit)
#define VZMOD_GET_UBSTAT	_IOWR(VZMODTYPE, 5, struct vzmod_ubstat)

#endif
