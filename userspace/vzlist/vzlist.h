/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vzlist: what is known of a container, and the table of columns. */
#ifndef VZLIST_VZLIST_H
#define VZLIST_VZLIST_H

#include <stddef.h>

#include "lib/bcfile.h"
#include "lib/param.h"

struct json_object;

/* In the order in which they are sorted. */
enum ct_status { CT_RUNNING, CT_STOPPED, CT_MOUNTED, CT_SUSPENDED };

struct ct_row {
	uint32_t ctid;
	enum ct_status status;
	struct params params;		/* vz.conf < CTID.conf */
	bool has_conf;
	bool has_ub;			/* ub[] is from the kernel */
	uint64_t ub[UB_RESOURCES][BC_FIELDS];
	double uptime;			/* seconds, 0 if it does not run */
};

/* Where a column's values come from, beyond the configuration. */
#define NEED_UB		0x1
#define NEED_UPTIME	0x2
#define NEED_STATUS	0x4

struct column_type;

struct column {
	const char *name;
	const char *header;
	int width;			/* negative: left aligned */
	const struct column_type *type;
	unsigned int arg;		/* enum param_id, or a resource */
	enum bc_field field;
};

/**
 * struct column_type - how values of columns are shown
 * @needs: NEED_*
 * @may_cut: a value longer than the column is cut
 * @is_list: cut means the first item
 * @text: malloc'ed, NULL: not set
 * @json: NULL: null
 * @compare: as for qsort(), NULL: cannot be sorted by
 */
struct column_type {
	unsigned int needs;
	bool may_cut;
	bool is_list;
	char *(*text)(const struct column *col, const struct ct_row *row);
	struct json_object *(*json)(const struct column *col,
				    const struct ct_row *row);
	int (*compare)(const struct column *col, const struct ct_row *a,
		       const struct ct_row *b);
};

extern const struct column_type col_ctid, col_path, col_text, col_smart_name,
	col_list, col_status, col_ub, col_uptime, col_unknown, col_number,
	col_maybe_number, col_bool, col_maybe_bool, col_switches, col_vswap,
	col_float, col_layout;

/* What the kinds of values have in common; the text is malloc'ed. */
char *value_text(uint64_t value);
int value_compare(uint64_t a, uint64_t b);

/* NULL at the end of the table. */
const struct column *column_get(size_t index);
const struct column *column_find(const char *name, size_t len);
bool column_has_suffix(const struct column *col);

struct ct_list {
	struct ct_row *rows;
	size_t count;
};

void ct_list_free(struct ct_list *list);

/*
 * Collect: those in @ids, or all that are configured (if @configured) or
 * running, with what the columns need.
 */
int ct_list_collect(struct ct_list *list, const uint32_t *ids, size_t n_ids,
		    bool configured, unsigned int needs, struct vz_err *err);

/* Print the rows; @columns ends with NULL. */
void print_table(const struct ct_list *list,
		 const struct column * const *columns, bool header, bool trim);
void print_json(const struct ct_list *list,
		const struct column * const *columns);

#endif
