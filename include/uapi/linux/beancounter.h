/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Numbers of the user beancounter resources, as OpenVZ fixed them.
 *
 * The index of a resource is its identity in every interface: the order of
 * rows in /proc/user_beancounters, the "resource" member of the limit calls,
 * the bit in a set of resources.  Numbers are never reused.
 */
#ifndef _UAPI_LINUX_BEANCOUNTER_H
#define _UAPI_LINUX_BEANCOUNTER_H

#include <linux/types.h>

#define UB_KMEMSIZE	0	/* bytes */
#define UB_LOCKEDPAGES	1	/* pages */
#define UB_PRIVVMPAGES	2	/* pages */
#define UB_SHMPAGES	3	/* pages */
#define UB_DUMMY4	4	/* keeps its place in the tables, counts nothing */
#define UB_NUMPROC	5	/* tasks */
#define UB_PHYSPAGES	6	/* pages */
#define UB_VMGUARPAGES	7	/* pages; barrier is a guarantee */
#define UB_OOMGUARPAGES	8	/* pages; barrier is a guarantee */
#define UB_NUMTCPSOCK	9	/* items */
#define UB_NUMFLOCK	10	/* items */
#define UB_NUMPTY	11	/* items */
#define UB_NUMSIGINFO	12	/* items */
#define UB_TCPSNDBUF	13	/* bytes */
#define UB_TCPRCVBUF	14	/* bytes */
#define UB_OTHERSOCKBUF	15	/* bytes */
#define UB_DGRAMRCVBUF	16	/* bytes */
#define UB_NUMOTHERSOCK	17	/* items */
#define UB_DCACHESIZE	18	/* bytes */
#define UB_NUMFILE	19	/* items */
#define UB_DUMMY20	20
#define UB_DUMMY21	21
#define UB_DUMMY22	22
#define UB_NUMIPTENT	23	/* items */
#define UB_SWAPPAGES	24	/* pages */

/* How many resources there are, and how many the old text file shows. */
#define UB_RESOURCES		25
#define UB_RESOURCES_COMPAT	24

/* "Unlimited": the largest value of a barrier or a limit. */
#define UB_MAXVALUE	0x7fffffffffffffffULL

#endif
