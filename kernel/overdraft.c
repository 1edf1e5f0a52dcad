// SPDX-License-Identifier: GPL-2.0-only
/*
 * The choice of a victim (spec: oomguarpages).
 *
 * Who uses more than he was guaranteed has an overdraft.  The process to be
 * killed is looked for where the overdraft is largest; where there is none a
 * process is spared as long as there is a candidate elsewhere.
 *
 * The kernel compares one number per process, its badness.  So the overdraft
 * becomes the upper digits of that number, where badness cannot reach it.
 */
#include "overdraft.h"

/* Badness is some pages, up or down; this many bits hold any machine's. */
#define BADNESS_BITS	40
#define BADNESS_MAX	((long)BIT(BADNESS_BITS - 1) - 1)

/* So many steps of overdraft can be told apart. */
#define STEP_BITS	20

static const unsigned int kernel_memory[] = {
	UB_KMEMSIZE, UB_TCPSNDBUF, UB_TCPRCVBUF, UB_OTHERSOCKBUF,
	UB_DGRAMRCVBUF,
};

/**
 * overdraft_pages() - how far somebody is above what was guaranteed to him
 * @kernel_bytes: memory of the kernel that he is the reason of
 * @pages: memory and swap that killing his processes could free
 * @guarantee: barrier of oomguarpages
 *
 * Context: any.
 * Return: pages; 0 or less if he is within his guarantee.
 */
long overdraft_pages(unsigned long kernel_bytes, unsigned long pages,
		     unsigned long guarantee)
{
	unsigned long used = kernel_bytes / PAGE_SIZE +
			     min_t(unsigned long, pages, LONG_MAX / 2);

	return (long)used - (long)min_t(unsigned long, guarantee, LONG_MAX);
}

/**
 * bc_overdraft() - the overdraft of a beancounter
 * @bc: whose derived resources are up to date
 *
 * Context: any.
 * Return: see overdraft_pages().
 */
long bc_overdraft(struct beancounter *bc)
{
	unsigned long bytes = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(kernel_memory); i++)
		bytes += bc_held(bc, kernel_memory[i]);
	return overdraft_pages(bytes, bc_held(bc, UB_OOMGUARPAGES),
			       READ_ONCE(bc->counter[UB_OOMGUARPAGES].barrier));
}

/**
 * overdraft_badness() - badness of a process, its owner's overdraft first
 * @overdraft: of its owner
 * @largest: of all
 * @badness: what the kernel thinks of the process itself
 *
 * Context: any.
 * Return: orders processes by overdraft, to a millionth of @largest, and those
 * of an overdraft, or of none, by badness; never LONG_MIN.
 */
long overdraft_badness(long overdraft, long largest, long badness)
{
	long step = -1;

	badness = clamp(badness, -BADNESS_MAX, BADNESS_MAX);
	if (overdraft > 0)
		step = min(overdraft, largest) / ((largest >> STEP_BITS) + 1);
	return step * (long)BIT(BADNESS_BITS) + badness;
}
