// SPDX-License-Identifier: GPL-2.0-only
/*
 * numflock: installed POSIX, OFD and BSD locks.  Blocked waiters and leases
 * are not counted.
 *
 * The kernel's insertion of a lock is inlined, but flock_lock_inode() and
 * posix_lock_inode() never install a request itself: they install a copy that
 * locks_copy_lock() makes, and nothing fails after that.  So:
 *
 *  - on entry one lock is charged, and the request says so in a field that is
 *    not copied and that a request does not use;
 *  - a copy of such a request is the new lock and takes that charge over;
 *  - a charge that is still there on return is given back;
 *  - any other copy made by posix_lock_inode() is the second half of a lock
 *    that is being split.  That is not refused, as unlocking must not fail:
 *    it is charged by force;
 *  - unlinking uncharges.
 *
 * The owner is the opener of the file that the lock was made through.
 *
 * Refusal: ENOMEM from flock(), ENOLCK from fcntl().
 */
#include <linux/cred.h>
#include <linux/fs.h>

#include "charge_lock.h"
#include "compat.h"
#include "hook.h"
#include "owner.h"

/* Values of flc_link_cpu, which otherwise is the number of a CPU. */
#define LOCK_CHARGED	(-0x101)
#define LOCK_INSTALLED	(-0x102)

static unsigned long posix_code, posix_code_size;

static struct beancounter *bc_of_lock(const struct file_lock_core *flc)
{
	return flc->flc_file ? bc_of(flc->flc_file->f_cred->user_ns) : NULL;
}

/* May the request install a lock? */
static bool installs(const struct file_lock_core *request)
{
	return request->flc_type != F_UNLCK &&
	       !(request->flc_flags & FL_ACCESS);
}

static int charge_request(struct beancounter *bc, struct file_lock_core *request)
{
	if (!installs(request))
		return 0;
	if (bc_charge(bc, UB_NUMFLOCK, 1, UB_HARD))
		return -ENOMEM;
	request->flc_link_cpu = LOCK_CHARGED;
	return 0;
}

static void settle_request(struct beancounter *bc, struct file_lock_core *request)
{
	if (request->flc_link_cpu == LOCK_CHARGED)
		bc_uncharge(bc, UB_NUMFLOCK, 1);
	request->flc_link_cpu = 0;
}

DEFINE_HOOK(int, flock_lock_inode, struct inode *inode,
	    struct file_lock *request)
{
	struct file_lock_core *flc = compat_lock_core(request);
	struct beancounter *bc = bc_of_lock(flc);
	int ret;

	if (likely(!bc))
		return HOOK_ORIGINAL(flock_lock_inode)(inode, request);
	if (charge_request(bc, flc))
		return -ENOMEM;
	hook_enter();
	ret = HOOK_ORIGINAL(flock_lock_inode)(inode, request);
	settle_request(bc, flc);
	hook_leave();
	return ret;
}

DEFINE_HOOK(int, posix_lock_inode, struct inode *inode,
	    struct file_lock *request, struct file_lock *conflock)
{
	struct file_lock_core *flc = compat_lock_core(request);
	struct beancounter *bc = bc_of_lock(flc);
	int ret;

	if (likely(!bc))
		return HOOK_ORIGINAL(posix_lock_inode)(inode, request,
						       conflock);
	if (charge_request(bc, flc))
		return -ENOLCK;
	hook_enter();
	ret = HOOK_ORIGINAL(posix_lock_inode)(inode, request, conflock);
	settle_request(bc, flc);
	hook_leave();
	return ret;
}

DEFINE_HOOK(void, locks_copy_lock, struct file_lock *new, struct file_lock *fl)
{
	unsigned long caller = (unsigned long)__builtin_return_address(0);
	struct file_lock_core *flc = compat_lock_core(fl);

	if (flc->flc_link_cpu == LOCK_CHARGED) {
		flc->flc_link_cpu = LOCK_INSTALLED;
	} else if (caller - posix_code < posix_code_size) {
		struct beancounter *bc = bc_of_lock(flc);

		if (bc)
			bc_charge(bc, UB_NUMFLOCK, 1, UB_FORCE);
	}
	HOOK_ORIGINAL(locks_copy_lock)(new, fl);
}

DEFINE_HOOK(void, locks_unlink_lock_ctx, struct file_lock_core *flc)
{
	if (flc->flc_flags & (FL_POSIX | FL_FLOCK | FL_OFDLCK)) {
		struct beancounter *bc = bc_of_lock(flc);

		if (bc)
			bc_uncharge(bc, UB_NUMFLOCK, 1);
	}
	HOOK_ORIGINAL(locks_unlink_lock_ctx)(flc);
}

/**
 * charge_lock_init() - find out where posix_lock_inode() is
 *
 * Context: may sleep.
 * Return: 0. If it is not found, its hook is not either and none is attached.
 */
int charge_lock_init(void)
{
	posix_code = hook_find_symbol("posix_lock_inode");
	posix_code_size = posix_code ? hook_symbol_size(posix_code) : 0;
	return 0;
}
