// SPDX-License-Identifier: GPL-2.0-only
/*
 * numaioreq: requests that io_setup() sets aside.
 *
 * The kernel has 65536 of them for the whole machine (fs.aio-max-nr), and two
 * calls of io_setup() take all.  Charged with the context and uncharged when
 * that is killed.  The owner is who pays for the address space it belongs to.
 *
 * Refusal: EAGAIN, as when the machine has none left.
 */
#include <linux/aio.h>
#include <linux/percpu-refcount.h>
#include <linux/sched.h>

#include "hook.h"
#include "kernel/ct.h"
#include "mm_record.h"

struct ctx_rq_wait;

/*
 * The beginning of a context, as fs/aio.c has it for itself.  The same in 6.1,
 * 6.12 and 7.2.
 */
struct kioctx {
	struct percpu_ref users;
	atomic_t dead;
	struct percpu_ref reqs;
	unsigned long user_id;
	void __percpu *cpu;
	unsigned int req_batch;
	unsigned int max_reqs;
};

static struct beancounter *payer_of(const struct mm_struct *mm)
{
	struct mm_record *rec = mm_record_of(mm);

	return rec ? &rec->record.ct->bc : NULL;
}

DEFINE_HOOK(struct kioctx *, ioctx_alloc, unsigned int nr_events)
{
	struct beancounter *bc = payer_of(current->mm);
	struct kioctx *ctx;

	if (likely(!bc))
		return HOOK_ORIGINAL(ioctx_alloc)(nr_events);
	if (bc_charge(bc, VZMOD_NUMAIOREQ, nr_events, UB_HARD))
		return ERR_PTR(-EAGAIN);
	hook_enter();
	ctx = HOOK_ORIGINAL(ioctx_alloc)(nr_events);
	if (IS_ERR(ctx))
		bc_uncharge(bc, VZMOD_NUMAIOREQ, nr_events);
	hook_leave();
	return ctx;
}

/* Of several that kill a context one succeeds. */
DEFINE_HOOK(int, kill_ioctx, struct mm_struct *mm, struct kioctx *ctx,
	    struct ctx_rq_wait *wait)
{
	struct beancounter *bc = payer_of(mm);
	unsigned int max_reqs;
	int ret;

	if (likely(!bc))
		return HOOK_ORIGINAL(kill_ioctx)(mm, ctx, wait);
	max_reqs = ctx->max_reqs;
	hook_enter();
	ret = HOOK_ORIGINAL(kill_ioctx)(mm, ctx, wait);
	if (!ret)
		bc_uncharge(bc, VZMOD_NUMAIOREQ, max_reqs);
	hook_leave();
	return ret;
}
