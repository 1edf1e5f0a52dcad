// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of parameters: complete, and the same from file and command line. */
#include <ctype.h>
#include <kselftest_harness.h>

#include "leaks.h"
#include "lib/log.h"
#include "lib/param.h"
#include "lib/param_argv.h"

FIXTURE(param) {
	struct params params;
	struct conf conf;
	struct vz_err err;
};

FIXTURE_SETUP(param)
{
	static const struct log_setup quiet = { .prog = "test", .quiet = true };

	log_setup(&quiet);
}

FIXTURE_TEARDOWN(param)
{
	params_free(&self->params);
	conf_free(&self->conf);
	EXPECT_FALSE(leaks_memory());
}

/* The row behind @id that a loop can begin with: ids without one are left out. */
static enum param_id next_row(int id)
{
	while (id < PARAM_COUNT && !param_get(id))
		id++;
	return id;
}

static bool is_key(const char *text)
{
	if (!isupper(*text))
		return false;
	for (; *text; text++)
		if (!isupper(*text) && !isdigit(*text) && *text != '_')
			return false;
	return true;
}

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* A row without help is another spelling, or there to be refused clearly. */
TEST_F(param, every_row_has_a_type_a_name_and_if_it_is_an_option_a_help)
{
	for (int id = next_row(0); id < PARAM_COUNT; id = next_row(id + 1)) {
		const struct param *param = param_get(id);

		EXPECT_NE(NULL, param->type);
		EXPECT_TRUE(param->option || param->key);
		EXPECT_TRUE(!param->option || param->help || param->stored_as ||
			    param->flags & PF_MISSING) {
			TH_LOG("--%s", param->option);
		}
		EXPECT_TRUE(!param->key || is_key(param->key));
		EXPECT_TRUE(!param->alias || is_key(param->alias));
		EXPECT_NE(NULL, param->type->parse);
		EXPECT_NE(NULL, param->type->format);
		EXPECT_NE(NULL, param->type->arg);
	}
	EXPECT_EQ(NULL, param_get(P_NONE));
}

TEST_F(param, no_option_letter_key_or_alias_is_given_twice)
{
	for (int i = next_row(0); i < PARAM_COUNT; i = next_row(i + 1)) {
		for (int j = next_row(0); j < PARAM_COUNT; j = next_row(j + 1)) {
			const struct param *a = param_get(i), *b = param_get(j);

			if (i == j)
				continue;
			EXPECT_FALSE(same(a->option, b->option));
			EXPECT_FALSE(same(a->key, b->key));
			EXPECT_FALSE(same(a->alias, b->key));
			EXPECT_FALSE(same(a->alias, b->alias));
			EXPECT_FALSE(a->short_opt && a->short_opt == b->short_opt);
		}
	}
}

TEST_F(param, every_row_is_found_by_each_of_its_names)
{
	for (int id = next_row(0); id < PARAM_COUNT; id = next_row(id + 1)) {
		const struct param *param = param_get(id);

		if (param->key)
			EXPECT_EQ(id, param_by_key(param->key));
		if (param->alias)
			EXPECT_EQ(id, param_by_key(param->alias));
		if (param->option)
			EXPECT_EQ(id, param_by_option(param->option));
	}
	EXPECT_EQ(P_NONE, param_by_key("kmemsize"));
	EXPECT_EQ(P_NONE, param_by_key("DUMMY"));
	EXPECT_EQ(P_NONE, param_by_key(""));
	EXPECT_EQ(P_NONE, param_by_option("KMEMSIZE"));
	EXPECT_EQ(P_NONE, param_by_option("dummy"));
	EXPECT_EQ(P_NONE, param_by_option(""));
}

TEST_F(param, every_resource_but_the_dummies_is_a_parameter)
{
	for (int res = 0; res < VZMOD_RESOURCES; res++) {
		const struct param *param = param_get(P_UB + res);

		if (ub_resources[res].flags & UBR_DUMMY) {
			EXPECT_EQ(NULL, param);
			continue;
		}
		ASSERT_NE(NULL, param);
		EXPECT_STREQ(ub_resources[res].name, param->option);
		EXPECT_EQ(0, strcasecmp(ub_resources[res].name, param->key));
		EXPECT_EQ(ub_resources[res].unit, param->unit);
		EXPECT_TRUE(param->flags & PF_SET);
	}
}

/* What each type takes from both sources, and how it is written. */
static const struct {
	enum param_id id;
	const char *text;
	const char *stored;	/* NULL: refused */
} values[] = {
	{ P_UB + UB_NUMPROC,	"240",			"240:240" },
	{ P_UB + UB_NUMPROC,	"240:300",		"240:300" },
	{ P_UB + UB_NUMPROC,	"unlimited",		"unlimited" },
	{ P_UB + UB_NUMPROC,	"0:unlimited",		"0:unlimited" },
	{ P_UB + UB_NUMPROC,	"1K",			NULL },
	{ P_UB + UB_NUMPROC,	"",			NULL },
	{ P_UB + UB_NUMPROC,	"-1",			NULL },
	{ P_UB + UB_KMEMSIZE,	"1.5M:2G",		"1572864:2147483648" },
	{ P_UB + UB_PHYSPAGES,	"1G",			"262144:262144" },
	{ P_ONBOOT,		"yes",			"yes" },
	{ P_ONBOOT,		"no",			"no" },
	{ P_ONBOOT,		"Yes",			NULL },
	{ P_ONBOOT,		"1",			NULL },
	{ P_ONBOOT,		"",			NULL },
	{ P_HOSTNAME,		"web-1.example.org",	"web-1.example.org" },
	{ P_HOSTNAME,		"-web",			NULL },
	{ P_HOSTNAME,		".web",			NULL },
	{ P_HOSTNAME,		"web;id",		NULL },
	{ P_HOSTNAME,		"web one",		NULL },
	{ P_HOSTNAME,		"web\n",		NULL },
	{ P_HOSTNAME,		"w\xc3\xa9-b",	NULL },
	{ P_NAME,		"web",			"web" },
	{ P_NAME,		"101",			NULL },
	{ P_NAME,		"-web",			NULL },
	{ P_NAME,		"../../etc/passwd",	NULL },
	{ P_NAME,		".hidden",		NULL },
	{ P_OSTEMPLATE,		"debian-12-x86_64-minimal", "debian-12-x86_64-minimal" },
	{ P_OSTEMPLATE,		"../debian",		NULL },
	{ P_OSTEMPLATE,		"/etc/passwd",		NULL },
	{ P_OSTEMPLATE,		"..",			NULL },
	{ P_OSTEMPLATE,		"-rf",			NULL },
	{ P_VE_ROOT,		"/vz/root/$VEID",	"/vz/root/$VEID" },
	{ P_VE_ROOT,		"/vz/root/${VEID}",	"/vz/root/${VEID}" },
	{ P_VE_ROOT,		"vz/root",		NULL },
	{ P_VE_ROOT,		"/",			NULL },
	{ P_VE_ROOT,		"//",			NULL },
	{ P_VE_ROOT,		"/./",			NULL },
	{ P_VE_ROOT,		"/vz/../etc",		NULL },
	{ P_VE_ROOT,		"/vz/..",		NULL },
	{ P_BOOTORDER,		"10",			"10" },
	{ P_BOOTORDER,		"-1",			NULL },
	{ P_BOOTORDER,		"1x",			NULL },
};

static const enum param_source sources[] = { FROM_FILE, FROM_ARGV };

TEST_F(param, file_and_command_line_read_a_value_alike)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		for (size_t s = 0; s < ARRAY_SIZE(sources); s++) {
			struct params params = { 0 };
			int ret = params_set(&params, values[i].id, values[i].text, sources[s]);
			char *text = params_format(&params, values[i].id);

			EXPECT_EQ(values[i].stored ? 0 : -EINVAL, ret) {
				TH_LOG("%s: \"%s\"", param_get(values[i].id)->key, values[i].text);
			}
			EXPECT_EQ(!values[i].stored, !text);
			if (values[i].stored && text)
				EXPECT_STREQ(values[i].stored, text);
			free(text);
			params_free(&params);
		}
	}
}

/* What the resource counts decides which suffixes there are. */
static const struct {
	const char *text;
	const char *stored[3];	/* by unit: items, bytes, pages; NULL: refused */
} bounds[] = {
	{ "7",			{ "7:7", "7:7", "7:7" } },
	{ "7:8",		{ "7:8", "7:8", "7:8" } },
	{ "0:unlimited",	{ "0:unlimited", "0:unlimited", "0:unlimited" } },
	{ "unlimited",		{ "unlimited", "unlimited", "unlimited" } },
	{ "unlimited:7",	{ "unlimited:7", "unlimited:7", "unlimited:7" } },
	{ "8192B",		{ NULL, "8192:8192", "2:2" } },
	{ "8k:1.5M",		{ NULL, "8192:1572864", "2:384" } },
	{ "1G",			{ NULL, "1073741824:1073741824", "262144:262144" } },
	{ "1T:unlimited",	{ NULL, "1099511627776:unlimited", "268435456:unlimited" } },
	{ "3P:4p",		{ NULL, "12288:16384", "3:4" } },
	{ "7:",			{ NULL, NULL, NULL } },
	{ ":7",			{ NULL, NULL, NULL } },
	{ "7:8:9",		{ NULL, NULL, NULL } },
	{ "8KB",		{ NULL, NULL, NULL } },
};

TEST_F(param, every_beancounter_takes_the_suffixes_of_its_unit)
{
	static const int column[] = { [UB_COUNT] = 0, [UB_BYTES] = 1, [UB_PAGES] = 2 };

	for (int id = next_row(P_UB); id < PARAM_COUNT; id = next_row(id + 1)) {
		for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
			const char *stored = bounds[i].stored[column[param_get(id)->unit]];
			struct params params = { 0 };
			char *text;

			EXPECT_EQ(stored ? 0 : -EINVAL,
				  params_set(&params, id, bounds[i].text, FROM_ARGV)) {
				TH_LOG("--%s %s", param_get(id)->option, bounds[i].text);
			}
			text = params_format(&params, id);
			EXPECT_STREQ(stored ? stored : "nothing", text ? text : "nothing");
			free(text);
			params_free(&params);
		}
	}
}

TEST_F(param, what_is_written_reads_back_as_the_same_text)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct params params = { 0 };
		char *text;

		if (!values[i].stored)
			continue;
		ASSERT_EQ(0, params_set(&params, values[i].id, values[i].stored, FROM_FILE));
		text = params_format(&params, values[i].id);
		EXPECT_STREQ(values[i].stored, text);
		free(text);
		params_free(&params);
	}
}

/* No parameter lets what it is given begin a second line or a command. */
TEST_F(param, no_row_takes_a_newline_or_a_quote_from_the_command_line)
{
	static const char *const evil[] = {
		"a\nVE_ROOT=/", "\"", "a\";id;\"", "`id`", "$(id)", "\\", "a\\", "/a\nb",
		"/$(id)", "eth0\nx:1", "x:\"", "10.0.0.1\n", "1\n", "yes\n", "1:2\n",
	};
	for (int id = next_row(0); id < PARAM_COUNT; id = next_row(id + 1)) {
		const struct param *param = param_get(id);

		for (size_t i = 0; i < ARRAY_SIZE(evil); i++) {
			struct params params = { 0 };
			char *text;

			params_set(&params, id, evil[i], FROM_ARGV);
			text = params_format(&params, param->stored_as ? param->stored_as : id);
			EXPECT_TRUE(!text || conf_value_is_safe(text)) {
				TH_LOG("%s takes \"%s\"", param->key ? param->key : param->option,
				       evil[i]);
			}
			free(text);
			params_free(&params);
		}
	}
}

TEST_F(param, no_row_crashes_or_leaks_on_random_text)
{
	static const char alphabet[] = "0123456789:.,KMGP%/-_ abc$\"\n\xff=";
	unsigned int seed = 1;
	char text[40];

	for (int id = next_row(0); id < PARAM_COUNT; id = next_row(id + 1)) {
		for (int round = 0; round < 500; round++) {
			struct params params = { 0 };
			size_t len = rand_r(&seed) % sizeof(text);
			char *written;

			for (size_t i = 0; i < len; i++)
				text[i] = alphabet[rand_r(&seed) % (sizeof(alphabet) - 1)];
			text[len < sizeof(text) ? len : sizeof(text) - 1] = 0;
			params_set(&params, id, text, round % 2 ? FROM_FILE : FROM_ARGV);
			written = params_format(&params, id);
			free(written);
			params_free(&params);
		}
	}
}

TEST_F(param, of_a_scalar_given_twice_the_first_counts_and_a_list_grows)
{
	char *text;

	ASSERT_EQ(0, params_set(&self->params, P_HOSTNAME, "one", FROM_ARGV));
	EXPECT_EQ(-EEXIST, params_set(&self->params, P_HOSTNAME, "two", FROM_ARGV));
	EXPECT_STREQ("one", params_text(&self->params, P_HOSTNAME));
	ASSERT_EQ(0, params_set(&self->params, P_NAMESERVER, "10.0.0.1", FROM_ARGV));
	ASSERT_EQ(0, params_set(&self->params, P_NAMESERVER, "10.0.0.2", FROM_ARGV));
	text = params_format(&self->params, P_NAMESERVER);
	EXPECT_STREQ("10.0.0.1 10.0.0.2", text);
	free(text);
}

TEST_F(param, too_large_is_reduced_in_a_file_and_told_apart_from_wrong)
{
	EXPECT_EQ(-ERANGE, params_set(&self->params, P_UB + UB_NUMFILE, "99999999999999999999",
				      FROM_FILE));
	EXPECT_EQ(UB_MAXVALUE, self->params.value[P_UB + UB_NUMFILE].pair.limit);
}

TEST_F(param, ram_and_swap_are_limits_of_their_resources)
{
	char *text;

	ASSERT_EQ(0, params_set(&self->params, P_RAM, "1G", FROM_ARGV));
	text = params_format(&self->params, P_UB + UB_PHYSPAGES);
	EXPECT_STREQ("0:262144", text);
	free(text);
	ASSERT_EQ(0, params_set(&self->params, P_SWAP, "4097", FROM_ARGV));
	text = params_format(&self->params, P_UB + UB_SWAPPAGES);
	EXPECT_STREQ("0:2", text);
	free(text);
}

static int read_conf(struct conf *conf, const char *text, struct vz_err *err)
{
	conf_free(conf);
	return conf_parse(conf, "101.conf", text, strlen(text), err);
}

TEST_F(param, a_file_gives_what_is_right_in_it_and_warns_of_the_rest)
{
	ASSERT_EQ(0, read_conf(&self->conf,
			       "NUMPROC=\"240:240\"\nNUMFILE=\"x\"\nONBOOT=maybe\nHOSTNAME=web\n"
			       "HOSTNAME=other\nUNKNOWN=1\nDCACHE=\"1:2\"\n", &self->err));
	params_from_conf(&self->params, &self->conf, false);
	EXPECT_TRUE(self->params.set[P_UB + UB_NUMPROC]);
	EXPECT_FALSE(self->params.set[P_UB + UB_NUMFILE]);
	EXPECT_FALSE(self->params.set[P_ONBOOT]);
	EXPECT_STREQ("web", params_text(&self->params, P_HOSTNAME));
	EXPECT_EQ(2, self->params.value[P_UB + UB_DCACHESIZE].pair.limit);
	EXPECT_EQ(3, self->conf.warnings);
}

TEST_F(param, what_is_stored_keeps_comments_unknown_keys_and_equal_values)
{
	static const char before[] =
		"# mine\nNUMPROC=240\nUNKNOWN='x'\nHOSTNAME=\"old\"\nONBOOT=\"yes\"\n";
	static const char after[] =
		"# mine\nNUMPROC=240\nUNKNOWN='x'\nHOSTNAME=\"new\"\nONBOOT=\"yes\"\n"
		"NUMFILE=\"9312:9312\"\n";
	size_t len;
	char *text;

	ASSERT_EQ(0, read_conf(&self->conf, before, &self->err));
	params_set(&self->params, P_UB + UB_NUMPROC, "240:240", FROM_ARGV);
	params_set(&self->params, P_UB + UB_NUMFILE, "9312", FROM_ARGV);
	params_set(&self->params, P_HOSTNAME, "new", FROM_ARGV);
	ASSERT_EQ(0, params_to_conf(&self->params, &self->conf, &self->err));
	text = conf_text(&self->conf, &len);
	EXPECT_STREQ(after, text);
	free(text);
}

TEST_F(param, options_come_in_any_order_with_or_without_equals_sign)
{
	char *argv[9] = { "set", "--numproc=60:60", "--onboot", "yes", "--numfile", "2000:2000",
			  "--hostname=demo", "--save", NULL };
	bool save = false;
	const struct cmd_option options[] = { { "save", &save, NULL }, { 0 } };

	ASSERT_EQ(0, params_from_argv(&self->params, PF_SET, options, ARRAY_SIZE(argv) - 1, argv,
				      &self->err)) {
		TH_LOG("%s", self->err.text);
	}
	EXPECT_TRUE(save);
	EXPECT_EQ(60, self->params.value[P_UB + UB_NUMPROC].pair.barrier);
	EXPECT_EQ(2000, self->params.value[P_UB + UB_NUMFILE].pair.limit);
	EXPECT_STREQ("demo", params_text(&self->params, P_HOSTNAME));
	EXPECT_TRUE(params_yes(&self->params, P_ONBOOT, false));
}

/* What getopt_long() dislikes it says itself, so there the text is empty. */
TEST_F(param, a_wrong_command_line_is_refused)
{
	static const struct {
		char *argv[4];
		enum vz_exit code;
	} wrong[] = {
		{ { "set", "--no-such-option", "1" }, VZ_BAD_VALUE },
		{ { "set", "stray" }, VZ_SYNTAX },
		{ { "set", "--numproc" }, VZ_BAD_VALUE },
		{ { "set", "--numproc", "x" }, VZ_BAD_VALUE },
		{ { "set", "--numproc", "99999999999999999999" }, VZ_BAD_VALUE },
		{ { "set", "--onboot", "maybe" }, VZ_BAD_VALUE },
		{ { "set", "--hostname", "a\nb" }, VZ_BAD_VALUE },
		{ { "set", "--name", "../x" }, VZ_NAME_ERROR },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct params params = { 0 };
		char *argv[4];
		int argc = 0;

		while (argc < 3 && wrong[i].argv[argc]) {
			argv[argc] = wrong[i].argv[argc];
			argc++;
		}
		argv[argc] = NULL;
		vz_err_clear(&self->err);
		EXPECT_EQ(-1, params_from_argv(&params, PF_SET, NULL, argc, argv, &self->err));
		EXPECT_EQ(wrong[i].code, self->err.code) {
			TH_LOG("%s %s: %s", argv[1], argc > 2 ? argv[2] : "", self->err.text);
		}
		EXPECT_EQ(NULL, strchr(self->err.text, '\n'));
		params_free(&params);
	}
}

TEST_F(param, lists_merge_by_name_and_remove_whole_or_all)
{
	static const struct {
		const char *list, *add, *merged, *removed;
		char item_end;
	} lists[] = {
		{ "", "", "", "", 0 },
		{ "a b", "c", "a b c", "a b", 0 },
		{ "a b", "a", "b a", "b", 0 },
		{ "a,b\tc", "b", "a c b", "a c", 0 },
		{ "10.0.0.1/24 10.0.0.2", "10.0.0.1/8", "10.0.0.2 10.0.0.1/8", "10.0.0.2", '/' },
		{ "fuse:on ppp:on", "fuse:off", "ppp:on fuse:off", "ppp:on", ':' },
		{ "a b", "x x", "a b x", "a b", 0 },
		{ "a b", "all", "a b all", "", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		char *merged = list_merge(lists[i].list, lists[i].add, lists[i].item_end);
		char *removed = list_remove(lists[i].list, lists[i].add, lists[i].item_end);

		EXPECT_STREQ(lists[i].merged, merged);
		EXPECT_STREQ(lists[i].removed, removed);
		free(merged);
		free(removed);
	}
}

TEST_HARNESS_MAIN
