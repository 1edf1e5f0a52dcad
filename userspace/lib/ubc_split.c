// SPDX-License-Identifier: GPL-2.0-or-later
/* How vzsplit divides a host; see ubc_split.h. */
#include "ubc_split.h"

#include <unistd.h>

#include "log.h"

#define KIB		1024.0
#define MIB		(1024 * KIB)
#define GIB		(1024 * MIB)

/* Bytes that the host keeps, and that a container cannot do without. */
#define HOST_MEMORY	(50 * MIB)
#define MIN_MEMORY	5542912.0
#define MIN_LOW		1348608.0

/* Pages that a container gets for its programs, whatever the kernel needs. */
#define MIN_PAGES	1024

#define MIN_PROCESSES	30
#define MIN_AVERAGE	15

/* For disk space: KiB and inodes that the host keeps, and that suffice. */
#define HOST_DISK	10485760
#define HOST_INODES	100000
#define DEFAULT_DISK	225280
#define DEFAULT_INODES	88000

/* A barrier in terms of its limit, and the other way round. */
#define SLACK		1.1
#define DCACHE_SLACK	1.03

/* Bytes of buffers when nothing else fits. */
#define LAST_TCP	65536
#define LAST_DGRAM	32768
#define LAST_PER_SOCKET	2560

struct level {
	double numproc;		/* part of the host's processes */
	double low;		/* part of 0.4 of its low memory */
	double low_min;		/* bytes of it, at least */
	unsigned int burst;	/* processes for each average one */
	double kmem;		/* bytes for each average process */
	double tcp;		/* bytes of buffers for all sockets */
	double per_socket;	/* and for each of them */
	unsigned int siginfo;
	double dcache;		/* bytes for each file */
	double privvm;		/* allocations in terms of the guarantee */
	double locked;
};

#define LEVELS	3

static const struct level levels[LEVELS] = {
	{ 1,   1,   10485760, 8, 81920, 262144, 4096, 1024, 576,   6,	10 },
	{ 1.5, 1.2, 2097152,  5, 65536, 131072, 3036, 512,  460.8, 3,	3 },
	{ 2,   1.8, 0,	      3, 53248, 65536,	2560, 256,  384,   1.5, 1 },
};

/* What a container gets; bytes if not said otherwise. */
struct share {
	const struct level *level;
	double memory;		/* RAM and swap */
	double low;
	double guaranteed;	/* pages */
	double kmem;
	double numproc;		/* whole */
	double average;		/* whole */
	struct ct_limit tcpsnd, tcprcv, other, dgram;
};

static uint64_t whole(double value)
{
	return value >= (double)UB_MAXVALUE ? UB_MAXVALUE : (uint64_t)value;
}

static double clamp(double value, double min, double max)
{
	return value < min ? min : value > max ? max : value;
}

static double page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

/* Processes that the host is planned to have. */
static double host_processes(const struct host *host)
{
	return clamp(host->threads_max, 0, host->low > 2 * GIB ? 16000 : 8000);
}

static double host_memory(const struct host *host)
{
	return (double)host->ram + host->swap - HOST_MEMORY;
}

/* The rest of the memory is guaranteed, but for programs there must be some. */
static void divide_memory(struct share *share, double low)
{
	share->low = low;
	share->guaranteed = (share->memory - low) / page_size();
	if (share->guaranteed >= MIN_PAGES)
		return;
	share->guaranteed = MIN_PAGES;
	share->low = share->memory - MIN_PAGES * page_size();
}

static bool fit_level(const struct split_request *req, struct share *share,
		      const struct level *level)
{
	double tcp, extra, processes = level->numproc *
		host_processes(&req->host) / req->count;

	share->level = level;
	divide_memory(share, 0.4 * req->host.low * level->low / req->count);
	if (share->low < level->low_min)
		return false;
	share->kmem = share->low / 2;
	share->average = whole(share->kmem / level->kmem);
	if (share->average < MIN_AVERAGE)
		return false;
	processes = whole(processes < MIN_PROCESSES ? MIN_PROCESSES : processes);
	share->numproc = clamp(processes, 2 * share->average,
			       share->average * level->burst);
	tcp = (share->low - share->kmem) / 3;
	extra = level->per_socket * share->numproc;
	if (tcp < level->tcp + extra)
		return false;
	share->tcpsnd = (struct ct_limit){ whole(tcp - extra), whole(tcp) };
	share->tcprcv = share->tcpsnd;
	share->dgram.barrier = whole((tcp - extra) / 2);
	share->dgram.limit = share->dgram.barrier;
	share->other.barrier = share->dgram.barrier;
	share->other.limit = whole((tcp - extra) / 2 + extra);
	return true;
}

/* As many processes as kernel memory and the least of buffers allow. */
static bool fit_last(const struct split_request *req, struct share *share)
{
	const struct level *level = &levels[LEVELS - 1];
	double extra, rest, numproc = 2 * host_processes(&req->host) / req->count;

	share->level = level;
	divide_memory(share, 0.8 * req->host.low / req->count);
	do {
		numproc = whole(clamp(numproc / 2, MIN_PROCESSES, UB_MAXVALUE));
		share->average = whole(numproc / 2);
		extra = LAST_PER_SOCKET * numproc;
		share->kmem = share->low -
			2 * (LAST_DGRAM + LAST_TCP + extra);
		rest = share->kmem - share->average * level->kmem;
	} while (rest < 0 && numproc > MIN_PROCESSES);
	if (rest < 0)
		return false;
	share->numproc = numproc;
	if (rest > extra)
		rest = extra;
	share->kmem -= rest;
	share->dgram = (struct ct_limit){ LAST_DGRAM, LAST_DGRAM };
	share->other = (struct ct_limit){ LAST_DGRAM, whole(LAST_DGRAM + extra) };
	share->tcpsnd = (struct ct_limit){ LAST_TCP, whole(LAST_TCP + extra) };
	share->tcprcv = (struct ct_limit){ LAST_TCP, whole(LAST_TCP + rest) };
	return true;
}

static void put(struct params *params, enum param_id id, double barrier,
		double limit)
{
	params->value[id].pair = (struct ct_limit){
		whole(barrier), whole(limit),
	};
	params->set[id] = true;
}

static void put_ub(struct params *params, unsigned int resource, double barrier,
		   double limit)
{
	put(params, P_UB + resource, barrier, limit);
}

static void put_same(struct params *params, unsigned int resource, double value)
{
	put_ub(params, resource, value, value);
}

static void put_pair(struct params *params, unsigned int resource,
		     const struct ct_limit *pair)
{
	params->value[P_UB + resource].pair = *pair;
	params->set[P_UB + resource] = true;
}

/* Allocations beyond the guarantee, as long as all of them may come true. */
static double allocations(const struct split_request *req, struct share *share)
{
	double pages = share->guaranteed * share->level->privvm;
	double most = 0.6 * req->host.ram / 4096;

	if (pages > share->memory / page_size())
		pages = share->guaranteed;
	if (req->count > 1 && pages > most) {
		pages = most;
		share->guaranteed = clamp(share->guaranteed, 0, most);
	}
	return pages;
}

static void put_memory(const struct split_request *req, struct share *share,
		       struct params *params)
{
	double privvm = allocations(req, share);

	put_ub(params, UB_PRIVVMPAGES, privvm, privvm * SLACK);
	put_ub(params, UB_VMGUARPAGES, share->guaranteed, UB_MAXVALUE);
	put_ub(params, UB_OOMGUARPAGES, share->guaranteed, UB_MAXVALUE);
	put_ub(params, UB_PHYSPAGES, 0, UB_MAXVALUE);
	put_same(params, UB_SHMPAGES, 0.1 * privvm);
	put_ub(params, UB_KMEMSIZE, share->kmem, share->kmem * SLACK);
	put_same(params, UB_LOCKEDPAGES,
		 clamp(share->kmem * share->level->locked / 204800, 4,
		       UB_MAXVALUE));
}

static void put_counts(const struct split_request *req,
		       const struct share *share, struct params *params)
{
	double files = 32 * share->average;
	double dcache = files * share->level->dcache;
	double flocks = clamp(0.1 * files, 0, 1000);

	put_same(params, UB_NUMPROC, share->numproc);
	put(params, P_AVNUMPROC, share->average, share->average);
	put_same(params, UB_NUMTCPSOCK, share->numproc);
	put_same(params, UB_NUMOTHERSOCK, share->numproc);
	put_same(params, UB_NUMFILE, files);
	put_ub(params, UB_DCACHESIZE, dcache / DCACHE_SLACK, dcache);
	put_ub(params, UB_NUMFLOCK, flocks, flocks * SLACK);
	put_same(params, UB_NUMPTY, clamp(0.1 * share->numproc, 4, 512));
	put_same(params, UB_NUMSIGINFO, share->level->siginfo);
	put_same(params, UB_NUMIPTENT, clamp(2000.0 / req->count, 4, 200));
}

/* Everything but RAM and swap is up to the kernel. */
static void put_vswap(struct params *params)
{
	double ram = params->value[P_UB + UB_PRIVVMPAGES].pair.barrier;
	unsigned int i;

	for (i = 0; i < UB_RESOURCES; i++)
		if (!(ub_resources[i].flags & UBR_DUMMY))
			put_same(params, i, UB_MAXVALUE);
	params_unset(params, P_AVNUMPROC);
	put_ub(params, UB_VMGUARPAGES, 0, UB_MAXVALUE);
	put_ub(params, UB_OOMGUARPAGES, 0, UB_MAXVALUE);
	put_ub(params, UB_PHYSPAGES, 0, ram);
	put_ub(params, UB_SWAPPAGES, 0, 2 * ram);
}

/* What is left for containers; a small disk is halved. */
static double disposable(double all, double kept, const char *what)
{
	if (all > kept)
		return all - kept;
	vz_log(LOG_ERROR, "Warning: only half of the %s are given to containers",
	       what);
	return all / 2;
}

/* In whole numbers: 1.1 is none. */
static double without_slack(double hard)
{
	return whole(hard) * 10 / 11;
}

/* Half of what is there; the defaults stay if that is too little for each. */
static void divide_disk(const struct split_request *req, double *disk,
			double *inodes)
{
	double blocks = disposable(req->disk_kib, HOST_DISK, "disk blocks");
	double files = req->inodes ?
		disposable(req->inodes, HOST_INODES, "inodes") : UB_MAXVALUE;
	double most = clamp(blocks / DEFAULT_DISK, 0, files / DEFAULT_INODES);

	if (most < req->count) {
		vz_log(LOG_ERROR,
		       "Warning: the disk is large enough for %llu containers at most",
		       (unsigned long long)most);
		return;
	}
	*disk = blocks / (2.0 * req->count);
	if (req->inodes)
		*inodes = files / (2.0 * req->count);
}

static void put_disk(const struct split_request *req, struct params *params)
{
	double disk = DEFAULT_DISK, inodes = DEFAULT_INODES;

	if (req->has_disk)
		divide_disk(req, &disk, &inodes);
	put(params, P_DISKSPACE, without_slack(disk), disk);
	put(params, P_DISKINODES, without_slack(inodes), inodes);
}

static int fail_count(struct vz_err *err, const struct split_request *req,
		      double most)
{
	return vz_fail(err, VZ_SETUBC_ERROR,
		       "%llu containers can not be allocated; the memory suffices for %llu",
		       (unsigned long long)req->count, (unsigned long long)most);
}

static int check_host(const struct split_request *req, struct vz_err *err)
{
	const struct host *host = &req->host;
	double low = host->low - HOST_MEMORY;

	if (host->ram < HOST_MEMORY)
		return vz_fail(err, VZ_SETUBC_ERROR,
			       "Not enough memory: the host itself needs %.0f MB",
			       HOST_MEMORY / MIB);
	if (host_memory(host) / req->count < MIN_MEMORY)
		return fail_count(err, req, host_memory(host) / MIN_MEMORY);
	if (low / req->count < MIN_LOW)
		return fail_count(err, req, low < 0 ? 0 : low / MIN_LOW);
	if (host->swap > 2 * host->ram)
		vz_log(LOG_ERROR,
		       "Twice the memory, %.0f MB, is recommended as swap space",
		       2 * host->ram / MIB);
	return 0;
}

int ubc_split(const struct split_request *req, struct split_plan *plan,
	      struct vz_err *err)
{
	struct share share = {
		.memory = host_memory(&req->host) / req->count,
	};

	if (check_host(req, err))
		return -1;
	for (plan->level = 0; plan->level < LEVELS; plan->level++)
		if (fit_level(req, &share, &levels[plan->level]))
			break;
	if (plan->level == LEVELS && !fit_last(req, &share))
		return vz_fail(err, VZ_SETUBC_ERROR,
			       "Fatal resource shortage: not enough memory for the kernel");
	put_memory(req, &share, &plan->params);
	put_counts(req, &share, &plan->params);
	put_pair(&plan->params, UB_TCPSNDBUF, &share.tcpsnd);
	put_pair(&plan->params, UB_TCPRCVBUF, &share.tcprcv);
	put_pair(&plan->params, UB_OTHERSOCKBUF, &share.other);
	put_pair(&plan->params, UB_DGRAMRCVBUF, &share.dgram);
	if (req->vswap)
		put_vswap(&plan->params);
	put_disk(req, &plan->params);
	plan->params.value[P_CPUUNITS].number = 1000;
	plan->params.set[P_CPUUNITS] = true;
	return 0;
}
