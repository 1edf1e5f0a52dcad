// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bombs of mounts, namespaces and cgroups.
 *
 * Cases T113 (mounts), T114 (namespaces) and T115 (cgroups).
 *
 * vm: --icount --mem 1536 --time 900
 */
#include <fcntl.h>
#include <kselftest_harness.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bomb.h"

#define MANY	100

static const struct {
	int flag;
	const char *file;
} kinds[] = {
	{ CLONE_NEWUSER, "/proc/self/ns/user" },
	{ CLONE_NEWNET, "/proc/self/ns/net" },
	{ CLONE_NEWNS, "/proc/self/ns/mnt" },
	{ CLONE_NEWIPC, "/proc/self/ns/ipc" },
	{ CLONE_NEWUTS, "/proc/self/ns/uts" },
	{ CLONE_NEWPID, "/proc/self/ns/pid_for_children" },
	{ CLONE_NEWCGROUP, "/proc/self/ns/cgroup" },
	{ CLONE_NEWTIME, "/proc/self/ns/time_for_children" },
};

#define KINDS	(sizeof(kinds) / sizeof(*kinds))

/* --- mounts ------------------------------------------------------------------- */

static void make_place(const char *place)
{
	mkdir(place, 0700);
	mount("tmpfs", place, "tmpfs", 0, NULL);
}

/* One upon the other, and never given back. */
static void bind_all(void)
{
	mkdir("/tmp/top", 0700);
	mount("/tmp", "/tmp/top", NULL, MS_BIND, NULL);
}

/* Whatever is mounted there appears in all the copies. */
static void propagate(void)
{
	int i;

	make_place("/tmp/shared");
	mount(NULL, "/tmp/shared", NULL, MS_SHARED, NULL);
	for (i = 0; i < MANY && !unshare(CLONE_NEWNS); i++)
		mount("/tmp/shared", "/tmp/shared", NULL, MS_BIND | MS_REC, NULL);
	for (i = 0; i < MANY; i++)
		umount2("/tmp/shared", MNT_DETACH);
}

static void mount_and_unmount(void)
{
	make_place("/tmp/place");
	umount2("/tmp/place", MNT_DETACH);
}

/* --- namespaces --------------------------------------------------------------- */

/* Kept by an open file, one after the other. */
static void keep_all(void)
{
	static unsigned int i;

	i = (i + 1) % KINDS;
	if (!unshare(kinds[i].flag))
		open(kinds[i].file, O_RDONLY);
}

/* Those that come with a process go with it. */
static void come_and_go(int flags)
{
	if (!fork())
		_exit(unshare(flags));
	children_reap();
}

static void churn_all(void)
{
	int flags = 0;
	size_t i;

	for (i = 0; i < KINDS; i++)
		flags |= kinds[i].flag;
	come_and_go(flags);
}

static void churn_net(void)
{
	come_and_go(CLONE_NEWNET);
}

/* --- cgroups ------------------------------------------------------------------ */

static int enter_cgroups(void)
{
	static bool is_there;

	if (!is_there) {
		mkdir("cgroups", 0700);
		is_there = !mount("cgroup2", "cgroups", "cgroup2", 0, NULL) && !chdir("cgroups");
	}
	return is_there ? 0 : -errno;
}

static const char *cgroup_name(int n)
{
	static char name[32];

	snprintf(name, sizeof(name), "%d.%d", getpid(), n);
	return name;
}

static void make_cgroups(void)
{
	int n = 0;

	if (enter_cgroups())
		nap();
	while (n < 10 * MANY && !mkdir(cgroup_name(n), 0755))
		n++;
	while (n--)
		rmdir(cgroup_name(n));
}

/* From one to the other and back; all others that fork or end have to wait. */
static void change_cgroups(void)
{
	char file[64];
	int i;

	if (enter_cgroups())
		nap();
	for (i = 0; i < 2; i++) {
		mkdir(cgroup_name(i), 0755);
		snprintf(file, sizeof(file), "%s/cgroup.procs", cgroup_name(i));
		write_text(file, "0");
	}
}

/* --- meanwhile ---------------------------------------------------------------- */

static long can_mount(long arg)
{
	int i, ret = 0;

	(void)arg;
	mkdir("place", 0700);
	for (i = 0; i < MANY && !ret; i++)
		ret = mount("tmpfs", "place", "tmpfs", 0, NULL) ?: umount("place");
	return ret ? -errno : 0;
}

static long can_unshare(long arg)
{
	int i, bad = 0;

	(void)arg;
	for (i = 0; i < MANY / 2 && !bad; i++) {
		if (!fork())
			_exit(unshare(kinds[i % KINDS].flag) != 0);
		bad = children_reap();
	}
	return bad ? -EAGAIN : 0;
}

/* Step: in the cgroup that one has. */
static long can_make_cgroups(long arg)
{
	char name[64];
	int i, ret = 0;

	(void)arg;
	mkdir("cgroups", 0700);
	ret = mount("cgroup2", "cgroups", "cgroup2", 0, NULL);
	for (i = 0; i < MANY && !ret; i++) {
		snprintf(name, sizeof(name), "cgroups/%s", cgroup_name(i));
		ret = mkdir(name, 0755) ?: rmdir(name);
	}
	return ret ?: umount("cgroups") ? -errno : 0;
}

/* What the victim does meanwhile must not be slow either. */
#define NS_BOMB(name, least, meanwhile, once, workers, can, ...)	\
	FIXTURE_VARIANT_ADD(bomb, name)					\
	{ { least, ANY, meanwhile }, { once, workers, NULL, can, __VA_ARGS__ } }

NS_BOMB(bind_mounts, 90, 200, bind_all, 4, can_mount, ROOF(VZMOD_NUMMOUNT));
NS_BOMB(propagation, 90, 200, propagate, 2, can_mount);
NS_BOMB(mount_storm, 90, 200, mount_and_unmount, 4, can_mount);
NS_BOMB(namespaces, 90, 200, keep_all, 4, can_unshare, ROOF(VZMOD_NUMUTSNS));

/* What has a pace is at it when the first burst is over. */
NS_BOMB(net_churn, 90, 200, churn_net, 4, can_unshare, .warm_up = 2);
NS_BOMB(namespace_churn, 90, 200, churn_all, 4, can_unshare, .warm_up = 2);
NS_BOMB(migration, 90, 200, change_cgroups, 4, can_make_cgroups, .warm_up = 2);

/* 90 is asked for, see README.md. */
NS_BOMB(cgroups, 80, 200, make_cgroups, 4, can_make_cgroups, .warm_up = 5);

TEST_HARNESS_MAIN
