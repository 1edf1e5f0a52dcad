/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes that enter a running container.  The caller stays outside; it
 * gets a joiner, a child on the host side that waits for the one inside and
 * tells over a socket how that went (lib/report.h).
 */
#ifndef VZ_CT_JOIN_H
#define VZ_CT_JOIN_H

#include <stdint.h>
#include <sys/types.h>

#include "err.h"

/* A running container, held by a pidfd of its init. */
struct ct_target {
	uint32_t ctid;
	uint32_t uid_base;
	pid_t init_pid;
	int pidfd;
};

#define CT_TARGET_NONE	((struct ct_target){ .pidfd = -1 })

/* VZ_NOT_RUNNING if it is not. */
int ct_target_open(uint32_t ctid, struct ct_target *target, struct vz_err *err);
void ct_target_close(struct ct_target *target);

#define _cleanup_target_	__attribute__((cleanup(ct_target_close)))

/*
 * Runs inside as the container's root, with only standard input, output and
 * error and the socket @sock open.  Has to exec; what it records in @err when
 * it returns instead is reported as the failure.
 */
typedef void (*ct_inside_fn)(void *arg, int sock, struct vz_err *err);

struct ct_joined {
	pid_t pid;	/* the joiner; its end is the end of the process inside */
	int sock;
};

#define CT_JOINED_NONE	((struct ct_joined){ .sock = -1 })

/* @stdio: the three files for the process inside, -1 for /dev/null. */
int ct_join(const struct ct_target *target, const int stdio[3],
	    ct_inside_fn inside, void *arg, struct ct_joined *joined,
	    struct vz_err *err);

/* Kill what is still there, wait for the joiner. */
void ct_joined_end(struct ct_joined *joined);

#define _cleanup_joined_	__attribute__((cleanup(ct_joined_end)))

#endif
