// SPDX-License-Identifier: GPL-2.0-or-later
/* See rivals.h. */
#include "rivals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"
#include "memory.h"
#include "probe.h"
#include "storm.h"

#define FOLDER	"/vz/rivals"
#define SECONDS	0.3
#define PAIRS	3
#define LOG_PERIOD	5	/* seconds */

enum { VICTIM, HOST, OTHERS };
enum { FAIR, ATTACK, TURNS };

/* What each of a pair of turns, or all of them together, have given. */
struct turns {
	struct probe of[TURNS][OTHERS];
	double meanwhile[TURNS];	/* seconds */
};

/*
 * Of an ordinary small server, most of them those of the sample ve-basic.  Memory
 * is a fraction of the machine's, and of things that take long to make there may
 * be few.
 */
static const struct {
	unsigned int resource;
	unsigned long barrier, limit;
} ordinary[] = {
	{ UB_KMEMSIZE, 48 << 20, 50 << 20 },
	{ UB_LOCKEDPAGES, 2048, 2048 },
	{ UB_PRIVVMPAGES, 65536, 69632 },
	{ UB_SHMPAGES, 8192, 8192 },
	{ UB_NUMPROC, 120, 120 },
	{ UB_PHYSPAGES, PAGES(ATTACKER_MEMORY), PAGES(ATTACKER_MEMORY) },
	{ UB_NUMTCPSOCK, 360, 360 },
	{ UB_NUMFLOCK, 188, 206 },
	{ UB_NUMPTY, 16, 16 },
	{ UB_NUMSIGINFO, 256, 256 },
	{ UB_TCPSNDBUF, 1720320, 2703360 },
	{ UB_TCPRCVBUF, 1720320, 2703360 },
	{ UB_OTHERSOCKBUF, 1126080, 2097152 },
	{ UB_DGRAMRCVBUF, 262144, 262144 },
	{ UB_NUMOTHERSOCK, 360, 360 },
	{ UB_DCACHESIZE, 3409920, 3624960 },
	{ UB_NUMFILE, 9312, 9312 },
	{ UB_NUMIPTENT, 128, 128 },
	{ VZMOD_NUMUSERNS, 64, 64 },
	{ VZMOD_NUMPIDNS, 64, 64 },
	{ VZMOD_NUMUTSNS, 64, 64 },
	{ VZMOD_NUMIPCNS, 64, 64 },
	{ VZMOD_NUMNETNS, 32, 32 },
	{ VZMOD_NUMMNTNS, 64, 64 },
	{ VZMOD_NUMCGROUPNS, 64, 64 },
	{ VZMOD_NUMTIMENS, 64, 64 },
	{ VZMOD_NUMINOTIFY, 64, 64 },
	{ VZMOD_NUMFANOTIFY, 64, 64 },
	{ VZMOD_NUMMOUNT, 1024, 1024 },
	{ VZMOD_NUMNETDEV, 64, 64 },
	{ VZMOD_NUMCONNTRACK, 4096, 4096 },
};

/* --- the attacker ------------------------------------------------------------- */

static int limit_all(struct ct *ct)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < sizeof(ordinary) / sizeof(*ordinary) && !ret; i++)
		ret = ct_limit(ct, ordinary[i].resource, ordinary[i].barrier, ordinary[i].limit);
	return ret;
}

static void spin(void)
{
}

static const struct attack fair = { .once = spin, .workers = 2 };

/* Step: attack until init is killed. */
static long rage(long arg)
{
	const struct attack *attack = (void *)arg;
	int i;

	if (chdir(FOLDER "/attacker"))
		return -errno;
	for (i = 0; i < attack->workers; i++)
		storm_begin(attack->once, i);
	for (;;)
		pause();
}

static int remove_tree(const char *folder)
{
	char command[80];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command) ? -EIO : 0;
}

static int make_folder(const char *name, unsigned int uid)
{
	char folder[64];

	snprintf(folder, sizeof(folder), FOLDER "/%s", name);
	return remove_tree(folder) ?:
	       mkdir(folder, 0700) || chown(folder, uid, uid) ? -errno : 0;
}

/* A new one each time: what the one before has left in it was thrown away with it. */
static int start_attacker(struct rivals *rivals, const struct attack *attack)
{
	struct ct *ct = &rivals->attacker;
	char weight[16];
	int ret;

	*ct = (struct ct){ .cgroup = cgroup_make("attacker") };
	snprintf(weight, sizeof(weight), "%d", attack == &fair ? 100 : rivals->weight);
	ret = ct->cgroup < 0 ? ct->cgroup : cgroup_put(ct->cgroup, "cpu.weight", weight);
	ret = ret ?: ct_start(ct, 103) ?: cgroup_delegate(ct->cgroup, ct->uid_base) ?:
	      limit_all(ct) ?: make_folder("attacker", ct->uid_base);
	if (!ret)
		ct_begin(ct, rage, (long)attack);
	return ret;
}

static int stop_attacker(struct rivals *rivals)
{
	int ret = ct_stop(&rivals->attacker);

	close(rivals->attacker.cgroup);
	return ret ?: cgroup_remove("attacker") ?: remove_tree(FOLDER "/attacker");
}

/* --- one turn ----------------------------------------------------------------- */

static int work(struct rivals *rivals)
{
	int ret;

	ct_begin(&rivals->victim, probe_run, (long)&rivals->probes[VICTIM]);
	ct_begin(&rivals->host, probe_run, (long)&rivals->probes[HOST]);
	ret = ct_end(&rivals->victim);
	return ct_end(&rivals->host) ?: ret;
}

/* The attack is in full swing when it has met its limit, after a while, or at once. */
static bool has_begun(const struct ct *attacker, const struct attack *attack)
{
	sleep(attack->warm_up);
	return !attack->is_refused || wait_until(ct_stat(attacker, attack->refused).failcnt);
}

/* MiB that could be had. */
static long available(void)
{
	return cgroup_event(AT_FDCWD, "/proc/meminfo", "MemAvailable:") >> 10;
}

static int both_can(struct rivals *rivals, ct_step *meanwhile, double *seconds)
{
	double start = now();
	int ret = ct_call(&rivals->victim, meanwhile, 0);

	*seconds = now() - start;
	return ret ?: ct_call(&rivals->host, meanwhile, 0);
}

static int in_turn(struct rivals *rivals, const struct attack *attack, ct_step *meanwhile,
		   struct outcome *outcome, double *seconds)
{
	long before = available();
	int ret = start_attacker(rivals, attack);

	if (!ret)
		ret = has_begun(&rivals->attacker, attack) ? work(rivals) : -ETIMEDOUT;
	if (before - available() > outcome->memory)
		outcome->memory = before - available();
	if (!ret && meanwhile)
		ret = both_can(rivals, meanwhile, seconds);
	return stop_attacker(rivals) ?: ret;
}

/* The two turns of a pair: while he merely takes his share, and while he attacks. */
static int two_turns(struct rivals *rivals, const struct attack *attack,
		     struct outcome *outcome, struct turns *pair)
{
	const struct attack *attacks[TURNS] = { [FAIR] = &fair, [ATTACK] = attack };
	int i, ret = 0;

	for (i = 0; i < TURNS && !ret; i++) {
		ret = in_turn(rivals, attacks[i], attack->meanwhile, outcome,
			      &pair->meanwhile[i]);
		memcpy(pair->of[i], rivals->probes, sizeof(pair->of[i]));
	}
	return ret;
}

/* --- what it comes to --------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The middle one, in percent. */
static int middle(double of[PAIRS])
{
	qsort(of, PAIRS, sizeof(*of), by_size);
	return 100 * of[PAIRS / 2] + 0.5;
}

static int kept(const struct turns pairs[PAIRS], int who)
{
	double share[PAIRS];
	int i;

	for (i = 0; i < PAIRS; i++)
		share[i] = probe_share(&pairs[i].of[ATTACK][who], &pairs[i].of[FAIR][who]);
	return middle(share);
}

static int slow_fsync(const struct turns pairs[PAIRS])
{
	double ratio[PAIRS];
	int i;

	for (i = 0; i < PAIRS; i++)
		ratio[i] = pairs[i].of[ATTACK][VICTIM].work[PROBE_FSYNC].p95 /
			   pairs[i].of[FAIR][VICTIM].work[PROBE_FSYNC].p95;
	return middle(ratio);
}

static int slow_meanwhile(const struct turns pairs[PAIRS])
{
	double ratio[PAIRS];
	int i;

	for (i = 0; i < PAIRS; i++)
		ratio[i] = pairs[i].meanwhile[ATTACK] / pairs[i].meanwhile[FAIR];
	return middle(ratio);
}

static double longest(const struct turns pairs[PAIRS])
{
	double most = 0;
	int i;

	for (i = 0; i < PAIRS * OTHERS * PROBE_KINDS; i++) {
		const struct probe *probe = &pairs[i / OTHERS / PROBE_KINDS].of[ATTACK]
						 [i / PROBE_KINDS % OTHERS];

		if (probe->work[i % PROBE_KINDS].longest > most)
			most = probe->work[i % PROBE_KINDS].longest;
	}
	return most;
}

static void show_probe(const char *who, const struct probe *probe, double share)
{
	int kind;

	fprintf(stderr, "# %s %3.0f%%; ops, mean, p95, most ms:", who, 100 * share);
	for (kind = 0; kind < PROBE_KINDS; kind++)
		fprintf(stderr, " %s %.0f %.2f %.2f %.2f", probe_names[kind],
			probe->work[kind].ops,
			1000 * probe->work[kind].seconds / probe->work[kind].ops,
			1000 * probe->work[kind].p95, 1000 * probe->work[kind].longest);
	fputc('\n', stderr);
}

/* For whoever wants to know why. */
static void show(const struct turns pairs[PAIRS], int who)
{
	int i;

	for (i = 0; i < PAIRS; i++) {
		const struct probe *with = &pairs[i].of[ATTACK][who];
		const struct probe *without = &pairs[i].of[FAIR][who];

		show_probe(who == VICTIM ? "victim, fair  " : "host, fair    ", without, 1);
		show_probe(who == VICTIM ? "victim, attack" : "host, attack  ", with,
			   probe_share(with, without));
	}
}

/* The machine's own calamity begins with a capital. */
static bool out_of_memory(const struct rivals *rivals, int klog)
{
	return klog_count(klog, "Out of memory:") ||
	       cgroup_event(rivals->victim.cgroup, "memory.events", "oom_kill") ||
	       cgroup_event(rivals->host.cgroup, "memory.events", "oom_kill");
}

/* rivals_measure() - an attack; fails if victim or host could not do their work */
int rivals_measure(struct rivals *rivals, const struct attack *attack, struct outcome *outcome)
{
	struct turns pairs[PAIRS];
	int i, lines = klog_open(), calamities = klog_open();
	int ret = attack->prepare ? attack->prepare() : 0;
	double start = now(), attacked;

	*outcome = (struct outcome){ 0 };
	for (i = 0; i < PAIRS && !ret; i++)
		ret = two_turns(rivals, attack, outcome, &pairs[i]);
	attacked = (now() - start) / TURNS;
	outcome->out_of_memory = out_of_memory(rivals, calamities);
	outcome->log_lines = klog_count(lines, "") /
			     (attacked < LOG_PERIOD ? LOG_PERIOD : attacked);
	close(calamities);
	close(lines);
	if (ret)
		return ret;
	show(pairs, VICTIM);
	show(pairs, HOST);
	outcome->victim = kept(pairs, VICTIM);
	outcome->host = kept(pairs, HOST);
	outcome->fsync = slow_fsync(pairs);
	outcome->meanwhile = attack->meanwhile ? slow_meanwhile(pairs) : 0;
	outcome->longest = longest(pairs);
	fprintf(stderr, "# victim %d%%, host %d%%, fsync %d%%, meanwhile %d%%, "
		"%ld MiB less, %.1f lines a second\n",
		outcome->victim, outcome->host, outcome->fsync, outcome->meanwhile,
		outcome->memory, outcome->log_lines);
	return 0;
}

/* --- all of them -------------------------------------------------------------- */

static int start_victim(struct rivals *rivals)
{
	struct ct *ct = &rivals->victim;

	*ct = (struct ct){ .cgroup = cgroup_make("victim") };
	return ct->cgroup < 0 ? ct->cgroup :
	       ct_start(ct, 102) ?: cgroup_delegate(ct->cgroup, ct->uid_base) ?:
	       make_folder("victim", ct->uid_base) ?:
	       (int)ct_call(ct, probe_prepare, (long)&rivals->probes[VICTIM]);
}

static int start_host(struct rivals *rivals)
{
	struct ct *ct = &rivals->host;

	*ct = (struct ct){ .cgroup = cgroup_make("host") };
	return ct->cgroup < 0 ? ct->cgroup :
	       ct_start_on_host(ct) ?: make_folder("host", 0) ?:
	       (int)ct_call(ct, probe_prepare, (long)&rivals->probes[HOST]);
}

static void tell(struct probe *probe, const char *name)
{
	const char *text = getenv("RIVALS_SECONDS");

	snprintf(probe->folder, sizeof(probe->folder), FOLDER "/%s", name);
	probe->seconds = text ? atof(text) : SECONDS;
}

/*
 * What all write to.  It is made of memory, as the time that real ones take in a
 * VM is that of the machine it runs on, and has a journal, which all share.
 */
static int mount_disk(void)
{
	return system("modprobe brd rd_nr=1 rd_size=196608 && "
		      "mkfs.ext4 -q -E lazy_itable_init=0,lazy_journal_init=0 /dev/ram0 && "
		      "mkdir -p " FOLDER " && mount /dev/ram0 " FOLDER) ? -EIO : 0;
}

/* rivals_start() - the victim and the host; there is an attacker only in his turn */
int rivals_start(struct rivals *rivals)
{
	rivals->weight = 100;
	rivals->probes = mmap(NULL, OTHERS * sizeof(*rivals->probes), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	tell(&rivals->probes[VICTIM], "victim");
	tell(&rivals->probes[HOST], "host");
	return mount_disk() ?: start_victim(rivals) ?: start_host(rivals);
}

int rivals_stop(struct rivals *rivals)
{
	int ret = ct_stop(&rivals->victim);

	ct_kill(&rivals->host);
	close(rivals->victim.cgroup);
	close(rivals->host.cgroup);
	return ret ?: cgroup_remove("victim") ?: cgroup_remove("host") ?:
	       umount(FOLDER) ? -errno : 0;
}
