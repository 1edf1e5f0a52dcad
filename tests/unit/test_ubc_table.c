// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of vzubc, from fixed beancounters; and what it compares with. */
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/stat.h>

#include "golden.h"
#include "leaks.h"
#include "lib/ubc_store.h"
#include "lib/ubc_table.h"

#define MAX	UB_MAXVALUE

FIXTURE(table) {
	struct bc_set set;
	struct ubc_view view;
	struct printed printed;
	struct vz_err err;
};

FIXTURE_SETUP(table)
{
	FILE *f = golden_open("bc_resources");

	self->view = (struct ubc_view){ .held_ratio = 0.5, .maxheld_ratio = 0.8 };
	ASSERT_EQ(0, bc_set_read(&self->set, f, "bc_resources", &self->err));
	fclose(f);
}

FIXTURE_TEARDOWN(table)
{
	bc_set_free(&self->set);
	free(self->printed.text);
	EXPECT_FALSE(leaks_memory());
}

static const char *print_all(struct printed *printed, const struct bc_set *set,
			     const struct ubc_view *view)
{
	FILE *out = print_begin(printed);

	for (size_t i = 0; i < set->count; i++)
		ubc_table_print(out, view, &set->cts[i], NULL);
	return print_end(printed);
}

TEST_F(table, a_file_gives_its_containers_in_order_with_all_their_numbers)
{
	static const uint32_t ctids[] = { 103, 102, 101, 0 };
	const struct bc_ct *ct;

	ASSERT_EQ(ARRAY_SIZE(ctids), self->set.count);
	for (size_t i = 0; i < ARRAY_SIZE(ctids); i++)
		EXPECT_EQ(ctids[i], self->set.cts[i].ctid);
	ct = bc_set_find(&self->set, 102);
	ASSERT_NE(NULL, ct);
	EXPECT_EQ(350, ct->value[UB_NUMTCPSOCK][BC_HELD]);
	EXPECT_EQ(360, ct->value[UB_NUMTCPSOCK][BC_MAXHELD]);
	EXPECT_EQ(1500, ct->value[UB_NUMTCPSOCK][BC_FAILCNT]);
	EXPECT_EQ(2097152, ct->value[UB_OTHERSOCKBUF][BC_LIMIT]);
	EXPECT_TRUE(bc_has(ct, UB_SWAPPAGES));
	EXPECT_FALSE(bc_has(ct, UB_DUMMY4));
	EXPECT_EQ(NULL, bc_set_find(&self->set, 104));
}

TEST_F(table, by_itself_it_has_what_is_limited)
{
	EXPECT_STREQ(golden("vzubc"), print_all(&self->printed, &self->set, &self->view));
}

TEST_F(table, verbose_has_everything)
{
	self->view.verbose = true;
	EXPECT_STREQ(golden("vzubc_v"), print_all(&self->printed, &self->set, &self->view));
}

TEST_F(table, quiet_has_what_failed_or_is_close)
{
	self->view.quiet = true;
	EXPECT_STREQ(golden("vzubc_q"), print_all(&self->printed, &self->set, &self->view));
}

TEST_F(table, quiet_can_be_told_what_is_close)
{
	const char *text;

	self->view.quiet = true;
	self->view.held_ratio = 1;
	self->view.maxheld_ratio = 10;
	text = print_all(&self->printed, &self->set, &self->view);
	EXPECT_NE(NULL, strstr(text, "numtcpsock|"));
	EXPECT_EQ(NULL, strstr(text, "numproc|"));
	EXPECT_EQ(NULL, strstr(text, "numpty|"));
}

TEST_F(table, colour_tells_failed_from_close)
{
	const char *text;

	self->view.color = true;
	text = print_all(&self->printed, &self->set, &self->view);
	EXPECT_NE(NULL, strstr(text, "\n\033[1;31m   numtcpsock|"));
	EXPECT_NE(NULL, strstr(text, "\n\033[1;33m      numproc|"));
	EXPECT_NE(NULL, strstr(text, "\n     numflock|"));
}

/* The cells of one row; numfile counts items, privvmpages pages. */
static const char *row(struct printed *printed, unsigned int resource,
		       uint64_t held, uint64_t barrier, uint64_t failcnt)
{
	struct ubc_view view = { .verbose = true };
	const uint64_t value[BC_FIELDS] = { held, held, barrier, barrier, failcnt };
	struct bc_ct ct = { .ctid = 7, .seen = 1U << resource };
	char *text;

	memcpy(ct.value[resource], value, sizeof(value));
	ubc_table_print(print_begin(printed), &view, &ct, NULL);
	text = (char *)print_end(printed);
	text[printed->len - 1] = '\0';
	/* The last line, behind the name. */
	return strchr(strrchr(text, '\n'), '|') + 1;
}

TEST_F(table, numbers_have_three_digits_and_a_letter)
{
	static const struct {
		unsigned int resource;
		uint64_t held, barrier, failcnt;
		const char *row;
	} rows[] = {
		{ UB_NUMFILE, 0, 0, 0, "   -     -     - |   -     -     - |   - |   - |    - " },
		{ UB_NUMFILE, 1, 99, 1,
		  "   1     1%    1%|   1     1%    1%|  99 |  99 |    1 " },
		{ UB_NUMFILE, 100, 1000, 1023,
		  " 100    10%   10%| 100    10%   10%|1000 |1000 | 1023 " },
		{ UB_NUMFILE, 1024, MAX, 1024,
		  "   1K    -     - |   1K    -     - |   - |   - |    1K" },
		{ UB_NUMFILE, 2047, 2048, 0,
		  "   2K   99%   99%|   2K   99%   99%|   2K|   2K|    - " },
		{ UB_NUMFILE, INT32_MAX, INT32_MAX, 0,
		  "   -     -     - |   -     -     - |   - |   - |    - " },
		{ UB_NUMFILE, 95, 1000, 0,
		  "  95     9%    9%|  95     9%    9%|1000 |1000 |    - " },
		{ UB_NUMFILE, 99, 1000, 0,
		  "  99     9%    9%|  99     9%    9%|1000 |1000 |    - " },
		{ UB_NUMFILE, 1, 1500, 0,
		  "   1   0.1%  0.1%|   1   0.1%  0.1%|1.46K|1.46K|    - " },
		{ UB_NUMFILE, 1, 1000000, 0,
		  "   1     -     - |   1     -     - | 976K| 976K|    - " },
		{ UB_NUMFILE, 3, 2, 0,
		  "   3   150%  150%|   3   150%  150%|   2 |   2 |    - " },
		{ UB_PRIVVMPAGES, 1, 4, 7,
		  "   4K   25%   25%|   4K   25%   25%|  16K|  16K|    7 " },
		{ UB_PRIVVMPAGES, 256, 1ULL << 40, 0,
		  "   1M    -     - |   1M    -     - |   4P|   4P|    - " },
		{ UB_PRIVVMPAGES, MAX - 1, MAX - 1, 0,
		  "  32Z  100%  100%|  32Z  100%  100%|  32Z|  32Z|    - " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = row(&self->printed, rows[i].resource, rows[i].held,
				       rows[i].barrier, rows[i].failcnt);

		EXPECT_STREQ(rows[i].row, text);
	}
}

TEST_F(table, increments_are_a_column_of_their_own)
{
	static const uint64_t before[VZMOD_RESOURCES] = {
		[UB_PRIVVMPAGES] = 1, [UB_NUMPROC] = 7, [UB_NUMFILE] = 3,
	};
	struct bc_ct ct = {
		.ctid = 7, .seen = 1U << UB_PRIVVMPAGES | 1U << UB_NUMPROC | 1U << UB_NUMFILE,
		.value = {
			[UB_PRIVVMPAGES] = { 2, 3, 10, 10, 0 },
			[UB_NUMPROC] = { 5, 5, 10, 10, 0 },
			[UB_NUMFILE] = { 3, 3, 100, 100, 0 },
		},
	};

	self->view.increments = true;
	ubc_table_print(print_begin(&self->printed), &self->view, &ct, before);
	EXPECT_STREQ(golden("vzubc_i"), print_end(&self->printed));
}

static int read_text(struct bc_set *set, const char *text, struct vz_err *err)
{
	FILE *f = fmemopen((char *)text, strlen(text), "r");
	int ret = bc_set_read(set, f, "a file", err);

	fclose(f);
	return ret;
}

TEST_F(table, a_file_of_another_version_is_refused)
{
	struct bc_set set = { 0 };

	EXPECT_EQ(-1, read_text(&set, "Version: 2.50\n 1: numfile 1 1 1 1 1\n", &self->err));
	EXPECT_STREQ("a file is not of version 2.5", self->err.text);
	bc_set_free(&set);
	EXPECT_EQ(0, read_text(&set, "Version: 2.5\n 1: numfile 1 1 1 1 1\n", &self->err));
	EXPECT_EQ(1, set.count);
	bc_set_free(&set);
}

FIXTURE(store) {
	char dir[64];
	int fd;
	struct vz_err err;
	uint64_t before[VZMOD_RESOURCES];
};

FIXTURE_SETUP(store)
{
	strcpy(self->dir, "/tmp/vz-test-store.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	self->fd = ubc_store_open(self->dir, &self->err);
	ASSERT_LE(0, self->fd);
}

/* Only what the store made is in there, so this finds what it left. */
FIXTURE_TEARDOWN(store)
{
	EXPECT_EQ(0, ubc_store_clear(self->fd, UBC_STORE_FAILCNT, &self->err));
	EXPECT_EQ(0, ubc_store_clear(self->fd, UBC_STORE_HELD, &self->err));
	close(self->fd);
	EXPECT_EQ(0, rmdir(self->dir));
	EXPECT_FALSE(leaks_memory());
}

static const struct bc_ct counted = {
	.ctid = 101, .seen = 1U << UB_NUMPROC | 1U << UB_NUMFILE,
	.value = {
		[UB_NUMPROC] = { 5, 6, 10, 10, 3 },
		[UB_NUMFILE] = { 7, 8, 20, 20, 0 },
	},
};

TEST_F(store, what_was_seen_comes_back_the_next_time)
{
	struct stat st;

	ASSERT_EQ(0, ubc_store_swap(self->fd, UBC_STORE_FAILCNT, BC_FAILCNT, &counted,
				    self->before, &self->err));
	EXPECT_EQ(0, self->before[UB_NUMPROC]);
	ASSERT_EQ(0, ubc_store_swap(self->fd, UBC_STORE_FAILCNT, BC_FAILCNT, &counted,
				    self->before, &self->err));
	EXPECT_EQ(3, self->before[UB_NUMPROC]);
	EXPECT_EQ(0, self->before[UB_NUMFILE]);
	EXPECT_EQ(0, self->before[UB_KMEMSIZE]);
	ASSERT_EQ(0, fstatat(self->fd, "ubc.101.numproc.failcnt", &st, 0));
	EXPECT_EQ(0600, st.st_mode & 07777);
}

TEST_F(store, kinds_are_remembered_and_forgotten_apart)
{
	ubc_store_swap(self->fd, UBC_STORE_FAILCNT, BC_FAILCNT, &counted, self->before,
		       &self->err);
	ubc_store_swap(self->fd, UBC_STORE_HELD, BC_HELD, &counted, self->before, &self->err);
	ASSERT_EQ(0, ubc_store_clear(self->fd, UBC_STORE_FAILCNT, &self->err));
	ubc_store_swap(self->fd, UBC_STORE_FAILCNT, BC_FAILCNT, &counted, self->before,
		       &self->err);
	EXPECT_EQ(0, self->before[UB_NUMPROC]);
	ubc_store_swap(self->fd, UBC_STORE_HELD, BC_HELD, &counted, self->before, &self->err);
	EXPECT_EQ(5, self->before[UB_NUMPROC]);
	EXPECT_EQ(7, self->before[UB_NUMFILE]);
}

/* T084: a link that somebody else might have left is not followed. */
TEST_F(store, links_lead_nowhere)
{
	char canary[96], text[8] = "";
	int fd;

	snprintf(canary, sizeof(canary), "%s.canary", self->dir);
	fd = open(canary, O_RDWR | O_CREAT | O_EXCL, 0600);
	ASSERT_EQ(2, write(fd, "99", 2));
	ASSERT_EQ(0, symlinkat(canary, self->fd, "ubc.101.numproc.failcnt"));
	ASSERT_EQ(0, symlinkat(canary, self->fd, "ubc.tmp"));
	EXPECT_EQ(0, ubc_store_swap(self->fd, UBC_STORE_FAILCNT, BC_FAILCNT, &counted,
				    self->before, &self->err));
	EXPECT_EQ(0, self->before[UB_NUMPROC]);
	EXPECT_EQ(2, pread(fd, text, sizeof(text), 0));
	EXPECT_STREQ("99", text);
	close(fd);
	unlink(canary);
}

TEST_F(store, a_directory_that_others_can_write_to_is_refused)
{
	char other[96];
	int fd;

	EXPECT_EQ(0, fchmod(self->fd, 01777));
	EXPECT_EQ(-1, ubc_store_open(self->dir, &self->err));
	EXPECT_EQ(0, fchmod(self->fd, 0700));
	snprintf(other, sizeof(other), "%s.link", self->dir);
	ASSERT_EQ(0, symlink(self->dir, other));
	vz_err_clear(&self->err);
	EXPECT_EQ(-1, ubc_store_open(other, &self->err));
	unlink(other);
	/* One that is not there is made for us alone. */
	vz_err_clear(&self->err);
	fd = ubc_store_open(other, &self->err);
	EXPECT_LE(0, fd);
	close(fd);
	EXPECT_EQ(0, rmdir(other));
}

TEST_HARNESS_MAIN
