// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry of containers.
 *
 * A container is found in two ways: by its user namespace, on every charge,
 * under RCU and without a reference (whatever is being charged pins the
 * namespace, and the namespace pins its container); and by its CTID or one
 * after the other, by people, with a reference.
 *
 * The registry holds one reference from ct_reserve() to ct_cancel() or
 * ct_unbind().  Memory is freed a grace period after the last reference.
 */
#include "ct.h"

#define CT_HASH_BITS	8

static struct hlist_head ns_hash[1 << CT_HASH_BITS];
static struct hlist_head ctid_hash[1 << CT_HASH_BITS];
static LIST_HEAD(all);
static struct ct *host;
static u64 last_serial;
static unsigned int n_containers;

/* Protects the five above for writers, and ct.state and ct.superseded. */
static DEFINE_SPINLOCK(registry_lock);

static struct hlist_head *ns_bucket(const void *ns)
{
	return &ns_hash[hash_ptr((void *)ns, CT_HASH_BITS)];
}

static struct hlist_head *ctid_bucket(u32 ctid)
{
	return &ctid_hash[hash_32(ctid, CT_HASH_BITS)];
}

static struct ct *ct_alloc(u32 ctid, u32 class_id, u32 uid_base)
{
	struct ct *ct = kzalloc(sizeof(*ct), GFP_KERNEL);
	int class;

	if (!ct)
		return NULL;
	if (bc_init(&ct->bc, ctid, NULL)) {
		kfree(ct);
		return NULL;
	}
	record_set_init(ct->records);
	for (class = 0; class < SOCKBUF_CLASSES; class++)
		sockbuf_fifo_init(&ct->senders[class]);
	ct->ctid = ctid;
	ct->class_id = class_id;
	ct->uid_base = uid_base;
	ct->state = VZMOD_CT_EMBRYO;
	INIT_LIST_HEAD(&ct->list);
	refcount_set(&ct->refs, 1);
	return ct;
}

static void ct_free(struct ct *ct)
{
	bc_destroy(&ct->bc);
	kfree_rcu(ct, rcu);
}

/**
 * ct_get() - take a reference
 * @ct: to which the caller has one, or that cannot vanish now
 *
 * Context: any.
 */
void ct_get(struct ct *ct)
{
	refcount_inc(&ct->refs);
}

/**
 * ct_put() - give a reference back
 * @ct: or NULL
 *
 * Context: any.
 */
void ct_put(struct ct *ct)
{
	if (ct && refcount_dec_and_test(&ct->refs))
		ct_free(ct);
}

/*
 * May @ctid and @uid_base be given to a new container?  Embryos are in the
 * hash of CTIDs only, so that is what has to be searched.
 */
static int may_reserve(u32 ctid, u32 uid_base)
{
	struct ct *ct;
	int i;

	for (i = 0; i < ARRAY_SIZE(ctid_hash); i++) {
		hlist_for_each_entry(ct, &ctid_hash[i], ctid_node) {
			if (ct->ctid == ctid && ct->state != VZMOD_CT_STOPPED)
				return -EEXIST;
			if (uid_base && ct->uid_base == uid_base)
				return -EADDRINUSE;
		}
	}
	return 0;
}

static void supersede(u32 ctid)
{
	struct ct *ct;

	hlist_for_each_entry(ct, ctid_bucket(ctid), ctid_node)
		if (ct->ctid == ctid)
			ct->superseded = true;
}

/**
 * ct_reserve() - make an embryo
 * @ctid: its number
 * @class_id: free tag
 * @uid_base: first id of its range
 *
 * Context: may sleep; takes the registry lock.
 * Return: the embryo, whose only reference is the registry's; -EEXIST if the
 * CTID is in use, -EADDRINUSE if the range is, -ENOMEM.
 */
struct ct *ct_reserve(u32 ctid, u32 class_id, u32 uid_base)
{
	struct ct *ct = ct_alloc(ctid, class_id, uid_base);
	int ret;

	if (!ct)
		return ERR_PTR(-ENOMEM);

	spin_lock(&registry_lock);
	ret = may_reserve(ctid, uid_base);
	if (!ret) {
		supersede(ctid);
		hlist_add_head_rcu(&ct->ctid_node, ctid_bucket(ctid));
	}
	spin_unlock(&registry_lock);

	if (ret) {
		ct_put(ct);
		return ERR_PTR(ret);
	}
	return ct;
}

/* The youngest STOPPED container of a CTID speaks for it again. */
static void unsupersede(u32 ctid)
{
	struct ct *ct;

	hlist_for_each_entry(ct, ctid_bucket(ctid), ctid_node) {
		if (ct->ctid == ctid) {
			ct->superseded = false;
			return;
		}
	}
}

/**
 * ct_cancel() - give an embryo's CTID back
 * @ct: still an embryo; gone on return, unless somebody has a reference
 *
 * Context: any but interrupt; takes the registry lock.
 */
void ct_cancel(struct ct *ct)
{
	spin_lock(&registry_lock);
	hlist_del_init_rcu(&ct->ctid_node);
	unsupersede(ct->ctid);
	spin_unlock(&registry_lock);
	ct_put(ct);
}

/**
 * ct_bind() - an embryo gets its user namespace
 * @ct: the embryo; STARTING on return
 * @ns: key of the namespace
 *
 * Context: any but interrupt; takes the registry lock.
 */
void ct_bind(struct ct *ct, const void *ns)
{
	spin_lock(&registry_lock);
	ct->ns = ns;
	ct->serial = ++last_serial;
	ct->state = VZMOD_CT_STARTING;
	hlist_add_head_rcu(&ct->ns_node, ns_bucket(ns));
	list_add_rcu(&ct->list, &all);
	n_containers++;
	spin_unlock(&registry_lock);
}

/**
 * ct_set_running() - a container is set up
 * @ct: a container in state STARTING
 * @pid: of its init
 * @born: when that task began
 * @now_ns: the boot time
 *
 * Context: any but interrupt; takes the registry lock.
 * Return: 0, or -EINVAL if @ct is in another state.
 */
int ct_set_running(struct ct *ct, int pid, u64 born, u64 now_ns)
{
	int ret = -EINVAL;

	spin_lock(&registry_lock);
	if (ct->state == VZMOD_CT_STARTING) {
		ct->start_ns = now_ns;
		ct->init_pid = pid;
		ct->init_born = born;
		smp_store_release(&ct->state, VZMOD_CT_RUNNING); /* ct_init_pid() */
		ret = 0;
	}
	spin_unlock(&registry_lock);
	return ret;
}

/**
 * ct_set_stopped() - a container has no init, and will not get one
 * @ct: a container, not an embryo
 *
 * Context: any but interrupt; takes the registry lock.
 */
void ct_set_stopped(struct ct *ct)
{
	spin_lock(&registry_lock);
	WRITE_ONCE(ct->state, VZMOD_CT_STOPPED);
	spin_unlock(&registry_lock);
}

/*
 * Say what a dead container still holds, as nobody is left to give it back, or
 * has given back too often (then it is negative).
 */
static unsigned int report_leaks(struct ct *ct)
{
	unsigned int res, leaks = 0;
	long balance;

	for (res = 0; res < VZMOD_RESOURCES; res++) {
		balance = bc_balance(&ct->bc, res);
		if (!balance || ub_resources[res].flags & UBR_DERIVED)
			continue;
		leaks++;
		pr_err("CT: %u: leaked beancounter %s: held %ld\n", ct->ctid,
		       ub_resources[res].name, balance);
	}
	return leaks;
}

/**
 * ct_unbind() - the user namespace of a container is dead
 * @ct: the container; gone on return, unless somebody has a reference
 *
 * Nothing points to the namespace any more, so everything that was charged
 * has been uncharged.  What is held all the same is a bug of ours: it is
 * logged and counted.
 *
 * Context: any but interrupt; takes the registry lock.
 * Return: the number of resources that leaked.
 */
unsigned int ct_unbind(struct ct *ct)
{
	unsigned int leaks = report_leaks(ct);

	spin_lock(&registry_lock);
	hlist_del_rcu(&ct->ns_node);
	hlist_del_init_rcu(&ct->ctid_node);
	list_del_rcu(&ct->list);
	n_containers--;
	if (!ct->superseded)
		unsupersede(ct->ctid);
	WRITE_ONCE(ct->state, VZMOD_CT_STOPPED);
	spin_unlock(&registry_lock);
	ct_put(ct);
	return leaks;
}

/**
 * ct_lookup() - the container that a user namespace was made for
 * @ns: key of the namespace
 *
 * Context: RCU reader; the result may be used as long as @ns is pinned.
 * Return: the container, or NULL if @ns is not the top of one.
 */
struct ct *ct_lookup(const void *ns)
{
	struct ct *ct;

	hlist_for_each_entry_rcu_notrace(ct, ns_bucket(ns), ns_node)
		if (ct->ns == ns)
			return ct;
	return NULL;
}

/**
 * ct_find() - the container with a CTID
 * @ctid: 0 for the host
 *
 * Of several with the same CTID it is the youngest: the others are STOPPED.
 *
 * Context: any.
 * Return: with a reference, or NULL.
 */
struct ct *ct_find(u32 ctid)
{
	struct ct *ct, *found = NULL;

	rcu_read_lock();
	hlist_for_each_entry_rcu(ct, ctid_bucket(ctid), ctid_node) {
		if (ct->ctid == ctid && refcount_inc_not_zero(&ct->refs)) {
			found = ct;
			break;
		}
	}
	rcu_read_unlock();
	return found;
}

/*
 * The first in the list that is older than @serial.  Only needed when the one
 * that a reader stands on has left the list.
 */
static struct list_head *first_older(u64 serial)
{
	struct list_head *pos = rcu_dereference(list_next_rcu(&all));

	while (pos != &all &&
	       list_entry(pos, struct ct, list)->serial >= serial)
		pos = rcu_dereference(list_next_rcu(pos));
	return pos;
}

/**
 * ct_next() - the next older container
 * @prev: the one before, whose reference is given back; NULL to begin
 *
 * Begins with the youngest and ends with the host.  Each container that
 * exists during the whole walk is met exactly once.  No lock is held between
 * two calls.
 *
 * Context: any.
 * Return: with a reference; NULL at the end.
 */
struct ct *ct_next(struct ct *prev)
{
	struct ct *ct, *found = NULL;
	struct list_head *pos;

	rcu_read_lock();
	if (!prev)
		pos = rcu_dereference(list_next_rcu(&all));
	else if (prev == host || !hlist_unhashed_lockless(&prev->ctid_node))
		pos = rcu_dereference(list_next_rcu(&prev->list));
	else
		pos = first_older(prev->serial);
	for (; pos != &all; pos = rcu_dereference(list_next_rcu(pos))) {
		ct = list_entry(pos, struct ct, list);
		if (refcount_inc_not_zero(&ct->refs)) {
			found = ct;
			break;
		}
	}
	rcu_read_unlock();
	ct_put(prev);
	return found;
}

/**
 * ct_count() - how many containers there are, embryos and the host not counted
 *
 * Context: any.
 * Return: the number; it may have changed when the caller sees it.
 */
unsigned int ct_count(void)
{
	return READ_ONCE(n_containers);
}

/**
 * ct_host() - container 0
 *
 * Context: between ct_registry_init() and ct_registry_exit().
 * Return: the host, without a reference.
 */
struct ct *ct_host(void)
{
	return host;
}

/**
 * ct_registry_init() - begin with the host as the only container
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int ct_registry_init(void)
{
	host = ct_alloc(0, 0, 0);
	if (!host)
		return -ENOMEM;
	host->state = VZMOD_CT_RUNNING;
	hlist_add_head_rcu(&host->ctid_node, ctid_bucket(0));
	list_add_rcu(&host->list, &all);
	return 0;
}

/**
 * ct_registry_exit() - the end; no container exists
 *
 * Context: may sleep.
 */
void ct_registry_exit(void)
{
	hlist_del_rcu(&host->ctid_node);
	list_del_rcu(&host->list);
	ct_put(host);
	host = NULL;
}
