// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * keys fill: as many keys as the kernel lets this user have
 * keys with NAME COMMAND...: run it with a session keyring that has this key
 * keys find NAME: print whether this process may read such a key
 */
#include <errno.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MANY	100000

static long add_key(const char *name, int keyring)
{
	return syscall(SYS_add_key, "user", name, name, strlen(name), keyring);
}

static int fill(void)
{
	char name[32];

	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "filler.%d", i);
		if (add_key(name, KEY_SPEC_USER_KEYRING) < 0)
			return errno != EDQUOT;
	}
	return 1;
}

static int run_with(const char *name, char **command)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
	    add_key(name, KEY_SPEC_SESSION_KEYRING) < 0)
		return 1;
	execvp(command[0], command);
	return 127;
}

static int find(const char *name)
{
	long key = syscall(SYS_request_key, "user", name, NULL, 0);
	char text[64];

	puts(key >= 0 && syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof(text)) >= 0 ?
	     "found" : "none");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "fill"))
		return fill();
	if (argc > 3 && !strcmp(argv[1], "with"))
		return run_with(argv[2], argv + 3);
	if (argc == 3 && !strcmp(argv[1], "find"))
		return find(argv[2]);
	return 2;
}
