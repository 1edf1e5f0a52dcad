// SPDX-License-Identifier: GPL-2.0-only
/* The parts of the kernel's stand-in that have state: see env.h. */
#include "env.h"

#include <ucontext.h>

struct env env = { .totalram_pages = 262144 };
unsigned int nr_cpu_ids = 4;
__thread bool env_in_task = true;

static pthread_rwlock_t rcu = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;	/* env, callbacks */
static struct rcu_head *callbacks;

/* CPUs are dealt in turn, so as many threads as CPUs get one each. */
static __thread unsigned int own_cpu;	/* + 1; 0: none yet */

unsigned int env_cpu(void)
{
	static unsigned int next;

	if (!own_cpu)
		own_cpu = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED) + 1;
	return (own_cpu - 1) % nr_cpu_ids;
}

void env_set_cpu(unsigned int cpu)
{
	own_cpu = cpu + 1;
}

/* Two CPUs as coroutines of one thread. */
static struct side {
	ucontext_t context;
	void (*fn)(void);
	bool done;
	char stack[1 << 18];
} sides[2];
static ucontext_t scheduler;
static struct side *running;	/* NULL: no coroutine */
static unsigned int steps_left;	/* of the running one; 0: as many as it takes */

static void run_side(void)
{
	running->fn();
	running->done = true;
}

static void prepare(struct side *side, void (*fn)(void))
{
	side->fn = fn;
	side->done = false;
	getcontext(&side->context);
	side->context.uc_stack.ss_sp = side->stack;
	side->context.uc_stack.ss_size = sizeof(side->stack);
	side->context.uc_link = &scheduler;
	makecontext(&side->context, run_side, 0);
}

/* Was it stopped because it had run that many steps? */
static bool let_run(struct side *side, unsigned int steps)
{
	if (side->done)
		return false;
	running = side;
	steps_left = steps;
	env_set_cpu(side - sides);
	swapcontext(&scheduler, &side->context);
	running = NULL;
	return steps && !steps_left && !side->done;
}

static void pause_side(void)
{
	swapcontext(&running->context, &scheduler);
}

int env_interleave(void (*a)(void), void (*b)(void), unsigned int i, unsigned int j)
{
	int turns = 0, reached;

	env.taken = 0;
	prepare(&sides[0], a);
	prepare(&sides[1], b);
	reached = let_run(&sides[0], i);
	reached += let_run(&sides[1], j) && reached;
	while (!sides[0].done || !sides[1].done) {
		let_run(&sides[0], 0);
		let_run(&sides[1], 0);
		assert(++turns < 1000);	/* both wait for each other */
	}
	env_set_cpu(0);
	return reached;
}

static void yield_at_random(void)
{
	static __thread u32 random;

	if (!random)
		random = 2463534242u + env_cpu();
	random ^= random << 13;
	random ^= random >> 17;
	random ^= random << 5;
	if (random % env.yield == 0)
		sched_yield();
}

void env_step(void)
{
	if (env.yield)
		yield_at_random();
	if (!running)
		return;
	env.taken++;
	if (steps_left && !--steps_left)
		pause_side();
}

void env_wait(void)
{
	if (running)
		pause_side();
	else
		sched_yield();
}

void *env_alloc(size_t size)
{
	void *ptr = NULL;
	bool fail;

	pthread_mutex_lock(&lock);
	fail = env.fail_alloc && !--env.fail_alloc;
	env.allocated += !fail;
	pthread_mutex_unlock(&lock);
	if (fail)
		return NULL;
	size = round_up(max(size, (size_t)1), 64);
	ptr = aligned_alloc(64, size);
	assert(ptr);
	return memset(ptr, 0, size);
}

void env_free(const void *ptr)
{
	if (!ptr)
		return;
	pthread_mutex_lock(&lock);
	env.allocated--;
	pthread_mutex_unlock(&lock);
	free((void *)ptr);
}

void env_lock(spinlock_t *spin)
{
	int me = env_cpu() + 1;
	int free = 0;

	assert(!env_is_locked(spin));
	while (!__atomic_compare_exchange_n(&spin->owner, &free, me, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
		free = 0;
		env_wait();
	}
}

void env_unlock(spinlock_t *spin)
{
	assert(env_is_locked(spin));
	__atomic_store_n(&spin->owner, 0, __ATOMIC_SEQ_CST);
}

bool env_is_locked(const spinlock_t *spin)
{
	return __atomic_load_n(&spin->owner, __ATOMIC_SEQ_CST) == (int)env_cpu() + 1;
}

void rcu_read_lock(void)
{
	pthread_rwlock_rdlock(&rcu);
}

void rcu_read_unlock(void)
{
	pthread_rwlock_unlock(&rcu);
}

void synchronize_rcu(void)
{
	pthread_rwlock_wrlock(&rcu);
	pthread_rwlock_unlock(&rcu);
}

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	head->func = func;
	pthread_mutex_lock(&lock);
	head->next = callbacks;
	callbacks = head;
	pthread_mutex_unlock(&lock);
}

void rcu_barrier(void)
{
	struct rcu_head *head, *next;

	pthread_mutex_lock(&lock);
	head = callbacks;
	callbacks = NULL;
	pthread_mutex_unlock(&lock);
	synchronize_rcu();
	for (; head; head = next) {
		next = head->next;
		head->func(head);
	}
}

/* The head lies inside what is freed, so the pointer needs a place of its own. */
struct deferred_free {
	struct rcu_head rcu;
	void *ptr;
};

static void free_deferred(struct rcu_head *head)
{
	struct deferred_free *deferred = container_of(head, struct deferred_free, rcu);

	env_free(deferred->ptr);
	free(deferred);
}

void env_kfree_rcu(struct rcu_head *head, void *ptr)
{
	struct deferred_free *deferred = malloc(sizeof(*deferred));

	(void)head;
	assert(deferred);
	deferred->ptr = ptr;
	call_rcu(&deferred->rcu, free_deferred);
}

void env_printk(const char *fmt, ...)
{
	va_list ap;

	pthread_mutex_lock(&lock);
	va_start(ap, fmt);
	vsnprintf(env.log, sizeof(env.log), fmt, ap);
	va_end(ap);
	env.messages++;
	pthread_mutex_unlock(&lock);
}

bool env_warn(bool cond, const char *text)
{
	if (cond) {
		__atomic_fetch_add(&env.warnings, 1, __ATOMIC_RELAXED);
		env_printk("WARNING: %s", text);
	}
	return cond;
}

struct runner {
	pthread_t thread;
	pthread_barrier_t *start;
	void (*fn)(void *arg, unsigned int i);
	void *arg;
	unsigned int i;
};

static void *run_one(void *arg)
{
	struct runner *runner = arg;

	env_set_cpu(runner->i);
	pthread_barrier_wait(runner->start);
	runner->fn(runner->arg, runner->i);
	return NULL;
}

void env_run(unsigned int n, void (*fn)(void *arg, unsigned int i), void *arg)
{
	struct runner runners[n];
	pthread_barrier_t start;
	unsigned int i;
	int ret;

	pthread_barrier_init(&start, NULL, n);
	for (i = 0; i < n; i++) {
		runners[i] = (struct runner){ .start = &start, .fn = fn, .arg = arg, .i = i };
		ret = pthread_create(&runners[i].thread, NULL, run_one, &runners[i]);
		assert(!ret);
	}
	for (i = 0; i < n; i++)
		pthread_join(runners[i].thread, NULL);
	pthread_barrier_destroy(&start);
}
