// SPDX-License-Identifier: GPL-2.0-only
/*
 * Charging and uncharging.
 *
 * A charge that does not fit is refused: nothing is held, failcnt counts it,
 * the caller turns it into the errno that its path promises.  Being above a
 * bound is not an error by itself: a forced charge or a lowered limit leaves
 * held there, and every charge that asks is refused until enough was given
 * back.
 *
 * A counter works in one of two modes.
 *
 * Far from its bound every CPU keeps a stock: units that are part of held but
 * not in use.  A charge takes from the stock and an uncharge puts back into
 * it, so that in the long run no CPU writes what another one reads.  The stock
 * is a real atomic although only its own CPU uses it in normal running: any
 * CPU may then empty it at any moment, in any context, without an interrupt to
 * the others.  A container that sits at its limit and keeps asking can make
 * nobody else pay for that.
 *
 * Near its bound (within two batches per CPU) batch is 0: nobody takes from a
 * stock, and every operation is one compare-and-exchange on held.
 *
 * What follows from it:
 *
 *  - use <= held <= bound at all times; a bound is never passed, not even for
 *    a moment, except by forced charges and by lowering it;
 *  - a charge is refused only if there was a moment during the call at which
 *    it did not fit: see refused();
 *  - maxheld and minheld are kept where held changes and thus include stocks:
 *    maxheld is never below what was in use and at most a batch per CPU above.
 *
 * Two words count what happens to them in their upper half, so that one can
 * tell whether something has happened in between: a stock (units below, how
 * often something was put in above) and bc_counter.moves (how many CPUs carry
 * units between held and a stock below, how many have done so above).
 */
#include "charge.h"

#define EVENT		((long)BIT(32))
#define STOCK_PUT	EVENT
#define MOVE_BEGIN	1L
#define MOVE_END	(EVENT - 1)

static unsigned int units_in(long stock)
{
	return (u32)stock;
}

/* Interrupts are off in between: whoever waits for us does not wait long. */
static unsigned long begin_move(struct bc_counter *c)
{
	unsigned long flags;

	local_irq_save(flags);
	atomic_long_add(MOVE_BEGIN, &c->moves);
	return flags;
}

static void end_move(struct bc_counter *c, unsigned long flags)
{
	atomic_long_add(MOVE_END, &c->moves);
	local_irq_restore(flags);
}

static bool is_moving(long moves)
{
	return (u32)moves;
}

/* Severity without its flags; the result of an unknown one is no bound. */
static bool fits(const struct bc_counter *c, unsigned long held, int severity)
{
	switch (severity & ~UB_TEST) {
	case UB_HARD:
		return held <= READ_ONCE(c->barrier) &&
		       held <= READ_ONCE(c->limit);
	case UB_SOFT:
		return held <= READ_ONCE(c->limit);
	default:
		return true;
	}
}

static void raise_to(atomic_long_t *max, long value)
{
	long old = atomic_long_read(max);

	while (old < value && !atomic_long_try_cmpxchg(max, &old, value))
		;
}

static void lower_to(atomic_long_t *min, long value)
{
	long old = atomic_long_read(min);

	while (old > value && !atomic_long_try_cmpxchg(min, &old, value))
		;
}

/* Take units from held.  Below 0 means a caller's bug: say so, stay sane. */
static void give_back(struct beancounter *bc, unsigned int res, long n)
{
	struct bc_counter *c = &bc->counter[res];
	long held = atomic_long_sub_return(n, &c->held);

	if (unlikely(held < 0)) {
		pr_err_ratelimited("CT: %u: Uncharging too much %s: %ld, held %ld\n",
				   bc->ctid, ub_resources[res].name, n,
				   held + n);
		atomic_long_sub(held, &c->held);
		held = 0;
	}
	if (held < atomic_long_read(&c->minheld))
		lower_to(&c->minheld, held);
}

/* Empty one stock; returns how much was in it. */
static unsigned int empty(atomic_long_t *stock)
{
	long word = atomic_long_read(stock);

	while (units_in(word)) {
		if (atomic_long_try_cmpxchg(stock, &word,
					    word - units_in(word)))
			break;
	}
	return units_in(word);
}

/* Units in all stocks, and how often something was put into them. */
static long sum_of_stocks(struct beancounter *bc, unsigned int res)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += atomic_long_read(&per_cpu_ptr(bc->stock, cpu)->word[res]);
	return sum;
}

/*
 * Empty the stock of every CPU into what is free.  If there is nothing in
 * them, nothing moves: those who are refused at the same time shall not make
 * each other look again.
 */
static void drain(struct beancounter *bc, unsigned int res)
{
	struct bc_counter *c = &bc->counter[res];
	unsigned long flags, sum = 0;
	int cpu;

	if (!units_in(sum_of_stocks(bc, res)))
		return;
	flags = begin_move(c);
	for_each_possible_cpu(cpu)
		sum += empty(&per_cpu_ptr(bc->stock, cpu)->word[res]);
	if (sum)
		give_back(bc, res, sum);
	end_move(c, flags);
}

/*
 * The batch for a counter at @held.  Leaving far mode needs two batches per
 * CPU between held and the bound, entering it twice that, so that a load that
 * swings around one value does not switch all the time.
 */
static int batch_at(const struct bc_counter *c, unsigned int res,
		    unsigned long held)
{
	unsigned long bound = min(READ_ONCE(c->barrier), READ_ONCE(c->limit));
	int batch = ub_resources[res].batch;
	unsigned long near = 2UL * nr_cpu_ids * batch;

	if (!READ_ONCE(c->batch))
		near *= 2;
	return held < bound && bound - held > near ? batch : 0;
}

/*
 * Go to the mode that fits now.  bc->lock keeps the bounds where they are, but
 * held may move: whoever moves it looks at batch afterwards, and we look at
 * held after we have changed batch, so one of us sees what the other one did.
 */
static void switch_mode(struct beancounter *bc, unsigned int res)
{
	struct bc_counter *c = &bc->counter[res];
	int batch;

	do {
		batch = batch_at(c, res, atomic_long_read(&c->held));
		WRITE_ONCE(c->batch, batch);
		smp_mb();	/* pairs with the cmpxchg in take_exactly() */
	} while (batch != batch_at(c, res, atomic_long_read(&c->held)));
	if (!batch)
		drain(bc, res);
}

static void switch_mode_locked(struct beancounter *bc, unsigned int res)
{
	unsigned long flags;

	spin_lock_irqsave(&bc->lock, flags);
	switch_mode(bc, res);
	spin_unlock_irqrestore(&bc->lock, flags);
}

/* The common case of far mode: one atomic operation on a line of our own. */
static bool take_from_stock(struct beancounter *bc, unsigned int res,
			    unsigned long n)
{
	atomic_long_t *stock = &raw_cpu_ptr(bc->stock)->word[res];
	long word = atomic_long_read(stock);

	if (!READ_ONCE(bc->counter[res].batch))
		return false;
	while (units_in(word) >= n) {
		if (atomic_long_try_cmpxchg(stock, &word, word - n))
			return true;
	}
	return false;
}

/* Near mode, or a charge that leads there: held itself and nothing else. */
static bool take_exactly(struct beancounter *bc, unsigned int res,
			 unsigned long n, int severity)
{
	struct bc_counter *c = &bc->counter[res];
	long held = atomic_long_read(&c->held);

	do {
		if (n > LONG_MAX - held || !fits(c, held + n, severity))
			return false;
	} while (!atomic_long_try_cmpxchg(&c->held, &held, held + n));
	raise_to(&c->maxheld, held + n);
	if (READ_ONCE(c->batch) && !batch_at(c, res, held + n))
		switch_mode_locked(bc, res);
	return true;
}

/*
 * Far mode: half a batch more, for the stock.  batch_at() has seen that this
 * is far below barrier and limit, so that whoever takes it from the stock
 * later needs no check.
 */
static bool take_ahead(struct beancounter *bc, unsigned int res,
		       unsigned long n)
{
	struct bc_counter *c = &bc->counter[res];
	long held, advance;
	unsigned long flags;

	flags = begin_move(c);
	held = atomic_long_read(&c->held);
	do {
		advance = batch_at(c, res, held + n) / 2;
	} while (advance && !atomic_long_try_cmpxchg(&c->held, &held,
						     held + n + advance));
	if (advance)
		atomic_long_add(STOCK_PUT + advance,
				&raw_cpu_ptr(bc->stock)->word[res]);
	end_move(c, flags);

	if (advance)
		raise_to(&c->maxheld, held + n + advance);
	return advance;
}

static bool take_from_held(struct beancounter *bc, unsigned int res,
			   unsigned long n, int severity)
{
	struct bc_counter *c = &bc->counter[res];

	if (batch_at(c, res, atomic_long_read(&c->held) + n)) {
		if (!READ_ONCE(c->batch))
			switch_mode_locked(bc, res);
		if (take_ahead(bc, res, n))
			return true;
	}
	return take_exactly(bc, res, n, severity);
}

/*
 * Has the charge really not fitted?  The stocks are emptied and held is looked
 * at once more.  If nobody was on the way between held and a stock during that
 * look and all stocks were empty, it saw what was in use, and the refusal
 * stands.  Otherwise it is worth another try.
 */
static bool refused(struct beancounter *bc, unsigned int res,
		    unsigned long n, int severity)
{
	struct bc_counter *c = &bc->counter[res];
	long moves, stocks, held;

	if (!ub_resources[res].batch)
		return true;
	drain(bc, res);
	moves = atomic_long_read(&c->moves);
	if (is_moving(moves)) {
		cpu_relax();
		return false;
	}
	stocks = sum_of_stocks(bc, res);
	held = atomic_long_read(&c->held);
	if (units_in(stocks) ||
	    (n <= LONG_MAX - held && fits(c, held + n, severity)))
		return false;
	return stocks == sum_of_stocks(bc, res) &&
	       moves == atomic_long_read(&c->moves);
}

/* Not inline, so that the common case stays short. */
static noinline int charge_held(struct beancounter *bc, unsigned int res,
				unsigned long n, int severity)
{
	do {
		if (take_from_held(bc, res, n, severity))
			return 0;
	} while (!refused(bc, res, n, severity));

	if (!(severity & UB_TEST))
		atomic_long_inc(&bc->counter[res].failcnt);
	return -ENOMEM;
}

/* A stock that has grown over the batch keeps half of it. */
static noinline void shrink_stock(struct beancounter *bc, unsigned int res,
				  atomic_long_t *stock, long word)
{
	struct bc_counter *c = &bc->counter[res];
	unsigned int back = units_in(word) - ub_resources[res].batch / 2;
	unsigned long flags;

	flags = begin_move(c);
	if (atomic_long_try_cmpxchg(stock, &word, word - back))
		give_back(bc, res, back);
	end_move(c, flags);
}

static void uncharge_one(struct beancounter *bc, unsigned int res,
			 unsigned long n)
{
	unsigned int batch = READ_ONCE(bc->counter[res].batch);
	atomic_long_t *stock;
	long word;

	if (!batch || n > batch) {
		give_back(bc, res, n);
		return;
	}
	stock = &raw_cpu_ptr(bc->stock)->word[res];
	word = atomic_long_add_return(STOCK_PUT + n, stock);
	if (units_in(word) > batch)
		shrink_stock(bc, res, stock, word);
}

/* All of a charge, for whoever has parents or finds the stock empty. */
static noinline int charge_tree(struct beancounter *bc, unsigned int res,
				unsigned long n, int severity)
{
	int ret = 0;

	if (n > UB_MAXVALUE)
		return -EINVAL;
	if (!take_from_stock(bc, res, n))
		ret = charge_held(bc, res, n, severity);
	if (ret || !bc->parent)
		return ret;
	ret = charge_tree(bc->parent, res, n, severity);
	if (ret)
		uncharge_one(bc, res, n);
	return ret;
}

static noinline void uncharge_tree(struct beancounter *bc, unsigned int res,
				   unsigned long n)
{
	for (; bc; bc = bc->parent)
		uncharge_one(bc, res, n);
}

/**
 * bc_charge() - take units of a resource
 * @bc: who takes them; its parents take them too
 * @res: UB_*
 * @n: how many, in the unit of the resource
 * @severity: which bound has to hold; see enum ub_severity
 *
 * If a parent refuses, what its children were charged for a moment stays in
 * their maxheld, and may have made them refuse somebody else.
 *
 * Context: any; does not sleep, allocate or log.
 * Return: 0; -ENOMEM if refused, with nothing held and, unless UB_TEST, one
 * more in failcnt of the beancounter that refused; -EINVAL if @n is no number
 * of units.
 */
int bc_charge(struct beancounter *bc, unsigned int res, unsigned long n,
	      int severity)
{
	if (likely(!bc->parent) && likely(take_from_stock(bc, res, n)))
		return 0;
	return charge_tree(bc, res, n, severity);
}

/**
 * bc_uncharge() - give units back
 * @bc: whoever was charged for them
 * @res: UB_*
 * @n: how many
 *
 * More than is held is reported in the kernel log and held becomes 0.
 *
 * Context: any.
 */
void bc_uncharge(struct beancounter *bc, unsigned int res, unsigned long n)
{
	if (likely(!bc->parent))
		uncharge_one(bc, res, n);
	else
		uncharge_tree(bc, res, n);
}

/**
 * bc_adjust() - follow a number that somebody else keeps
 * @bc: who holds it
 * @res: UB_*
 * @delta: units more, or less, than before
 *
 * No bound is looked at: the units are in use already, or no more.
 *
 * Context: any.
 */
void bc_adjust(struct beancounter *bc, unsigned int res, long delta)
{
	if (delta > 0)
		bc_charge(bc, res, delta, UB_FORCE);
	else if (delta < 0)
		bc_uncharge(bc, res, -delta);
}

/**
 * bc_observe() - held of a derived resource is known anew
 * @bc: who holds it; without parents
 * @res: UB_*, with UBR_DERIVED, or any if nothing is ever charged to @bc
 * @held: what the kernel says now
 *
 * Context: any.
 */
void bc_observe(struct beancounter *bc, unsigned int res, unsigned long held)
{
	struct bc_counter *c = &bc->counter[res];

	held = min_t(unsigned long, held, UB_MAXVALUE);
	atomic_long_set(&c->held, held);
	raise_to(&c->maxheld, held);
	lower_to(&c->minheld, held);
}

/**
 * bc_observe_unless_changed() - the same, of a resource whose changes are told
 * @bc: who holds it; without parents
 * @res: UB_*, with UBR_DERIVED
 * @seen: held, before the kernel was asked
 * @held: what the kernel says
 *
 * A change that was told meanwhile may be in @held or not: what was known before
 * is right then, with the change.
 *
 * Context: any.
 */
void bc_observe_unless_changed(struct beancounter *bc, unsigned int res,
			       long seen, unsigned long held)
{
	struct bc_counter *c = &bc->counter[res];

	held = min_t(unsigned long, held, UB_MAXVALUE);
	if (!atomic_long_try_cmpxchg(&c->held, &seen, held))
		return;
	raise_to(&c->maxheld, held);
	lower_to(&c->minheld, held);
}

/**
 * bc_observe_change() - held of a derived resource has changed
 * @bc: who holds it; without parents
 * @res: UB_*, with UBR_DERIVED
 * @delta: units more, or less, than before
 *
 * A change is not lost to bc_observe(), but one that it knows of may be
 * counted once more: what is held is only as right as the last of those.
 *
 * Context: any.
 */
void bc_observe_change(struct beancounter *bc, unsigned int res, long delta)
{
	struct bc_counter *c = &bc->counter[res];
	long held = atomic_long_read(&c->held);

	while (!atomic_long_try_cmpxchg(&c->held, &held, max(held + delta, 0L)))
		;
	held = max(held + delta, 0L);
	raise_to(&c->maxheld, held);
	lower_to(&c->minheld, held);
}

/**
 * bc_check() - is there room for more of a derived resource?
 * @bc: who wants it; without parents
 * @res: UB_*, with UBR_DERIVED
 * @n: how many units
 * @severity: which bound has to hold; see enum ub_severity
 *
 * Context: any.
 * Return: 0; -ENOMEM if not, with, unless UB_TEST, one more in failcnt.
 */
int bc_check(struct beancounter *bc, unsigned int res, unsigned long n,
	     int severity)
{
	struct bc_counter *c = &bc->counter[res];
	unsigned long held = atomic_long_read(&c->held);

	if (n <= LONG_MAX - held && fits(c, held + n, severity))
		return 0;
	if (!(severity & UB_TEST))
		atomic_long_inc(&c->failcnt);
	return -ENOMEM;
}

/**
 * bc_observe_peak() - somebody else has seen more of a derived resource
 * @bc: who held it
 * @res: UB_*, with UBR_DERIVED
 * @peak: the most that was held at any time
 *
 * Context: any.
 */
void bc_observe_peak(struct beancounter *bc, unsigned int res,
		     unsigned long peak)
{
	raise_to(&bc->counter[res].maxheld,
		 min_t(unsigned long, peak, UB_MAXVALUE));
}

/**
 * bc_count_failures() - somebody else has refused on behalf of a resource
 * @bc: whose
 * @res: UB_*
 * @n: how often
 *
 * Context: any.
 */
void bc_count_failures(struct beancounter *bc, unsigned int res,
		       unsigned long n)
{
	atomic_long_add(n, &bc->counter[res].failcnt);
}

/**
 * bc_set_limit() - change both bounds of a resource
 * @bc: whose
 * @res: UB_*
 * @barrier: at most UB_MAXVALUE
 * @limit: at most UB_MAXVALUE
 *
 * Binds every charge that begins after the return.  One that runs at the same
 * time may see one new and one old value.
 *
 * Context: any.
 */
void bc_set_limit(struct beancounter *bc, unsigned int res,
		  unsigned long barrier, unsigned long limit)
{
	struct bc_counter *c = &bc->counter[res];
	unsigned long flags;

	spin_lock_irqsave(&bc->lock, flags);
	WRITE_ONCE(c->barrier, barrier);
	WRITE_ONCE(c->limit, limit);
	smp_mb();		/* pairs with the cmpxchg in take_exactly() */
	switch_mode(bc, res);
	spin_unlock_irqrestore(&bc->lock, flags);
}

/**
 * bc_balance() - charges less uncharges
 * @bc: whose
 * @res: UB_*
 *
 * Context: any.
 * Return: units in use; negative if more was given back than taken. Exact when
 * nothing moves.
 */
long bc_balance(struct beancounter *bc, unsigned int res)
{
	long held = atomic_long_read(&bc->counter[res].held);
	int cpu;

	for_each_possible_cpu(cpu)
		held -= units_in(atomic_long_read(&per_cpu_ptr(bc->stock,
							       cpu)->word[res]));
	return held;
}

/**
 * bc_stocked() - units that are charged and not in use
 * @bc: whose
 * @res: UB_*
 *
 * Context: any.
 * Return: what the stocks of all CPUs hold.
 */
unsigned int bc_stocked(struct beancounter *bc, unsigned int res)
{
	return units_in(sum_of_stocks(bc, res));
}

/**
 * bc_held() - units of a resource in use
 * @bc: whose
 * @res: UB_*
 *
 * Exact when nothing moves.  While charges run it can be off by what they move
 * during the call.
 *
 * Context: any.
 * Return: the number of units.
 */
unsigned long bc_held(struct beancounter *bc, unsigned int res)
{
	return max(bc_balance(bc, res), 0L);
}

/**
 * bc_read() - the state of a resource
 * @bc: whose
 * @res: UB_*
 * @stat: is filled in; maxheld >= held always holds
 *
 * Context: any.
 */
void bc_read(struct beancounter *bc, unsigned int res, struct bc_stat *stat)
{
	const struct bc_counter *c = &bc->counter[res];

	stat->barrier = READ_ONCE(c->barrier);
	stat->limit = READ_ONCE(c->limit);
	stat->held = bc_held(bc, res);
	stat->maxheld = atomic_long_read(&c->maxheld);
	stat->maxheld = max(stat->maxheld, stat->held);
	stat->minheld = atomic_long_read(&c->minheld);
	stat->failcnt = atomic_long_read(&c->failcnt);
}

/* The bounds of a fresh beancounter: none but two guarantees and the pools'. */
static unsigned long first_barrier(const struct ub_resource *row)
{
	if (row->flags & UBR_NO_BARRIER)
		return 0;
	if (row->flags & UBR_RAM_BARRIER)
		return totalram_pages() / 4 * 3;
	return row->preset ?: UB_MAXVALUE;
}

/**
 * bc_init() - make a beancounter that holds nothing, with its first bounds
 * @bc: to be filled in
 * @ctid: whose it is, for messages
 * @parent: beancounter that is charged as well, or NULL
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int bc_init(struct beancounter *bc, u32 ctid, struct beancounter *parent)
{
	unsigned int res;

	memset(bc, 0, sizeof(*bc));
	bc->stock = alloc_percpu(struct bc_stock);
	if (!bc->stock)
		return -ENOMEM;
	bc->ctid = ctid;
	bc->parent = parent;
	spin_lock_init(&bc->lock);
	for (res = 0; res < VZMOD_RESOURCES; res++)
		bc_set_limit(bc, res, first_barrier(&ub_resources[res]),
			     ub_resources[res].preset ?: UB_MAXVALUE);
	return 0;
}

/**
 * bc_destroy() - free what bc_init() has allocated
 * @bc: nobody charges it any more
 *
 * Context: any.
 */
void bc_destroy(struct beancounter *bc)
{
	free_percpu(bc->stock);
}
