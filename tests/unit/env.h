/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel, as far as kernel/ uses it, for an ordinary program.
 *
 * Same guard as kernel/env.h, so whoever includes this first builds the core
 * unchanged.  What a test can turn is in struct env at the end:
 *
 *  - a "CPU" is a number that each thread gets when it first asks for one;
 *    per-CPU memory is real, so threads disturb each other as CPUs do;
 *  - every atomic operation may yield, at random, which makes races of a few
 *    instructions likely; or two CPUs take turns at given steps, which makes
 *    them certain;
 *  - the n-th allocation can be made to fail;
 *  - RCU is a lock: readers share it, a grace period takes it alone.
 */
#ifndef VZ_KERNEL_ENV_H
#define VZ_KERNEL_ENV_H

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;
typedef unsigned int gfp_t;

/* linux/compiler.h, linux/cache.h, linux/bug.h, linux/minmax.h */

#define __percpu
#define __rcu
#define __read_mostly
#define __must_check		__attribute__((warn_unused_result))
#define __printf(fmt, args)	__attribute__((format(printf, fmt, args)))
#define ____cacheline_aligned	__attribute__((aligned(64)))
#define fallthrough		__attribute__((fallthrough))
#define likely(x)		__builtin_expect(!!(x), 1)
#define noinline		__attribute__((noinline))
#define BIT(nr)			(1UL << (nr))
#define PAGE_SIZE		4096UL
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define barrier()		__asm__ __volatile__("" : : : "memory")
#define lockdep_assert_held(l)	assert(env_is_locked(l))

/* Each of these, and each atomic operation, is a step at which others may come in between. */
void env_step(void);

#define READ_ONCE(x)		({ env_step(); __atomic_load_n(&(x), __ATOMIC_RELAXED); })
#define WRITE_ONCE(x, v)	({ env_step(); __atomic_store_n(&(x), v, __ATOMIC_RELAXED); })
#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define smp_mb()		__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb()		__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb()		__atomic_thread_fence(__ATOMIC_RELEASE)

#define BUILD_BUG_ON(cond)	_Static_assert(!(cond), #cond)
#define BUG_ON(cond)		assert(!(cond))
#define WARN_ON(cond)		env_warn(cond, #cond)
#define WARN_ON_ONCE(cond)	env_warn(cond, #cond)

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#endif
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#define min(a, b) ({ typeof(a) __a = (a); typeof(b) __b = (b); __a < __b ? __a : __b; })
#define max(a, b) ({ typeof(a) __a = (a); typeof(b) __b = (b); __a > __b ? __a : __b; })
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define clamp(v, lo, hi) \
	({ typeof(v) __v = (v); __v < (lo) ? (lo) : __v > (hi) ? (hi) : __v; })
#define round_up(x, to)		(((x) + (to) - 1) / (to) * (to))

/* linux/err.h */

#define MAX_ERRNO	4095

static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline bool IS_ERR(const void *ptr)
{
	return (unsigned long)ptr >= (unsigned long)-MAX_ERRNO;
}

static inline bool IS_ERR_OR_NULL(const void *ptr)
{
	return !ptr || IS_ERR(ptr);
}

/* linux/atomic.h; the builtins know the width */

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	long counter;
} atomic_long_t;

#define ATOMIC_INIT(i)		{ (i) }
#define ATOMIC_LONG_INIT(i)	{ (i) }

#define env_atomic(op, v, ...)	({ env_step(); __atomic_##op(&(v)->counter, __VA_ARGS__); })
#define env_cmpxchg(v, ...) \
	env_atomic(compare_exchange_n, v, __VA_ARGS__, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

#define atomic_read(v)			env_atomic(load_n, v, __ATOMIC_RELAXED)
#define atomic_set(v, i)		env_atomic(store_n, v, i, __ATOMIC_RELAXED)
#define atomic_xchg(v, i)		env_atomic(exchange_n, v, i, __ATOMIC_SEQ_CST)
#define atomic_try_cmpxchg(v, old, new)	env_cmpxchg(v, old, new)
#define atomic_fetch_add(i, v)		env_atomic(fetch_add, v, i, __ATOMIC_SEQ_CST)
#define atomic_add_return(i, v)		env_atomic(add_fetch, v, i, __ATOMIC_SEQ_CST)
#define atomic_sub_return(i, v)		env_atomic(sub_fetch, v, i, __ATOMIC_SEQ_CST)
#define atomic_add(i, v)		((void)atomic_add_return(i, v))
#define atomic_sub(i, v)		((void)atomic_sub_return(i, v))
#define atomic_inc(v)			atomic_add(1, v)
#define atomic_dec(v)			atomic_sub(1, v)
#define atomic_inc_return(v)		atomic_add_return(1, v)
#define atomic_dec_return(v)		atomic_sub_return(1, v)
#define atomic_dec_and_test(v)		(!atomic_sub_return(1, v))

#define atomic_long_read(v)		atomic_read(v)
#define atomic_long_set(v, i)		atomic_set(v, i)
#define atomic_long_xchg(v, i)		atomic_xchg(v, i)
#define atomic_long_try_cmpxchg(v, old, new) atomic_try_cmpxchg(v, old, new)
#define atomic_long_fetch_add(i, v)	atomic_fetch_add(i, v)
#define atomic_long_add_return(i, v)	atomic_add_return(i, v)
#define atomic_long_sub_return(i, v)	atomic_sub_return(i, v)
#define atomic_long_add(i, v)		atomic_add(i, v)
#define atomic_long_sub(i, v)		atomic_sub(i, v)
#define atomic_long_inc(v)		atomic_inc(v)
#define atomic_long_dec(v)		atomic_dec(v)
#define atomic_long_inc_return(v)	atomic_inc_return(v)
#define atomic_long_dec_return(v)	atomic_dec_return(v)

static inline bool atomic_inc_not_zero(atomic_t *v)
{
	int old = atomic_read(v);

	while (old && !atomic_try_cmpxchg(v, &old, old + 1))
		;
	return old;
}

/* linux/refcount.h, linux/kref.h */

typedef atomic_t refcount_t;

#define REFCOUNT_INIT(n)	ATOMIC_INIT(n)
#define refcount_set(r, n)	atomic_set(r, n)
#define refcount_read(r)	((unsigned int)atomic_read(r))
#define refcount_inc_not_zero(r) atomic_inc_not_zero(r)

static inline void refcount_inc(refcount_t *r)
{
	int before = atomic_fetch_add(1, r);

	assert(before > 0);
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	int after = atomic_sub_return(1, r);

	assert(after >= 0);
	return !after;
}

struct kref {
	refcount_t refcount;
};

static inline void kref_init(struct kref *kref)
{
	refcount_set(&kref->refcount, 1);
}

static inline void kref_get(struct kref *kref)
{
	refcount_inc(&kref->refcount);
}

static inline bool kref_get_unless_zero(struct kref *kref)
{
	return refcount_inc_not_zero(&kref->refcount);
}

static inline int kref_put(struct kref *kref, void (*release)(struct kref *))
{
	if (!refcount_dec_and_test(&kref->refcount))
		return 0;
	release(kref);
	return 1;
}

/* linux/cpumask.h, linux/percpu.h, linux/preempt.h */

extern unsigned int nr_cpu_ids;

unsigned int env_cpu(void);
void env_wait(void);

#define num_possible_cpus()		nr_cpu_ids
#define smp_processor_id()		env_cpu()
#define raw_smp_processor_id()		env_cpu()
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < (int)nr_cpu_ids; (cpu)++)

#define env_percpu_stride(ptr)		round_up(sizeof(*(ptr)), 64)
#define alloc_percpu(type) \
	env_alloc(nr_cpu_ids * round_up(sizeof(type), 64))
#define free_percpu(ptr)		env_free(ptr)
#define per_cpu_ptr(ptr, cpu) \
	((typeof(ptr))((char *)(ptr) + (cpu) * env_percpu_stride(ptr)))
#define this_cpu_ptr(ptr)		per_cpu_ptr(ptr, env_cpu())
#define raw_cpu_ptr(ptr)		per_cpu_ptr(ptr, env_cpu())

static inline void env_unused(unsigned long flags)
{
}

/* A thread shares its CPU with nobody unless the test says so. */
#define local_irq_save(flags)	((void)((flags) = 0))
#define local_irq_restore(flags) env_unused(flags)
#define preempt_disable()	barrier()
#define preempt_enable()	barrier()
#define cpu_relax()		env_wait()
#define cond_resched()		sched_yield()
#define in_task()		env_in_task
#define in_interrupt()		(!env_in_task)

/* linux/slab.h, linux/mm.h */

#define GFP_KERNEL		0U
#define GFP_ATOMIC		1U
#define GFP_KERNEL_ACCOUNT	2U

void *env_alloc(size_t size);	/* zeroed, aligned to a cache line */
void env_free(const void *ptr);

#define kmalloc(size, gfp)	env_alloc(((void)(gfp), (size)))
#define kzalloc(size, gfp)	env_alloc(((void)(gfp), (size)))
#define kcalloc(n, size, gfp)	env_alloc(((void)(gfp), (n) * (size)))
#define kfree(ptr)		env_free(ptr)
#define kvfree(ptr)		env_free(ptr)
#define totalram_pages()	env.totalram_pages

/* linux/spinlock.h, linux/mutex.h */

typedef struct {
	int owner;		/* CPU + 1 */
} spinlock_t;

void env_lock(spinlock_t *lock);
void env_unlock(spinlock_t *lock);
bool env_is_locked(const spinlock_t *lock);

#define __SPIN_LOCK_UNLOCKED(lock)	{ 0 }
#define DEFINE_SPINLOCK(lock)		spinlock_t lock
#define spin_lock_init(lock)		((lock)->owner = 0)
#define spin_lock(lock)			env_lock(lock)
#define spin_unlock(lock)		env_unlock(lock)
#define spin_lock_bh(lock)		env_lock(lock)
#define spin_unlock_bh(lock)		env_unlock(lock)
#define spin_lock_irq(lock)		env_lock(lock)
#define spin_unlock_irq(lock)		env_unlock(lock)
#define spin_lock_irqsave(lock, flags)	do { (flags) = 0; env_lock(lock); } while (0)
#define spin_unlock_irqrestore(lock, flags) do { env_unused(flags); env_unlock(lock); } while (0)

/* linux/rcupdate.h */

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

void rcu_read_lock(void);
void rcu_read_unlock(void);
void synchronize_rcu(void);
void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
void rcu_barrier(void);		/* also what a test calls to let time pass */
void env_kfree_rcu(struct rcu_head *head, void *ptr);

#define kfree_rcu(ptr, member)	env_kfree_rcu(&(ptr)->member, ptr)
#define rcu_dereference(p)	smp_load_acquire(&(p))
#define rcu_access_pointer(p)	READ_ONCE(p)
#define rcu_assign_pointer(p, v) smp_store_release(&(p), v)
#define RCU_INIT_POINTER(p, v)	WRITE_ONCE(p, v)
#define rcu_dereference_protected(p, cond) ({ assert(cond); (p); })
#define rcu_dereference_check(p, cond)	rcu_dereference(p)

/* linux/list.h, linux/rculist.h */

struct list_head {
	struct list_head *next, *prev;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

#define LIST_HEAD_INIT(name)	{ &(name), &(name) }
#define LIST_HEAD(name)		struct list_head name = LIST_HEAD_INIT(name)
#define HLIST_HEAD_INIT		{ NULL }
#define HLIST_HEAD(name)	struct hlist_head name = HLIST_HEAD_INIT
#define INIT_HLIST_HEAD(h)	((h)->first = NULL)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline void env_list_insert(struct list_head *new, struct list_head *prev,
				   struct list_head *next)
{
	new->next = next;
	new->prev = prev;
	next->prev = new;
	smp_store_release(&prev->next, new);
}

#define list_add(new, head)		env_list_insert(new, head, (head)->next)
#define list_add_tail(new, head)	env_list_insert(new, (head)->prev, head)
#define list_add_rcu(new, head)		list_add(new, head)
#define list_add_tail_rcu(new, head)	list_add_tail(new, head)
#define list_next_rcu(entry)		((entry)->next)
#define list_empty(head)		(READ_ONCE((head)->next) == (head))

/*
 * A reader may stand on the entry, so its way on stays.  What does not stay is
 * poisoned, as in the kernel: not NULL, which would mean "in no list".
 */
#define ENV_POISON	((void *)0xdead000000000122UL)

static inline void list_del_rcu(struct list_head *entry)
{
	entry->next->prev = entry->prev;
	WRITE_ONCE(entry->prev->next, entry->next);
	entry->prev = ENV_POISON;
}

static inline void list_del(struct list_head *entry)
{
	list_del_rcu(entry);
	entry->next = ENV_POISON;
}

static inline void list_del_init(struct list_head *entry)
{
	list_del_rcu(entry);
	INIT_LIST_HEAD(entry);
}

/* From @entry on, those before it come last. */
static inline void list_rotate_to_front(struct list_head *entry, struct list_head *head)
{
	list_del(head);
	env_list_insert(head, entry->prev, entry);
}

#define list_entry(ptr, type, member)	container_of(ptr, type, member)
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_for_each_entry(pos, head, member)					\
	for ((pos) = list_entry(smp_load_acquire(&(head)->next), typeof(*(pos)), member); \
	     &(pos)->member != (head);						\
	     (pos) = list_entry(smp_load_acquire(&(pos)->member.next), typeof(*(pos)), member))
#define list_for_each_entry_rcu(pos, head, member, ...)				\
	list_for_each_entry(pos, head, member)
#define list_for_each_entry_safe(pos, n, head, member)				\
	for ((pos) = list_entry((head)->next, typeof(*(pos)), member),		\
	     (n) = list_entry((pos)->member.next, typeof(*(pos)), member);	\
	     &(pos)->member != (head);						\
	     (pos) = (n), (n) = list_entry((n)->member.next, typeof(*(n)), member))

static inline void hlist_add_head_rcu(struct hlist_node *n, struct hlist_head *h)
{
	n->next = h->first;
	n->pprev = &h->first;
	if (h->first)
		WRITE_ONCE(h->first->pprev, &n->next);
	smp_store_release(&h->first, n);
}

static inline bool hlist_unhashed(const struct hlist_node *n)
{
	return !READ_ONCE(n->pprev);
}

static inline void env_hlist_unlink(struct hlist_node *n, void *mark)
{
	if (n->next)
		WRITE_ONCE(n->next->pprev, n->pprev);
	WRITE_ONCE(*n->pprev, n->next);
	WRITE_ONCE(n->pprev, mark);
}

static inline void hlist_del_rcu(struct hlist_node *n)
{
	env_hlist_unlink(n, ENV_POISON);
}

static inline void hlist_del_init_rcu(struct hlist_node *n)
{
	if (!hlist_unhashed(n))
		env_hlist_unlink(n, NULL);
}

#define hlist_unhashed_lockless(n)	hlist_unhashed(n)

#define hlist_add_head(n, h)		hlist_add_head_rcu(n, h)
#define hlist_del(n)			hlist_del_rcu(n)
#define hlist_del_init(n)		hlist_del_init_rcu(n)
#define hlist_empty(h)			(!READ_ONCE((h)->first))
#define env_hlist_entry(node, type, member) ({					\
	struct hlist_node *__node = (node);					\
	__node ? container_of(__node, type, member) : NULL;			\
})
#define hlist_for_each_entry(pos, head, member)					\
	for ((pos) = env_hlist_entry(smp_load_acquire(&(head)->first), typeof(*(pos)), member); \
	     (pos);								\
	     (pos) = env_hlist_entry(smp_load_acquire(&(pos)->member.next), typeof(*(pos)), member))
#define hlist_for_each_entry_rcu(pos, head, member, ...)			\
	hlist_for_each_entry(pos, head, member)
#define hlist_for_each_entry_rcu_notrace(pos, head, member)			\
	hlist_for_each_entry(pos, head, member)

/* linux/hash.h; the constant is 2^64 divided by the golden ratio, made odd */

static inline u32 hash_64(u64 value, unsigned int bits)
{
	return (value * 0x9e3779b97f4a7c15ULL) >> (64 - bits);
}

#define hash_32(value, bits)	hash_64(value, bits)
#define hash_long(value, bits)	hash_64(value, bits)
#define hash_ptr(ptr, bits)	hash_64((uintptr_t)(ptr), bits)

/* linux/printk.h */

void env_printk(const char *fmt, ...) __printf(1, 2);

#define pr_err(...)			env_printk(__VA_ARGS__)
#define pr_err_ratelimited(...)		env_printk(__VA_ARGS__)
#define pr_warn(...)			env_printk(__VA_ARGS__)
#define pr_warn_ratelimited(...)	env_printk(__VA_ARGS__)
#define pr_info(...)			env_printk(__VA_ARGS__)
#define pr_info_ratelimited(...)	env_printk(__VA_ARGS__)

/* What a test sees and turns. */

/**
 * struct env - the kernel's state outside of what is tested
 * @fail_alloc: the how many-th allocation from now on fails; 0 for none
 * @allocated: allocations not freed yet, deferred ones included
 * @yield: one step in that many yields the CPU; 0 for none
 * @taken: steps that the last env_interleave() took
 * @warnings: WARN_ON() that were true
 * @messages: lines that went to the log
 * @log: the last of them
 * @totalram_pages: what totalram_pages() says
 */
extern struct env {
	int fail_alloc;
	int allocated;
	unsigned int yield;
	unsigned int taken;
	int warnings;
	int messages;
	char log[256];
	unsigned long totalram_pages;
} env;

extern __thread bool env_in_task;

bool env_warn(bool cond, const char *text);
void env_set_cpu(unsigned int cpu);	/* of this thread */

/*
 * CPU 0 calls a() up to its step i, then CPU 1 calls b() up to its step j, then
 * a() goes on to its end and so does b().  Who waits lets the other one go on.
 * Tells how many of the two had so many steps: 0, 1 (only a) or 2.
 */
int env_interleave(void (*a)(void), void (*b)(void), unsigned int i, unsigned int j);

/* Call fn(arg, i) in n threads at once, thread i on CPU i; return when all are done. */
void env_run(unsigned int n, void (*fn)(void *arg, unsigned int i), void *arg);

#endif
