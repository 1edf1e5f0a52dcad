// SPDX-License-Identifier: GPL-2.0-or-later
/* vzsplit: what hosts of known size are divided into. */
#include <kselftest_harness.h>

#include "golden.h"
#include "leaks.h"
#include "lib/log.h"
#include "lib/ubc_check.h"
#include "lib/ubc_split.h"

#define KIB	1024ULL
#define MIB	(KIB * KIB)
#define GIB	(KIB * MIB)

FIXTURE(split) {
	struct split_request req;
	struct split_plan plan;
	struct printed printed;
	struct vz_err err;
};

/* A small host as it is today, and a large one of 32 bits. */
static const struct host small = {
	.ram = 2027956 * KIB, .low = 2027956 * KIB, .swap = 1998844 * KIB,
	.threads_max = 15000,
};

static const struct host lopsided = {
	.ram = 8 * GIB, .low = 880 * MIB, .swap = 4 * GIB, .threads_max = 14000,
};

FIXTURE_SETUP(split)
{
	static const struct log_setup quiet = { .prog = "test", .quiet = true };

	log_setup(&quiet);
	self->req = (struct split_request){
		.count = 10, .host = small, .has_disk = true, .disk_kib = 103081248,
		.inodes = 6553600,
	};
}

FIXTURE_TEARDOWN(split)
{
	params_free(&self->plan.params);
	free(self->printed.text);
	EXPECT_FALSE(leaks_memory());
}

static const char *print(struct printed *printed, const struct split_request *req,
			 const struct split_plan *plan)
{
	ubc_split_print(print_begin(printed), req, plan);
	return print_end(printed);
}

static const struct {
	const struct host *host;
	unsigned int count, level;
	bool vswap;
	const char *golden;
} divisions[] = {
	{ &small,    10,  0, false, "vzsplit_10" },
	{ &small,    200, 1, false, "vzsplit_200" },
	{ &lopsided, 300, 2, false, "vzsplit_300" },
	{ &lopsided, 500, 3, false, "vzsplit_500" },
	{ &small,    10,  0, true,  "vzsplit_vswap" },
};

TEST_F(split, each_level_has_its_own_numbers)
{
	for (size_t i = 0; i < ARRAY_SIZE(divisions); i++) {
		struct split_plan plan = { 0 };

		self->req.host = *divisions[i].host;
		self->req.count = divisions[i].count;
		self->req.vswap = divisions[i].vswap;
		ASSERT_EQ(0, ubc_split(&self->req, &plan, &self->err)) {
			TH_LOG("%s", self->err.text);
		}
		EXPECT_EQ(divisions[i].level, plan.level);
		EXPECT_STREQ(golden(divisions[i].golden),
			     print(&self->printed, &self->req, &plan));
		params_free(&plan.params);
	}
}

/* The last level gives less to receive buffers than they are worth. */
static bool is_expected(const struct ubc_finding *finding, unsigned int level)
{
	return finding->level == UBC_RECOMMENDATION ||
		(level == 3 && !strncmp(finding->text, "tcprcvbuf.lim-", 14));
}

struct surprise {
	unsigned int level;
	char text[200];
};

static bool take_surprise(const struct ubc_finding *finding, void *arg)
{
	struct surprise *surprise = arg;

	if (!is_expected(finding, surprise->level))
		snprintf(surprise->text, sizeof(surprise->text), "%s", finding->text);
	return false;
}

TEST_F(split, whatever_it_makes_is_valid)
{
	for (uint64_t count = 1; count < 640; count += count / 7 + 1) {
		struct split_plan plan = { 0 };
		struct surprise surprise = { .text = "" };
		struct ubc_check check = {
			.params = &plan.params, .found = take_surprise, .arg = &surprise,
		};

		self->req.host = lopsided;
		self->req.count = count;
		ASSERT_EQ(0, ubc_split(&self->req, &plan, &self->err));
		surprise.level = plan.level;
		ubc_check(&check);
		EXPECT_STREQ("", surprise.text) {
			TH_LOG("%llu containers", (unsigned long long)count);
		}
		params_free(&plan.params);
	}
}

/* What is printed is a configuration that reads as it was meant. */
TEST_F(split, what_is_printed_is_a_sample)
{
	struct params read = { 0 };
	struct conf conf = { 0 };
	const char *text;

	ASSERT_EQ(0, ubc_split(&self->req, &self->plan, &self->err));
	text = print(&self->printed, &self->req, &self->plan);
	ASSERT_EQ(0, conf_parse(&conf, "sample", text, strlen(text), &self->err));
	params_from_conf(&read, &conf, false);
	EXPECT_EQ(0, conf.warnings);
	for (int id = 0; id < PARAM_COUNT; id++) {
		char *wanted = params_format(&self->plan.params, id);
		char *got = params_format(&read, id);

		EXPECT_EQ(!wanted, !got);
		if (wanted && got)
			EXPECT_STREQ(wanted, got);
		free(wanted);
		free(got);
	}
	params_free(&read);
	conf_free(&conf);
}

TEST_F(split, too_many_are_refused_with_what_is_possible)
{
	self->req.count = 735;
	EXPECT_EQ(-1, ubc_split(&self->req, &self->plan, &self->err));
	EXPECT_STREQ("735 containers can not be allocated; the memory suffices for 734",
		     self->err.text);
	vz_err_clear(&self->err);
	self->req.host = lopsided;
	self->req.count = 646;
	EXPECT_EQ(-1, ubc_split(&self->req, &self->plan, &self->err));
	EXPECT_STREQ("646 containers can not be allocated; the memory suffices for 645",
		     self->err.text);
	vz_err_clear(&self->err);
	self->req.host.ram = 49 * MIB;
	EXPECT_EQ(-1, ubc_split(&self->req, &self->plan, &self->err));
	EXPECT_NE(NULL, strstr(self->err.text, "Not enough memory"));
}

TEST_F(split, a_small_or_unknown_disk_gives_each_a_default)
{
	static const struct {
		bool known;
		uint64_t disk_kib, inodes;
		const char *space, *files;
	} disks[] = {
		{ false, 0, 0, "204800:225280", "80000:88000" },
		{ true, 1000000, 6553600, "204800:225280", "80000:88000" },
		{ true, 103081248, 50000, "204800:225280", "80000:88000" },
		/* It counts no inodes. */
		{ true, 103081248, 0, "4208885:4629774", "80000:88000" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(disks); i++) {
		struct split_plan plan = { 0 };
		char *space, *files;

		self->req.has_disk = disks[i].known;
		self->req.disk_kib = disks[i].disk_kib;
		self->req.inodes = disks[i].inodes;
		ASSERT_EQ(0, ubc_split(&self->req, &plan, &self->err));
		space = params_format(&plan.params, P_DISKSPACE);
		files = params_format(&plan.params, P_DISKINODES);
		EXPECT_STREQ(disks[i].space, space);
		EXPECT_STREQ(disks[i].files, files);
		free(space);
		free(files);
		params_free(&plan.params);
	}
}

TEST_HARNESS_MAIN
