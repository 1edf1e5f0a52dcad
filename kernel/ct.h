/* SPDX-License-Identifier: GPL-2.0-only */
/* The registry of containers: who exists, in which state, under which name. */
#ifndef VZ_KERNEL_CT_H
#define VZ_KERNEL_CT_H

#include <linux/vzmod.h>

#include "charge.h"
#include "env.h"
#include "pace.h"
#include "record.h"
#include "sockbuf.h"

/**
 * struct ct - a container, or the host as container 0
 * @bc: its beancounter
 * @records: what it pays for object by object, per kind
 * @senders: sockets that wait for room in a send buffer, per class
 * @ctid: its number
 * @class_id: free tag of its creator
 * @uid_base: first id of its range; 0 for the host
 * @state: enum vzmod_ct_state; written under the registry lock
 * @superseded: STOPPED, and a younger container has the same CTID
 * @serial: age, from STARTING on; a younger container has a higher one
 * @ns: the user namespace it is made of, a mere key to this directory; NULL
 *	for an embryo and for the host
 * @init_pid: pid of its init, once RUNNING, in the host's numbers
 * @init_born: when that task began; tells it from others with its number
 * @dir: its directory in /proc/bc, kmod/'s as well
 * @dir_is_plain: the name of that is the CTID and nothing else
 * @memcg: its memory cgroup, kmod/'s as well; RCU
 * @dumps_over: core dumps that count for a while, kmod/'s too
 * @ran_out: when somebody in it was last killed for want of memory, jiffies
 * @next_fork: not before that may the next process of a container that is out
 *	of memory begin, jiffies; both oom_pace.c's
 * @paces: how often it may do what is bad for others
 * @start_ns: boot time at which it became RUNNING
 * @ns_node: in the hash of namespaces, from STARTING on
 * @ctid_node: in the hash of CTIDs
 * @list: in the list of all, youngest first, from STARTING on
 * @refs: one for the registry, one for each holder of a pointer
 * @rcu: delays the freeing for readers of the hashes
 */
struct ct {
	struct beancounter bc;
	struct record_set records[RECORD_KINDS];
	struct sockbuf_fifo senders[SOCKBUF_CLASSES];
	u32 ctid;
	u32 class_id;
	u32 uid_base;
	enum vzmod_ct_state state;
	bool superseded;
	u64 serial;
	const void *ns;
	int init_pid;
	u64 init_born;
	void *dir;
	bool dir_is_plain;
	void __rcu *memcg;
	atomic_t dumps_over;
	unsigned long ran_out;
	unsigned long next_fork;
	struct pace paces[PACES];
	u64 start_ns;
	struct hlist_node ns_node;
	struct hlist_node ctid_node;
	struct list_head list;
	refcount_t refs;
	struct rcu_head rcu;
};

int ct_registry_init(void);
void ct_registry_exit(void);

struct ct *ct_reserve(u32 ctid, u32 class_id, u32 uid_base);
void ct_cancel(struct ct *ct);
void ct_bind(struct ct *ct, const void *ns);
int ct_set_running(struct ct *ct, int pid, u64 born, u64 now_ns);
void ct_set_stopped(struct ct *ct);
unsigned int ct_unbind(struct ct *ct);

struct ct *ct_lookup(const void *ns);
struct ct *ct_find(u32 ctid);
struct ct *ct_next(struct ct *prev);
unsigned int ct_count(void);
struct ct *ct_host(void);

void ct_get(struct ct *ct);
void ct_put(struct ct *ct);

#endif
