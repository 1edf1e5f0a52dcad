// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The files in /proc have the bytes that OpenVZ's have: each row, parsed and
 * printed again with the format of the specification, is the same row.
 */
#include <kselftest_harness.h>
#include <sys/stat.h>

#include "lib/container.h"

#define TEXT_MAX	65536
#define ROW		"%10s  %-12s %20lu %20lu %20lu %20lu %20lu\n"

/* What both lists of beancounters begin with. */
static const char header[] =
	"Version: 2.5\n"
	"       uid  resource                     held              maxheld"
	"              barrier                limit              failcnt\n";

/* In the order of their numbers; the text file has the first 24. */
static const char *const names[UB_RESOURCES] = {
	"kmemsize", "lockedpages", "privvmpages", "shmpages", "dummy", "numproc", "physpages",
	"vmguarpages", "oomguarpages", "numtcpsock", "numflock", "numpty", "numsiginfo",
	"tcpsndbuf", "tcprcvbuf", "othersockbuf", "dgramrcvbuf", "numothersock", "dcachesize",
	"numfile", "dummy", "dummy", "dummy", "numiptent", "swappages",
};

FIXTURE(format) {
	struct ct older, younger;
	char text[TEXT_MAX];
};

FIXTURE_SETUP(format)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->older, 101));
	self->younger.uid_base = 102 * VZMOD_ID_RANGE;
	ASSERT_EQ(0, ct_start(&self->younger, 200000000));
	ASSERT_EQ(0, ct_limit(&self->younger, UB_NUMFILE, 0, 12345));
}

FIXTURE_TEARDOWN(format)
{
	EXPECT_EQ(0, ct_stop(&self->younger));
	EXPECT_EQ(0, ct_stop(&self->older));
	EXPECT_TRUE(no_leaks());
}

/* The whole file, with a NUL; its length, 0 if it cannot be read. */
static size_t read_text(const char *path, char *text)
{
	FILE *file = fopen(path, "r");
	size_t n = file ? fread(text, 1, TEXT_MAX - 1, file) : 0;

	text[n] = 0;
	if (file)
		fclose(file);
	return n;
}

/* Length of the row if it is exactly what it must be for these, else 0. */
static size_t check_row(const char *row, const char *uid, unsigned int ctid, int res)
{
	const struct ct ct = { .ctid = ctid };
	struct vzmod_ubstat stat = ct_stat(&ct, res);
	unsigned long held, maxheld;
	char wanted[256];
	int len;

	/* Those two move while others look at them. */
	if (sscanf(row + 24, "%lu %lu", &held, &maxheld) != 2 || maxheld < held)
		return 0;
	len = sprintf(wanted, ROW, uid, names[res], held, maxheld, (unsigned long)stat.barrier,
		      (unsigned long)stat.limit, (unsigned long)stat.failcnt);
	return strncmp(row, wanted, len) ? 0 : len;
}

static bool in_text_file(int res)
{
	return res < UB_RESOURCES_COMPAT;
}

static bool in_new_files(int res)
{
	return strcmp(names[res], "dummy");
}

/* Length of the rows of one beancounter, 0 if they are not what they must be. */
static size_t check_block(const char *text, const char *uid, unsigned int ctid,
			  bool (*shown)(int res))
{
	size_t at = 0, len;
	int res;

	for (res = 0; res < UB_RESOURCES; res++) {
		if (!shown(res))
			continue;
		len = check_row(text + at, at ? "" : uid, ctid, res);
		if (!len)
			return 0;
		at += len;
	}
	return at;
}

/* The header, then the youngest first and the host last, then nothing. */
static bool check_list(const char *text, bool (*shown)(int res))
{
	static const unsigned int ctids[] = { 200000000, 101, 0 };
	const char *pos = text + strlen(header);
	char uid[16];
	size_t len;
	int i;

	if (strncmp(text, header, strlen(header)))
		return false;
	for (i = 0; i < 3; i++) {
		sprintf(uid, "%u:", ctids[i]);
		len = check_block(pos, uid, ctids[i], shown);
		if (!len)
			return false;
		pos += len;
	}
	return !*pos;
}

TEST_F(format, of_user_beancounters)
{
	ASSERT_LT(0, read_text("/proc/user_beancounters", self->text));
	EXPECT_TRUE(check_list(self->text, in_text_file)) {
		TH_LOG("%s", self->text);
	}
}

TEST_F(format, of_bc_resources)
{
	ASSERT_LT(0, read_text("/proc/bc/resources", self->text));
	EXPECT_TRUE(check_list(self->text, in_new_files));
}

TEST_F(format, of_resources_of_one)
{
	size_t len = read_text("/proc/bc/101/resources", self->text);

	EXPECT_EQ(21 * 130, len);
	EXPECT_EQ(len, check_block(self->text, "", 101, in_new_files));
	len = read_text("/proc/bc/0/resources", self->text);
	EXPECT_EQ(len, check_block(self->text, "", 0, in_new_files));
}

/* The values of a new container, as the specification has them. */
TEST_F(format, of_a_fresh_container)
{
	const char *row = self->text;
	unsigned long wanted;
	int res;

	ASSERT_LT(0, read_text("/proc/bc/101/resources", self->text));
	for (res = 0; res < UB_RESOURCES; res++) {
		unsigned long barrier, limit, failcnt;

		if (!in_new_files(res))
			continue;
		ASSERT_EQ(3, sscanf(row + 24, "%*u %*u %lu %lu %lu", &barrier, &limit, &failcnt));
		wanted = res == UB_VMGUARPAGES ? 0 :
			 res == UB_OOMGUARPAGES ? sysconf(_SC_PHYS_PAGES) / 4 * 3 : UB_MAXVALUE;
		EXPECT_EQ(wanted, barrier);
		EXPECT_EQ(UB_MAXVALUE, limit);
		EXPECT_EQ(0, failcnt);
		row += 130;
	}
}

TEST_F(format, of_debug)
{
	static const char *const keys[] = { "uid: 101\n", "\nref: ", "\nsizeof: ",
					    "\nstate: running\n", "\nnumproc: accounted\n",
					    "\nkmemsize: " };
	size_t i;

	ASSERT_LT(0, read_text("/proc/bc/101/debug", self->text));
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		EXPECT_TRUE(strstr(self->text, keys[i])) {
			TH_LOG("line %zu:\n%s", i, self->text);
		}
}

TEST_F(format, of_veinfo)
{
	const char *wanted = " 200000000     7     1\n       101     7     1\n         0     0 ";

	ASSERT_LT(0, read_text("/proc/vz/veinfo", self->text));
	EXPECT_EQ(0, strncmp(wanted, self->text, strlen(wanted))) {
		TH_LOG("%s", self->text);
	}
	EXPECT_EQ(strlen(wanted) + 6, strlen(self->text));
}

/* Twelve fields of twenty, a blank between them. */
TEST_F(format, of_vestat)
{
	static const char *const words[] = { "VEID", "user", "nice", "system", "uptime", "idle",
					     "strv", "uptime", "used", "maxlat", "totlat",
					     "numsched" };
	char wanted[600], row[300];
	unsigned long n[12];
	int i, len;
	char *at;

	len = sprintf(wanted, "%-251s\n", "Version: 2.2");
	for (i = 0; i < 12; i++)
		len += sprintf(wanted + len, "%20s%c", words[i], i < 11 ? ' ' : '\n');
	ASSERT_EQ(4 * 252, read_text("/proc/vz/vestat", self->text));
	EXPECT_EQ(0, strncmp(wanted, self->text, len));

	for (i = len = 0, at = self->text + 3 * 252; i < 12; i++) {
		n[i] = strtoul(at, &at, 10);
		len += sprintf(row + len, "%20lu%c", n[i], i < 11 ? ' ' : '\n');
	}
	EXPECT_STREQ(row, self->text + 3 * 252);
	EXPECT_EQ(101, n[0]);
	EXPECT_EQ(0, n[6]);
	EXPECT_LT(0, n[7]);
	EXPECT_GE(n[7] / 10000000 + 1, n[4]);
	EXPECT_LE(n[7] / 10000000, n[4] + 1);
}

TEST_F(format, of_version_and_veip)
{
	size_t len = read_text("/proc/vz/version", self->text);

	EXPECT_LT(1, len);
	EXPECT_EQ(self->text + len - 1, strchr(self->text, '\n'));
	ASSERT_LT(0, read_text("/proc/vz/veip", self->text));
	EXPECT_EQ(0, strncmp("Version: 2.5\n", self->text, 13));
}

TEST_HARNESS_MAIN
