// SPDX-License-Identifier: GPL-2.0-or-later
/* Which beancounters fit each other, what is said if not, and what helps. */
#include <kselftest_harness.h>

#include "leaks.h"
#include "lib/log.h"
#include "lib/ubc_check.h"

#define MAX	UB_MAXVALUE
#define P(res)	(P_UB + UB_##res)

/* The samples that are shipped, as the classic tools had them. */
struct setting {
	enum param_id id;
	const char *text;
};

static const struct setting basic[] = {
	{ P(KMEMSIZE), "14372700:14790164" }, { P(LOCKEDPAGES), "2048" },
	{ P(PRIVVMPAGES), "65536:69632" }, { P(SHMPAGES), "21504" }, { P(NUMPROC), "240" },
	{ P(PHYSPAGES), "0:unlimited" }, { P(VMGUARPAGES), "33792:unlimited" },
	{ P(OOMGUARPAGES), "26112:unlimited" }, { P(NUMTCPSOCK), "360" },
	{ P(NUMFLOCK), "188:206" }, { P(NUMPTY), "16" }, { P(NUMSIGINFO), "256" },
	{ P(TCPSNDBUF), "1720320:2703360" }, { P(TCPRCVBUF), "1720320:2703360" },
	{ P(OTHERSOCKBUF), "1126080:2097152" }, { P(DGRAMRCVBUF), "262144" },
	{ P(NUMOTHERSOCK), "360" }, { P(DCACHESIZE), "3409920:3624960" },
	{ P(NUMFILE), "9312" }, { P_AVNUMPROC, "180" }, { P(NUMIPTENT), "128" },
	{ P_DISKSPACE, "2G:2.2G" }, { P_DISKINODES, "131072:144179" }, { P_QUOTATIME, "0" },
	{ P_CPUUNITS, "1000" }, { P_NETFILTER, "stateless" }, { P_ONBOOT, "no" }, { P_NONE }
};

static const struct setting light[] = {
	{ P_AVNUMPROC, "15" }, { P(NUMPROC), "40" }, { P(NUMTCPSOCK), "40" },
	{ P(NUMOTHERSOCK), "40" }, { P(VMGUARPAGES), "1725:unlimited" },
	{ P(KMEMSIZE), "1740800:1847296" }, { P(TCPSNDBUF), "159744:262144" },
	{ P(TCPRCVBUF), "159744:262144" }, { P(OTHERSOCKBUF), "135168:237568" },
	{ P(DGRAMRCVBUF), "135168:196608" }, { P(OOMGUARPAGES), "1725:unlimited" },
	{ P(LOCKEDPAGES), "4" }, { P(SHMPAGES), "1152" }, { P(PRIVVMPAGES), "7680:8448" },
	{ P(NUMFILE), "512" }, { P(NUMFLOCK), "50:60" }, { P(NUMPTY), "4" },
	{ P(NUMSIGINFO), "256" }, { P(DCACHESIZE), "196608:202752" },
	{ P(PHYSPAGES), "0:unlimited" }, { P(NUMIPTENT), "16" }, { P_DISKSPACE, "1G:1.1G" },
	{ P_DISKINODES, "65536:72090" }, { P_QUOTATIME, "0" }, { P_CPUUNITS, "250" },
	{ P_NETFILTER, "stateless" }, { P_ONBOOT, "no" }, { P_NONE }
};

/* 0 is only the barrier, so it is written as --ram and --swap write it. */
#define VSWAP(name, ram, swap)						\
static const struct setting name[] = {					\
	{ P_RAM, ram }, { P_SWAP, swap }, { P_DISKSPACE, "2G:2.2G" },	\
	{ P_DISKINODES, "131072:144179" }, { P_QUOTATIME, "0" },	\
	{ P_CPUUNITS, "1000" }, { P_NETFILTER, "stateless" },		\
	{ P_ONBOOT, "no" }, { P_NONE }					\
}

VSWAP(vswap_256m, "256M", "512M");
VSWAP(vswap_512m, "512M", "1G");
VSWAP(vswap_1g, "1G", "2G");
VSWAP(vswap_2g, "2G", "4G");
VSWAP(vswap_4g, "4G", "8G");

static const struct {
	const char *name;
	const struct setting *settings;
} samples[] = {
	{ "basic", basic }, { "light", light }, { "vswap-256m", vswap_256m },
	{ "vswap-512m", vswap_512m }, { "vswap-1024m", vswap_1g }, { "vswap-1g", vswap_1g },
	{ "vswap-2g", vswap_2g }, { "vswap-4g", vswap_4g },
};

/* What was said, a line for each finding. */
struct heard {
	char text[8192];
	bool repair;
	unsigned int refuse;	/* this one is not repaired, from 1 */
	unsigned int count;
};

FIXTURE(check) {
	struct params params;
	struct host host;
	struct heard heard;
	struct ubc_check check;
	struct vz_err err;
};

static bool hear(const struct ubc_finding *finding, void *arg)
{
	struct heard *heard = arg;
	size_t used = strlen(heard->text);

	snprintf(heard->text + used, sizeof(heard->text) - used, "%s: %s\n",
		 ubc_level_name(finding->level), finding->text);
	return heard->repair && ++heard->count != heard->refuse;
}

static void set(struct params *params, enum param_id id, const char *text)
{
	params_unset(params, id);
	if (params_set(params, id, text, FROM_ARGV))
		abort();
}

static void set_all(struct params *params, const struct setting *settings)
{
	params_free(params);
	for (; settings->id; settings++)
		set(params, settings->id, settings->text);
}

FIXTURE_SETUP(check)
{
	static const struct log_setup quiet = { .prog = "test", .quiet = true };

	log_setup(&quiet);
	self->host = (struct host){ .ram = 1ULL << 30, .low = 1ULL << 30, .swap = 1ULL << 29 };
	self->check = (struct ubc_check){
		.params = &self->params, .host = &self->host, .found = hear, .arg = &self->heard,
	};
	set_all(&self->params, basic);
}

FIXTURE_TEARDOWN(check)
{
	params_free(&self->params);
	EXPECT_FALSE(leaks_memory());
}

static void load_sample(struct params *params, const char *name, struct vz_err *err)
{
	struct conf conf = { 0 };
	char path[512];

	snprintf(path, sizeof(path), "%s/../../../userspace/etc/conf/ve-%s.conf-sample", GOLDEN,
		 name);
	params_free(params);
	if (conf_load(&conf, path, err))
		return;
	params_from_conf(params, &conf, false);
	if (conf.warnings)
		vz_fail(err, VZ_INVALID_CONFIG, "warnings");
	conf_free(&conf);
}

TEST_F(check, the_samples_have_the_classic_values_and_no_others)
{
	struct params wanted = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		set_all(&wanted, samples[i].settings);
		load_sample(&self->params, samples[i].name, &self->err);
		EXPECT_EQ(VZ_OK, self->err.code) {
			TH_LOG("%s: %s", samples[i].name, self->err.text);
		}
		for (int id = 0; id < PARAM_COUNT; id++) {
			char *text = params_format(&self->params, id);
			char *classic = params_format(&wanted, id);

			EXPECT_STREQ(classic ? classic : "not set", text ? text : "not set") {
				TH_LOG("%s: %s", samples[i].name, param_get(id)->key);
			}
			free(text);
			free(classic);
		}
	}
	params_free(&wanted);
}

TEST_F(check, the_samples_are_valid)
{
	self->host.ram = 4ULL << 30;
	self->host.swap = 8ULL << 30;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		load_sample(&self->params, samples[i].name, &self->err);
		self->check.vswap = params_is_vswap(&self->params);
		EXPECT_EQ(!strncmp(samples[i].name, "vswap", 5), self->check.vswap);
		EXPECT_EQ(0, ubc_check(&self->check));
		EXPECT_STREQ("", self->heard.text);
	}
}

/* One value of the sample basic changed: what is said, what is left after a repair. */
static const struct {
	enum param_id id;
	const char *text;
	const char *said;
	const char *repaired;
} wrongs[] = {
	{ P(NUMPROC), "240:250",
	  "Error: barrier should be equal to limit for numproc (currently, 240:250)\n", "250:250" },
	{ P(NUMTCPSOCK), "360:300",
	  "Error: barrier should be equal to limit for numtcpsock (currently, 360:300)\n",
	  "360:360" },
	{ P(NUMOTHERSOCK), "300:360",
	  "Error: barrier should be equal to limit for numothersock (currently, 300:360)\n",
	  "360:360" },
	{ P(VMGUARPAGES), "33792:40000",
	  "Error: limit should be = 9223372036854775807 for vmguarpages (currently, 40000)\n",
	  "33792:unlimited" },
	{ P(KMEMSIZE), "14790164:14372700",
	  "Error: barrier should be <= limit for kmemsize (currently, 14790164:14372700)\n",
	  "14790164:14790164" },
	{ P(DGRAMRCVBUF), "262144:1",
	  "Error: barrier should be <= limit for dgramrcvbuf (currently, 262144:1)\n",
	  "262144:262144" },
	{ P(OOMGUARPAGES), "1:1",
	  "Error: limit should be = 9223372036854775807 for oomguarpages (currently, 1)\n",
	  "1:unlimited" },
	{ P(PRIVVMPAGES), "65536:65535",
	  "Error: barrier should be <= limit for privvmpages (currently, 65536:65535)\n",
	  "65536:65536" },
	{ P(LOCKEDPAGES), "3:2",
	  "Error: barrier should be <= limit for lockedpages (currently, 3:2)\n", "3:3" },
	{ P(SHMPAGES), "2:3",
	  "Error: barrier should be equal to limit for shmpages (currently, 2:3)\n", "3:3" },
	{ P(PHYSPAGES), "5:6",
	  "Error: barrier should be = 0 for physpages (currently, 5)\n"
	  "Error: limit should be = 9223372036854775807 for physpages (currently, 6)\n",
	  "0:unlimited" },
	{ P(NUMFILE), "9312:9313",
	  "Error: barrier should be equal to limit for numfile (currently, 9312:9313)\n",
	  "9313:9313" },
	{ P(NUMPTY), "16:17",
	  "Error: barrier should be equal to limit for numpty (currently, 16:17)\n", "17:17" },
	{ P(NUMSIGINFO), "256:255",
	  "Error: barrier should be equal to limit for numsiginfo (currently, 256:255)\n",
	  "256:256" },
	{ P(NUMIPTENT), "128:127",
	  "Error: barrier should be equal to limit for numiptent (currently, 128:127)\n",
	  "128:128" },
	{ P(NUMFLOCK), "206:188",
	  "Error: barrier should be <= limit for numflock (currently, 206:188)\n", "206:206" },
	{ P_DISKSPACE, "2:1",
	  "Error: barrier should be <= limit for diskspace (currently, 2:1)\n", "2:2" },
	{ P_DISKINODES, "2:1",
	  "Error: barrier should be <= limit for diskinodes (currently, 2:1)\n", "2:2" },
	{ P(DCACHESIZE), "10:1000",
	  "Warning: dcachesize.lim should be > 3575808 (currently, 1000)\n", "10:3575808" },
	/* 40 KiB * 180 + 3624960 */
	{ P(KMEMSIZE), "10000000:10000100",
	  "Error: kmemsize.bar should be > 10997760 (currently, 10000000)\n",
	  "10997760:10997860" },
	{ P(PRIVVMPAGES), "33000:69632",
	  "Warning: privvmpages.bar should be > 33792 (currently, 33000)\n", "33792:69632" },
	{ P(PRIVVMPAGES), "33000:33001",
	  "Warning: privvmpages.bar should be > 33792 (currently, 33000)\n", "33792:33792" },
	{ P(TCPSNDBUF), "1720320:1720330",
	  "Error: tcpsndbuf.lim-tcpsndbuf.bar should be > 921600 (currently, 1720330-1720320=10)\n",
	  "1720320:2641920" },
	{ P(OTHERSOCKBUF), "1126080:1126080",
	  "Error: othersockbuf.lim-othersockbuf.bar should be > 921600 (currently, 1126080-1126080=0)\n",
	  "1126080:2047680" },
	{ P(TCPRCVBUF), "1720320:1720320",
	  "Warning: tcprcvbuf.lim-tcprcvbuf.bar should be > 921600 (currently, 1720320-1720320=0)\n",
	  "1720320:2641920" },
	{ P(TCPRCVBUF), "65535:2703360",
	  "Warning: tcprcvbuf.bar should be > 65536 (currently, 65535)\n", "65536:2703361" },
	{ P(TCPSNDBUF), "65535:2703360",
	  "Warning: tcpsndbuf.bar should be > 65536 (currently, 65535)\n", "65536:2703361" },
	{ P(DGRAMRCVBUF), "32767",
	  "Warning: dgramrcvbuf.bar should be > 32768 (currently, 32767)\n", "32768:32768" },
	{ P(DGRAMRCVBUF), "132095",
	  "Recommendation: dgramrcvbuf.bar should be > 132096 (currently, 132095)\n",
	  "132095:132095" },
	{ P(OTHERSOCKBUF), "32767:2097152",
	  "Warning: othersockbuf.bar should be > 32768 (currently, 32767)\n", "32768:2097153" },
	{ P(OTHERSOCKBUF), "32768:2097152",
	  "Recommendation: othersockbuf.bar should be > 132096 (currently, 32768)\n",
	  "32768:2097152" },
	/* 32 * 180, more than the sockets and terminals together */
	{ P(NUMFILE), "5000",
	  "Warning: numfile should be > 5760 (currently, 5000)\n", "5760:5760" },
	{ P_AVNUMPROC, "292",
	  "Error: kmemsize.bar should be > 15585280 (currently, 14372700)\n"
	  "Warning: numfile should be > 9344 (currently, 9312)\n", "292:292" },
};

TEST_F(check, each_rule_has_its_words)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrongs); i++) {
		bool advice = !strncmp(wrongs[i].said, "Recommendation", 14);

		set_all(&self->params, basic);
		set(&self->params, wrongs[i].id, wrongs[i].text);
		self->heard = (struct heard){ 0 };
		EXPECT_EQ(!advice, !!ubc_check(&self->check));
		EXPECT_STREQ(wrongs[i].said, self->heard.text);
	}
}

TEST_F(check, each_rule_has_its_repair)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrongs); i++) {
		char *text;

		set_all(&self->params, basic);
		set(&self->params, wrongs[i].id, wrongs[i].text);
		self->heard = (struct heard){ .repair = true };
		EXPECT_EQ(0, ubc_check(&self->check)) {
			TH_LOG("%s", self->heard.text);
		}
		text = params_format(&self->params, wrongs[i].id);
		EXPECT_STREQ(wrongs[i].repaired, text);
		free(text);
	}
}

/* The message for a larger share of the rule: the sum, not the processes. */
TEST_F(check, sockets_and_terminals_need_files_as_well)
{
	set(&self->params, P_AVNUMPROC, "10");
	set(&self->params, P(NUMFILE), "700");
	EXPECT_EQ(1, ubc_check(&self->check));
	EXPECT_STREQ("Warning: numfile should be > 736 (currently, 700)\n", self->heard.text);
}

TEST_F(check, without_avnumproc_half_of_numproc_counts)
{
	params_unset(&self->params, P_AVNUMPROC);
	set(&self->params, P(NUMPROC), "600");
	EXPECT_EQ(2, ubc_check(&self->check));
	EXPECT_STREQ("Error: kmemsize.bar should be > 15912960 (currently, 14372700)\n"
		     "Warning: numfile should be > 9600 (currently, 9312)\n", self->heard.text);
}

TEST_F(check, findings_come_in_the_classic_order)
{
	static const char *const order[] = {
		"numproc", "numtcpsock", "numothersock", "vmguarpages", "kmemsize", "tcpsndbuf",
		"tcprcvbuf", "othersockbuf", "dgramrcvbuf", "oomguarpages", "privvmpages",
		"lockedpages", "shmpages", "physpages", "physpages", "numfile", "numpty",
		"numsiginfo", "numiptent", "numflock", "dcachesize", "diskspace", "diskinodes",
	};
	const char *line = self->heard.text;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		enum param_id id = param_by_option(order[i]);

		set(&self->params, id, "1000000:999999");
	}
	ubc_check(&self->check);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		char wanted[64];

		snprintf(wanted, sizeof(wanted), " for %s (", order[i]);
		EXPECT_NE(NULL, memmem(line, strcspn(line, "\n"), wanted, strlen(wanted))) {
			TH_LOG("not %s: %.*s", order[i], (int)strcspn(line, "\n"), line);
		}
		line += strcspn(line, "\n") + 1;
	}
}

TEST_F(check, unlimited_suffices_for_everything)
{
	for (int res = 0; res < UB_RESOURCES; res++)
		if (!(ub_resources[res].flags & UBR_DUMMY))
			set(&self->params, P_UB + res, "unlimited");
	set(&self->params, P(PHYSPAGES), "0:unlimited");
	params_unset(&self->params, P_AVNUMPROC);
	EXPECT_EQ(0, ubc_check(&self->check));
	EXPECT_STREQ("", self->heard.text);
}

TEST_F(check, disk_space_counts_only_with_a_quota)
{
	set(&self->params, P_DISKSPACE, "2:1");
	set(&self->params, P_DISK_QUOTA, "no");
	EXPECT_EQ(0, ubc_check(&self->check));
}

TEST_F(check, what_is_missing_ends_it)
{
	static const struct {
		enum param_id id;
		const char *said;
	} missing[] = {
		{ P(NUMPTY), "Error: parameter numpty not found\n" },
		{ P(KMEMSIZE), "Error: parameter kmemsize not found\n" },
		{ P(NUMPROC), "Error: parameter numproc not found\n" },
	};

	/* One more each time; the first in order is named. */
	for (size_t i = 0; i < ARRAY_SIZE(missing); i++) {
		params_unset(&self->params, missing[i].id);
		self->heard = (struct heard){ .repair = true };
		EXPECT_EQ(1, ubc_check(&self->check));
		EXPECT_STREQ(missing[i].said, self->heard.text);
	}
}

TEST_F(check, what_is_optional_may_be_missing)
{
	static const enum param_id optional[] = {
		P_AVNUMPROC, P(LOCKEDPAGES), P(SHMPAGES), P(NUMFLOCK), P(NUMSIGINFO),
		P(NUMIPTENT), P_DISKSPACE, P_DISKINODES,
	};

	for (size_t i = 0; i < ARRAY_SIZE(optional); i++)
		params_unset(&self->params, optional[i]);
	EXPECT_EQ(0, ubc_check(&self->check));
}

TEST_F(check, vswap_asks_what_the_host_has)
{
	static const char said[] =
		"Error: physpages.bar should be = 0 (currently, 1)\n"
		"Warning: physpages.lim should be <= 262144 (currently, 262145)\n"
		"Error: swappages.bar should be = 0 (currently, 2)\n"
		"Warning: swappages.lim should be <= 131072 (currently, 131073)\n";
	char *text;

	set(&self->params, P(PHYSPAGES), "1:262145");
	set(&self->params, P(SWAPPAGES), "2:131073");
	self->check.vswap = true;
	EXPECT_EQ(4, ubc_check(&self->check));
	EXPECT_STREQ(said, self->heard.text);
	self->heard = (struct heard){ .repair = true };
	EXPECT_EQ(0, ubc_check(&self->check));
	text = params_format(&self->params, P(SWAPPAGES));
	EXPECT_STREQ("0:131072", text);
	free(text);
}

TEST_F(check, vswap_needs_both_and_nothing_else)
{
	params_free(&self->params);
	self->check.vswap = true;
	set(&self->params, P(PHYSPAGES), "0:1000");
	EXPECT_EQ(1, ubc_check(&self->check));
	EXPECT_STREQ("Error: parameter swappages not found\n", self->heard.text);
	set(&self->params, P(SWAPPAGES), "0:1000");
	EXPECT_EQ(0, ubc_check(&self->check));
}

TEST_F(check, a_refused_repair_leaves_its_finding_and_no_second_round)
{
	set(&self->params, P(NUMPROC), "240:250");
	set(&self->params, P(LOCKEDPAGES), "3:2");
	self->heard = (struct heard){ .repair = true, .refuse = 1 };
	EXPECT_EQ(1, ubc_check(&self->check));
	EXPECT_EQ(2, self->heard.count);
	EXPECT_EQ(3, self->params.value[P(LOCKEDPAGES)].pair.limit);
	EXPECT_EQ(240, self->params.value[P(NUMPROC)].pair.barrier);
}

TEST_F(check, repairs_make_anything_valid)
{
	static const uint64_t values[] = { 0, 1, 999, 65535, 262144, 14372700, MAX / 3, MAX };
	unsigned int seed = 1;

	for (int round = 0; round < 2000; round++) {
		for (int id = 0; id < PARAM_COUNT; id++) {
			struct ct_limit *pair = &self->params.value[id].pair;

			if (!self->params.set[id] || (id < P_UB && id != P_AVNUMPROC))
				continue;
			pair->barrier = values[rand_r(&seed) % ARRAY_SIZE(values)];
			pair->limit = values[rand_r(&seed) % ARRAY_SIZE(values)];
		}
		self->heard = (struct heard){ .repair = true };
		ASSERT_EQ(0, ubc_check(&self->check));
		self->heard = (struct heard){ 0 };
		ASSERT_EQ(0, ubc_check(&self->check)) {
			TH_LOG("%s", self->heard.text);
		}
	}
}

TEST_HARNESS_MAIN
