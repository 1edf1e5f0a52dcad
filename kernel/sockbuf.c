// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers of sockets.
 *
 * Up to the barrier everybody gets what he asks for.  What is between barrier
 * and limit is for those who have nothing: every socket that the container may
 * have is guaranteed the same part of it, so that none is starved by others.
 * A socket uses its part when it is granted something beyond the barrier, and
 * has it back when it gives bytes back.
 *
 * What a socket holds is known exactly by the kernel.  The owner of a buffer
 * asks before it grows and settles whenever it has changed; what has come
 * without asking is charged then, by force.
 *
 * Whoever is refused waits in line.  When bytes come free, those in front are
 * called, as many as there is room for; until it is called a buffer in the
 * line is refused, even if there should be room: that is what those before it
 * are about to take.  Nobody is obliged to come when he is called, so the
 * caller has to look again after a while: see sockbuf_next().
 */
#include "sockbuf.h"

#include "charge.h"

#define LOOKS_MAX	64

static struct bc_counter *counter_of(struct beancounter *bc, unsigned int res)
{
	return &bc->counter[res];
}

static unsigned long limit_of(struct beancounter *bc, unsigned int res)
{
	return READ_ONCE(counter_of(bc, res)->limit);
}

/* Up to here everybody is served; the limit holds even below the barrier. */
static unsigned long barrier_of(struct beancounter *bc, unsigned int res)
{
	return min(READ_ONCE(counter_of(bc, res)->barrier), limit_of(bc, res));
}

/* Stocks are free as well; they are looked at only where it matters. */
static unsigned long room_below(struct beancounter *bc, unsigned int res,
				unsigned long bound)
{
	unsigned long held = atomic_long_read(&counter_of(bc, res)->held);

	if (held >= bound)
		held = bc_held(bc, res);
	return held < bound ? bound - held : 0;
}

/* What is left of the part of this buffer beyond the barrier. */
static unsigned long guarantee_left(const struct sockbuf *buf,
				    struct beancounter *bc)
{
	unsigned long beyond = limit_of(bc, buf->res) - barrier_of(bc, buf->res);
	unsigned long part = beyond / max(limit_of(bc, buf->sockets), 1UL);

	return part > buf->over ? part - buf->over : 0;
}

static unsigned long guaranteed_room(const struct sockbuf *buf,
				     struct beancounter *bc)
{
	return min(guarantee_left(buf, bc),
		   room_below(bc, buf->res, limit_of(bc, buf->res)));
}

/**
 * sockbuf_init() - a buffer that holds nothing
 * @buf: to be filled in
 * @res: UB_* to charge
 * @sockets: UB_* that counts the sockets it is one of
 *
 * Context: any.
 */
void sockbuf_init(struct sockbuf *buf, unsigned int res, unsigned int sockets)
{
	memset(buf, 0, sizeof(*buf));
	buf->res = res;
	buf->sockets = sockets;
	INIT_LIST_HEAD(&buf->waiting);
}

/**
 * sockbuf_settle() - follow what the kernel says
 * @buf: owned by the caller
 * @bc: who pays
 * @bytes: that the buffer holds now
 *
 * What came without asking counts as beyond the barrier if it is there.
 *
 * Context: any.
 * Return: true if bytes came free.
 */
bool sockbuf_settle(struct sockbuf *buf, struct beancounter *bc,
		    unsigned long bytes)
{
	long delta = bytes - buf->charged;

	if (!delta)
		return false;
	bc_adjust(bc, buf->res, delta);
	buf->charged = bytes;
	if (delta < 0)
		buf->over -= min(buf->over, (unsigned long)-delta);
	else if (!room_below(bc, buf->res, barrier_of(bc, buf->res)))
		buf->over += delta;
	return delta < 0;
}

/**
 * sockbuf_is_waiting() - is it in a line?
 * @buf: any
 *
 * Context: any.
 * Return: true until it is called or leaves.
 */
bool sockbuf_is_waiting(const struct sockbuf *buf)
{
	return !list_empty(&buf->waiting);
}

/* Nobody can be waiting for more than there will ever be. */
static unsigned long possible(const struct sockbuf *buf, struct beancounter *bc,
			      unsigned long bytes)
{
	unsigned long most = max(barrier_of(bc, buf->res), 1UL);

	return min(bytes, most);
}

static unsigned long least_wanted(const struct sockbuf *buf,
				  struct beancounter *bc)
{
	return possible(buf, bc, SOCKBUF_UNIT);
}

static unsigned long wanted_by(const struct sockbuf *buf,
			       struct beancounter *bc)
{
	unsigned long want = max_t(unsigned long, READ_ONCE(buf->want),
				   SOCKBUF_UNIT);

	return possible(buf, bc, want);
}

/**
 * sockbuf_has_room() - is there room below the barrier?
 * @buf: any
 * @bc: who pays
 * @bytes: that somebody wants
 *
 * Context: any.
 * Return: true if they would be granted at this moment without a guarantee.
 */
bool sockbuf_has_room(const struct sockbuf *buf, struct beancounter *bc,
		      unsigned long bytes)
{
	return room_below(bc, buf->res, barrier_of(bc, buf->res)) >= bytes;
}

/**
 * sockbuf_is_open() - is it worth asking?
 * @buf: any
 * @bc: who pays
 *
 * Context: any.
 * Return: true if what was refused last, or a small packet, would be granted
 * at this moment.
 */
bool sockbuf_is_open(const struct sockbuf *buf, struct beancounter *bc)
{
	unsigned long want = wanted_by(buf, bc);

	return !sockbuf_is_waiting(buf) &&
	       (sockbuf_has_room(buf, bc, want) ||
		guaranteed_room(buf, bc) >= want);
}

static bool charge(struct sockbuf *buf, struct beancounter *bc,
		   unsigned long bytes, int severity)
{
	if (bc_charge(bc, buf->res, bytes, severity | UB_TEST))
		return false;
	buf->charged += bytes;
	return true;
}

static bool charge_beyond(struct sockbuf *buf, struct beancounter *bc,
			  unsigned long bytes)
{
	if (!charge(buf, bc, bytes, UB_SOFT))
		return false;
	buf->over += bytes;
	return true;
}

/*
 * One packet alone may be larger than what is for everybody: there are
 * protocols that cannot make it smaller.
 */
static bool charge_alone(struct sockbuf *buf, struct beancounter *bc,
			 unsigned long bytes)
{
	unsigned long barrier = barrier_of(bc, buf->res);

	return bytes > barrier && barrier && !bc_held(bc, buf->res) &&
	       charge(buf, bc, bytes, UB_FORCE);
}

/* Between @least and @most bytes, as much as there is; 0 if that is too much. */
static unsigned long take_some(struct sockbuf *buf, struct beancounter *bc,
			       unsigned long least, unsigned long most)
{
	unsigned long n;

	n = min(most, room_below(bc, buf->res, barrier_of(bc, buf->res)));
	if (n >= least && charge(buf, bc, n, UB_HARD))
		return n;
	n = min(most, guaranteed_room(buf, bc));
	if (n >= least && charge_beyond(buf, bc, n))
		return n;
	return charge_alone(buf, bc, least) ? least : 0;
}

/**
 * sockbuf_take() - a socket wants to send
 * @buf: owned by the caller
 * @bc: who pays
 * @least: bytes that it needs
 * @most: bytes that it could use, at least @least
 *
 * Context: any.
 * Return: bytes that were charged; 0 if refused, which the caller has to count.
 */
unsigned long sockbuf_take(struct sockbuf *buf, struct beancounter *bc,
			   unsigned long least, unsigned long most)
{
	unsigned long n = 0;

	if (!sockbuf_is_waiting(buf)) {
		n = most;
		if (!charge(buf, bc, most, UB_HARD))
			n = take_some(buf, bc, least, most);
	}
	buf->want = n ? 0 : least;
	return n;
}

/**
 * sockbuf_take_hard() - something that can do without a guarantee
 * @buf: owned by the caller
 * @bc: who pays
 * @bytes: that it needs
 *
 * Context: any.
 * Return: false if refused, which counts in failcnt.
 */
bool sockbuf_take_hard(struct sockbuf *buf, struct beancounter *bc,
		       unsigned long bytes)
{
	if (bc_charge(bc, buf->res, bytes, UB_HARD))
		return false;
	buf->charged += bytes;
	return true;
}

/*
 * Beyond the barrier a socket whose owner has something to read already must
 * leave a packet's room for every other one.
 */
static bool leaves_room(const struct sockbuf *buf, struct beancounter *bc,
			unsigned long packet)
{
	unsigned long room = room_below(bc, buf->res, limit_of(bc, buf->res));

	return room / max(packet, 1UL) >= limit_of(bc, buf->sockets);
}

/*
 * What is larger than what is for everybody comes again for ever if it is
 * dropped: a buffer with nothing in it gets it unless the limit is reached, and
 * the container holds up to one segment more than that.
 */
static bool charge_oversized(struct sockbuf *buf, struct beancounter *bc,
			     unsigned long bytes)
{
	unsigned long barrier = barrier_of(bc, buf->res);

	return barrier && bytes > barrier && !buf->charged &&
	       room_below(bc, buf->res, limit_of(bc, buf->res)) &&
	       charge(buf, bc, bytes, UB_FORCE);
}

/**
 * sockbuf_receive() - a segment for a stream has come
 * @buf: owned by the caller
 * @bc: who pays
 * @bytes: of the segment
 * @packet: bytes of the largest segment that its peer sends
 *
 * Context: any.
 * Return: false if it has to be dropped, which counts in failcnt.
 */
bool sockbuf_receive(struct sockbuf *buf, struct beancounter *bc,
		     unsigned long bytes, unsigned long packet)
{
	if (charge(buf, bc, bytes, UB_HARD))
		return true;
	if ((!buf->charged || leaves_room(buf, bc, packet)) &&
	    charge_beyond(buf, bc, bytes))
		return true;
	if (charge_oversized(buf, bc, bytes))
		return true;
	bc_count_failures(bc, buf->res, 1);
	return false;
}

/**
 * sockbuf_pressure() - which way shall windows go?
 * @bc: whose
 * @res: UB_*
 *
 * This and the next one are asked for each segment and count stocks as held.
 *
 * Context: any.
 * Return: the state.
 */
enum sockbuf_pressure sockbuf_pressure(struct beancounter *bc, unsigned int res)
{
	unsigned long held = atomic_long_read(&counter_of(bc, res)->held);
	unsigned long barrier = barrier_of(bc, res);

	if (held <= barrier / 4 * 3)
		return SOCKBUF_EXPAND;
	return held <= barrier ? SOCKBUF_KEEP : SOCKBUF_SHRINK;
}

/**
 * sockbuf_fair_share() - what each socket may hold when there is pressure
 * @bc: whose
 * @buf: one of them
 *
 * Context: any.
 * Return: bytes.
 */
unsigned long sockbuf_fair_share(struct beancounter *bc,
				 const struct sockbuf *buf)
{
	long sockets = atomic_long_read(&counter_of(bc, buf->sockets)->held);

	return barrier_of(bc, buf->res) / (sockets + 1);
}

/**
 * sockbuf_fifo_init() - nobody waits
 * @fifo: to be filled in
 *
 * Context: any.
 */
void sockbuf_fifo_init(struct sockbuf_fifo *fifo)
{
	spin_lock_init(&fifo->lock);
	INIT_LIST_HEAD(&fifo->barrier);
	INIT_LIST_HEAD(&fifo->limit);
	fifo->cut = false;
	atomic_set(&fifo->callers, 0);
}

/**
 * sockbuf_has_waiters() - is anybody in line?
 * @fifo: any
 *
 * Context: any.
 * Return: true if so.
 */
bool sockbuf_has_waiters(const struct sockbuf_fifo *fifo)
{
	return !list_empty(&fifo->barrier) || !list_empty(&fifo->limit);
}

static struct list_head *line_for(struct sockbuf_fifo *fifo,
				  const struct sockbuf *buf,
				  struct beancounter *bc)
{
	return guarantee_left(buf, bc) >= wanted_by(buf, bc) ? &fifo->limit :
							       &fifo->barrier;
}

/**
 * sockbuf_wait() - get in line
 * @fifo: the line
 * @buf: was refused; owned by the caller
 * @bc: who pays
 *
 * Who was called in vain is the next one again.  Afterwards the caller has to
 * see whether there is room now: it may have come while nobody was in line.
 *
 * Context: any; takes the lock of the line.
 */
void sockbuf_wait(struct sockbuf_fifo *fifo, struct sockbuf *buf,
		  struct beancounter *bc)
{
	struct list_head *line = line_for(fifo, buf, bc);
	unsigned long flags;

	spin_lock_irqsave(&fifo->lock, flags);
	if (!sockbuf_is_waiting(buf)) {
		if (buf->called)
			list_add(&buf->waiting, line);
		else
			list_add_tail(&buf->waiting, line);
	}
	buf->called = false;
	spin_unlock_irqrestore(&fifo->lock, flags);
	smp_mb();	/* pairs with whoever uncharges, then looks for waiters */
}

/**
 * sockbuf_freed() - a buffer in line holds less than before
 * @fifo: the line
 * @buf: in line or not; owned by the caller
 * @bc: who pays
 *
 * It may have its guarantee back and then need not wait for the barrier.
 *
 * Context: any; takes the lock of the line.
 */
void sockbuf_freed(struct sockbuf_fifo *fifo, struct sockbuf *buf,
		   struct beancounter *bc)
{
	unsigned long flags;

	if (!sockbuf_is_waiting(buf) ||
	    line_for(fifo, buf, bc) == &fifo->barrier)
		return;
	spin_lock_irqsave(&fifo->lock, flags);
	if (sockbuf_is_waiting(buf)) {
		list_del(&buf->waiting);
		list_add_tail(&buf->waiting, &fifo->limit);
	}
	spin_unlock_irqrestore(&fifo->lock, flags);
}

/**
 * sockbuf_leave() - need not wait any more, or has been served
 * @fifo: the line
 * @buf: in line or not
 *
 * Context: any; takes the lock of the line.
 */
void sockbuf_leave(struct sockbuf_fifo *fifo, struct sockbuf *buf)
{
	unsigned long flags;

	if (list_empty(&buf->waiting)) {
		smp_rmb();	/* pairs with smp_wmb() in sockbuf_next() */
		if (!READ_ONCE(buf->called))
			return;
	}
	spin_lock_irqsave(&fifo->lock, flags);
	list_del_init(&buf->waiting);
	buf->called = false;
	spin_unlock_irqrestore(&fifo->lock, flags);
}

/*
 * The first in line that there is room for besides what was promised.  Who
 * wants less may overtake: those in front may have lost interest.  A line may
 * be as long as a container likes, so only some are looked at, the others the
 * next time.
 */
static struct sockbuf *first_that_fits(struct sockbuf_fifo *fifo,
				       struct list_head *line,
				       struct beancounter *bc,
				       unsigned long promised,
				       unsigned long (*bound_of)(struct beancounter *bc,
								 unsigned int res))
{
	unsigned long room = 0;
	struct sockbuf *buf;
	int n = 0;

	list_for_each_entry(buf, line, waiting) {
		if (n++ == LOOKS_MAX) {
			list_rotate_to_front(&buf->waiting, line);
			fifo->cut = true;
			break;
		}
		if (!room)
			room = room_below(bc, buf->res, bound_of(bc, buf->res));
		if (room < promised + least_wanted(buf, bc))
			break;
		if (room >= promised + wanted_by(buf, bc))
			return buf;
	}
	return NULL;
}

/**
 * sockbuf_next() - call the first in line that there is room for
 * @fifo: the line, whose lock the caller holds
 * @bc: who pays
 * @promised: bytes that those before it are about to take; is increased.  NULL
 *	if none of them may come: then whoever fits alone is called.
 *
 * Context: any.
 * Return: the buffer, in line no more; or NULL.
 */
struct sockbuf *sockbuf_next(struct sockbuf_fifo *fifo, struct beancounter *bc,
			     unsigned long *promised)
{
	unsigned long sum = promised ? *promised : 0;
	struct sockbuf *buf;

	lockdep_assert_held(&fifo->lock);
	fifo->cut = false;
	buf = first_that_fits(fifo, &fifo->limit, bc, sum, limit_of);
	if (!buf)
		buf = first_that_fits(fifo, &fifo->barrier, bc, sum,
				      barrier_of);
	if (!buf)
		return NULL;
	if (promised)
		*promised += wanted_by(buf, bc);
	WRITE_ONCE(buf->called, true);
	smp_wmb();	/* who is not in line and was not called may be gone */
	list_del_init(&buf->waiting);
	return buf;
}
