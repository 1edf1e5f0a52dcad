// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The files in /proc have the bytes that OpenVZ's have: each row, parsed and
 * printed again with the format of the specification, is the same row.
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/cgroup.h"
#include "lib/container.h"
#include "lib/memory.h"

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

#define EXPECT_NEAR(wanted, got, most) do {				\
	long wanted_ = wanted, got_ = got;				\
									\
	EXPECT_GE(most, labs(wanted_ - got_)) {				\
		TH_LOG("%s: %ld, not %ld", #got, got_, wanted_);	\
	}								\
} while (0)

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

/*
 * Is the text a list of such lines, each with one of the names, in that order,
 * and a number?  Returns how many there are, -1 if it is something else.
 */
static int count_lines(const char *text, const char *format, const char *const *lines, int n)
{
	unsigned long value;
	char wanted[128];
	int i, found = 0;

	for (i = 0; i < n && *text; i++) {
		if (sscanf(text, "%*s %lu", &value) != 1)
			return -1;
		snprintf(wanted, sizeof(wanted), format, lines[i], value);
		if (strncmp(text, wanted, strlen(wanted)))
			continue;
		text += strlen(wanted);
		found++;
	}
	return *text ? -1 : found;
}

/* The number in a line of a file, -1 if it is not there. */
static long value_of(const char *path, const char *name)
{
	long value, found = -1;
	char line[256], word[64];
	FILE *file = fopen(path, "r");

	while (file && found < 0 && fgets(line, sizeof(line), file))
		if (sscanf(line, " %63s %ld", word, &value) == 2 && !strcmp(word, name))
			found = value;
	if (file)
		fclose(file);
	return found;
}

/* Rounded up, so that a page more or less is none. */
static long mib_of(const char *path, const char *name)
{
	return (value_of(path, name) + 512) / 1024;
}

#define AUX_LINE	"\t%-20s %21lu\n"
#define MEM_LINE	"%-16s%8lu kB\n"

static const char *const aux_lines[] = {
	"tmpfs_respages", "swapin", "swapout", "vswapin", "vswapout", "ram", "shadow",
	"swap_entries", "hugetlb",
};

static const char *const mem_lines[] = {
	"MemTotal:", "MemFree:", "Cached:", "Buffers:", "Active:", "Inactive:", "Active(anon):",
	"Inactive(anon):", "Active(file):", "Inactive(file):", "Unevictable:", "Mlocked:",
	"SwapTotal:", "SwapFree:", "Dirty:", "Writeback:", "AnonPages:", "Shmem:", "Slab:",
	"SReclaimable:", "SUnreclaim:",
};

#define ALL_MEM_LINES	((int)(sizeof(mem_lines) / sizeof(*mem_lines)))

/* What needs a memory cgroup of its own is not there without one. */
TEST_F(format, of_vmaux)
{
	ASSERT_LT(0, read_text("/proc/bc/101/vmaux", self->text));
	EXPECT_EQ(3, count_lines(self->text, AUX_LINE, aux_lines, 9)) {
		TH_LOG("%s", self->text);
	}
	EXPECT_EQ(0, value_of("/proc/bc/101/vmaux", "vswapin"));
	EXPECT_EQ(-1, value_of("/proc/bc/101/vmaux", "ram"));
	ASSERT_LT(0, read_text("/proc/bc/0/vmaux", self->text));
	EXPECT_EQ(6, count_lines(self->text, AUX_LINE, aux_lines, 9));
	EXPECT_LT(1000, value_of("/proc/bc/0/vmaux", "ram"));
	EXPECT_EQ(0, value_of("/proc/bc/0/vmaux", "swap_entries"));
}

TEST_F(format, of_meminfo)
{
	static const char path[] = "/proc/bc/101/meminfo", host[] = "/proc/bc/0/meminfo";
	const long ram = sysconf(_SC_PHYS_PAGES) * 4;

	ASSERT_LT(0, read_text(path, self->text));
	EXPECT_EQ(5, count_lines(self->text, MEM_LINE, mem_lines, ALL_MEM_LINES)) {
		TH_LOG("%s", self->text);
	}
	EXPECT_EQ(ram, value_of(path, "MemTotal:"));
	EXPECT_EQ(0, value_of(path, "SwapTotal:"));
	EXPECT_EQ(0, ct_limit(&self->older, UB_PHYSPAGES, 0, 10000));
	EXPECT_EQ(0, ct_limit(&self->older, UB_SWAPPAGES, 0, 500));
	EXPECT_EQ(40000, value_of(path, "MemTotal:"));
	EXPECT_EQ(2000, value_of(path, "SwapTotal:"));

	ASSERT_LT(0, read_text(host, self->text));
	EXPECT_EQ(ALL_MEM_LINES, count_lines(self->text, MEM_LINE, mem_lines, ALL_MEM_LINES)) {
		TH_LOG("%s", self->text);
	}
	EXPECT_EQ(ram, value_of(host, "MemTotal:"));
	EXPECT_LT(0, value_of(host, "MemFree:"));
	EXPECT_GT(ram, value_of(host, "MemFree:"));
	EXPECT_NEAR(value_of("/proc/meminfo", "Cached:"), value_of(host, "Cached:"), 4096);
	EXPECT_NEAR(value_of("/proc/meminfo", "AnonPages:"), value_of(host, "AnonPages:"), 4096);
	EXPECT_NEAR(value_of("/proc/meminfo", "Active:"), value_of(host, "Active:"), 4096);
	EXPECT_LT(0, value_of(host, "SReclaimable:"));
	EXPECT_GT(value_of(host, "Slab:"), value_of(host, "SReclaimable:"));
}

#define DATA		"/var/tmp/format-data"
#define DATA_MIB	16

/* Step: read all of a file; how many MiB it has. */
static long read_data(long unused)
{
	static char buffer[1 << 20];
	int fd = open(DATA, O_RDONLY | O_CLOEXEC);
	long n = 0;

	(void)unused;
	while (read(fd, buffer, sizeof(buffer)) == sizeof(buffer))
		n++;
	close(fd);
	return n;
}

/* It is on the disk and nowhere else. */
static bool write_data(void)
{
	static char buffer[1 << 20];
	int fd = open(DATA, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
	bool done = true;
	int i;

	for (i = 0; i < DATA_MIB; i++)
		done &= write(fd, buffer, sizeof(buffer)) == sizeof(buffer);
	done &= !fsync(fd) && !posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
	return done;
}

TEST_F_TIMEOUT(format, of_a_container_with_memory_of_its_own, 120)
{
	static const char path[] = "/proc/bc/103/meminfo", aux[] = "/proc/bc/103/vmaux";
	struct ct ct = { .cgroup = cgroup_make("103") };
	long cached, files, anon, free;

	ASSERT_LT(0, ct.cgroup);
	ASSERT_EQ(0, ct_start(&ct, 103));
	ASSERT_LT(0, read_text(path, self->text));
	EXPECT_EQ(ALL_MEM_LINES, count_lines(self->text, MEM_LINE, mem_lines, ALL_MEM_LINES)) {
		TH_LOG("%s", self->text);
	}
	EXPECT_EQ(0, ct_limit(&ct, UB_PHYSPAGES, 0, PAGES(128)));
	ASSERT_TRUE(write_data());

	cached = mib_of(path, "Cached:");
	files = mib_of(path, "Inactive(file):") + mib_of(path, "Active(file):");
	ASSERT_EQ(DATA_MIB, ct_call(&ct, read_data, 0));
	EXPECT_NEAR(cached + DATA_MIB, mib_of(path, "Cached:"), 1);
	EXPECT_NEAR(files + DATA_MIB,
		    mib_of(path, "Inactive(file):") + mib_of(path, "Active(file):"), 2);

	anon = mib_of(path, "AnonPages:");
	free = mib_of(path, "MemFree:");
	EXPECT_EQ(0, ct_call(&ct, eat, PAGES(32)));
	EXPECT_NEAR(anon + 32, mib_of(path, "AnonPages:"), 1);
	EXPECT_NEAR(free - 32, mib_of(path, "MemFree:"), 2);
	EXPECT_NEAR(ct_held(&ct, UB_PHYSPAGES), value_of(aux, "ram"), 256);
	EXPECT_EQ(1, ct_call(&ct, stop_eating, 0));

	EXPECT_EQ(0, ct_stop(&ct));
	close(ct.cgroup);
	EXPECT_EQ(0, cgroup_remove("103"));
	unlink(DATA);
}

TEST_F(format, of_ioacct)
{
	static const char *const lines[] = {
		"read", "write", "dirty", "cancel", "missed", "syncs_total", "fsyncs_total",
		"fdatasyncs_total", "range_syncs_total", "syncs_active", "fsyncs_active",
		"fdatasyncs_active", "range_syncs_active", "io_pbs", "fuse_requests", "fuse_bytes",
	};
	static const char path[] = "/proc/bc/101/ioacct", host[] = "/proc/bc/0/ioacct";
	const long size = DATA_MIB << 20;
	long ct_read, host_read, host_dirty;

	ASSERT_LT(0, read_text(path, self->text));
	EXPECT_EQ(4, count_lines(self->text, AUX_LINE, lines, 16)) {
		TH_LOG("%s", self->text);
	}
	EXPECT_EQ(0, value_of(path, "missed"));

	host_dirty = value_of(host, "dirty");
	ASSERT_TRUE(write_data());
	EXPECT_LE(host_dirty + size, value_of(host, "dirty"));
	EXPECT_EQ(0, value_of(path, "dirty"));
	ct_read = value_of(path, "read");
	host_read = value_of(host, "read");
	EXPECT_EQ(DATA_MIB, ct_call(&self->older, read_data, 0));
	EXPECT_LE(ct_read + size, value_of(path, "read"));
	EXPECT_GT(host_read + size, value_of(host, "read"));
	unlink(DATA);
}

#define IOPRIO_BEST_EFFORT	(2 << 13)

/* Step: take a priority for input and output. */
static long set_ioprio(long level)
{
	return syscall(SYS_ioprio_set, 1, 0, IOPRIO_BEST_EFFORT | level) ? -errno : 0;
}

TEST_F(format, of_ioprio)
{
	ASSERT_LT(0, read_text("/proc/bc/101/ioprio", self->text));
	EXPECT_STREQ("prio: 4\n", self->text);
	EXPECT_EQ(0, ct_call(&self->older, set_ioprio, 6));
	read_text("/proc/bc/101/ioprio", self->text);
	EXPECT_STREQ("prio: 6\n", self->text);
	read_text("/proc/bc/0/ioprio", self->text);
	EXPECT_STREQ("prio: 4\n", self->text);
}

TEST_F(format, of_precharge)
{
	const char *line = self->text;
	char wanted[128];
	unsigned long held;
	int i, len, stock, max;

	ASSERT_EQ(0, ct_call(&self->older, eat, 1));
	ASSERT_LT(0, read_text("/proc/bc/101/precharge", self->text));
	len = sprintf(wanted, "%-12s %16s %10s %10s\n", "resource", "real_held", "precharge",
		      "max_precharge");
	ASSERT_EQ(0, strncmp(wanted, line, len));
	for (i = 0; i < UB_RESOURCES; i++) {
		if (!in_new_files(i))
			continue;
		line += len;
		ASSERT_EQ(3, sscanf(line, "%*s %lu %d %d", &held, &stock, &max));
		len = sprintf(wanted, "%-12s %16lu %10d %10d\n", names[i], held, stock, max);
		EXPECT_EQ(0, strncmp(wanted, line, len)) {
			TH_LOG("%s", line);
		}
		EXPECT_EQ(held, ct_held(&self->older, i) + stock);
		EXPECT_LE(stock, max * sysconf(_SC_NPROCESSORS_CONF));
		/* A process has memory, and more of it was charged than it has. */
		if (i == UB_PRIVVMPAGES)
			EXPECT_LT(0, stock);
	}
	EXPECT_EQ(0, line[len]);
	EXPECT_EQ(1, ct_call(&self->older, stop_eating, 0));
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
