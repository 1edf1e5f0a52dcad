/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fixed work of several kinds, whose speed shows what others leave to whoever
 * does it.  Both functions are steps for a container, see container.h.
 */
#ifndef SELFTEST_PROBE_H
#define SELFTEST_PROBE_H

enum probe_kind {
	PROBE_EXEC,
	PROBE_FSYNC,
	PROBE_TCP,
	PROBE_MEMORY,
	PROBE_PATHS,
	PROBE_KINDS
};

/**
 * struct probe - a run of the work, in memory that the test shares
 * @folder: a place on a disk for the files that it needs
 * @seconds: how long it is to go on
 * @took: how long it did
 * @rounds: that were done then
 * @work: of each kind how often it was done, in which time, what nineteen of
 *	twenty took at most, and what the slowest did
 */
struct probe {
	char folder[64];
	double seconds;
	double took;
	double rounds;
	struct probe_work {
		double ops;
		double seconds;
		double p95;
		double longest;
	} work[PROBE_KINDS];
};

extern const char *const probe_names[PROBE_KINDS];

long probe_prepare(long probe);
long probe_run(long probe);
double probe_share(const struct probe *with, const struct probe *without);

#endif
