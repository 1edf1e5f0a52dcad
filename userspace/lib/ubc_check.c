// SPDX-License-Identifier: GPL-2.0-or-later
/* Consistency of beancounters: the rules in their order; see ubc_check.h. */
#include "ubc_check.h"

#include <stdio.h>
#include <unistd.h>

#include "ubc_rules.h"

#define KIB	1024ULL
#define P(res)	(P_UB + UB_##res)

/**
 * struct rule - one condition on one parameter
 * @needs: the number that the condition is about; NULL: it is @need
 * @quota: only if disk space is counted
 */
struct rule {
	enum ubc_level level;
	enum param_id param;
	const struct rule_kind *kind;
	uint64_t need;
	uint64_t (*needs)(const struct ubc_check *check);
	bool quota;
};

static uint64_t barrier(const struct ubc_check *check, enum param_id id)
{
	return check->params->set[id] ?
		check->params->value[id].pair.barrier : 0;
}

static uint64_t times(uint64_t value, uint64_t factor)
{
	return value > UB_MAXVALUE / factor ? UB_MAXVALUE : value * factor;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
	return a > UB_MAXVALUE - b ? UB_MAXVALUE : a + b;
}

static uint64_t avnumproc(const struct ubc_check *check)
{
	if (check->params->set[P_AVNUMPROC])
		return barrier(check, P_AVNUMPROC);
	return barrier(check, P(NUMPROC)) / 2;
}

static uint64_t dcache_of_files(const struct ubc_check *check)
{
	return times(barrier(check, P(NUMFILE)), 384);
}

static uint64_t memory_of_processes(const struct ubc_check *check)
{
	return plus(times(avnumproc(check), 40 * KIB),
		    check->params->value[P(DCACHESIZE)].pair.limit);
}

static uint64_t guaranteed_memory(const struct ubc_check *check)
{
	return barrier(check, P(VMGUARPAGES));
}

/* Two and a half KiB for each. */
static uint64_t buffers_of_tcp(const struct ubc_check *check)
{
	return times(barrier(check, P(NUMTCPSOCK)), 2560);
}

static uint64_t buffers_of_others(const struct ubc_check *check)
{
	return times(barrier(check, P(NUMOTHERSOCK)), 2560);
}

static uint64_t files_of_all(const struct ubc_check *check)
{
	uint64_t of_processes = times(avnumproc(check), 32);
	uint64_t others = plus(plus(barrier(check, P(NUMTCPSOCK)),
				    barrier(check, P(NUMOTHERSOCK))),
			       barrier(check, P(NUMPTY)));

	return of_processes > others ? of_processes : others;
}

static uint64_t host_ram(const struct ubc_check *check)
{
	return check->host->ram / sysconf(_SC_PAGESIZE);
}

static uint64_t host_swap(const struct ubc_check *check)
{
	return check->host->swap / sysconf(_SC_PAGESIZE);
}

#define E	UBC_ERROR
#define W	UBC_WARNING
#define R	UBC_RECOMMENDATION

#define RULE(l, p, k, ...)	{ .level = (l), .param = (p), .kind = (k), \
				  ##__VA_ARGS__ }

static const struct rule classic_rules[] = {
	RULE(E, P(NUMPROC), &rule_equal),
	RULE(E, P(NUMTCPSOCK), &rule_equal),
	RULE(E, P(NUMOTHERSOCK), &rule_equal),
	RULE(E, P(VMGUARPAGES), &rule_no_limit),
	RULE(E, P(KMEMSIZE), &rule_ordered),
	RULE(E, P(TCPSNDBUF), &rule_ordered),
	RULE(E, P(TCPRCVBUF), &rule_ordered),
	RULE(E, P(OTHERSOCKBUF), &rule_ordered),
	RULE(E, P(DGRAMRCVBUF), &rule_ordered),
	RULE(E, P(OOMGUARPAGES), &rule_no_limit),
	RULE(E, P(PRIVVMPAGES), &rule_ordered),
	RULE(E, P(LOCKEDPAGES), &rule_ordered),
	RULE(E, P(SHMPAGES), &rule_equal),
	RULE(E, P(PHYSPAGES), &rule_no_barrier),
	RULE(E, P(PHYSPAGES), &rule_no_limit),
	RULE(E, P(NUMFILE), &rule_equal),
	RULE(E, P(NUMPTY), &rule_equal),
	RULE(E, P(NUMSIGINFO), &rule_equal),
	RULE(E, P(NUMIPTENT), &rule_equal),
	RULE(E, P(NUMFLOCK), &rule_ordered),
	RULE(E, P(DCACHESIZE), &rule_ordered),
	RULE(E, P_DISKSPACE, &rule_ordered, .quota = true),
	RULE(E, P_DISKINODES, &rule_ordered, .quota = true),
	RULE(W, P(DCACHESIZE), &rule_limit_min, .needs = dcache_of_files),
	RULE(E, P(KMEMSIZE), &rule_barrier_min, .needs = memory_of_processes),
	RULE(W, P(PRIVVMPAGES), &rule_barrier_only_min, .needs = guaranteed_memory),
	RULE(E, P(TCPSNDBUF), &rule_room_min, .needs = buffers_of_tcp),
	RULE(E, P(OTHERSOCKBUF), &rule_room_min, .needs = buffers_of_others),
	RULE(W, P(TCPRCVBUF), &rule_room_min, .needs = buffers_of_tcp),
	RULE(W, P(TCPRCVBUF), &rule_barrier_min, .need = 64 * KIB),
	RULE(W, P(TCPSNDBUF), &rule_barrier_min, .need = 64 * KIB),
	RULE(W, P(DGRAMRCVBUF), &rule_barrier_min, .need = RULE_ADVICE_FROM),
	RULE(R, P(DGRAMRCVBUF), &rule_barrier_advice, .need = 129 * KIB),
	RULE(W, P(OTHERSOCKBUF), &rule_barrier_min, .need = RULE_ADVICE_FROM),
	RULE(R, P(OTHERSOCKBUF), &rule_barrier_advice, .need = 129 * KIB),
	RULE(W, P(NUMFILE), &rule_both_min, .needs = files_of_all),
	{ .kind = NULL }
};

static const struct rule vswap_rules[] = {
	RULE(E, P(PHYSPAGES), &rule_barrier_is_0),
	RULE(W, P(PHYSPAGES), &rule_limit_max, .needs = host_ram),
	RULE(E, P(SWAPPAGES), &rule_barrier_is_0),
	RULE(W, P(SWAPPAGES), &rule_limit_max, .needs = host_swap),
	{ .kind = NULL }
};

/* Without these there is nothing to compare with. */
static const enum param_id classic_params[] = {
	P(NUMPROC), P(NUMTCPSOCK), P(NUMOTHERSOCK), P(OOMGUARPAGES),
	P(VMGUARPAGES), P(KMEMSIZE), P(TCPSNDBUF), P(TCPRCVBUF),
	P(OTHERSOCKBUF), P(DGRAMRCVBUF), P(PRIVVMPAGES), P(NUMFILE),
	P(DCACHESIZE), P(PHYSPAGES), P(NUMPTY), P_NONE
};

static const enum param_id vswap_params[] = {
	P(PHYSPAGES), P(SWAPPAGES), P_NONE
};

/* What came of the rules so far. */
struct tally {
	unsigned int left;	/* errors and warnings */
	bool repaired;
};

static bool tell(const struct ubc_check *check, const struct ubc_finding *finding)
{
	return check->found(finding, check->arg) && finding->can_fix;
}

static void apply_rule(const struct ubc_check *check, const struct rule *rule,
		       struct tally *tally)
{
	struct ct_limit *pair = &check->params->value[rule->param].pair;
	uint64_t need = rule->needs ? rule->needs(check) : rule->need;
	struct ubc_finding finding = {
		.level = rule->level, .param = rule->param, .fixed = *pair,
	};

	if (rule->kind->holds(pair, need))
		return;
	rule->kind->say(finding.text, sizeof(finding.text),
			param_get(rule->param)->option, pair, need);
	if (rule->kind->repair) {
		finding.can_fix = true;
		rule->kind->repair(&finding.fixed, need);
	}
	if (tell(check, &finding)) {
		*pair = finding.fixed;
		tally->repaired = true;
	} else if (rule->level != UBC_RECOMMENDATION) {
		tally->left++;
	}
}

static bool concerns(const struct ubc_check *check, const struct rule *rule,
		     bool again)
{
	if (again && rule->level == UBC_RECOMMENDATION)
		return false;
	if (rule->quota && !params_yes(check->params, P_DISK_QUOTA, true))
		return false;
	return check->params->set[rule->param];
}

static struct tally apply_rules(const struct ubc_check *check, bool again)
{
	const struct rule *rule = check->vswap ? vswap_rules : classic_rules;
	struct tally tally = { 0 };

	for (; rule->kind; rule++)
		if (concerns(check, rule, again))
			apply_rule(check, rule, &tally);
	return tally;
}

static bool is_complete(const struct ubc_check *check)
{
	const enum param_id *id = check->vswap ? vswap_params : classic_params;
	struct ubc_finding finding = { .level = UBC_ERROR };

	while (*id && check->params->set[*id])
		id++;
	if (!*id)
		return true;
	finding.param = *id;
	snprintf(finding.text, sizeof(finding.text), "parameter %s not found",
		 param_get(*id)->option);
	tell(check, &finding);
	return false;
}

unsigned int ubc_check(const struct ubc_check *check)
{
	struct tally tally;

	if (!is_complete(check))
		return 1;
	/* Repairs only raise, or lower what no other rule looks at. */
	for (tally = apply_rules(check, false); tally.repaired && !tally.left;)
		tally = apply_rules(check, true);
	return tally.left;
}

const char *ubc_level_name(enum ubc_level level)
{
	static const char * const names[] = {
		[UBC_ERROR] = "Error",
		[UBC_WARNING] = "Warning",
		[UBC_RECOMMENDATION] = "Recommendation",
	};

	return names[level];
}
