/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors are values with text: filled in where the failure is seen, printed
 * once by main().  The library itself never prints an error.
 */
#ifndef VZ_ERR_H
#define VZ_ERR_H

/* Exit codes of the classic tools; spec: the numeric exit code table. */
enum vz_exit {
	VZ_OK			= 0,
	VZ_SETUBC_ERROR		= 1,
	VZ_SYSTEM_ERROR		= 3,
	VZ_NO_KERNEL		= 5,	/* module absent or too old */
	VZ_ENVCREATE_ERROR	= 7,
	VZ_COMMAND_FAILED	= 8,
	VZ_LOCKED		= 9,
	VZ_NO_GLOBAL_CONFIG	= 10,
	VZ_NO_SCRIPT		= 11,
	VZ_NO_PERMISSION	= 12,
	VZ_NO_CONFIG		= 14,
	VZ_EXEC_TIMEOUT		= 15,
	VZ_SYNTAX		= 20,
	VZ_BAD_VALUE		= 21,
	VZ_VE_ROOT_NOTSET	= 22,
	VZ_VE_PRIVATE_NOTSET	= 23,
	VZ_TEMPLATE_NOTSET	= 24,
	VZ_NO_UB_PARAMS		= 28,
	VZ_OSTEMPLATE_NOTSET	= 29,
	VZ_NOT_RUNNING		= 31,
	VZ_RUNNING		= 32,
	VZ_STOP_ERROR		= 33,
	VZ_NOT_MOUNTED		= 40,
	VZ_MOUNTED		= 41,
	VZ_NO_PRIVATE		= 43,
	VZ_PRIVATE_EXISTS	= 44,
	VZ_NO_SPACE		= 46,
	VZ_BAD_TEMPLATE		= 47,	/* no init, no shell */
	VZ_CREATE_PRIVATE_ERROR	= 48,
	VZ_CREATE_ROOT_ERROR	= 49,
	VZ_MOUNT_ERROR		= 50,
	VZ_UMOUNT_ERROR		= 51,
	VZ_DELETE_PRIVATE_ERROR	= 52,
	VZ_CREATE_DIR_ERROR	= 54,
	VZ_BAD_HOSTNAME		= 70,
	VZ_LOCKDIR_NOTSET	= 77,
	VZ_ACTIONSCRIPT_ERROR	= 79,
	VZ_COPY_CONFIG_ERROR	= 82,
	VZ_INVALID_CONFIG	= 85,
	VZ_OSTEMPLATE_NOTFOUND	= 91,
	VZ_LAYOUT_UNSUPPORTED	= 99,
	VZ_DISABLED		= 105,
	VZ_DIST_NOTFOUND	= 107,
	VZ_APPLY_CONFIG_ERROR	= 109,
	VZ_NAME_ERROR		= 131,
	VZ_WAIT_FAILED		= 133,
	VZ_SAVE_CONFIG_ERROR	= 139,
};

struct vz_err {
	enum vz_exit code;
	char text[1024];
};

/*
 * Record a failure.  Both return -1, so that a caller can write
 * "return vz_fail(err, VZ_LOCKED, ...)".  vz_fail_errno() appends ": " and
 * strerror(errno).  The first failure wins: recording over a set error only
 * happens through vz_err_clear().
 */
int vz_fail(struct vz_err *err, enum vz_exit code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int vz_fail_errno(struct vz_err *err, enum vz_exit code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void vz_err_clear(struct vz_err *err);

#endif
