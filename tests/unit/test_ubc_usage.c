// SPDX-License-Identifier: GPL-2.0-or-later
/* The figures of vzcalc and vzmemcheck, from fixed numbers. */
#include <kselftest_harness.h>

#include "golden.h"
#include "leaks.h"
#include "lib/log.h"
#include "lib/param.h"
#include "lib/ubc_report.h"
#include "lib/ubc_usage.h"

#define SAMPLE	"../../../userspace/etc/conf/ve-basic.conf-sample"

FIXTURE(usage) {
	struct host host;
	struct bc_set set;
	struct params params;
	struct printed printed;
	struct vz_err err;
};

static int load_params(struct params *params, const char *name, struct vz_err *err)
{
	struct conf conf = { 0 };
	char path[256];
	int ret;

	snprintf(path, sizeof(path), "%s/%s", GOLDEN, name);
	ret = conf_load(&conf, path, err);
	params_from_conf(params, &conf, false);
	conf_free(&conf);
	return ret;
}

FIXTURE_SETUP(usage)
{
	static const struct log_setup quiet = { .prog = "test", .quiet = true };
	FILE *resources = golden_open("bc_resources"), *meminfo = golden_open("meminfo");

	log_setup(&quiet);
	ASSERT_EQ(0, bc_set_read(&self->set, resources, "bc_resources", &self->err));
	ASSERT_EQ(0, host_parse_meminfo(meminfo, &self->host));
	self->host.threads_max = 15000;
	ASSERT_EQ(0, load_params(&self->params, SAMPLE, &self->err));
	fclose(resources);
	fclose(meminfo);
}

FIXTURE_TEARDOWN(usage)
{
	bc_set_free(&self->set);
	params_free(&self->params);
	free(self->printed.text);
	EXPECT_FALSE(leaks_memory());
}

TEST_F(usage, the_host_is_read_from_meminfo)
{
	char lows[] = "MemTotal: 4 kB\nLowTotal:\t 1 kB\nSwapTotal: 0 kB\n";
	char none[] = "SwapTotal: 12 kB\n";
	struct host host = { 0 };
	FILE *f;

	EXPECT_EQ(2027956 * 1024ULL, self->host.ram);
	EXPECT_EQ(2027956 * 1024ULL, self->host.low);
	EXPECT_EQ(1998844 * 1024ULL, self->host.swap);
	f = fmemopen(lows, strlen(lows), "r");
	EXPECT_EQ(0, host_parse_meminfo(f, &host));
	fclose(f);
	EXPECT_EQ(4096, host.ram);
	EXPECT_EQ(1024, host.low);
	EXPECT_EQ(0, host.swap);
	f = fmemopen(none, strlen(none), "r");
	EXPECT_EQ(-1, host_parse_meminfo(f, &host));
	fclose(f);
}

static const char *report_ct(struct printed *printed, const struct host *host,
			     const struct bc_ct *ct, bool running, bool verbose)
{
	ubc_report_ct(print_begin(printed), host, ct, running, verbose);
	return print_end(printed);
}

TEST_F(usage, vzcalc_shows_the_largest_figure_or_all)
{
	struct bc_ct *ct = bc_set_find(&self->set, 102);

	ASSERT_EQ(NULL, ubc_take_limits(ct, &self->params));
	EXPECT_STREQ(golden("vzcalc"),
		     report_ct(&self->printed, &self->host, ct, true, false));
	EXPECT_STREQ(golden("vzcalc_v"),
		     report_ct(&self->printed, &self->host, ct, true, true));
}

TEST_F(usage, vzcalc_of_a_stopped_one_has_promises_only)
{
	struct bc_ct ct = { .ctid = 101 };

	ASSERT_EQ(NULL, ubc_take_limits(&ct, &self->params));
	EXPECT_STREQ(golden("vzcalc_stopped"),
		     report_ct(&self->printed, &self->host, &ct, false, true));
}

TEST_F(usage, what_the_figures_need_and_nothing_else_must_be_configured)
{
	static const struct {
		enum param_id id;
		bool needed;
	} params[] = {
		{ P_UB + UB_NUMPROC, true }, { P_UB + UB_OOMGUARPAGES, true },
		{ P_UB + UB_VMGUARPAGES, true }, { P_UB + UB_KMEMSIZE, true },
		{ P_UB + UB_TCPSNDBUF, true }, { P_UB + UB_TCPRCVBUF, true },
		{ P_UB + UB_OTHERSOCKBUF, true }, { P_UB + UB_DGRAMRCVBUF, true },
		{ P_UB + UB_PRIVVMPAGES, true }, { P_UB + UB_NUMFILE, false },
		{ P_UB + UB_PHYSPAGES, false }, { P_UB + UB_DCACHESIZE, false },
	};
	struct bc_ct ct = { 0 };
	const char *missing;

	for (size_t i = 0; i < ARRAY_SIZE(params); i++) {
		self->params.set[params[i].id] = false;
		missing = ubc_take_limits(&ct, &self->params);
		EXPECT_STREQ(params[i].needed ? param_get(params[i].id)->key : "nothing",
			     missing ? missing : "nothing");
		self->params.set[params[i].id] = true;
	}
}

static const char *report_host(struct printed *printed, const struct host *host,
			       const struct bc_set *set, bool verbose, bool absolute)
{
	ubc_report_host(print_begin(printed), host, set, verbose, absolute);
	return print_end(printed);
}

TEST_F(usage, vzmemcheck_adds_the_containers_up)
{
	struct bc_set two = { .cts = self->set.cts + 1, .count = 2 };

	for (size_t i = 0; i < two.count; i++)
		ASSERT_EQ(NULL, ubc_take_limits(&two.cts[i], &self->params));
	EXPECT_STREQ(golden("vzmemcheck"),
		     report_host(&self->printed, &self->host, &two, false, false));
	EXPECT_STREQ(golden("vzmemcheck_v"),
		     report_host(&self->printed, &self->host, &two, true, false));
	EXPECT_STREQ(golden("vzmemcheck_vA"),
		     report_host(&self->printed, &self->host, &two, true, true));
}

/* Swap space of zero is divided by as one byte. */
TEST_F(usage, a_host_without_swap_or_containers_has_figures_too)
{
	struct bc_set none = { 0 };

	self->host.swap = 0;
	EXPECT_EQ(self->host.ram + 1, ubc_pool_size(&self->host, POOL_ALLOC));
	EXPECT_NE(NULL, strstr(report_host(&self->printed, &self->host, &none, true, false),
			       "Summary:      0.00    0.00"));
}

TEST_HARNESS_MAIN
