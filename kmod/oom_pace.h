/* SPDX-License-Identifier: GPL-2.0-only */
/* How often a container may run out of memory. */
#ifndef VZ_KMOD_OOM_PACE_H
#define VZ_KMOD_OOM_PACE_H

struct ct;
struct mem_cgroup;

void oom_pace_begin(struct mem_cgroup *group);
int oom_pace_fork(struct ct *ct);

#endif
