// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * model CTID [hold]: is a container charged for exactly what it has?
 *
 * It takes a known number of objects of each kind and gives them back; each time the beancounter
 * must say so, and with a limit in the way exactly the excess is refused.  With "hold" it keeps
 * some of each, says "held", and goes on when it gets a line.  Exit status 0: all exact, and
 * the container was gone without a rest.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/load.h"

#define UNITS	20
#define SLOTS	(UNITS + 1)	/* of each kind */

static int lock_fd = -1;

/* A lock that loses its middle is two locks: the second comes without a request. */
static long add_split(long i)
{
	struct flock lock = { .l_type = F_WRLCK, .l_start = 8 * i, .l_len = 3 };
	struct flock middle = { .l_type = F_UNLCK, .l_start = 8 * i + 1, .l_len = 1 };

	if (lock_fd < 0)
		lock_fd = memfd_create("locks", 0);
	return fcntl(lock_fd, F_SETLK, &lock) || fcntl(lock_fd, F_SETLK, &middle) ? -errno : 0;
}

static long drop_split(long i)
{
	struct flock lock = { .l_type = F_UNLCK, .l_start = 8 * i, .l_len = 3 };

	return fcntl(lock_fd, F_SETLK, &lock) ? -errno : 0;
}

static const struct load load_split = { UB_NUMFLOCK, 2, 0, add_split, drop_split };

static const struct {
	const char *name;
	const struct load *load;
} kinds[] = {
	{ "files", &load_open },
	{ "processes", &load_fork },
	{ "TCP sockets", &load_tcp },
	{ "unix sockets", &load_unix_dgram },
	{ "POSIX locks", &load_posix_lock },
	{ "BSD locks", &load_flock },
	{ "split locks", &load_split },
	{ "terminals", &load_pty },
	{ "signals", &load_sigqueue },
};

#define KINDS	((int)(sizeof(kinds) / sizeof(kinds[0])))

static struct ct ct;
static int bad;

static void expect(int kind, const char *what, long got, long want)
{
	if (got == want)
		return;
	fprintf(stderr, "%s, %s: %ld instead of %ld\n", kinds[kind].name, what, got, want);
	bad = 1;
}

static void take(int kind, int units)
{
	int i;

	for (i = 0; i < units; i++)
		expect(kind, "taking one",
		       ct_call(&ct, kinds[kind].load->add, kind * SLOTS + i), 0);
}

static void give_back(int kind, int units)
{
	while (units--)
		expect(kind, "giving one back",
		       ct_call(&ct, kinds[kind].load->drop, kind * SLOTS + units), 0);
}

static void try_kind(int kind)
{
	const struct load *load = kinds[kind].load;
	unsigned long idle, held;

	take(kind, 1);
	give_back(kind, 1);
	idle = ct_held(&ct, load->resource);
	held = idle + load->units * UNITS;
	take(kind, UNITS);
	expect(kind, "held", ct_held(&ct, load->resource), held);
	if (load->error) {
		ct_limit(&ct, load->resource, held, held);
		expect(kind, "one too many is refused",
		       ct_call(&ct, load->add, kind * SLOTS + UNITS) < 0, 1);
		ct_limit(&ct, load->resource, UB_MAXVALUE, UB_MAXVALUE);
	}
	give_back(kind, UNITS);
	expect(kind, "given back", ct_held_when(&ct, load->resource, idle), idle);
}

static void hold_on(void)
{
	char byte;
	int i;

	for (i = 0; i < KINDS; i++)
		take(i, UNITS);
	puts("held");
	fflush(stdout);
	if (read(0, &byte, 1) < 0)
		err(1, "standard input");
	for (i = 0; i < KINDS; i++)
		give_back(i, UNITS);
}

int main(int argc, char **argv)
{
	int ret, i;

	if (argc < 2)
		errx(2, "usage: model CTID [hold]");
	klog_mark();
	ret = ct_start(&ct, strtoul(argv[1], NULL, 10));
	if (ret)
		errx(1, "container %s: %s", argv[1], strerror(-ret));
	if (argc > 2)
		hold_on();
	for (i = 0; i < KINDS; i++)
		try_kind(i);
	if (ct_stop(&ct))
		errx(1, "the container does not go away");
	return bad || !no_leaks();
}
