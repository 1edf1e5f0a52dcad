// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where our files in /proc are, and with which mode.  What a container sees
 * of them is decided in proc_view.c.
 */
#include "proc.h"

#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "hook.h"
#include "kernel/ct.h"

enum dir { DIR_ROOT, DIR_BC, DIR_VZ, N_DIRS };

static const struct {
	const char *name;
	umode_t mode;
} dirs[N_DIRS] = {
	[DIR_BC]	= { "bc", 0500 },
	[DIR_VZ]	= { "vz", 0555 },
};

/* Either ops, or show for a text that is made at one go. */
static const struct {
	enum dir dir;
	const char *name;
	umode_t mode;
	const struct proc_ops *ops;
	int (*show)(struct seq_file *m, void *v);
} files[] = {
	{ DIR_ROOT, "user_beancounters", 0400, &proc_user_beancounters_ops },
	{ DIR_BC, "resources", 0400, &proc_bc_resources_ops },
	{ DIR_BC, "pools", 0400, &proc_bc_pools_ops },
	{ DIR_VZ, "version", 0444, .show = proc_version_show },
	{ DIR_VZ, "veinfo", 0400, .show = proc_veinfo_show },
	{ DIR_VZ, "vestat", 0400, .show = proc_vestat_show },
	{ DIR_VZ, "veip", 0400, .show = proc_veip_show },
	{ DIR_VZ, "hooks", 0400, .show = hooks_show },
};

/* In /proc/bc/CTID. */
static const struct {
	const char *name;
	const struct proc_ops *ops;
} ct_files[] = {
	{ "resources", &proc_ct_resources_ops },
	{ "debug", &proc_ct_debug_ops },
	{ "ioacct", &proc_ct_ioacct_ops },
	{ "ioprio", &proc_ct_ioprio_ops },
	{ "meminfo", &proc_ct_meminfo_ops },
	{ "pools", &proc_ct_pools_ops },
	{ "precharge", &proc_ct_precharge_ops },
	{ "vmaux", &proc_ct_vmaux_ops },
};

static struct proc_dir_entry *dir_entry[N_DIRS];

/* ct.dir of all containers */
static DEFINE_MUTEX(ct_dirs_lock);

static struct proc_dir_entry *make_ct_dir(struct ct *ct, const char *name)
{
	struct proc_dir_entry *dir;
	int i;

	dir = proc_mkdir_mode(name, 0500, dir_entry[DIR_BC]);
	if (!dir)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(ct_files); i++)
		proc_create_data(ct_files[i].name, 0400, dir, ct_files[i].ops,
				 ct);
	return dir;
}

/*
 * The name of a dead container that still holds something, when a younger one
 * has its CTID, is CTID-SERIAL.
 */
static void name_and_make(struct ct *ct)
{
	char name[40];

	ct->dir_is_plain = !READ_ONCE(ct->superseded);
	if (ct->dir_is_plain)
		snprintf(name, sizeof(name), "%u", ct->ctid);
	else
		snprintf(name, sizeof(name), "%u-%llu", ct->ctid, ct->serial);
	ct->dir = make_ct_dir(ct, name);
}

static void rename_dir(struct ct *ct)
{
	proc_remove(ct->dir);
	name_and_make(ct);
}

/*
 * Whoever got the plain name just before he was superseded still has it when
 * the younger one comes for it.
 */
static void make_way(u32 ctid)
{
	struct ct *ct = NULL;

	while ((ct = ct_next(ct)))
		if (ct->ctid == ctid && ct->dir && ct->dir_is_plain)
			rename_dir(ct);
}

/**
 * proc_add_ct() - a container gets its directory
 * @ct: the container
 *
 * A container for which there is no memory here lacks its directory and
 * nothing else.
 *
 * Context: may sleep.
 */
void proc_add_ct(struct ct *ct)
{
	mutex_lock(&ct_dirs_lock);
	if (ct->ctid)
		make_way(ct->ctid);
	name_and_make(ct);
	mutex_unlock(&ct_dirs_lock);
}

/**
 * proc_rename_ct() - a younger container with the CTID has come or gone
 * @ct: referenced; loses or gets back the plain name
 *
 * Context: may sleep.
 */
void proc_rename_ct(struct ct *ct)
{
	mutex_lock(&ct_dirs_lock);
	if (ct->dir && ct->dir_is_plain == READ_ONCE(ct->superseded))
		rename_dir(ct);
	mutex_unlock(&ct_dirs_lock);
}

/**
 * proc_remove_ct() - a container loses its directory
 * @ct: the container; no file of it is in use on return
 *
 * Context: may sleep.
 */
void proc_remove_ct(struct ct *ct)
{
	mutex_lock(&ct_dirs_lock);
	proc_remove(ct->dir);
	ct->dir = NULL;
	mutex_unlock(&ct_dirs_lock);
}

/* procfs would log a warning and take away what somebody else has. */
static int check_free(const char *name)
{
	char path[40];
	struct path found;

	snprintf(path, sizeof(path), "/proc/%s", name);
	if (kern_path(path, 0, &found))
		return 0;
	path_put(&found);
	pr_err("%s belongs to somebody else\n", path);
	return -EEXIST;
}

static int check_all_free(void)
{
	int i, ret = 0;

	for (i = DIR_ROOT + 1; i < N_DIRS && !ret; i++)
		ret = check_free(dirs[i].name);
	for (i = 0; i < ARRAY_SIZE(files) && !ret; i++)
		if (files[i].dir == DIR_ROOT)
			ret = check_free(files[i].name);
	return ret;
}

/* The first @made of the files, and the directories with all in them. */
static void remove_files(int made)
{
	int i;

	for (i = 0; i < made; i++)
		if (files[i].dir == DIR_ROOT)
			remove_proc_entry(files[i].name, NULL);
	for (i = DIR_ROOT + 1; i < N_DIRS; i++)
		proc_remove(dir_entry[i]);
}

static bool make_file(int i)
{
	struct proc_dir_entry *dir = dir_entry[files[i].dir];

	if (files[i].ops)
		return proc_create(files[i].name, files[i].mode, dir,
				   files[i].ops);
	return proc_create_single(files[i].name, files[i].mode, dir,
				  files[i].show);
}

/* Directories first, so that nothing in /proc itself has to be undone. */
static int make_dirs(void)
{
	int i;

	for (i = DIR_ROOT + 1; i < N_DIRS; i++) {
		dir_entry[i] = proc_mkdir_mode(dirs[i].name, dirs[i].mode,
					       NULL);
		if (!dir_entry[i]) {
			while (--i > DIR_ROOT)
				proc_remove(dir_entry[i]);
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * proc_init() - make all files but those of containers
 *
 * Context: may sleep.
 * Return: 0; -EEXIST if somebody else has one of the names, -ENOMEM; then none
 * of them is there.
 */
int proc_init(void)
{
	int i, ret = check_all_free();

	if (!ret)
		ret = make_dirs();
	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		if (!make_file(i)) {
			remove_files(i);
			return -ENOMEM;
		}
	}
	proc_add_ct(ct_host());
	return 0;
}

/**
 * proc_exit() - remove all files
 *
 * Context: may sleep, until the last reader is out.
 */
void proc_exit(void)
{
	proc_remove_ct(ct_host());
	remove_files(ARRAY_SIZE(files));
}
