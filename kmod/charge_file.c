// SPDX-License-Identifier: GPL-2.0-only
/*
 * numfile: every struct file, of whatever kind.
 *
 * Charged and uncharged where security modules attach their data.  The owner
 * is the opener, f_cred, which never changes: a file that was passed to
 * somebody else stays with whoever opened it.
 *
 * Refusal: ENFILE from open, socket, pipe, accept and all the others.
 */
#include <linux/cred.h>
#include <linux/fs.h>

#include "hook.h"
#include "owner.h"

/*
 * While the security modules look at a new file, its private_data points
 * here: when one of them refuses, security_file_alloc() may or may not call
 * security_file_free(), depending on the kernel, and the refusal itself is
 * what uncharges.
 */
static const char being_allocated;

DEFINE_HOOK(int, security_file_alloc, struct file *file)
{
	struct beancounter *bc = bc_of(file->f_cred->user_ns);
	int ret;

	if (likely(!bc))
		return HOOK_ORIGINAL(security_file_alloc)(file);
	if (bc_charge(bc, UB_NUMFILE, 1, UB_HARD))
		return -ENFILE;
	hook_enter();
	file->private_data = (void *)&being_allocated;
	ret = HOOK_ORIGINAL(security_file_alloc)(file);
	file->private_data = NULL;
	if (unlikely(ret))
		bc_uncharge(bc, UB_NUMFILE, 1);
	hook_leave();
	return ret;
}

DEFINE_HOOK(void, security_file_free, struct file *file)
{
	struct beancounter *bc = bc_of(file->f_cred->user_ns);

	if (unlikely(bc) && file->private_data != &being_allocated)
		bc_uncharge(bc, UB_NUMFILE, 1);
	HOOK_ORIGINAL(security_file_free)(file);
}
