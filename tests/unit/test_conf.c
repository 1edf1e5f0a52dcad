// SPDX-License-Identifier: GPL-2.0-or-later
/* Configuration files: reading, keeping, writing; and what never gets into one. */
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sys/stat.h>

#include "leaks.h"
#include "lib/conf.h"
#include "lib/log.h"

FIXTURE(conf) {
	struct conf conf;
	struct vz_err err;
	char dir[64];
	char path[96];
};

FIXTURE_SETUP(conf)
{
	static const struct log_setup quiet = { .prog = "test", .quiet = true };

	log_setup(&quiet);
	strcpy(self->dir, "/tmp/vz-test-conf.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	snprintf(self->path, sizeof(self->path), "%s/101.conf", self->dir);
}

FIXTURE_TEARDOWN(conf)
{
	conf_free(&self->conf);
	EXPECT_FALSE(leaks_memory());
	unlink(self->path);
	EXPECT_EQ(0, rmdir(self->dir)) {
		TH_LOG("something is left in %s", self->dir);
	}
}

static int parse(struct conf *conf, const char *text, struct vz_err *err)
{
	conf_free(conf);
	return conf_parse(conf, "101.conf", text, strlen(text), err);
}

static bool text_is(const struct conf *conf, const char *expected)
{
	size_t len;
	char *text = conf_text(conf, &len);
	bool same = text && len == strlen(expected) && !memcmp(text, expected, len);

	free(text);
	return same;
}

static const struct {
	const char *line;
	const char *value;	/* of KEY; NULL: none */
} lines[] = {
	{ "KEY=value",			"value" },
	{ "KEY=\"value\"",		"value" },
	{ "KEY='value'",		"value" },
	{ "KEY=\"two words\"",		"two words" },
	{ "KEY=",			"" },
	{ "KEY=\"\"",			"" },
	{ "  KEY=value",		"value" },
	{ "\tKEY=value\t",		"value" },
	{ "KEY=value # comment",	"value" },
	{ "KEY=\"value\" # comment",	"value" },
	{ "KEY=\"a # b\"",		"a # b" },
	{ "KEY=a#b",			"a#b" },
	{ "KEY=\"value\"\r",		"value" },
	{ "KEY=value\r",		"value" },
	{ "KEY=\"say \\\"hi\\\"\"",	"say \"hi\"" },
	{ "KEY=\"back\\\\slash\"",	"back\\slash" },
	{ "KEY='it \\ stays'",		"it \\ stays" },
	{ "KEY=/vz/root/$VEID",		"/vz/root/$VEID" },
	{ "KEY=a=b",			"a=b" },
	{ "KEY=\"it's\"",		"it's" },
	{ "KEY = value",		NULL },
	{ "KEY =value",			NULL },
	{ "KEY",			NULL },
	{ "KEY\"value\"",		NULL },
	{ "=value",			NULL },
	{ "key=value",			NULL },
	{ "XKEY=value",			NULL },
	{ "KEYX=value",			NULL },
	{ "9KEY=value",			NULL },
	{ "K-Y=value",			NULL },
	{ "# KEY=value",		NULL },
	{ "#KEY=value",			NULL },
	{ "KEY=\"value",		NULL },
	{ "KEY='value",			NULL },
	{ "KEY=\"value\\\"",		NULL },
	{ "KEY=\"a\" b",		NULL },
	{ "KEY=\"a\"b",			NULL },
	{ "KEY=two words",		NULL },
	{ "export KEY=value",		NULL },
	{ "KEY=value; rm -rf /",	NULL },
};

TEST_F(conf, a_line_is_a_key_and_a_value_or_is_ignored)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		ASSERT_EQ(0, parse(&self->conf, lines[i].line, &self->err));
		if (lines[i].value) {
			EXPECT_STREQ(lines[i].value, conf_get(&self->conf, "KEY")) {
				TH_LOG("line: %s", lines[i].line);
			}
		} else {
			EXPECT_EQ(NULL, conf_get(&self->conf, "KEY")) {
				TH_LOG("line: %s", lines[i].line);
			}
		}
	}
}

TEST_F(conf, a_file_that_was_not_changed_is_written_back_byte_for_byte)
{
	const char *text =
		"# comment\n"
		"\n"
		"   # indented\n"
		"KMEMSIZE=\"14372700:14790164\"\n"
		"what is this\n"
		"UNKNOWN='kept as it is'   # with its comment\n"
		"BROKEN=\"no end\n"
		"\tNAME=web\r\n"
		"\n";

	ASSERT_EQ(0, parse(&self->conf, text, &self->err));
	EXPECT_TRUE(text_is(&self->conf, text));
	EXPECT_FALSE(self->conf.changed);
}

TEST_F(conf, a_changed_key_keeps_its_place_and_a_new_one_is_appended)
{
	ASSERT_EQ(0, parse(&self->conf, "# head\nA=1\n\nB='2' # b\n# tail\n", &self->err));
	ASSERT_EQ(0, conf_set(&self->conf, "B", "two", &self->err));
	ASSERT_EQ(0, conf_set(&self->conf, "C", "3", &self->err));
	EXPECT_TRUE(self->conf.changed);
	EXPECT_TRUE(text_is(&self->conf, "# head\nA=1\n\nB=\"two\"\n# tail\nC=\"3\"\n"));
	EXPECT_STREQ("two", conf_get(&self->conf, "B"));
	EXPECT_STREQ("3", conf_get(&self->conf, "C"));
}

TEST_F(conf, an_equal_value_changes_nothing_not_even_the_quotes)
{
	ASSERT_EQ(0, parse(&self->conf, "A='1' # one\n", &self->err));
	ASSERT_EQ(0, conf_set(&self->conf, "A", "1", &self->err));
	EXPECT_FALSE(self->conf.changed);
	EXPECT_TRUE(text_is(&self->conf, "A='1' # one\n"));
}

TEST_F(conf, the_first_of_two_lines_counts_and_a_change_removes_the_others)
{
	ASSERT_EQ(0, parse(&self->conf, "A=1\nB=2\nA=3\nA=4\nC=5\n", &self->err));
	EXPECT_STREQ("1", conf_get(&self->conf, "A"));
	ASSERT_EQ(0, conf_set(&self->conf, "A", "9", &self->err));
	EXPECT_TRUE(text_is(&self->conf, "A=\"9\"\nB=2\nC=5\n"));
}

TEST_F(conf, a_removed_key_is_gone_with_all_its_lines)
{
	ASSERT_EQ(0, parse(&self->conf, "A=1\nB=2\nA=3\n", &self->err));
	ASSERT_EQ(0, conf_set(&self->conf, "A", NULL, &self->err));
	EXPECT_TRUE(text_is(&self->conf, "B=2\n"));
	EXPECT_TRUE(self->conf.changed);
	ASSERT_EQ(0, conf_set(&self->conf, "NONE", NULL, &self->err));
	EXPECT_TRUE(text_is(&self->conf, "B=2\n"));
}

TEST_F(conf, many_keys_come_and_go)
{
	char key[16], value[16];

	ASSERT_EQ(0, parse(&self->conf, "", &self->err));
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 100; i++) {
			snprintf(key, sizeof(key), "K%d", i);
			snprintf(value, sizeof(value), "%d", i * round);
			ASSERT_EQ(0, conf_set(&self->conf, key, value, &self->err));
		}
		for (int i = 0; i < 100; i += 1 + round) {
			snprintf(key, sizeof(key), "K%d", i);
			ASSERT_EQ(0, conf_set(&self->conf, key, NULL, &self->err));
		}
	}
	EXPECT_EQ(66, self->conf.count);
	EXPECT_STREQ("196", conf_get(&self->conf, "K98"));
}

static const char *const unsafe[] = {
	"a\nROOT=/", "\n", "a\rb", "tab\there", "\x1b[31m", "\x7f", "\"", "a\"b", "\\", "a\\",
	"`id`", "$(id)", "$HOME", "${HOME}", "$", "$$", "$VEIDX", "$VEID1", "$VEID_", "${VEID",
	"${VEID:-x}", "${VEIDX}", "$ VEID", "a\";touch /tmp/x;\"",
};

static const char *const safe[] = {
	"", "value", "two words", " leading", "trailing ", "it's", "a;b", "a&b", "a|b", "a>b",
	"a # b", "#", "*", "?", "~", "[a-z]", "{a,b}", "!", "!!", "%s", "()", "a=b", "-n", "--",
	"/vz/root/$VEID", "${VEID}", "$VEID/$VEID", "x$VEID-y", "0:unlimited", "10.0.0.1/24",
	"fd00::1", "caf\xc3\xa9", "\xff\xfe",
};

TEST_F(conf, a_value_that_a_shell_would_read_differently_is_refused)
{
	ASSERT_EQ(0, parse(&self->conf, "A=1\n", &self->err));
	for (size_t i = 0; i < ARRAY_SIZE(unsafe); i++) {
		vz_err_clear(&self->err);
		EXPECT_FALSE(conf_value_is_safe(unsafe[i])) {
			TH_LOG("\"%s\"", unsafe[i]);
		}
		EXPECT_EQ(-1, conf_set(&self->conf, "A", unsafe[i], &self->err));
		EXPECT_EQ(VZ_BAD_VALUE, self->err.code);
	}
	EXPECT_TRUE(text_is(&self->conf, "A=1\n"));
}

/* What the shell makes of the file: the value, once for each assignment. */
static bool shell_reads(const char *path, const char *value)
{
	char command[256], seen[256];
	size_t len;
	FILE *f;

	snprintf(command, sizeof(command),
		 "VEID='$VEID'; . %s && printf '%%s' \"$KEY\" && VEID='${VEID}'", path);
	f = popen(command, "r");
	if (!f)
		return false;
	len = fread(seen, 1, sizeof(seen) - 1, f);
	seen[len] = 0;
	return !pclose(f) && !strcmp(seen, value);
}

TEST_F(conf, a_value_that_was_accepted_is_the_same_to_us_and_to_a_shell)
{
	for (size_t i = 0; i < ARRAY_SIZE(safe); i++) {
		EXPECT_TRUE(conf_value_is_safe(safe[i])) {
			TH_LOG("\"%s\"", safe[i]);
		}
		ASSERT_EQ(0, parse(&self->conf, "# head\n", &self->err));
		ASSERT_EQ(0, conf_set(&self->conf, "KEY", safe[i], &self->err));
		ASSERT_EQ(0, conf_save(&self->conf, self->path, &self->err)) {
			TH_LOG("%s", self->err.text);
		}
		if (!strstr(safe[i], "${")) {
			EXPECT_TRUE(shell_reads(self->path, safe[i])) {
				TH_LOG("\"%s\"", safe[i]);
			}
		}
		conf_free(&self->conf);
		ASSERT_EQ(0, conf_load(&self->conf, self->path, &self->err));
		EXPECT_STREQ(safe[i], conf_get(&self->conf, "KEY"));
	}
}

TEST_F(conf, every_single_byte_is_either_refused_or_harmless)
{
	char value[] = "a?b";

	for (int byte = 1; byte < 256; byte++) {
		value[1] = byte;
		ASSERT_EQ(0, parse(&self->conf, "", &self->err));
		vz_err_clear(&self->err);
		if (conf_set(&self->conf, "KEY", value, &self->err))
			continue;
		ASSERT_EQ(0, conf_save(&self->conf, self->path, &self->err));
		EXPECT_TRUE(shell_reads(self->path, value)) {
			TH_LOG("byte %#x", byte);
		}
	}
}

static void write_file(const char *path, size_t size, int byte)
{
	FILE *f = fopen(path, "w");

	while (f && size--)
		fputc(byte, f);
	if (f)
		fclose(f);
}

TEST_F(conf, a_file_of_one_megabyte_is_refused_with_one_line)
{
	write_file(self->path, 1 << 20, 'x');
	EXPECT_EQ(-1, conf_load(&self->conf, self->path, &self->err));
	EXPECT_EQ(VZ_INVALID_CONFIG, self->err.code);
	EXPECT_NE(NULL, strstr(self->err.text, "too large"));
	EXPECT_EQ(NULL, strchr(self->err.text, '\n'));
}

TEST_F(conf, the_largest_file_that_is_accepted_is_read_whole)
{
	write_file(self->path, CONF_MAX_SIZE, '\n');
	EXPECT_EQ(0, conf_load(&self->conf, self->path, &self->err));
	EXPECT_EQ(CONF_MAX_SIZE, self->conf.count);
	conf_free(&self->conf);
	write_file(self->path, CONF_MAX_SIZE + 1, '\n');
	EXPECT_EQ(-1, conf_load(&self->conf, self->path, &self->err));
}

TEST_F(conf, a_line_of_a_hundred_thousand_characters_is_one_value)
{
	write_file(self->path, 100000, 'A');
	EXPECT_EQ(0, conf_load(&self->conf, self->path, &self->err));
	conf_free(&self->conf);

	FILE *f = fopen(self->path, "w");

	ASSERT_NE(NULL, f);
	fprintf(f, "KEY=\"%0100000d\"\n", 0);
	fclose(f);
	ASSERT_EQ(0, conf_load(&self->conf, self->path, &self->err));
	EXPECT_EQ(100000, strlen(conf_get(&self->conf, "KEY")));
}

TEST_F(conf, a_file_that_is_no_text_is_refused)
{
	ASSERT_EQ(-1, conf_parse(&self->conf, "101.conf", "A=1\n\0B=2\n", 9, &self->err));
	EXPECT_EQ(VZ_INVALID_CONFIG, self->err.code);
}

TEST_F(conf, what_is_no_readable_file_is_reported_as_missing)
{
	EXPECT_EQ(-1, conf_load(&self->conf, self->path, &self->err));
	EXPECT_EQ(VZ_NO_CONFIG, self->err.code);
	conf_free(&self->conf);
	vz_err_clear(&self->err);
	EXPECT_EQ(-1, conf_load(&self->conf, self->dir, &self->err));
	EXPECT_EQ(VZ_NO_CONFIG, self->err.code);
	conf_free(&self->conf);
	vz_err_clear(&self->err);
	ASSERT_EQ(0, mkfifo(self->path, 0600));
	EXPECT_EQ(-1, conf_load(&self->conf, self->path, &self->err));
	EXPECT_EQ(VZ_NO_CONFIG, self->err.code);
}

TEST_F(conf, saving_keeps_the_mode_and_leaves_no_other_file)
{
	struct stat st;

	write_file(self->path, 0, 0);
	ASSERT_EQ(0, chmod(self->path, 0640));
	ASSERT_EQ(0, parse(&self->conf, "A=1\n", &self->err));
	ASSERT_EQ(0, conf_save(&self->conf, self->path, &self->err));
	ASSERT_EQ(0, stat(self->path, &st));
	EXPECT_EQ(0640, st.st_mode & 07777);
	EXPECT_EQ(4, st.st_size);
}

TEST_F(conf, a_save_that_fails_says_so_and_leaves_nothing)
{
	char path[128];

	ASSERT_EQ(0, parse(&self->conf, "A=1\n", &self->err));
	snprintf(path, sizeof(path), "%s/missing/101.conf", self->dir);
	EXPECT_EQ(-1, conf_save(&self->conf, path, &self->err));
	EXPECT_EQ(VZ_SAVE_CONFIG_ERROR, self->err.code);
}

/* Whatever the bytes are: no crash, and what is written reads as the same. */
TEST_F(conf, random_bytes_are_survived_and_kept)
{
	static const char alphabet[] = "\n\n\nABK=\"'\\# \t$`a1\r;\xff\x01_";
	unsigned int seed = 1;
	char buf[256];

	for (int round = 0; round < 20000; round++) {
		struct conf again = { 0 };
		size_t len = 1 + rand_r(&seed) % sizeof(buf), again_len;
		char *text, *again_text;

		for (size_t i = 0; i < len; i++)
			buf[i] = alphabet[rand_r(&seed) % (sizeof(alphabet) - 1)];
		conf_free(&self->conf);
		vz_err_clear(&self->err);
		ASSERT_EQ(0, conf_parse(&self->conf, "x", buf, len, &self->err));
		text = conf_text(&self->conf, &again_len);
		ASSERT_EQ(0, conf_parse(&again, "x", text, again_len, &self->err));
		ASSERT_EQ(again.count, self->conf.count);
		for (size_t i = 0; i < again.count; i++) {
			const char *a = again.lines[i].value, *b = self->conf.lines[i].value;

			ASSERT_EQ(!a, !b);
			ASSERT_TRUE(!a || !strcmp(a, b));
		}
		again_text = conf_text(&again, &len);
		ASSERT_STREQ(text, again_text);
		free(text);
		free(again_text);
		conf_free(&again);
	}
}

TEST_HARNESS_MAIN
