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
 *  - any other copy made inside posix_lock_inode() is the second half of a lock
 *    that is being split.  That is not refused, as unlocking must not fail:
 *    it is charged by force.  Who is inside is remembered by task: the return
 *    address would be that of a tracer when somebody traces the function;
 *  - unlinking uncharges.
 *
 * The owner is the opener of the file that the lock was made through.
 *
 * Refusal: ENOMEM from flock(), ENOLCK from fcntl().
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "compat.h"
#include "hook.h"
#include "owner.h"

/* Values of flc_link_cpu, which otherwise is the number of a CPU. */
#define LOCK_CHARGED	(-0x101)
#define LOCK_INSTALLED	(-0x102)

/* A task that is inside posix_lock_inode(); lives on its stack. */
struct posix_call {
	struct hlist_node node;
	const struct task_struct *task;
};

#define CALLS_HASH_BITS	4

static struct calls_bucket {
	spinlock_t lock;	/* list; nothing is taken inside */
	struct hlist_head list;
} calls[1 << CALLS_HASH_BITS] = {
	[0 ... (1 << CALLS_HASH_BITS) - 1] = {
		.lock = __SPIN_LOCK_UNLOCKED(calls.lock),
	},
};

static struct calls_bucket *calls_of_current(void)
{
	return &calls[hash_ptr(current, CALLS_HASH_BITS)];
}

static void posix_call_begin(struct posix_call *call)
{
	struct calls_bucket *bucket = calls_of_current();

	call->task = current;
	spin_lock(&bucket->lock);
	hlist_add_head(&call->node, &bucket->list);
	spin_unlock(&bucket->lock);
}

static void posix_call_end(struct posix_call *call)
{
	struct calls_bucket *bucket = calls_of_current();

	spin_lock(&bucket->lock);
	hlist_del(&call->node);
	spin_unlock(&bucket->lock);
}

static bool in_posix_call(void)
{
	struct calls_bucket *bucket = calls_of_current();
	const struct posix_call *call;
	bool found = false;

	spin_lock(&bucket->lock);
	hlist_for_each_entry(call, &bucket->list, node)
		found |= call->task == current;
	spin_unlock(&bucket->lock);
	return found;
}

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
	if (!bc || !installs(request))
		return 0;
	if (bc_charge(bc, UB_NUMFLOCK, 1, UB_HARD))
		return -ENOMEM;
	request->flc_link_cpu = LOCK_CHARGED;
	return 0;
}

static void settle_request(struct beancounter *bc, struct file_lock_core *request)
{
	if (!bc)
		return;
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

/* Not inline: its frame would keep the hook from leaving by a jump. */
static noinline int posix_lock_owned(struct beancounter *bc,
				     struct inode *inode,
				     struct file_lock *request,
				     struct file_lock *conflock);

DEFINE_HOOK(int, posix_lock_inode, struct inode *inode,
	    struct file_lock *request, struct file_lock *conflock)
{
	struct beancounter *bc = bc_of_lock(compat_lock_core(request));

	/* Through a file of the host, too, it can split a lock of its own. */
	if (likely(!bc && !owner_of(current_user_ns())))
		return HOOK_ORIGINAL(posix_lock_inode)(inode, request,
						       conflock);
	return posix_lock_owned(bc, inode, request, conflock);
}

static noinline int posix_lock_owned(struct beancounter *bc,
				     struct inode *inode,
				     struct file_lock *request,
				     struct file_lock *conflock)
{
	struct file_lock_core *flc = compat_lock_core(request);
	struct posix_call call;
	int ret;

	if (charge_request(bc, flc))
		return -ENOLCK;
	hook_enter();
	posix_call_begin(&call);
	ret = HOOK_ORIGINAL(posix_lock_inode)(inode, request, conflock);
	posix_call_end(&call);
	settle_request(bc, flc);
	hook_leave();
	return ret;
}

DEFINE_HOOK(void, locks_copy_lock, struct file_lock *new, struct file_lock *fl)
{
	struct file_lock_core *flc = compat_lock_core(fl);
	struct beancounter *bc;

	if (flc->flc_link_cpu == LOCK_CHARGED) {
		flc->flc_link_cpu = LOCK_INSTALLED;
	} else {
		bc = bc_of_lock(flc);
		if (unlikely(bc) && in_posix_call())
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
