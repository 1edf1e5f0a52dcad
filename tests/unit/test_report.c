// SPDX-License-Identifier: GPL-2.0-only
/* The text of the beancounter files, byte for byte. */
#include "env.h"

#include <kselftest_harness.h>

#include "golden.h"
#include "kernel/report.h"

/* Container 101 as in the golden files; what is not named is untouched. */
static const struct bc_stat sample[UB_RESOURCES] = {
	[UB_KMEMSIZE]	  = { 14372700, 14790164, 4096000, 5120000, 0, 0 },
	[UB_LOCKEDPAGES]  = { 65536, 65536, 0, 8, 0, 0 },
	[UB_PRIVVMPAGES]  = { LONG_MAX, LONG_MAX, 30000, 40000, 0, 0 },
	[UB_SHMPAGES]	  = { 21504, 21504, 640, 650, 0, 0 },
	[UB_DUMMY4]	  = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_NUMPROC]	  = { 240, 240, 20, 35, 0, 0 },
	[UB_PHYSPAGES]	  = { 0, 65536, 12000, 15000, 0, 0 },
	[UB_VMGUARPAGES]  = { 196608, LONG_MAX, 0, 0, 0, 0 },
	[UB_OOMGUARPAGES] = { 65536, LONG_MAX, 9000, 10000, 0, 0 },
	[UB_NUMTCPSOCK]	  = { 360, 360, 6, 9, 0, 0 },
	[UB_NUMFLOCK]	  = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_NUMPTY]	  = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_NUMSIGINFO]	  = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_TCPSNDBUF]	  = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_TCPRCVBUF]	  = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_OTHERSOCKBUF] = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_DGRAMRCVBUF]  = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_NUMOTHERSOCK] = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_DCACHESIZE]	  = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_NUMFILE]	  = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_DUMMY20]	  = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_DUMMY21]	  = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_DUMMY22]	  = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_NUMIPTENT]	  = { LONG_MAX, LONG_MAX, 0, 0, 0, 0 },
	[UB_SWAPPAGES]	  = { 0, 131072, 0, 0, 0, 0 },
};

static char *add_row(char *at, const char *uid, unsigned int res,
		     const struct bc_stat *stat)
{
	report_row(at, uid, ub_resources[res].name, stat);
	return at + REPORT_ROW_LEN;
}

/* One row of printf, which is what the format is defined by. */
static const char *by_printf(const char *uid, const char *name,
			     const struct bc_stat *stat)
{
	static char row[256];

	snprintf(row, sizeof(row), "%10s  %-12s %20lu %20lu %20lu %20lu %20lu\n",
		 uid ? uid : "", name, stat->held, stat->maxheld, stat->barrier,
		 stat->limit, stat->failcnt);
	return row;
}

static const char *by_report(const char *uid, const char *name,
			     const struct bc_stat *stat)
{
	static char row[REPORT_ROW_LEN + 1];

	report_row(row, uid, name, stat);
	row[REPORT_ROW_LEN] = 0;
	return row;
}

TEST(user_beancounters_shows_24_rows_dummies_included)
{
	char text[8192];
	char *end = text + sprintf(text, "%s", REPORT_VERSION);

	report_title(end);
	end += REPORT_ROW_LEN;
	for (int res = 0; res < UB_RESOURCES_COMPAT; res++)
		end = add_row(end, res ? NULL : "101:", res, &sample[res]);
	*end = 0;
	EXPECT_STREQ(golden("user_beancounters"), text);
}

TEST(the_resources_file_of_a_container_shows_21_rows_without_uid)
{
	char text[8192];
	char *end = text;

	for (int res = 0; res < UB_RESOURCES; res++)
		if (!(ub_resources[res].flags & UBR_DUMMY))
			end = add_row(end, NULL, res, &sample[res]);
	*end = 0;
	EXPECT_STREQ(golden("bc_101_resources"), text);
}

TEST(a_row_is_what_printf_would_have_printed)
{
	static const unsigned long values[] = {
		0, 1, 9, 10, 99, 12345, INT_MAX, UINT_MAX, LONG_MAX,
		(unsigned long)LONG_MAX + 1, ULONG_MAX,
	};
	static const char *const uids[] = {
		NULL, "0:", "7:", "101:", "99999999:", "999999999:",
	};
	struct bc_stat stat;

	for (size_t u = 0; u < ARRAY_SIZE(uids); u++) {
		for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
			stat.held = values[i];
			stat.maxheld = values[(i + 1) % ARRAY_SIZE(values)];
			stat.barrier = values[(i + 2) % ARRAY_SIZE(values)];
			stat.limit = values[(i + 3) % ARRAY_SIZE(values)];
			stat.failcnt = values[(i + 4) % ARRAY_SIZE(values)];
			stat.minheld = 4711;
			EXPECT_STREQ(by_printf(uids[u], "numothersock", &stat),
				     by_report(uids[u], "numothersock", &stat));
		}
	}
}

TEST(numbers_of_every_width_end_in_their_column)
{
	struct bc_stat stat = { 0 };

	for (unsigned long value = 1; value < ULONG_MAX / 10; value *= 10) {
		stat.held = value;
		stat.limit = value - 1;
		EXPECT_STREQ(by_printf(NULL, "numpty", &stat), by_report(NULL, "numpty", &stat));
	}
}

/* Readers look for "uid:"; of a cell that is too small they get one column more. */
TEST(the_highest_ctid_keeps_its_colon)
{
	struct bc_stat stat = { 0 };
	const char *row = by_report("2147483644:", "kmemsize", &stat);
	char *end;

	EXPECT_EQ(2147483644UL, strtoul(row, &end, 10));
	EXPECT_EQ(0, strncmp(end, ": kmemsize ", 11)) {
		TH_LOG("%s", row);
	}
}

TEST(a_row_writes_no_byte_behind_its_newline)
{
	struct bc_stat stat = { ULONG_MAX, ULONG_MAX, ULONG_MAX, ULONG_MAX, ULONG_MAX, ULONG_MAX };
	char *row = malloc(REPORT_ROW_LEN);	/* the sanitizer watches both ends */

	report_row(row, "2147483644:", "numothersock", &stat);
	EXPECT_EQ('\n', row[REPORT_ROW_LEN - 1]);
	free(row);
}

TEST_HARNESS_MAIN
