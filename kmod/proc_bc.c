// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rows of beancounters (spec: /proc/user_beancounters, /proc/bc/resources),
 * and in the same form those of the pools, /proc/bc/pools.
 *
 * Between two reads of a file no lock is held, only a reference to the
 * container that comes next.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "ct_ns.h"
#include "kernel/ct.h"
#include "kernel/report.h"
#include "proc.h"
#include "refresh.h"

/* So many containers are formatted ahead, at most. */
#define MAX_BLOCKS	20U

/**
 * struct bc_reader - one open file that lists beancounters
 * @view: the only container to list, or NULL for all
 * @next: the container at position @pos, referenced
 * @pos: its place in the list, from 1
 */
struct bc_reader {
	struct ct *view;
	struct ct *next;
	loff_t pos;
};

/**
 * struct bc_rows - which rows a file has
 * @first: number of the first
 * @end: and of the one after the last
 * @dummies: those that count nothing, too
 * @host: of container 0, too
 * @refresh: brings them up to date
 */
struct bc_rows {
	unsigned int first;
	unsigned int end;
	bool dummies;
	bool host;
	void (*refresh)(struct ct *ct);
};

static const struct bc_rows in_compat = {
	.end = UB_RESOURCES_COMPAT, .dummies = true, .host = true,
	.refresh = refresh_ct,
};

static const struct bc_rows in_bc = {
	.end = UB_RESOURCES, .host = true, .refresh = refresh_ct,
};

static const struct bc_rows in_pools = {
	.first = UB_RESOURCES, .end = VZMOD_RESOURCES,
	.refresh = refresh_pools,
};

static void show_rows(struct seq_file *m, struct ct *ct, const char *uid,
		      const struct bc_rows *rows)
{
	char row[REPORT_ROW_LEN];
	struct bc_stat stat;
	unsigned int res;

	if (!ct->ctid && !rows->host)
		return;
	rows->refresh(ct);
	for (res = rows->first; res < rows->end; res++) {
		if (!rows->dummies && ub_resources[res].flags & UBR_DUMMY)
			continue;
		bc_read(&ct->bc, res, &stat);
		report_row(row, uid, ub_resources[res].name, &stat);
		seq_write(m, row, sizeof(row));
		uid = NULL;
	}
}

static void step(struct bc_reader *reader)
{
	if (reader->view) {
		if (reader->next) {
			ct_put(reader->next);
			reader->next = NULL;
		} else if (!reader->pos) {
			ct_get(reader->view);
			reader->next = reader->view;
		}
	} else {
		do {
			reader->next = ct_next(reader->next);
		} while (reader->next && READ_ONCE(reader->next->superseded));
	}
	reader->pos++;
}

static void rewind(struct bc_reader *reader)
{
	ct_put(reader->next);
	reader->next = NULL;
	reader->pos = 0;
}

static void *bc_seq_start(struct seq_file *m, loff_t *pos)
{
	struct bc_reader *reader = m->private;

	if (*pos == 0)
		return SEQ_START_TOKEN;
	if (reader->pos != *pos) {
		rewind(reader);
		do {
			step(reader);
		} while (reader->next && reader->pos < *pos);
	}
	return reader->next;
}

static void *bc_seq_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct bc_reader *reader = m->private;

	if (v == SEQ_START_TOKEN)
		rewind(reader);
	step(reader);
	*pos = reader->pos;
	return reader->next;
}

static void bc_seq_stop(struct seq_file *m, void *v)
{
}

static int show_block(struct seq_file *m, void *v, const struct bc_rows *rows)
{
	char title[REPORT_ROW_LEN];
	struct ct *ct = v;
	char uid[16];

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, REPORT_VERSION);
		report_title(title);
		seq_write(m, title, sizeof(title));
		return 0;
	}
	/* What does not fit is asked for once more: no look is needed yet. */
	if (m->count + UB_RESOURCES * REPORT_ROW_LEN >= m->size) {
		seq_commit(m, -1);
		return 0;
	}
	snprintf(uid, sizeof(uid), "%u:", ct->ctid);
	show_rows(m, ct, uid, rows);
	return 0;
}

/**
 * proc_ct_resources_show() - the rows of one container and nothing else
 * @m: file that is being read, of a container
 * @v: unused
 *
 * Context: may sleep.
 * Return: 0.
 */
int proc_ct_resources_show(struct seq_file *m, void *v)
{
	show_rows(m, m->private, NULL, &in_bc);
	return 0;
}

/**
 * proc_ct_pools_show() - the pools of one container
 * @m: file that is being read, of a container
 * @v: unused
 *
 * Context: may sleep.
 * Return: 0.
 */
int proc_ct_pools_show(struct seq_file *m, void *v)
{
	show_rows(m, m->private, NULL, &in_pools);
	return 0;
}

static int user_beancounters_show(struct seq_file *m, void *v)
{
	return show_block(m, v, &in_compat);
}

static int bc_resources_show(struct seq_file *m, void *v)
{
	return show_block(m, v, &in_bc);
}

static int bc_pools_show(struct seq_file *m, void *v)
{
	return show_block(m, v, &in_pools);
}

static const struct seq_operations user_beancounters_seq = {
	.start	= bc_seq_start,
	.next	= bc_seq_next,
	.stop	= bc_seq_stop,
	.show	= user_beancounters_show,
};

static const struct seq_operations bc_resources_seq = {
	.start	= bc_seq_start,
	.next	= bc_seq_next,
	.stop	= bc_seq_stop,
	.show	= bc_resources_show,
};

static const struct seq_operations bc_pools_seq = {
	.start	= bc_seq_start,
	.next	= bc_seq_next,
	.stop	= bc_seq_stop,
	.show	= bc_pools_show,
};

/**
 * proc_bc_may_read() - may the current task look at beancounters?
 * @view: the container whose; NULL for those of all
 *
 * Context: any.
 * Return: the answer. Owning a file of mode 0400 is not enough: root without
 * its powers is out.
 */
bool proc_bc_may_read(const struct ct *view)
{
	struct user_namespace *ns = &init_user_ns;

	if (view)
		ns = (struct user_namespace *)ct_user_ns(view);
	return ns_capable(ns, CAP_DAC_OVERRIDE) &&
	       ns_capable(ns, CAP_DAC_READ_SEARCH);
}

/*
 * A block that does not fit the rest of the buffer is made a second time for
 * the next one.  The kernel's own size of a page would do that to each.
 */
static void size_buffer(struct seq_file *m, const struct bc_reader *reader)
{
	unsigned int blocks = reader->view ? 1 : min(ct_count() + 1, MAX_BLOCKS);
	size_t size = (2 + blocks * UB_RESOURCES) * REPORT_ROW_LEN + 1;

	m->buf = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (m->buf)
		m->size = size;
}

static int bc_open(struct inode *inode, struct file *file,
		   const struct seq_operations *ops)
{
	struct ct *view = proc_view_of(inode->i_sb);
	struct bc_reader *reader;

	if (!proc_bc_may_read(view))
		return -EACCES;
	reader = __seq_open_private(file, ops, sizeof(*reader));
	if (!reader)
		return -ENOMEM;
	reader->view = view;
	if (view)
		ct_get(view);
	size_buffer(file->private_data, reader);
	return 0;
}

static int bc_release(struct inode *inode, struct file *file)
{
	struct bc_reader *reader =
		((struct seq_file *)file->private_data)->private;

	ct_put(reader->next);
	ct_put(reader->view);
	return seq_release_private(inode, file);
}

static int user_beancounters_open(struct inode *inode, struct file *file)
{
	return bc_open(inode, file, &user_beancounters_seq);
}

static int bc_resources_open(struct inode *inode, struct file *file)
{
	return bc_open(inode, file, &bc_resources_seq);
}

static int bc_pools_open(struct inode *inode, struct file *file)
{
	return bc_open(inode, file, &bc_pools_seq);
}

const struct proc_ops proc_user_beancounters_ops = {
	.proc_open	= user_beancounters_open,
	.proc_read_iter	= seq_read_iter,
	.proc_lseek	= seq_lseek,
	.proc_release	= bc_release,
};

const struct proc_ops proc_bc_resources_ops = {
	.proc_open	= bc_resources_open,
	.proc_read_iter	= seq_read_iter,
	.proc_lseek	= seq_lseek,
	.proc_release	= bc_release,
};

const struct proc_ops proc_bc_pools_ops = {
	.proc_open	= bc_pools_open,
	.proc_read_iter	= seq_read_iter,
	.proc_lseek	= seq_lseek,
	.proc_release	= bc_release,
};
