// SPDX-License-Identifier: GPL-2.0-or-later
/* The number grammar: what is accepted, what it means, how it is written. */
#include <kselftest_harness.h>

#include "leaks.h"
#include "lib/units.h"

#define MAX	UB_MAXVALUE
#define PAGE	4096ULL
#define K	1024ULL
#define M	(K * K)
#define G	(K * M)
#define T	(K * G)

struct number {
	const char *text;
	int ret;
	uint64_t value;
};

static const struct number bytes[] = {
	{ "0", 0, 0 },
	{ "1", 0, 1 },
	{ "007", 0, 7 },
	{ "4096", 0, 4096 },
	{ "9223372036854775807", 0, MAX },
	{ "unlimited", 0, MAX },
	{ "10B", 0, 10 }, { "10b", 0, 10 },
	{ "10K", 0, 10 * K }, { "10k", 0, 10 * K },
	{ "10M", 0, 10 * M }, { "10m", 0, 10 * M },
	{ "10G", 0, 10 * G }, { "10g", 0, 10 * G },
	{ "10T", 0, 10 * T }, { "10t", 0, 10 * T },
	{ "10P", 0, 10 * PAGE }, { "10p", 0, 10 * PAGE },
	{ "2.5K", 0, 2560 },
	{ "2.2G", 0, 2362232012 },
	{ "0.5M", 0, M / 2 },
	{ "1.5", 0, 1 },
	{ "0.999999999999999999999999K", 0, 1023 },
	{ "9223372036854775808", -ERANGE, MAX },
	{ "99999999999999999999999999999999999999999999999999", -ERANGE, MAX },
	{ "8388608T", -ERANGE, MAX },
	{ "8388607T", 0, 8388607 * T },
	{ "9223372036854775807K", -ERANGE, MAX },
};

static const struct number pages[] = {
	{ "0", 0, 0 },
	{ "1", 0, 1 },
	{ "256", 0, 256 },
	{ "unlimited", 0, MAX },
	{ "256P", 0, 256 },
	{ "4096B", 0, 1 }, { "4095B", 0, 0 },
	{ "4K", 0, 1 }, { "7K", 0, 1 }, { "8K", 0, 2 },
	{ "1M", 0, 256 },
	{ "1.5M", 0, 384 },
	{ "2G", 0, 2 * G / PAGE },
	{ "9223372036854775807", 0, MAX },
	{ "9223372036854775808", -ERANGE, MAX },
};

static const struct number items[] = {
	{ "0", 0, 0 },
	{ "240", 0, 240 },
	{ "unlimited", 0, MAX },
	{ "9223372036854775807", 0, MAX },
	{ "9223372036854775808", -ERANGE, MAX },
	{ "18446744073709551616", -ERANGE, MAX },
};

/* Wrong in every unit. */
static const char *const junk[] = {
	"", " ", "1 ", " 1", "-1", "+1", "0x10", "1e3", "1,5", "one", "K", ".", ".5", "5.",
	"1..2", "1.2.3", "10MB", "10KK", "10X", "10 K", "1\n", "1K\n", "1;2", "Unlimited",
	"UNLIMITED", "unlimited ", "unlimitedK", "infinity", "nan", "1\xc2\xb2", "\xff", "$1",
	"`1`", "1\"", "1.K", "K1", "--1", "1-2",
};

static const char *const no_items[] = { "10K", "10P", "10B", "1.5", "1.0", "1M" };

TEST(bytes_take_a_fraction_and_one_suffix_letter_of_either_case)
{
	uint64_t value;

	for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
		value = 4711;
		EXPECT_EQ(bytes[i].ret, units_parse(bytes[i].text, UB_BYTES, &value)) {
			TH_LOG("\"%s\"", bytes[i].text);
		}
		EXPECT_EQ(bytes[i].value, value) {
			TH_LOG("\"%s\"", bytes[i].text);
		}
	}
}

TEST(pages_count_themselves_without_suffix_and_round_bytes_down_with_one)
{
	uint64_t value;

	ASSERT_EQ(PAGE, (uint64_t)sysconf(_SC_PAGESIZE));
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		value = 4711;
		EXPECT_EQ(pages[i].ret, units_parse(pages[i].text, UB_PAGES, &value)) {
			TH_LOG("\"%s\"", pages[i].text);
		}
		EXPECT_EQ(pages[i].value, value) {
			TH_LOG("\"%s\"", pages[i].text);
		}
	}
}

TEST(items_are_plain_numbers)
{
	uint64_t value;

	for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
		value = 4711;
		EXPECT_EQ(items[i].ret, units_parse(items[i].text, UB_COUNT, &value));
		EXPECT_EQ(items[i].value, value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(no_items); i++) {
		EXPECT_EQ(-EINVAL, units_parse(no_items[i], UB_COUNT, &value)) {
			TH_LOG("\"%s\"", no_items[i]);
		}
	}
}

TEST(junk_is_refused_in_every_unit_and_stores_nothing)
{
	static const enum ub_unit units[] = { UB_COUNT, UB_BYTES, UB_PAGES };
	uint64_t value = 4711;

	for (size_t i = 0; i < ARRAY_SIZE(junk); i++) {
		for (size_t u = 0; u < ARRAY_SIZE(units); u++) {
			EXPECT_EQ(-EINVAL, units_parse(junk[i], units[u], &value)) {
				TH_LOG("\"%s\" in unit %d", junk[i], units[u]);
			}
			EXPECT_EQ(4711, value);
		}
	}
}

static const struct pair {
	const char *text;
	int ret;
	uint64_t barrier, limit;
} pairs[] = {
	{ "240", 0, 240, 240 },
	{ "240:240", 0, 240, 240 },
	{ "0:unlimited", 0, 0, MAX },
	{ "unlimited", 0, MAX, MAX },
	{ "unlimited:unlimited", 0, MAX, MAX },
	{ "unlimited:5", 0, MAX, 5 },
	{ "1M:2M", 0, M, 2 * M },
	{ "1.5M:2g", 0, 3 * M / 2, 2 * G },
	{ "5:3", 0, 5, 3 },
	{ "1:9223372036854775808", -ERANGE, 1, MAX },
	{ "9223372036854775808:1", -ERANGE, MAX, 1 },
	{ "", -EINVAL, 0, 0 },
	{ ":", -EINVAL, 0, 0 },
	{ "1:", -EINVAL, 0, 0 },
	{ ":1", -EINVAL, 0, 0 },
	{ "1:2:3", -EINVAL, 0, 0 },
	{ "1::2", -EINVAL, 0, 0 },
	{ "1: 2", -EINVAL, 0, 0 },
	{ "1 :2", -EINVAL, 0, 0 },
	{ "1:x", -EINVAL, 0, 0 },
	{ "x:1", -EINVAL, 0, 0 },
	{ "9223372036854775808:x", -EINVAL, 0, 0 },
};

TEST(a_pair_is_barrier_and_limit_or_one_number_for_both)
{
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct ct_limit pair = { 0, 0 };

		EXPECT_EQ(pairs[i].ret, units_parse_pair(pairs[i].text, UB_BYTES, &pair)) {
			TH_LOG("\"%s\"", pairs[i].text);
		}
		EXPECT_EQ(pairs[i].barrier, pair.barrier) {
			TH_LOG("\"%s\"", pairs[i].text);
		}
		EXPECT_EQ(pairs[i].limit, pair.limit) {
			TH_LOG("\"%s\"", pairs[i].text);
		}
	}
}

TEST(a_number_of_a_million_digits_is_no_pair_and_no_crash)
{
	const size_t len = 1000000;
	struct ct_limit pair;
	uint64_t value;
	char *text = malloc(len + 1);

	memset(text, '9', len);
	text[len] = 0;
	EXPECT_NE(0, units_parse_pair(text, UB_COUNT, &pair));
	EXPECT_EQ(-ERANGE, units_parse(text, UB_BYTES, &value));
	EXPECT_EQ(MAX, value);
	text[1] = '.';
	EXPECT_EQ(0, units_parse(text, UB_BYTES, &value));
	EXPECT_EQ(9, value);
	free(text);
}

TEST(disk_space_is_in_kib_and_never_unlimited)
{
	static const struct pair disk[] = {
		{ "1048576", 0, M, M },
		{ "1G", 0, M, M },
		{ "1G:1.1G", 0, M, 1153433 },
		{ "1K:2K", 0, 1, 2 },
		{ "1023B", 0, 0, 0 },
		{ "unlimited", -EINVAL, 0, 0 },
		{ "1G:unlimited", -EINVAL, 0, 0 },
		{ "-1", -EINVAL, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(disk); i++) {
		struct ct_limit pair = { 0, 0 };

		EXPECT_EQ(disk[i].ret, units_parse_disk(disk[i].text, &pair)) {
			TH_LOG("\"%s\"", disk[i].text);
		}
		EXPECT_EQ(disk[i].barrier, pair.barrier);
		EXPECT_EQ(disk[i].limit, pair.limit);
	}
}

TEST(bytes_round_up_to_pages_and_unlimited_stays_so)
{
	EXPECT_EQ(0, units_bytes_to_pages_up(0));
	EXPECT_EQ(1, units_bytes_to_pages_up(1));
	EXPECT_EQ(1, units_bytes_to_pages_up(PAGE));
	EXPECT_EQ(2, units_bytes_to_pages_up(PAGE + 1));
	EXPECT_EQ(MAX, units_bytes_to_pages_up(MAX));
	EXPECT_EQ(MAX, units_bytes_to_pages_up(UINT64_MAX));
	EXPECT_EQ(MAX / PAGE + 1, units_bytes_to_pages_up(MAX - 1));
}

TEST(an_unsigned_number_is_digits_up_to_its_maximum)
{
	uint64_t value = 4711;

	EXPECT_EQ(0, units_parse_uint("0", 10, &value));
	EXPECT_EQ(0, value);
	EXPECT_EQ(0, units_parse_uint("10", 10, &value));
	EXPECT_EQ(10, value);
	EXPECT_EQ(0, units_parse_uint("18446744073709551615", UINT64_MAX, &value));
	EXPECT_EQ(UINT64_MAX, value);
	value = 4711;
	EXPECT_EQ(-EINVAL, units_parse_uint("11", 10, &value));
	EXPECT_EQ(-EINVAL, units_parse_uint("18446744073709551616", UINT64_MAX, &value));
	for (size_t i = 0; i < ARRAY_SIZE(junk); i++)
		EXPECT_EQ(-EINVAL, units_parse_uint(junk[i], UINT64_MAX, &value));
	EXPECT_EQ(4711, value);
}

TEST(what_is_written_reads_back_as_the_same)
{
	static const uint64_t values[] = { 0, 1, 240, PAGE, M, 1ULL << 62, MAX - 1, MAX };
	struct ct_limit pair, back;
	char *text;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(values); j++) {
			pair = (struct ct_limit){ values[i], values[j] };
			text = units_format_pair(&pair);
			ASSERT_NE(NULL, text);
			EXPECT_EQ(0, units_parse_pair(text, UB_COUNT, &back));
			EXPECT_EQ(pair.barrier, back.barrier);
			EXPECT_EQ(pair.limit, back.limit);
			free(text);
		}
	}
	EXPECT_FALSE(leaks_memory());
}

TEST(unlimited_is_written_as_the_word)
{
	static const struct pair written[] = {
		{ "unlimited", 0, MAX, MAX },
		{ "0:unlimited", 0, 0, MAX },
		{ "240:240", 0, 240, 240 },
	};
	char *text;

	for (size_t i = 0; i < ARRAY_SIZE(written); i++) {
		struct ct_limit pair = { written[i].barrier, written[i].limit };

		text = units_format_pair(&pair);
		EXPECT_STREQ(written[i].text, text);
		free(text);
	}
}

TEST_HARNESS_MAIN
