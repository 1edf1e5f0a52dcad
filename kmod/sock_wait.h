/* SPDX-License-Identifier: GPL-2.0-only */
/* Sockets that wait for room in the send buffers of their container. */
#ifndef VZ_KMOD_SOCK_WAIT_H
#define VZ_KMOD_SOCK_WAIT_H

#include <linux/types.h>

struct ct;
struct sock_rec;

bool sock_wait_open(struct sock_rec *rec, bool is_owner);
long sock_wait_for_room(struct sock_rec *rec, long timeo);
void sock_wait_join(struct sock_rec *rec);
void sock_wait_freed(struct sock_rec *rec);
void sock_wait_leave(struct sock_rec *rec);
void sock_wait_call(struct ct *ct, bool is_tcp);
void sock_wait_call_all(struct ct *ct);
void sock_wait_exit(void);

#endif
