/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a container can take from its neighbours.
 *
 * A victim, an attacker and a process of the host have cgroups of the same
 * weight.  The victim and the host do fixed work (probe.h) in turns: while the
 * attacker merely takes his share of the processors, which he may, and while he
 * attacks.  The others' speed in the attack, by that without, is what they keep.
 * The turns are short and near to each other, which cancels much of what else
 * the machine does, and of several pairs the middle one counts.
 *
 * RIVALS_SECONDS in the environment is how long a turn takes.
 */
#ifndef SELFTEST_RIVALS_H
#define SELFTEST_RIVALS_H

#include "lib/container.h"

#define ATTACKER_MEMORY	96	/* MiB, is his limit */

/**
 * struct attack - what root in a container does to the rest of the machine
 * @once: is called again and again, in a folder of its own on the disk
 * @workers: so many processes do
 * @prepare: on the host, before; or NULL
 * @meanwhile: step: what victim and host must be able to do in the attack, 0
 *	or a negative errno; or NULL
 * @refused: resource, UB_*, that the attacker is refused at last
 * @is_refused: there is one, and the others begin when the attack has met it
 * @warm_up: or when he has been at it for so many seconds
 */
struct attack {
	void (*once)(void);
	int workers;
	int (*prepare)(void);
	ct_step *meanwhile;
	unsigned int refused;
	bool is_refused;
	unsigned int warm_up;
};

#define ROOF(resource)	.refused = (resource), .is_refused = true

/**
 * struct rivals - the three
 * @weight: cpu.weight of the attacker while he attacks
 */
struct rivals {
	struct ct victim, host, attacker;
	int weight;
	struct probe *probes;
};

/**
 * struct outcome - of an attack
 * @victim, @host: what they have kept of their speed, percent
 * @fsync: how long slow ones (p95) of the victim took, percent of without attack
 * @meanwhile: how long that took the victim, percent of without attack
 * @longest: that anything took the victim or the host, seconds
 * @log_lines: a second in the kernel log, while he attacked; what comes within
 *	five seconds, by which the kernel limits what it logs, counts as if it had
 *	come in five
 * @memory: MiB that the machine had less while he attacked, at most
 * @out_of_memory: the machine was, or one of the others
 */
struct outcome {
	int victim, host;
	int fsync, meanwhile;
	double longest;
	double log_lines;
	long memory;
	bool out_of_memory;
};

int rivals_start(struct rivals *rivals);
int rivals_measure(struct rivals *rivals, const struct attack *attack, struct outcome *outcome);
int rivals_stop(struct rivals *rivals);

#endif
