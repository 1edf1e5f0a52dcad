// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for room in send buffers, and who is woken when it comes.
 *
 * A socket gets in line when it is refused, or looked at by poll() while it
 * would be.  When bytes come free, as many of the line as there is room for
 * are called: whoever sleeps in a system call on the socket, polls it or has
 * asked for a signal is woken as if the socket itself had room again.
 *
 * Nobody needs to come when he is called; he may have lost interest long ago.
 * So if some are left in line, a worker looks again a moment later and calls
 * everybody whom the room that is there now would do for.
 */
#include "sock_wait.h"

#include <linux/sched/signal.h>
#include <linux/workqueue.h>

#include "sock_rec.h"

/* So many at a time, then others may have the CPU. */
#define CALLS_MAX	64

/* So often for those who come meanwhile, then it is for the worker. */
#define ROUNDS_MAX	4

#define LOOK_AGAIN	(HZ / 50)

static void look_again(struct work_struct *work);

static DECLARE_DELAYED_WORK(look_again_work, look_again);

static struct sockbuf_fifo *line_of(struct ct *ct, bool is_tcp)
{
	return &ct->senders[is_tcp ? SOCKBUF_TCP : SOCKBUF_OTHER];
}

/* The next in line, pinned, if it has users still. */
static bool take_next(struct ct *ct, struct sockbuf_fifo *line,
		      unsigned long *promised, struct sock **sk)
{
	struct sockbuf *buf;
	unsigned long flags;

	*sk = NULL;
	spin_lock_irqsave(&line->lock, flags);
	buf = sockbuf_next(line, &ct->bc, promised);
	if (buf) {
		/* It cannot end before it has left the line. */
		*sk = sock_rec_sk(container_of(buf, struct sock_rec, snd));
		if (!refcount_inc_not_zero(&(*sk)->sk_refcnt))
			*sk = NULL;
	}
	spin_unlock_irqrestore(&line->lock, flags);
	return buf;
}

/*
 * sk_write_space() wakes if the socket's own buffer has enough room, too.  Who
 * sleeps or polls decides that himself, and may be content with less.
 */
static void wake(struct sock *sk)
{
	struct socket_wq *wq;

	rcu_read_lock();
	sk->sk_write_space(sk);
	wq = rcu_dereference(sk->sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_poll(&wq->wait, EPOLLOUT | EPOLLWRNORM |
							      EPOLLWRBAND);
	rcu_read_unlock();
}

/* Returns true if there may be more to do. */
static bool call_some(struct ct *ct, struct sockbuf_fifo *line,
		      unsigned long *promised)
{
	struct sock *sk;
	int i;

	for (i = 0; i < CALLS_MAX; i++) {
		if (!take_next(ct, line, promised, &sk))
			break;
		if (sk) {
			wake(sk);
			sock_put(sk);
		}
	}
	return (i || READ_ONCE(line->cut)) && sockbuf_has_waiters(line);
}

/*
 * One caller at a time: to wake a socket can free bytes of it or get it in
 * line again, and both lead here.  The one who is at it begins anew then.
 * Protocols expect to be woken as from a softirq.
 */
static void call_line(struct ct *ct, struct sockbuf_fifo *line,
		      bool rely_on_them)
{
	int callers = 1, rounds = ROUNDS_MAX;
	unsigned long promised;
	bool more = false;

	if (irqs_disabled()) {
		schedule_delayed_work(&look_again_work, 0);
		return;
	}
	local_bh_disable();
	if (atomic_inc_return(&line->callers) == 1) {
		do {
			promised = 0;
			more |= call_some(ct, line,
					  rely_on_them ? &promised : NULL);
			callers = atomic_sub_return(callers, &line->callers);
		} while (callers && --rounds);
		if (callers) {
			atomic_set(&line->callers, 0);
			more = true;
		}
	}
	local_bh_enable();
	if (more)
		schedule_delayed_work(&look_again_work, LOOK_AGAIN);
}

/**
 * sock_wait_call() - there may be room now
 * @ct: whose; its user namespace is pinned, or the caller an RCU reader
 * @is_tcp: for TCP sockets
 *
 * Context: any, without the lock of a record.
 */
void sock_wait_call(struct ct *ct, bool is_tcp)
{
	struct sockbuf_fifo *line = line_of(ct, is_tcp);

	if (unlikely(sockbuf_has_waiters(line)))
		call_line(ct, line, true);
}

/**
 * sock_wait_call_all() - bounds have changed
 * @ct: referenced by the caller
 *
 * Context: any.
 */
void sock_wait_call_all(struct ct *ct)
{
	int class;

	for (class = 0; class < SOCKBUF_CLASSES; class++)
		if (sockbuf_has_waiters(&ct->senders[class]))
			call_line(ct, &ct->senders[class], false);
}

static void look_again(struct work_struct *work)
{
	struct ct *ct = NULL;

	while ((ct = ct_next(ct)))
		sock_wait_call_all(ct);
}

/**
 * sock_wait_join() - a socket was refused
 * @rec: locked by the caller, who calls sock_wait_call() afterwards
 *
 * Context: any.
 */
void sock_wait_join(struct sock_rec *rec)
{
	lockdep_assert_held(&rec->lock);
	sockbuf_wait(line_of(rec->rec.ct, rec->is_tcp), &rec->snd,
		     sock_rec_bc(rec));
}

/**
 * sock_wait_freed() - a socket holds less than before
 * @rec: locked by the caller, who calls sock_wait_call() afterwards
 *
 * Context: any.
 */
void sock_wait_freed(struct sock_rec *rec)
{
	sockbuf_freed(line_of(rec->rec.ct, rec->is_tcp), &rec->snd,
		      sock_rec_bc(rec));
}

/**
 * sock_wait_leave() - a socket was granted what it wanted, or is gone
 * @rec: locked by the caller
 *
 * Context: any.
 */
void sock_wait_leave(struct sock_rec *rec)
{
	sockbuf_leave(line_of(rec->rec.ct, rec->is_tcp), &rec->snd);
}

/* Who has a TCP socket may have charged for what is to come. */
static bool may_settle(const struct sock_rec *rec, bool is_owner)
{
	return is_owner || !rec->is_tcp ||
	       !sock_owned_by_user_nocheck(sock_rec_sk(rec));
}

static bool is_open(struct sock_rec *rec, bool is_owner, bool *joined)
{
	struct beancounter *bc = sock_rec_bc(rec);
	bool open, freed = false;
	unsigned long flags;

	spin_lock_irqsave(&rec->lock, flags);
	if (may_settle(rec, is_owner))
		freed = sock_rec_settle_but(rec, 0, 0);
	open = rec->is_dead || sockbuf_is_open(&rec->snd, bc);
	*joined = !open && !sockbuf_is_waiting(&rec->snd);
	if (*joined)
		sock_wait_join(rec);
	spin_unlock_irqrestore(&rec->lock, flags);
	if (freed || *joined)
		sock_wait_call(rec->rec.ct, rec->is_tcp);
	return open;
}

/**
 * sock_wait_open() - may the socket send?  If not, get in line
 * @rec: its record
 * @is_owner: the caller has the lock of the socket
 *
 * Counts in failcnt when it gets in line.
 *
 * Context: any; without the lock of the record.
 * Return: false if it is refused; then it is woken when it is worth asking
 * again.
 */
bool sock_wait_open(struct sock_rec *rec, bool is_owner)
{
	bool joined;

	if (is_open(rec, is_owner, &joined))
		return true;
	if (!joined)
		return false;
	/* It may have been called at once. */
	if (is_open(rec, is_owner, &joined))
		return true;
	bc_count_failures(sock_rec_bc(rec), rec->snd.res, 1);
	return false;
}

/**
 * sock_wait_for_room() - sleep until the container has room for what was
 *	refused last
 * @rec: of a socket that the caller pins
 * @timeo: jiffies
 *
 * Returns also if a signal has come, the socket was shut down or has an error.
 *
 * Context: may sleep.
 * Return: what is left of @timeo.
 */
long sock_wait_for_room(struct sock_rec *rec, long timeo)
{
	struct sock *sk = sock_rec_sk(rec);
	DEFINE_WAIT(wait);

	while (timeo && !signal_pending(current)) {
		set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
		prepare_to_wait(sk_sleep(sk), &wait, TASK_INTERRUPTIBLE);
		if (sock_wait_open(rec, false) || READ_ONCE(sk->sk_err) ||
		    READ_ONCE(sk->sk_shutdown) & SEND_SHUTDOWN)
			break;
		timeo = schedule_timeout(timeo);
	}
	finish_wait(sk_sleep(sk), &wait);
	return timeo;
}

/**
 * sock_wait_exit() - no container is left
 *
 * Context: may sleep.
 */
void sock_wait_exit(void)
{
	cancel_delayed_work_sync(&look_again_work);
}
