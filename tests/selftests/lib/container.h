/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A container made with /dev/vzctl alone, for tests written in C.
 *
 * Its init waits for orders: ct_call() has it run a function of the test
 * program inside the container.  As init was cloned from the test, functions
 * and static data are where the test has them; what a step stores in static
 * data stays in init and is found there by the next step.
 *
 * All functions that can fail return a negative errno.
 */
#ifndef SELFTEST_CONTAINER_H
#define SELFTEST_CONTAINER_H

#include <linux/vzcalluser.h>
#include <linux/vzmod.h>
#include <stdbool.h>
#include <sys/types.h>

/* How long anything may take that is not instant, seconds. */
#define PATIENCE	20

/**
 * struct ct - a container
 * @ctid: its number
 * @uid_base: first id of its range; 0 before ct_start() means ctid * 65536
 * @cgroup: directory of its cgroup; 0 before ct_start() means that of the test
 * @init: its init, a child of the test
 * @calls: to init
 */
struct ct {
	unsigned int ctid;
	unsigned int uid_base;
	int cgroup;
	pid_t init;
	int calls;
};

/* Init's end of ct.calls; it has no other file open. */
#define ORDERS_FD	3

/* A step: what it returns is what ct_call() returns. */
typedef long ct_step(long arg);

int ct_start(struct ct *ct, unsigned int ctid);
int ct_start_on_host(struct ct *ct);
long ct_call(struct ct *ct, ct_step *step, long arg);
void ct_begin(struct ct *ct, ct_step *step, long arg);
long ct_end(struct ct *ct);
void ct_kill(struct ct *ct);
int ct_wait_gone(unsigned int ctid);
int ct_stop(struct ct *ct);

int files_send(int over, const int *fds, int n);
int files_receive(int over, int *fds, int n);
void files_collect(void);

int vzctl(unsigned long cmd, void *arg);
bool ct_listed(unsigned int ctid);
int ct_limit(struct ct *ct, unsigned int resource, unsigned long barrier, unsigned long limit);
struct vzmod_ubstat ct_stat(const struct ct *ct, unsigned int resource);
unsigned long ct_held(const struct ct *ct, unsigned int resource);
unsigned long ct_held_when(const struct ct *ct, unsigned int resource, unsigned long wanted);

long tasks_seen(long unused);

int join_user_ns(pid_t pid);
int children_reap(void);

double now(void);
void nap(void);
int write_text(const char *path, const char *text);

/* Poll until @condition is true; false if PATIENCE was not enough. */
#define wait_until(condition) ({					\
	double end_ = now() + PATIENCE;					\
	bool true_;							\
									\
	while (!(true_ = (condition)) && now() < end_)			\
		nap();							\
	true_;								\
})

int klog_open(void);
int klog_count(int fd, const char *text);
void klog_mark(void);
int klog_complaints(void);
bool no_leaks(void);

#endif
