// SPDX-License-Identifier: GPL-2.0-only
/*
 * shmpages: shared memory and tmpfs.  Each page counts as privvmpages too, and
 * both have to let it pass.
 *
 * SysV segments and shared anonymous mappings are charged with their full size
 * when they are made, files of tmpfs and memfd_create() page by page.  It stays
 * with the owner of the file, whoever else maps or writes it: for files that
 * nobody has mounted that is their creator, and they pin his container; for
 * those in a tmpfs it is the user namespace that has mounted it.
 *
 * Refusal: shmget() and mmap() fail with ENOMEM, write() to a file with ENOSPC,
 * and touching a page that cannot be had is a SIGBUS.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>

#include "compat.h"
#include "hook.h"
#include "kernel/bill.h"
#include "owner.h"

/* In the flags of an inode; high above those of the kernel. */
#define SHMEM_RECORDED	BIT(63)

/**
 * struct shm_record - a file in memory that a container pays for
 * @record: who pays; pins the user namespace of the container
 * @lock: @bill; taken with interrupts off, nothing is taken inside
 * @bill: what is paid
 * @is_whole: it was paid as a whole, whatever of it exists
 * @refused: who was refused a page, and will ask for it once more
 */
struct shm_record {
	struct record record;
	spinlock_t lock;	/* bill */
	struct bill bill;
	bool is_whole;
	const struct task_struct *refused;
};

static struct shm_record *find(struct inode *inode)
{
	struct record *record;

	rcu_read_lock();
	record = record_find(RECORD_SHM, inode);
	rcu_read_unlock();
	return container_of(record, struct shm_record, record);
}

/* NULL if nobody pays: one test for a file of the host. */
static __always_inline struct shm_record *shm_record_of(struct inode *inode)
{
	if (likely(!(SHMEM_I(inode)->flags & SHMEM_RECORDED)))
		return NULL;
	return find(inode);
}

/* The same, but only of files that are paid page by page. */
static __always_inline struct shm_record *paged_record_of(struct inode *inode)
{
	struct shm_record *rec = shm_record_of(inode);

	return rec && !rec->is_whole ? rec : NULL;
}

static struct shm_record *make_record(bool is_whole)
{
	struct shm_record *rec = kzalloc(sizeof(*rec), GFP_KERNEL_ACCOUNT);

	if (rec) {
		spin_lock_init(&rec->lock);
		rec->is_whole = is_whole;
	}
	return rec;
}

static void attach(struct shm_record *rec, struct inode *inode, struct ct *ct)
{
	owner_get(ct);
	record_add(RECORD_SHM, &rec->record, inode, ct);
	SHMEM_I(inode)->flags |= SHMEM_RECORDED;
}

static int charge(struct ct *ct, unsigned long pages, int severity)
{
	if (bc_charge(&ct->bc, UB_SHMPAGES, pages, severity))
		return -ENOMEM;
	if (bc_charge(&ct->bc, UB_PRIVVMPAGES, pages, severity)) {
		bc_uncharge(&ct->bc, UB_SHMPAGES, pages);
		return -ENOMEM;
	}
	return 0;
}

static void uncharge(struct ct *ct, unsigned long pages)
{
	if (!pages)
		return;
	bc_uncharge(&ct->bc, UB_SHMPAGES, pages);
	bc_uncharge(&ct->bc, UB_PRIVVMPAGES, pages);
}

/*
 * Pages of a file, in memory and in swap.  One on its way between the two is
 * counted twice, never not at all: first it is added, then removed.
 */
static unsigned long size_of(struct inode *inode)
{
	const struct shmem_inode_info *info = SHMEM_I(inode);
	unsigned long swapped = READ_ONCE(info->swapped), pages;

	smp_rmb();	/* swapped before nrpages ... */
	pages = READ_ONCE(inode->i_mapping->nrpages);
	smp_rmb();	/* ... and after */
	return pages + max(swapped, READ_ONCE(info->swapped));
}

static void grow_begin(struct shm_record *rec, unsigned long pages)
{
	unsigned long flags;

	spin_lock_irqsave(&rec->lock, flags);
	bill_begin(&rec->bill, pages);
	spin_unlock_irqrestore(&rec->lock, flags);
}

/* Growth by @pages is over; 0 if the file has merely become smaller. */
static void settle(struct shm_record *rec, struct inode *inode,
		   unsigned long pages)
{
	unsigned long flags, over;

	spin_lock_irqsave(&rec->lock, flags);
	over = bill_end(&rec->bill, pages, size_of(inode));
	spin_unlock_irqrestore(&rec->lock, flags);
	uncharge(rec->record.ct, over);
}

/* --- paid as a whole ------------------------------------------------------ */

static struct shm_record *begin_whole(struct ct *ct, unsigned long pages)
{
	struct shm_record *rec = make_record(true);

	if (rec && charge(ct, pages, UB_HARD)) {
		kfree(rec);
		return NULL;
	}
	if (rec)
		rec->bill.paid = pages;
	return rec;
}

static void end_whole(struct shm_record *rec, struct file *file, struct ct *ct)
{
	if (IS_ERR(file)) {
		uncharge(ct, rec->bill.paid);
		kfree(rec);
	} else {
		attach(rec, file_inode(file), ct);
	}
}

/*
 * A segment or a shared anonymous mapping, but for those that reserve nothing.
 * The type of @flags depends on the kernel; the bits and the register do not.
 */
DEFINE_HOOK(struct file *, __shmem_file_setup, struct vfsmount *mnt,
	    const char *name, loff_t size, unsigned long flags,
	    unsigned int i_flags)
{
	struct ct *ct = owner_of(current_user_ns());
	struct shm_record *rec;
	struct file *file;

	if (likely(!ct) || flags & VM_NORESERVE || size <= 0)
		return HOOK_ORIGINAL(__shmem_file_setup)(mnt, name, size, flags,
							 i_flags);
	hook_enter();
	file = ERR_PTR(-ENOMEM);
	rec = begin_whole(ct, DIV_ROUND_UP_ULL(size, PAGE_SIZE));
	if (rec) {
		file = HOOK_ORIGINAL(__shmem_file_setup)(mnt, name, size, flags,
							 i_flags);
		end_whole(rec, file, ct);
	}
	hook_leave();
	return file;
}

/* --- paid page by page ---------------------------------------------------- */

/* Only these have pages; directories and devices have not. */
static bool has_pages(umode_t mode)
{
	return S_ISREG(mode) || S_ISLNK(mode);
}

static struct ct *owner_of_inode(const struct super_block *sb)
{
	return owner_of(sb->s_flags & SB_KERNMOUNT ? current_user_ns() :
						     sb->s_user_ns);
}

DEFINE_HOOK(struct inode *, __shmem_get_inode,
	    COMPAT_IDMAP_PROTO struct super_block *sb, struct inode *dir,
	    umode_t mode, dev_t dev, unsigned long flags)
{
	struct ct *ct = owner_of_inode(sb);
	struct shm_record *rec;
	struct inode *inode;

	if (likely(!ct) || !has_pages(mode) || !(flags & VM_NORESERVE))
		return HOOK_ORIGINAL(__shmem_get_inode)(COMPAT_IDMAP_ARG sb,
							dir, mode, dev, flags);
	hook_enter();
	inode = COMPAT_NO_INODE;
	rec = make_record(false);
	if (rec)
		inode = HOOK_ORIGINAL(__shmem_get_inode)(COMPAT_IDMAP_ARG sb,
							 dir, mode, dev, flags);
	if (IS_ERR_OR_NULL(inode))
		kfree(rec);
	else
		attach(rec, inode, ct);
	hook_leave();
	return inode;
}

/*
 * Where more than one page is refused, the kernel tries a single one next; where
 * that is refused, some kernels look once more.  What counts is whether the
 * program is told.
 */
static bool is_final(const struct shm_record *rec, struct folio *folio)
{
	return !folio_test_large(folio) &&
	       (!COMPAT_SHMEM_ASKS_TWICE || READ_ONCE(rec->refused) == current);
}

static int charge_folio(struct shm_record *rec, struct folio *folio)
{
	bool final = is_final(rec, folio);
	int ret = charge(rec->record.ct, folio_nr_pages(folio),
			 final ? UB_HARD : UB_HARD | UB_TEST);

	if (final)
		WRITE_ONCE(rec->refused, NULL);
	else if (ret && !folio_test_large(folio))
		WRITE_ONCE(rec->refused, current);
	if (ret)
		return -ENOSPC;
	grow_begin(rec, folio_nr_pages(folio));
	return 0;
}

/*
 * @expected: the page comes back from swap, hence is no new one.  Since 6.7
 * there is no last argument: what is in its register is passed on and looked at
 * by nobody.
 */
DEFINE_HOOK(int, shmem_add_to_page_cache, struct folio *folio,
	    struct address_space *mapping, pgoff_t index, void *expected,
	    gfp_t gfp, struct mm_struct *charge_mm)
{
	struct shm_record *rec = paged_record_of(mapping->host);
	int ret;

	if (likely(!rec) || expected)
		return HOOK_ORIGINAL(shmem_add_to_page_cache)(folio, mapping,
							      index, expected,
							      gfp, charge_mm);
	if (charge_folio(rec, folio))
		return -ENOSPC;
	hook_enter();
	ret = HOOK_ORIGINAL(shmem_add_to_page_cache)(folio, mapping, index,
						     expected, gfp, charge_mm);
	settle(rec, mapping->host, folio_nr_pages(folio));
	hook_leave();
	return ret;
}

/* The kernel fills holes to make a huge page; nobody has asked for it. */
DEFINE_HOOK(bool, shmem_charge, struct inode *inode, long pages)
{
	struct shm_record *rec = paged_record_of(inode);
	bool ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(shmem_charge)(inode, pages);
	if (charge(rec->record.ct, pages, UB_HARD | UB_TEST))
		return false;
	grow_begin(rec, pages);
	hook_enter();
	ret = HOOK_ORIGINAL(shmem_charge)(inode, pages);
	settle(rec, inode, pages);
	hook_leave();
	return ret;
}

/*
 * Whatever has removed pages calls this.  Before 6.6 it has only the first
 * argument and no result: what is in the registers is passed on and looked at
 * by nobody.
 */
DEFINE_HOOK(bool, shmem_recalc_inode, struct inode *inode, long alloced,
	    long swapped)
{
	struct shm_record *rec = paged_record_of(inode);
	bool ret;

	if (likely(!rec))
		return HOOK_ORIGINAL(shmem_recalc_inode)(inode, alloced,
							 swapped);
	hook_enter();
	ret = HOOK_ORIGINAL(shmem_recalc_inode)(inode, alloced, swapped);
	settle(rec, inode, 0);
	hook_leave();
	return ret;
}

static void end_record(struct shm_record *rec)
{
	struct ct *ct = rec->record.ct;

	record_del(RECORD_SHM, &rec->record);
	uncharge(ct, rec->bill.paid);
	kfree_rcu(rec, record.rcu);
	owner_put(ct);
}

DEFINE_HOOK(void, shmem_evict_inode, struct inode *inode)
{
	struct shm_record *rec = shm_record_of(inode);

	if (likely(!rec)) {
		HOOK_ORIGINAL(shmem_evict_inode)(inode);
		return;
	}
	hook_enter();
	HOOK_ORIGINAL(shmem_evict_inode)(inode);
	end_record(rec);
	hook_leave();
}
