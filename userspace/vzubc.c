// SPDX-License-Identifier: GPL-2.0-or-later
/* vzubc: beancounters for people to read. */
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/ctid.h"
#include "lib/log.h"
#include "lib/ubc_store.h"
#include "lib/ubc_table.h"

/* Comparison with the numbers of the last time. */
struct comparison {
	bool wanted;
	bool clear;
	const char *dir;
};

struct request {
	struct ubc_view view;
	struct comparison failcnt, held;
	const char *file;		/* NULL: those of /proc */
	bool pools, watch, help;
	const char **watch_args;	/* for watch(1): its options ... */
	const char **own_args;		/* ... and ours */
	size_t n_watch, n_own;
};

enum kind { FLAG, TEXT, RATIO, WATCH, WATCH_ARG };

/**
 * struct choice - an option
 * @offset: in the request, of a bool, a const char * or a double
 * @watch: the option of watch(1) that it becomes
 */
static const struct choice {
	const char *name;
	enum kind kind;
	size_t offset;
	const char *watch;
	const char *help;
} choices[] = {
	{ "-v", FLAG, offsetof(struct request, view.verbose),
	  .help = "unlimited ones, too" },
	{ "-q", FLAG, offsetof(struct request, view.quiet),
	  .help = "only what has failed or comes close to its bound" },
	{ "-qh", RATIO, offsetof(struct request, view.held_ratio),
	  .help = "held that is close: part of the barrier, or percent (0.5)" },
	{ "-qm", RATIO, offsetof(struct request, view.maxheld_ratio),
	  .help = "maxheld that is close (0.8)" },
	{ "-r", FLAG, offsetof(struct request, failcnt.wanted),
	  .help = "failures since the last time" },
	{ "-rc", FLAG, offsetof(struct request, failcnt.clear),
	  .help = "forget the last time" },
	{ "-rd", TEXT, offsetof(struct request, failcnt.dir),
	  .help = "directory to remember it in" },
	{ "-i", FLAG, offsetof(struct request, held.wanted),
	  .help = "what held grew by since the last time" },
	{ "-ic", FLAG, offsetof(struct request, held.clear),
	  .help = "forget the last time" },
	{ "-id", TEXT, offsetof(struct request, held.dir),
	  .help = "directory to remember it in" },
	{ "-p", FLAG, offsetof(struct request, pools),
	  .help = "pools of the kernel that have no beancounter in OpenVZ" },
	{ "-c", FLAG, offsetof(struct request, view.color),
	  .help = "in colour" },
	{ "-f", TEXT, offsetof(struct request, file),
	  .help = "file with beancounters, - is standard input" },
	{ "-w", FLAG, offsetof(struct request, watch),
	  .help = "again and again, by watch(1)" },
	{ "-wd", WATCH, offsetof(struct request, watch), "-d",
	  "with differences marked" },
	{ "-wt", WATCH, offsetof(struct request, watch), "-t",
	  "without a title" },
	{ "-wn", WATCH_ARG, offsetof(struct request, watch), "-n",
	  "every so many seconds" },
	{ "-h", FLAG, offsetof(struct request, help), .help = "print this" },
};

#define CHOICES		(sizeof(choices) / sizeof(choices[0]))

static bool has_arg(const struct choice *choice)
{
	return choice->kind == TEXT || choice->kind == RATIO ||
		choice->kind == WATCH_ARG;
}

static int usage(FILE *out)
{
	size_t i;

	fputs("Usage: vzubc [OPTIONS] [CTID|NAME...]\n", out);
	for (i = 0; i < CHOICES; i++)
		fprintf(out, "  %-3s %-5s %s\n", choices[i].name,
			has_arg(&choices[i]) ? "ARG" : "", choices[i].help);
	return out == stdout ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Above 1 it is percent. */
static int parse_ratio(const char *text, double *ratio)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= 0))
		return -1;
	*ratio = value > 1 ? value / 100 : value;
	return 0;
}

/* For watch(1); a word of the command line becomes two at most. */
static void pass_on(struct request *req, const struct choice *choice,
		    const char *arg)
{
	const char **args = choice->watch ? req->watch_args : req->own_args;
	size_t *n = choice->watch ? &req->n_watch : &req->n_own;

	if (choice->offset == offsetof(struct request, watch) && !choice->watch)
		return;
	args[(*n)++] = choice->watch ? choice->watch : choice->name;
	if (arg)
		args[(*n)++] = arg;
}

static int take_choice(struct request *req, const struct choice *choice,
		       const char *arg)
{
	void *field = (char *)req + choice->offset;

	pass_on(req, choice, arg);
	switch (choice->kind) {
	case TEXT:
		*(const char **)field = arg;
		return 0;
	case RATIO:
		return parse_ratio(arg, field);
	case FLAG:
	case WATCH:
	case WATCH_ARG:
	default:
		*(bool *)field = true;
		return 0;
	}
}

/* One dash before names of two letters: getopt_long_only(). */
static int parse(struct request *req, int argc, char **argv)
{
	struct option longs[CHOICES + 1] = { 0 };
	size_t i;
	int c;

	for (i = 0; i < CHOICES; i++) {
		longs[i].name = choices[i].name + 1;
		longs[i].has_arg = has_arg(&choices[i]);
		longs[i].val = i;
	}
	while ((c = getopt_long_only(argc, argv, "", longs, NULL)) != -1)
		if (c == '?' || take_choice(req, &choices[c], optarg))
			return -1;
	if ((req->view.quiet && req->view.verbose) || (req->pools && req->file))
		return -1;
	return req->watch && req->view.color ? -1 : 0;
}

static int fail_memory(struct vz_err *err)
{
	return vz_fail_errno(err, VZ_SYSTEM_ERROR, "Unable to go on");
}

/* Does not return if all is well. */
static int run_watch(const struct request *req, char **argv, struct vz_err *err)
{
	size_t i, n = 0, max = req->n_watch + req->n_own + 4;
	_cleanup_free_ const char **args = NULL;

	for (i = optind; argv[i]; i++)
		max++;
	args = calloc(max, sizeof(*args));
	if (!args)
		return fail_memory(err);
	args[n++] = "watch";
	args[n++] = "-x";
	for (i = 0; i < req->n_watch; i++)
		args[n++] = req->watch_args[i];
	args[n++] = argv[0];
	for (i = 0; i < req->n_own; i++)
		args[n++] = req->own_args[i];
	for (i = optind; argv[i]; i++)
		args[n++] = argv[i];
	execvp(args[0], (char **)args);
	return vz_fail_errno(err, VZ_COMMAND_FAILED, "Unable to run watch");
}

/* @before: the numbers of the last time, 0 if nobody wants to know. */
static int compare(const struct comparison *cmp, const char *kind,
		   enum bc_field field, const struct bc_ct *ct,
		   uint64_t before[VZMOD_RESOURCES], struct vz_err *err)
{
	_cleanup_close_ int store = -1;

	memset(before, 0, VZMOD_RESOURCES * sizeof(*before));
	if (!cmp->wanted)
		return 0;
	store = ubc_store_open(cmp->dir ? cmp->dir : UBC_STORE_DIR, err);
	if (store < 0)
		return -1;
	return ubc_store_swap(store, kind, field, ct, before, err);
}

static int clear(const struct comparison *cmp, const char *kind,
		 struct vz_err *err)
{
	_cleanup_close_ int store = -1;

	if (!cmp->clear)
		return 0;
	store = ubc_store_open(cmp->dir ? cmp->dir : UBC_STORE_DIR, err);
	return store < 0 ? -1 : ubc_store_clear(store, kind, err);
}

static int show(const struct request *req, struct bc_ct *ct, struct vz_err *err)
{
	uint64_t failcnt[VZMOD_RESOURCES], held[VZMOD_RESOURCES];
	unsigned int i;

	if (compare(&req->failcnt, UBC_STORE_FAILCNT, BC_FAILCNT, ct, failcnt,
		    err) ||
	    compare(&req->held, UBC_STORE_HELD, BC_HELD, ct, held, err))
		return -1;
	for (i = 0; i < VZMOD_RESOURCES; i++) {
		uint64_t *now = &ct->value[i][BC_FAILCNT];

		/* Less than before: another container has the number now. */
		if (*now >= failcnt[i])
			*now -= failcnt[i];
	}
	ubc_table_print(stdout, &req->view, ct, held);
	return 0;
}

static int show_named(const struct request *req, const struct bc_set *set,
		      char **ids, struct vz_err *err)
{
	for (; *ids; ids++) {
		struct bc_ct *ct;
		uint32_t ctid;

		if (ctid_find(*ids, &ctid, err))
			return -1;
		ct = bc_set_find(set, ctid);
		if (!ct)
			return vz_fail(err, VZ_NOT_RUNNING,
				       "CT %u has no beancounters", ctid);
		if (show(req, ct, err))
			return -1;
	}
	return 0;
}

static int read_set(const struct request *req, struct bc_set *set,
		    struct vz_err *err)
{
	const char *file = req->pools ? "/proc/bc/pools" : req->file;
	_cleanup_fclose_ FILE *f = NULL;

	if (!file)
		return bc_set_read(set, NULL, "/proc/user_beancounters", err);
	if (!strcmp(file, "-"))
		return bc_set_read(set, stdin, "standard input", err);
	f = fopen(file, "re");
	if (!f)
		return vz_fail_errno(err, VZ_SETUBC_ERROR, "Unable to open %s",
				     file);
	return bc_set_read(set, f, file, err);
}

static int run(const struct request *req, char **argv, struct vz_err *err)
{
	_cleanup_bc_set_ struct bc_set set = { 0 };
	size_t i;

	if (req->watch)
		return run_watch(req, argv, err);
	if (clear(&req->failcnt, UBC_STORE_FAILCNT, err) ||
	    clear(&req->held, UBC_STORE_HELD, err) || read_set(req, &set, err))
		return -1;
	if (argv[optind])
		return show_named(req, &set, argv + optind, err);
	for (i = 0; i < set.count; i++)
		if (show(req, &set.cts[i], err))
			return -1;
	return 0;
}

/* Whatever goes wrong is exit code 1. */
int main(int argc, char **argv)
{
	_cleanup_free_ const char **args = calloc(4 * argc, sizeof(*args));
	struct request req = {
		.view.held_ratio = 0.5, .view.maxheld_ratio = 0.8,
		.watch_args = args, .own_args = args + 2 * argc,
	};
	struct vz_err err = { 0 };

	log_setup(&(struct log_setup){ .prog = "vzubc" });
	if (!args || parse(&req, argc, argv))
		return usage(stderr);
	if (req.help)
		return usage(stdout);
	req.view.increments = req.held.wanted;
	if (!run(&req, argv, &err))
		return EXIT_SUCCESS;
	vz_log(LOG_ERROR, "%s", err.text);
	return EXIT_FAILURE;
}
