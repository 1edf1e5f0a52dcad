/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Storms: each function takes a resource as fast as it can, in all the ways
 * that one can think of, gives most of it back, and does not mind refusals.
 */
#ifndef SELFTEST_STORM_H
#define SELFTEST_STORM_H

void storm_fork(void);
void storm_file(void);
void storm_socket(void);
void storm_accept(void);
void storm_pass(void);
void storm_signal(void);
void storm_pty(void);
void storm_lock(void);
void storm_map(void);
void storm_mlock(void);
void storm_shm(void);

void storm_begin(void (*once)(void), int seed);

#endif
