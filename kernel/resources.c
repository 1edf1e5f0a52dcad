// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of resources.  Batches follow the rates at which the resources
 * are charged; see charge.c for what a batch does to accuracy.
 */
#include "resources.h"

#define DUMMY_ROW { .name = "dummy", .flags = UBR_DUMMY, .header = "DUMMY", \
		    .help = "unused" }

const struct ub_resource ub_resources[VZMOD_RESOURCES] = {
	[UB_KMEMSIZE] = {
		.name = "kmemsize", .unit = UB_BYTES,
		.flags = UBR_REQUIRED | UBR_DERIVED, .short_opt = 'k',
		.header = "KMEMSIZE", .help = "unswappable kernel memory",
		.accuracy = "in pages, and a page per CPU; maxheld while limited",
		.refusal = "ENOMEM; a page fault kills its process",
	},
	[UB_LOCKEDPAGES] = {
		.name = "lockedpages", .unit = UB_PAGES, .flags = UBR_REQUIRED,
		.short_opt = 'l', .header = "LOCKEDP",
		.help = "pages locked in memory",
		.refusal = "ENOMEM",
	},
	[UB_PRIVVMPAGES] = {
		.name = "privvmpages", .unit = UB_PAGES, .flags = UBR_REQUIRED,
		.batch = 256, .header = "PRIVVMP",
		.help = "address space that may become private memory",
		.refusal = "ENOMEM; brk() leaves the break; a stack gets SIGSEGV",
	},
	[UB_SHMPAGES] = {
		.name = "shmpages", .unit = UB_PAGES, .flags = UBR_REQUIRED,
		.header = "SHMP", .help = "shared memory and tmpfs",
		.refusal = "ENOMEM; ENOSPC in files, SIGBUS in mappings of them",
	},
	[UB_DUMMY4] = DUMMY_ROW,
	[UB_NUMPROC] = {
		.name = "numproc", .unit = UB_COUNT, .flags = UBR_REQUIRED,
		.batch = 8, .short_opt = 'p', .header = "NPROC",
		.help = "processes and threads",
		.refusal = "ENOMEM",
	},
	[UB_PHYSPAGES] = {
		.name = "physpages", .unit = UB_PAGES,
		.flags = UBR_REQUIRED | UBR_DERIVED, .header = "PHYSP",
		.help = "memory in use; with VSwap the limit is the RAM",
		.accuracy = "up to 64 pages per CPU too high: stocks of the kernel",
		.refusal = "reclaim, then the OOM killer in the container",
	},
	[UB_VMGUARPAGES] = {
		.name = "vmguarpages", .unit = UB_PAGES,
		.flags = UBR_REQUIRED | UBR_NO_BARRIER, .header = "VMGUARP",
		.help = "guaranteed allocation (barrier)",
	},
	[UB_OOMGUARPAGES] = {
		.name = "oomguarpages", .unit = UB_PAGES,
		.flags = UBR_REQUIRED | UBR_RAM_BARRIER | UBR_DERIVED,
		.header = "OOMGUARP",
		.help = "memory safe from the OOM killer (barrier)",
		.accuracy = "maxheld and minheld of the moments that were looked at",
	},
	[UB_NUMTCPSOCK] = {
		.name = "numtcpsock", .unit = UB_COUNT, .flags = UBR_REQUIRED,
		.batch = 16, .header = "NTCPSOCK", .help = "TCP sockets",
		.refusal = "ENOBUFS; a connection that comes in is tried again",
	},
	[UB_NUMFLOCK] = {
		.name = "numflock", .unit = UB_COUNT, .flags = UBR_REQUIRED,
		.short_opt = 'f', .header = "NFLOCK", .help = "file locks",
		.refusal = "ENOMEM of flock(), ENOLCK of fcntl()",
	},
	[UB_NUMPTY] = {
		.name = "numpty", .unit = UB_COUNT, .flags = UBR_REQUIRED,
		.short_opt = 't', .header = "NPTY", .help = "pseudo-terminals",
		.refusal = "ENOMEM",
	},
	[UB_NUMSIGINFO] = {
		.name = "numsiginfo", .unit = UB_COUNT, .flags = UBR_REQUIRED,
		.batch = 16, .short_opt = 'i', .header = "NSIGINFO",
		.help = "queued signals",
		.refusal = "EAGAIN; what may not fail comes without its siginfo",
	},
	[UB_TCPSNDBUF] = {
		.name = "tcpsndbuf", .unit = UB_BYTES, .flags = UBR_REQUIRED,
		.batch = 65536, .header = "TCPSNDB",
		.help = "TCP send buffers",
		.accuracy = "accounted; cuts of segments and FINs pass the limit",
		.refusal = "EAGAIN, or the sender waits; ENOBUFS of connect()",
	},
	[UB_TCPRCVBUF] = {
		.name = "tcprcvbuf", .unit = UB_BYTES, .flags = UBR_REQUIRED,
		.batch = 65536, .short_opt = 'b', .header = "TCPRCVB",
		.help = "TCP receive buffers",
		.accuracy = "accounted; MPTCP passes the limit",
		.refusal = "a segment is dropped and comes again",
	},
	[UB_OTHERSOCKBUF] = {
		.name = "othersockbuf", .unit = UB_BYTES, .flags = UBR_REQUIRED,
		.batch = 65536, .header = "OTHSOCKB",
		.help = "send buffers of other sockets",
		.accuracy = "accounted; the growth of a packet and SCTP pass the limit",
		.refusal = "EAGAIN, or the sender waits; ENOMEM of connect(); ENOBUFS in netlink",
	},
	[UB_DGRAMRCVBUF] = {
		.name = "dgramrcvbuf", .unit = UB_BYTES, .flags = UBR_REQUIRED,
		.batch = 65536, .header = "DGRAMRB",
		.help = "receive buffers of datagram sockets",
		.accuracy = "accounted; SCTP and copies beside a packet ring pass the limit",
		.refusal = "a packet is dropped",
	},
	[UB_NUMOTHERSOCK] = {
		.name = "numothersock", .unit = UB_COUNT, .flags = UBR_REQUIRED,
		.batch = 16, .header = "NOTHSOCK", .help = "other sockets",
		.refusal = "ENOMEM; ENOBUFS of IP and packet sockets",
	},
	[UB_DCACHESIZE] = {
		.name = "dcachesize", .unit = UB_BYTES,
		.flags = UBR_REQUIRED | UBR_DERIVED, .alias = "DCACHE",
		.short_opt = 'x', .header = "DCACHESZ",
		.help = "directory entries and inodes",
		.accuracy = "all reclaimable slabs; the limit may be passed by 512 KiB",
		.refusal = "ENOMEM",
	},
	[UB_NUMFILE] = {
		.name = "numfile", .unit = UB_COUNT, .flags = UBR_REQUIRED,
		.batch = 32, .short_opt = 'n', .header = "NFILE",
		.help = "open files",
		.refusal = "ENFILE",
	},
	[UB_DUMMY20] = DUMMY_ROW,
	[UB_DUMMY21] = DUMMY_ROW,
	[UB_DUMMY22] = DUMMY_ROW,
	[UB_NUMIPTENT] = {
		.name = "numiptent", .unit = UB_COUNT, .flags = UBR_REQUIRED,
		.alias = "IPTENTRIES", .short_opt = 'e', .header = "NIPTENT",
		.help = "packet filter rules",
		.refusal = "ENOMEM",
	},
	[UB_SWAPPAGES] = {
		.name = "swappages", .unit = UB_PAGES, .flags = UBR_DERIVED,
		.header = "SWAPP", .help = "swap space",
		.accuracy = "maxheld with pages that were in memory, too",
		.refusal = "pages stay in memory",
	},

	/*
	 * The pools.  A preset is far from what ordinary containers use, and
	 * leaves most of a pool to others.
	 */
	[VZMOD_NUMUSERNS] = {
		.name = "numuserns", .preset = 1024,
		.header = "NUSERNS", .help = "user namespaces",
		.refusal = "ENOSPC",
	},
	[VZMOD_NUMPIDNS] = {
		.name = "numpidns", .preset = 1024,
		.header = "NPIDNS", .help = "pid namespaces",
		.refusal = "ENOSPC",
	},
	[VZMOD_NUMUTSNS] = {
		.name = "numutsns", .preset = 1024,
		.header = "NUTSNS", .help = "uts namespaces",
		.refusal = "ENOSPC",
	},
	[VZMOD_NUMIPCNS] = {
		.name = "numipcns", .preset = 1024,
		.header = "NIPCNS", .help = "ipc namespaces",
		.refusal = "ENOSPC",
	},
	[VZMOD_NUMNETNS] = {
		.name = "numnetns", .preset = 256,
		.header = "NNETNS", .help = "net namespaces",
		.refusal = "ENOSPC",
	},
	[VZMOD_NUMMNTNS] = {
		.name = "nummntns", .preset = 1024,
		.header = "NMNTNS", .help = "mount namespaces",
		.refusal = "ENOSPC",
	},
	[VZMOD_NUMCGROUPNS] = {
		.name = "numcgroupns", .preset = 1024,
		.header = "NCGRPNS", .help = "cgroup namespaces",
		.refusal = "ENOSPC",
	},
	[VZMOD_NUMTIMENS] = {
		.name = "numtimens", .preset = 1024,
		.header = "NTIMENS", .help = "time namespaces",
		.refusal = "ENOSPC",
	},
	[VZMOD_NUMINOTIFY] = {
		.name = "numinotify", .preset = 1024,
		.header = "NINOTIFY", .help = "instances of inotify",
		.refusal = "EMFILE",
	},
	[VZMOD_NUMINOWATCH] = {
		.name = "numinowatch", .preset = 65536,
		.batch = 16, .header = "NINOWTCH",
		.help = "watches of inotify",
		.refusal = "ENOSPC",
	},
	[VZMOD_NUMFANOTIFY] = {
		.name = "numfanotify", .preset = 128,
		.header = "NFANOTFY", .help = "groups of fanotify",
		.refusal = "EMFILE",
	},
	[VZMOD_NUMFANMARK] = {
		.name = "numfanmark", .preset = 65536,
		.batch = 16, .header = "NFANMARK",
		.help = "marks of fanotify",
		.refusal = "ENOSPC",
	},
	[VZMOD_NUMAIOREQ] = {
		.name = "numaioreq", .preset = 8192,
		.header = "NAIOREQ", .help = "asynchronous requests that are reserved",
		.refusal = "EAGAIN",
	},
	[VZMOD_NUMMOUNT] = {
		.name = "nummount", .preset = 4096,
		.header = "NMOUNT", .help = "mounts",
		.refusal = "ENOMEM",
	},
	[VZMOD_NUMNETDEV] = {
		.name = "numnetdev", .preset = 1024, .flags = UBR_DERIVED,
		.header = "NNETDEV", .help = "network devices",
		.accuracy = "those of a net namespace that is being made are not seen yet",
		.refusal = "ENOMEM",
	},
	[VZMOD_NUMNEIGH] = {
		.name = "numneigh", .preset = 256,
		.header = "NNEIGH", .help = "neighbours in the network",
		.refusal = "ENOBUFS; the packet is dropped",
	},
	[VZMOD_NUMCONNTRACK] = {
		.name = "numconntrack", .preset = 32768,
		.batch = 16, .header = "NCONNTRK",
		.help = "tracked connections",
		.refusal = "the packet is dropped",
	},
	[VZMOD_NUMCGROUP] = {
		.name = "numcgroup", .preset = 4096, .flags = UBR_DERIVED,
		.header = "NCGROUP", .help = "cgroups",
		.accuracy = "the kernel refuses, which is not counted",
		.refusal = "EAGAIN",
	},
	[VZMOD_NUMCOREDUMP] = {
		.name = "numcoredump", .preset = 8,
		.header = "NCOREDMP",
		.help = "core dumps into a program of the host in ten seconds",
		.refusal = "there is no dump",
	},
	[VZMOD_NUMMODREQ] = {
		.name = "nummodreq", .preset = 64, .flags = UBR_DERIVED,
		.header = "NMODREQ", .help = "requests for kernel modules and keys in ten seconds",
		.refusal = "there is no such module; EDQUOT for a key",
	},
};
