/* SPDX-License-Identifier: GPL-2.0-only */
/* The files in /proc. */
#ifndef VZ_KMOD_PROC_H
#define VZ_KMOD_PROC_H

#include <linux/proc_fs.h>

struct ct;
struct seq_file;
struct super_block;

#define VZMOD_VERSION	"0.1.0"

int proc_init(void);
void proc_exit(void);

void proc_add_ct(struct ct *ct);
void proc_remove_ct(struct ct *ct);
void proc_rename_ct(struct ct *ct);

/* proc_view.c: the container whose /proc a file belongs to; NULL: the host's */
struct ct *proc_view_of(const struct super_block *sb);

/* proc_bc.c */
extern const struct proc_ops proc_user_beancounters_ops;
extern const struct proc_ops proc_bc_pools_ops;
extern const struct proc_ops proc_bc_resources_ops;
bool proc_bc_may_read(const struct ct *view);
int proc_ct_pools_show(struct seq_file *m, void *v);
int proc_ct_resources_show(struct seq_file *m, void *v);

/* proc_ct.c */
extern const struct proc_ops proc_ct_debug_ops;
extern const struct proc_ops proc_ct_ioacct_ops;
extern const struct proc_ops proc_ct_ioprio_ops;
extern const struct proc_ops proc_ct_meminfo_ops;
extern const struct proc_ops proc_ct_pools_ops;
extern const struct proc_ops proc_ct_precharge_ops;
extern const struct proc_ops proc_ct_resources_ops;
extern const struct proc_ops proc_ct_vmaux_ops;

/* proc_mem.c */
int proc_ct_meminfo_show(struct seq_file *m, void *v);
int proc_ct_vmaux_show(struct seq_file *m, void *v);

/* proc_vz.c */
int proc_veinfo_show(struct seq_file *m, void *v);
int proc_veip_show(struct seq_file *m, void *v);
int proc_version_show(struct seq_file *m, void *v);
int proc_vestat_show(struct seq_file *m, void *v);

#endif
