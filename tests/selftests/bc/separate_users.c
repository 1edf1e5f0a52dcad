// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * For what the kernel counts per user each container is a user of its own on
 * the host: neither another one nor the host's root, who has made both, notices
 * what it takes.
 *
 * Case T121 (inotify, fanotify).
 */
#include <kselftest_harness.h>

#include "lib/load.h"

#define TAKEN	100
#define ALLOWED	128	/* a user, by the kernel: too few for two */

FIXTURE(users) {
	struct ct one, other;
};

FIXTURE_VARIANT(users) {
	const struct load *load;
	const char *file;
};

FIXTURE_VARIANT_ADD(users, inotify) {
	&load_inotify, "/proc/sys/fs/inotify/max_user_instances"
};

FIXTURE_VARIANT_ADD(users, fanotify) {
	&load_fanotify, "/proc/sys/fs/fanotify/max_user_groups"
};

FIXTURE_SETUP(users)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->one, 101));
	ASSERT_EQ(0, ct_start(&self->other, 102));
}

FIXTURE_TEARDOWN(users)
{
	EXPECT_EQ(0, ct_stop(&self->one));
	EXPECT_EQ(0, ct_stop(&self->other));
	EXPECT_TRUE(no_leaks());
}

static int read_number(const char *path)
{
	FILE *file = fopen(path, "re");
	int n = -1;

	if (!file || fscanf(file, "%d", &n) != 1)
		n = -1;
	if (file)
		fclose(file);
	return n;
}

static int take(struct ct *ct, const struct load *load, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (ct ? ct_call(ct, load->add, i) : load->add(i))
			break;
	return i;
}

TEST_F(users, do_not_take_from_each_other)
{
	const struct load *load = variant->load;

	ASSERT_EQ(ALLOWED, read_number(variant->file));
	EXPECT_EQ(TAKEN, take(&self->one, load, TAKEN));
	EXPECT_EQ(TAKEN, take(&self->other, load, TAKEN));
	EXPECT_EQ(TAKEN, take(NULL, load, TAKEN));
	EXPECT_EQ(TAKEN, ct_held(&self->one, load->resource));
	EXPECT_EQ(TAKEN, ct_held(&self->other, load->resource));
}

TEST_HARNESS_MAIN
