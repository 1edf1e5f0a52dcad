// SPDX-License-Identifier: GPL-2.0-only
/* The table of resources is complete and in the order of the ABI. */
#include <ctype.h>
#include <kselftest_harness.h>

#include "kernel/resources.h"

/* Written down a second time on purpose: these names are what programs read. */
static const char *const names[] = {
	"kmemsize", "lockedpages", "privvmpages", "shmpages", "dummy",
	"numproc", "physpages", "vmguarpages", "oomguarpages", "numtcpsock",
	"numflock", "numpty", "numsiginfo", "tcpsndbuf", "tcprcvbuf",
	"othersockbuf", "dgramrcvbuf", "numothersock", "dcachesize", "numfile",
	"dummy", "dummy", "dummy", "numiptent", "swappages",
};

static const char *const pools[] = {
	"numuserns", "numpidns", "numutsns", "numipcns", "numnetns", "nummntns",
	"numcgroupns", "numtimens", "numinotify", "numinowatch", "numfanotify",
	"numfanmark", "numaioreq", "nummount", "numnetdev", "numneigh",
	"numconntrack", "numcgroup", "numcoredump", "nummodreq",
};

static const struct ub_resource *const end = ub_resources + VZMOD_RESOURCES;

static bool is_dummy(const struct ub_resource *row)
{
	return row->flags & UBR_DUMMY;
}

static bool is_upper(const char *text)
{
	for (; *text; text++)
		if (!isupper(*text) && !isdigit(*text))
			return false;
	return true;
}

TEST(there_are_25_resources_of_which_the_old_file_shows_24)
{
	ASSERT_EQ(UB_RESOURCES, 25);
	ASSERT_EQ(UB_RESOURCES_COMPAT, 24);
	ASSERT_EQ(ARRAY_SIZE(names), UB_RESOURCES);
	ASSERT_EQ(UB_SWAPPAGES, UB_RESOURCES_COMPAT);
}

TEST(names_are_those_of_the_abi_in_its_order)
{
	for (int i = 0; i < UB_RESOURCES; i++)
		EXPECT_STREQ(names[i], ub_resources[i].name);
}

TEST(pools_follow_and_each_has_a_limit_from_the_start)
{
	ASSERT_EQ(UB_RESOURCES + ARRAY_SIZE(pools), VZMOD_RESOURCES);
	for (int i = 0; i < ARRAY_SIZE(pools); i++) {
		EXPECT_STREQ(pools[i], ub_resources[UB_RESOURCES + i].name);
		EXPECT_NE(0, ub_resources[UB_RESOURCES + i].preset);
	}
	for (int i = 0; i < UB_RESOURCES; i++)
		EXPECT_EQ(0, ub_resources[i].preset);
}

TEST(every_row_has_all_that_is_shown_to_people)
{
	for (const struct ub_resource *row = ub_resources; row < end; row++) {
		ASSERT_NE(NULL, row->name);
		ASSERT_NE(NULL, row->header);
		ASSERT_NE(NULL, row->help);
		EXPECT_LT(0, strlen(row->help));
		EXPECT_LT(0, strlen(row->header));
	}
}

TEST(whoever_can_be_refused_is_told_how)
{
	for (const struct ub_resource *row = ub_resources; row < end; row++)
		EXPECT_EQ(is_dummy(row) || strstr(row->name, "guarpages"), !row->refusal);
}

TEST(names_fit_their_column_and_titles_fit_theirs)
{
	for (const struct ub_resource *row = ub_resources; row < end; row++) {
		EXPECT_GE(12, strlen(row->name));
		EXPECT_GE(8, strlen(row->header));
		EXPECT_TRUE(is_upper(row->header));
	}
}

TEST(only_the_four_holes_are_dummies)
{
	for (const struct ub_resource *row = ub_resources; row < end; row++)
		EXPECT_EQ(!strcmp(row->name, "dummy"), is_dummy(row));
	EXPECT_TRUE(is_dummy(&ub_resources[UB_DUMMY4]));
	EXPECT_TRUE(is_dummy(&ub_resources[UB_DUMMY20]));
	EXPECT_TRUE(is_dummy(&ub_resources[UB_DUMMY21]));
	EXPECT_TRUE(is_dummy(&ub_resources[UB_DUMMY22]));
}

TEST(no_name_alias_title_or_option_letter_is_given_twice)
{
	for (const struct ub_resource *a = ub_resources; a < end; a++) {
		for (const struct ub_resource *b = ub_resources; b < end; b++) {
			if (a == b || is_dummy(a) || is_dummy(b))
				continue;
			EXPECT_STRNE(a->name, b->name);
			EXPECT_STRNE(a->header, b->header);
			EXPECT_TRUE(!a->short_opt || a->short_opt != b->short_opt);
			if (!a->alias)
				continue;
			EXPECT_TRUE(is_upper(a->alias));
			EXPECT_NE(0, strcasecmp(a->alias, b->name));
			EXPECT_TRUE(!b->alias || strcmp(a->alias, b->alias));
		}
	}
}

static enum ub_unit unit_by_name(const char *name)
{
	if (!strncmp(name, "num", 3))
		return UB_COUNT;
	return strstr(name, "pages") ? UB_PAGES : UB_BYTES;
}

TEST(units_follow_from_the_names)
{
	for (const struct ub_resource *row = ub_resources; row < end; row++)
		if (!is_dummy(row))
			EXPECT_EQ(unit_by_name(row->name), row->unit);
}

TEST(a_configuration_without_vswap_must_set_all_but_swappages)
{
	for (const struct ub_resource *row = ub_resources; row < ub_resources + UB_RESOURCES; row++)
		EXPECT_EQ(!is_dummy(row) && strcmp(row->name, "swappages"),
			  !!(row->flags & UBR_REQUIRED));
}

TEST(resources_of_a_few_dozen_units_have_no_batch)
{
	static const int exact[] = {
		UB_SHMPAGES, UB_NUMFLOCK, UB_NUMPTY, UB_NUMIPTENT, UB_DUMMY4,
	};

	for (size_t i = 0; i < ARRAY_SIZE(exact); i++)
		EXPECT_EQ(0, ub_resources[exact[i]].batch);
}

TEST(a_batch_is_zero_or_can_be_halved)
{
	for (const struct ub_resource *row = ub_resources; row < end; row++) {
		EXPECT_LE(0, row->batch);
		EXPECT_EQ(0, row->batch % 2);
	}
}

TEST_HARNESS_MAIN
