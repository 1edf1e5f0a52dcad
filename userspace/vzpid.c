// SPDX-License-Identifier: GPL-2.0-or-later
/* vzpid: which container a process belongs to. */
#include <linux/vzmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/ctl.h"

struct process {
	int vpid;
	uint32_t ctid;
	bool has_env;		/* the kernel tells the container in /proc */
	char name[64];
};

/* Its owner chose the name: a terminal is to be told nothing but text. */
static void make_presentable(char *name)
{
	if (!*name)
		strcpy(name, "-");
	for (; *name; name++)
		if (*name < ' ' || *name > '~')
			*name = '?';
}

static bool read_status(int pid, struct process *proc)
{
	_cleanup_fclose_ FILE *f = NULL;
	char path[64], line[256];

	*proc = (struct process){ .vpid = pid };
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Name: %63s", proc->name) == 1 ||
		    sscanf(line, "VPid: %d", &proc->vpid) == 1)
			continue;
		if (sscanf(line, "envID: %u", &proc->ctid) == 1)
			proc->has_env = true;
	}
	make_presentable(proc->name);
	return true;
}

/* Without the module everything belongs to the host. */
static void ask_module(int ctl, int pid, struct process *proc)
{
	struct vzmod_ct_info info;

	if (ctl < 0 || ctl_task_info(ctl, pid, &info) || !info.ctid)
		return;
	proc->ctid = info.ctid;
	proc->vpid = info.vpid;
}

/* A word that is no number, and a process that is gone, are passed over. */
static void print_process(int ctl, const char *word, bool with_vpid)
{
	struct process proc;
	char *end;
	long pid = strtol(word, &end, 10);

	if (*end || pid <= 0 || pid > INT32_MAX || !read_status(pid, &proc))
		return;
	if (!proc.has_env)
		ask_module(ctl, pid, &proc);
	if (with_vpid)
		printf("%ld\t%d\t%u\t%s\n", pid, proc.vpid, proc.ctid,
		       proc.name);
	else
		printf("%ld\t%u\t%s\n", pid, proc.ctid, proc.name);
}

static void print_stdin(int ctl, bool with_vpid)
{
	char word[32];

	while (scanf("%31s", word) == 1)
		print_process(ctl, word, with_vpid);
}

static int usage(FILE *out)
{
	fputs("Usage: vzpid [-p] PID...\n       vzpid [-p] -\n", out);
	return out == stdout ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	bool with_vpid = argc > 1 && !strcmp(argv[1], "-p");
	int i, first = with_vpid ? 2 : 1;
	struct vz_err ignored = { 0 };
	_cleanup_close_ int ctl = -1;

	if (argc == 2 && !strcmp(argv[1], "-h"))
		return usage(stdout);
	if (first >= argc)
		return usage(stderr);
	ctl = ctl_open(&ignored);
	puts(with_vpid ? "Pid\tCT/Pid\tCTID\tName" : "Pid\tCTID\tName");
	for (i = first; i < argc; i++) {
		if (strcmp(argv[i], "-"))
			print_process(ctl, argv[i], with_vpid);
		else
			print_stdin(ctl, with_vpid);
	}
	return EXIT_SUCCESS;
}
