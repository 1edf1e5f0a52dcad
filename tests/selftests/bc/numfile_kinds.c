// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * numfile counts each kind of file that there is, and nothing for an open()
 * that fails.
 *
 * Case T010 (kinds).
 */
#include <errno.h>
#include <kselftest_harness.h>

#include "lib/container.h"
#include "lib/files.h"

FIXTURE(numfile) {
	struct ct ct;
};

FIXTURE_SETUP(numfile)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(numfile)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* Number of files that a kind opens, which stay open. */
static long open_kind(long i)
{
	int new[FILES_MAX];

	return file_kinds[i].open(new);
}

TEST_F(numfile, counts_each_kind_of_file)
{
	struct ct *ct = &self->ct;
	long before, opened;
	size_t i;

	for (i = 0; i < n_file_kinds; i++) {
		before = ct_held(ct, UB_NUMFILE);
		opened = ct_call(ct, open_kind, i);
		if (opened == -ENOSYS) {
			TH_LOG("%s: this kernel has none", file_kinds[i].name);
			continue;
		}
		EXPECT_EQ(file_kinds[i].files, opened) {
			TH_LOG("%s", file_kinds[i].name);
		}
		EXPECT_EQ(before + file_kinds[i].files,
			  ct_held_when(ct, UB_NUMFILE, before + file_kinds[i].files)) {
			TH_LOG("%s", file_kinds[i].name);
		}
	}
}

TEST_HARNESS_MAIN
