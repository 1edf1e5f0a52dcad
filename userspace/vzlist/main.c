// SPDX-License-Identifier: GPL-2.0-or-later
/* vzlist: list containers.  Every failure is exit code 1. */
#include <fnmatch.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/ctid.h"
#include "lib/log.h"
#include "vzlist.h"

#define DEFAULT_COLUMNS	"ctid,numproc,status,ip,hostname"
#define NAME_COLUMNS	"smart_name,numproc,status,ip,hostname"
#define MAX_COLUMNS	512

#define N_FILTERS	3

/* Patterns; a value that is not set matches none. */
static const enum param_id filter_params[N_FILTERS] = {
	P_HOSTNAME, P_NAME, P_DESCRIPTION,
};

struct request {
	bool all, stopped, no_header, no_trim, json, list_columns;
	const char *columns;		/* NULL: not asked for */
	const char *sort;
	const char *filter[N_FILTERS];
	const struct column *col[MAX_COLUMNS + 1];
	size_t n_cols;
	uint32_t *ids;
	size_t n_ids;
};

static void print_usage(FILE *out)
{
	fputs("Usage: vzlist [-a | -S] [-n] [-H] [-t] [-j] [-o FIELD[,FIELD...] | -1]\n"
	      "              [-s [-]FIELD] [-h PATTERN] [-N PATTERN] [-d PATTERN] [CTID|NAME...]\n"
	      "       vzlist -L\n\n"
	      "  -a, --all                  running and stopped containers\n"
	      "  -S, --stopped              stopped containers only\n"
	      "  -n, --name                 names instead of numbers\n"
	      "  -H, --no-header            no column titles\n"
	      "  -t, --no-trim              do not cut long values\n"
	      "  -j, --json                 print JSON\n"
	      "  -o, --output FIELD,...     these columns\n"
	      "  -1                         numbers only, one in a line\n"
	      "  -s, --sort [-]FIELD        sort by a column, - reverses\n"
	      "  -h, --hostname PATTERN     with such a host name\n"
	      "  -N, --name_filter PATTERN  with such a name\n"
	      "  -d, --description PATTERN  with such a description\n"
	      "  -L, --list                 list the columns there are\n", out);
}

static const struct option longs[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "stopped", no_argument, NULL, 'S' },
	{ "name", no_argument, NULL, 'n' },
	{ "no-header", no_argument, NULL, 'H' },
	{ "no-trim", no_argument, NULL, 't' },
	{ "json", no_argument, NULL, 'j' },
	{ "output", required_argument, NULL, 'o' },
	{ "sort", required_argument, NULL, 's' },
	{ "hostname", required_argument, NULL, 'h' },
	{ "name_filter", required_argument, NULL, 'N' },
	{ "description", required_argument, NULL, 'd' },
	{ "list", no_argument, NULL, 'L' },
	{ "help", no_argument, NULL, '?' + 256 },
	{ NULL, 0, NULL, 0 }
};

static int take_option(struct request *req, int c)
{
	switch (c) {
	case 'a':
		req->all = true;
		break;
	case 'S':
		req->stopped = true;
		break;
	case 'n':
		req->columns = NAME_COLUMNS;
		break;
	case 'H':
		req->no_header = true;
		break;
	case 't':
		req->no_trim = true;
		break;
	case 'j':
		req->json = true;
		break;
	case 'o':
		req->columns = optarg;
		break;
	case '1':
		req->columns = "veid";
		req->no_header = true;
		break;
	case 's':
		req->sort = optarg;
		break;
	case 'h':
	case 'N':
	case 'd':
		req->filter[c == 'h' ? 0 : c == 'N' ? 1 : 2] = optarg;
		break;
	case 'L':
		req->list_columns = true;
		break;
	default:
		return -1;
	}
	return 0;
}

static int fail(const char *fmt, const char *what)
{
	fprintf(stderr, fmt, what);
	fputc('\n', stderr);
	return -1;
}

static int choose_all(struct request *req)
{
	const struct column *col;
	size_t i;

	for (i = 0; (col = column_get(i)); i++)
		if (!column_has_suffix(col) && req->n_cols < MAX_COLUMNS)
			req->col[req->n_cols++] = col;
	return 0;
}

static int choose_columns(struct request *req)
{
	const char *name = req->columns;
	size_t len;

	if (!name && req->json)
		return choose_all(req);
	for (name = name ? name : DEFAULT_COLUMNS;; name += len + 1) {
		const struct column *col;

		len = strcspn(name, ",");
		col = column_find(name, len);
		if (!col || req->n_cols >= MAX_COLUMNS)
			return fail("Unknown field: %s",
				    strndupa(name, len));
		if (req->json && column_has_suffix(col))
			return fail("Field `%s' is not available in JSON output",
				    col->name);
		req->col[req->n_cols++] = col;
		if (!name[len])
			return 0;
	}
}

static int check_sort(const struct request *req)
{
	const char *name = req->sort;

	if (!name)
		return 0;
	name += *name == '-';
	if (!column_find(name, strlen(name)))
		return fail("Invalid sort field name: %s", name);
	return 0;
}

static int take_ids(struct request *req, int argc, char **argv)
{
	struct vz_err ignored = { 0 };
	uint32_t ctid;
	int i;

	req->ids = calloc(argc + 1, sizeof(*req->ids));
	if (!req->ids)
		return fail("%s", "Out of memory");
	for (i = 0; i < argc; i++) {
		if (ctid_find(argv[i], &ctid, &ignored) || !ctid)
			return fail("CT ID %s is invalid.", argv[i]);
		req->ids[req->n_ids++] = ctid;
	}
	return 0;
}

static bool is_wanted(const struct request *req, const struct ct_row *row)
{
	size_t i;

	for (i = 0; i < N_FILTERS; i++) {
		const char *value = params_text(&row->params, filter_params[i]);

		if (req->filter[i] &&
		    (!value || fnmatch(req->filter[i], value, 0)))
			return false;
	}
	return !req->stopped || row->status != CT_RUNNING;
}

static void filter(const struct request *req, struct ct_list *list)
{
	size_t i, kept = 0;

	for (i = 0; i < list->count; i++) {
		if (is_wanted(req, &list->rows[i]))
			list->rows[kept++] = list->rows[i];
		else
			params_free(&list->rows[i].params);
	}
	list->count = kept;
}

static int compare_rows(const void *a, const void *b, void *arg)
{
	const struct ct_row *left = a, *right = b;
	const char *name = arg;
	bool reverse = *name == '-';
	const struct column *col = column_find(name + reverse,
					       strlen(name + reverse));
	int ret;

	ret = col->type->compare ? col->type->compare(col, left, right) : 0;
	if (reverse)
		ret = -ret;
	return ret ? ret : (left->ctid > right->ctid) -
		(left->ctid < right->ctid);
}

static unsigned int needs_of(const struct request *req)
{
	unsigned int needs = 0;
	size_t i;

	for (i = 0; i < req->n_cols; i++)
		needs |= req->col[i]->type->needs;
	return needs;
}

static int list(const struct request *req)
{
	struct ct_list cts = { 0 };
	struct vz_err err = { 0 };
	int ret = 0;

	if (ct_list_collect(&cts, req->ids, req->n_ids, req->all ||
			    req->stopped, needs_of(req), &err)) {
		ct_list_free(&cts);
		return fail("%s", err.text);
	}
	filter(req, &cts);
	if (req->sort && cts.count)
		qsort_r(cts.rows, cts.count, sizeof(*cts.rows), compare_rows,
			(void *)req->sort);
	if (req->json)
		print_json(&cts, req->col);
	else if (cts.count)
		print_table(&cts, req->col, !req->no_header, !req->no_trim);
	if (!cts.count) {
		fputs("Container(s) not found\n", stderr);
		ret = req->n_ids ? -1 : 0;
	}
	ct_list_free(&cts);
	return ret;
}

static int list_columns(void)
{
	const struct column *col;
	size_t i;

	for (i = 0; (col = column_get(i)); i++)
		printf("%-15s %-15s\n", col->name,
		       col->header + strspn(col->header, " "));
	return 0;
}

static int run(struct request *req, int argc, char **argv)
{
	if (req->list_columns)
		return list_columns();
	if (choose_columns(req) || check_sort(req))
		return -1;
	if (geteuid())
		return fail("%s", "This program can only be run under root.");
	return take_ids(req, argc, argv) ? -1 : list(req);
}

int main(int argc, char **argv)
{
	struct request req = { 0 };
	int c, ret;

	log_setup(&(struct log_setup){ .prog = "vzlist" });
	while ((c = getopt_long(argc, argv, "aSnHtjo:1s:h:N:d:L", longs,
				NULL)) != -1) {
		if (take_option(&req, c)) {
			/* Asking for help has always counted as a failure. */
			print_usage(c == '?' ? stderr : stdout);
			return EXIT_FAILURE;
		}
	}
	ret = run(&req, argc - optind, argv + optind);
	free(req.ids);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
