/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be done to a container, told apart from where its parameters come
 * from: each function gets a struct ct_spec, does one thing and returns 0, or
 * -1 with @err filled in and nothing half-done left behind.
 */
#ifndef VZ_CT_H
#define VZ_CT_H

#include <linux/vzmod.h>
#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "limit.h"

/* Strings are owned by the caller. */
struct ct_spec {
	uint32_t ctid;
	const char *private_dir;	/* VE_PRIVATE, $VEID replaced */
	const char *root_dir;		/* VE_ROOT, $VEID replaced */
	const char *hostname;		/* NULL: "localhost" */
	unsigned int stop_timeout;	/* seconds */
	uint64_t limits_set;		/* bit N: limits[N] is valid */
	struct ct_limit limits[VZMOD_RESOURCES];
};

/* ct_mount.c: the private area on VE_ROOT, nosuid and nodev for the host */
bool ct_is_mounted(const struct ct_spec *spec);
int ct_mount(const struct ct_spec *spec, struct vz_err *err);
int ct_umount(const struct ct_spec *spec, struct vz_err *err);

/*
 * ct_hidden.c: some directory above @path, which need not be there yet, lets
 * nobody through but root
 */
int ct_check_hidden(const char *path, enum vz_exit code, struct vz_err *err);

/*
 * ct_start.c: make namespaces, limits and mounts, run init.  VE_ROOT is
 * mounted already.  @before_init, if not NULL, runs on the host when all is
 * set up and init is still held back (a non-zero result undoes the start).
 */
int ct_start(const struct ct_spec *spec,
	     int (*before_init)(const struct ct_spec *spec, int init_pid,
				void *arg, struct vz_err *err),
	     void *arg, struct vz_err *err);

/* ct_stop.c: by its init, after the time-out (or at once if @fast) by force */
int ct_stop(const struct ct_spec *spec, bool fast, struct vz_err *err);

/* What one that ended by itself, or whose stop was killed, has left: its cgroup */
int ct_clear(const struct ct_spec *spec, struct vz_err *err);

/* ct_limits.c: every limit of @spec that is set, to the running container */
int ct_apply_limits(const struct ct_spec *spec, struct vz_err *err);

/*
 * ct_exec.c: run a command inside.  argv: executed directly, PATH search
 * inside; environment is the clean one of the specification; stdin, stdout
 * and stderr are bridged by pipes.  *status gets what waitpid() says.
 * ct_exec_shell(): command NULL means "read it from stdin".
 * timeout 0: none; otherwise seconds, then VZ_EXEC_TIMEOUT.
 */
int ct_exec(const struct ct_spec *spec, char *const argv[],
	    unsigned int timeout, int *status, struct vz_err *err);
int ct_exec_shell(const struct ct_spec *spec, const char *command,
		  unsigned int timeout, int *status, struct vz_err *err);

/*
 * Run a shell script text inside with extra environment (NULL-terminated
 * "K=V" list or NULL), its stdin being the script.
 */
int ct_exec_script(const struct ct_spec *spec, const char *text,
		   char *const env[], unsigned int timeout, int *status,
		   struct vz_err *err);

/* ct_enter.c: a login shell on a pty made inside; @command is typed into it */
int ct_enter(const struct ct_spec *spec, const char *command,
	     struct vz_err *err);

/*
 * ct_unpack.c: unpack a template into an empty directory, by a helper that
 * can reach nothing but that directory and holds no power over the host.
 * @progress: draw a bar on stderr when that is a terminal.
 */
int ct_unpack(const char *tarball, const char *dir, bool progress,
	      struct vz_err *err);

/* ct_remove.c: delete a private area; survives being killed half-way */
int ct_remove(const char *dir, struct vz_err *err);

#endif
