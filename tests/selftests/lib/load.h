/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ways to use up a resource unit by unit, as steps for a container.
 *
 * One table, so that a test that holds for every charged path is written once
 * and a new path is a new row.
 */
#ifndef SELFTEST_LOAD_H
#define SELFTEST_LOAD_H

#include "lib/container.h"

#define LOAD_MAX	512

/**
 * struct load - one way to use a resource
 * @resource: UB_* or enum vzmod_pool
 * @units: how many of it one @add takes
 * @error: errno when it is refused
 * @add: step: take units as number @arg (0 .. LOAD_MAX - 1); 0 or -errno
 * @drop: step: give number @arg back
 */
struct load {
	unsigned int resource;
	unsigned int units;
	int error;
	ct_step *add;
	ct_step *drop;
};

extern const struct load load_fork, load_thread;
extern const struct load load_open, load_pipe, load_eventfd;
extern const struct load load_unix_dgram, load_socketpair, load_netlink, load_packet, load_udp;
extern const struct load load_tcp, load_tcp6;
extern const struct load load_flock, load_posix_lock, load_ofd_lock;
extern const struct load load_pty, load_sigqueue, load_timer;
extern const struct load load_mmap, load_brk, load_mlock, load_map_locked, load_shm_lock;
extern const struct load load_shmget, load_shared, load_memfd, load_tmpfs;

/* load_pools.c */
extern const struct load load_userns, load_pidns, load_utsns, load_ipcns, load_netns, load_mntns;
extern const struct load load_cgroupns, load_timens;
extern const struct load load_inotify, load_inowatch, load_fanotify, load_fanmark;
extern const struct load load_aio, load_mount, load_netdev;

#endif
