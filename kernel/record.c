// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of objects.
 *
 * A record is found by its object, on the paths that charge, without a lock;
 * and one after the other by its container, when all of them have to be
 * looked at.  It is there from the first charge for the object to the end of
 * the object, so that whoever has the object may use it; whoever walks a
 * container's list keeps all objects of that list in existence, because
 * record_del() waits for him.
 */
#include "record.h"

#include "ct.h"

#define RECORD_HASH_BITS	12
#define RECORD_LOCK_BITS	6

static struct hlist_head hash[RECORD_KINDS][1 << RECORD_HASH_BITS];

/* Each protects the buckets whose number ends in its own, of all kinds. */
static spinlock_t bucket_lock[1 << RECORD_LOCK_BITS] = {
	[0 ... (1 << RECORD_LOCK_BITS) - 1] = __SPIN_LOCK_UNLOCKED(bucket_lock),
};

static unsigned int bucket_of(const void *object)
{
	return hash_ptr((void *)object, RECORD_HASH_BITS);
}

static spinlock_t *lock_of(unsigned int bucket)
{
	return &bucket_lock[bucket & ((1 << RECORD_LOCK_BITS) - 1)];
}

/**
 * record_set_init() - begin with no records
 * @set: RECORD_KINDS of them
 *
 * Context: any.
 */
void record_set_init(struct record_set *set)
{
	int kind;

	for (kind = 0; kind < RECORD_KINDS; kind++) {
		spin_lock_init(&set[kind].lock);
		INIT_LIST_HEAD(&set[kind].list);
	}
}

/**
 * record_find() - the record of an object
 * @kind: what the object is
 * @object: key
 *
 * Context: RCU reader; the result may be used as long as @object exists.
 * Return: the record, or NULL if nobody pays for the object.
 */
struct record *record_find(enum record_kind kind, const void *object)
{
	struct hlist_head *head = &hash[kind][bucket_of(object)];
	struct record *rec;

	hlist_for_each_entry_rcu_notrace(rec, head, node)
		if (rec->object == object)
			return rec;
	return NULL;
}

/**
 * record_add() - from now on somebody pays for an object
 * @kind: what the object is
 * @rec: memory for the record
 * @object: key
 * @ct: who pays
 *
 * Context: any; takes the lock of a bucket, and after that the one of the
 * list.
 * Return: @rec, or the record that the object has already; then @rec is the
 * caller's still.
 */
struct record *record_add(enum record_kind kind, struct record *rec,
			  const void *object, struct ct *ct)
{
	unsigned int bucket = bucket_of(object);
	struct record_set *set = &ct->records[kind];
	struct record *old;
	unsigned long flags;

	rec->object = object;
	rec->ct = ct;
	spin_lock_irqsave(lock_of(bucket), flags);
	old = record_find(kind, object);
	if (!old)
		hlist_add_head_rcu(&rec->node, &hash[kind][bucket]);
	spin_unlock_irqrestore(lock_of(bucket), flags);
	if (old)
		return old;

	spin_lock_irqsave(&set->lock, flags);
	list_add(&rec->list, &set->list);
	spin_unlock_irqrestore(&set->lock, flags);
	return rec;
}

/**
 * record_del() - the object is about to end
 * @kind: what the object is
 * @rec: its record; to be freed by the caller, a grace period later
 *
 * Context: any; takes the lock of a bucket, and after that the one of the
 * list.
 */
void record_del(enum record_kind kind, struct record *rec)
{
	spinlock_t *lock = lock_of(bucket_of(rec->object));
	struct record_set *set = &rec->ct->records[kind];
	unsigned long flags;

	spin_lock_irqsave(lock, flags);
	hlist_del_rcu(&rec->node);
	spin_unlock_irqrestore(lock, flags);

	spin_lock_irqsave(&set->lock, flags);
	list_del(&rec->list);
	spin_unlock_irqrestore(&set->lock, flags);
}

/**
 * record_walk() - visit every record of a container
 * @ct: whose
 * @kind: what the objects are
 * @visit: is called for each; must not sleep, nor add or delete records
 * @arg: for @visit
 *
 * Context: any; holds the lock of the list, with interrupts off.
 */
void record_walk(struct ct *ct, enum record_kind kind,
		 void (*visit)(struct record *rec, void *arg), void *arg)
{
	struct record_set *set = &ct->records[kind];
	struct record *rec;
	unsigned long flags;

	spin_lock_irqsave(&set->lock, flags);
	list_for_each_entry(rec, &set->list, list)
		visit(rec, arg);
	spin_unlock_irqrestore(&set->lock, flags);
}
