// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PID 1 of a test VM: makes a small machine, runs one command, reports.
 *
 * The host (scripts/vm) gives us four disks - the root file system, /vz,
 * /lib/modules, and a raw tar of what this run adds to the root - and named
 * virtio-serial ports: stdout, stderr, status and perhaps stdin.  One line on
 * the status port ends the run: "exit N" is the status of the command, "error
 * TEXT" says why it could not be run.  A VM that goes away without has
 * crashed.  Before that, "up" says that this far all went well.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOT_DISK	"/dev/vda"
#define VZ_DISK		"/dev/vdb"
#define MODULES_DISK	"/dev/vdc"
#define JOB_DISK	"/dev/vdd"

#define TERMINAL	"/dev/ttyS1"
#define MODULE		"/root/vzmod.ko"
#define COMMAND		"/run/vm/command"
#define DEBS		"/var/tmp/debs"
#define HOSTNAME	"vzhost"

#define SYSLOG_ACTION_CONSOLE_LEVEL	8
#define LOGLEVEL_ALL			8

struct mount_row {
	const char *source, *target, *type;
	unsigned long flags;
	const char *options;
};

static const struct mount_row initramfs_mounts[] = {
	{ "proc",	"/proc",	"proc" },
	{ "sysfs",	"/sys",		"sysfs" },
	{ "devtmpfs",	"/dev",		"devtmpfs" },
	{ }
};

static const struct mount_row disk_mounts[] = {
	{ ROOT_DISK,	"/disk",	"ext4" },
	{ "/proc",	"/disk/proc",	NULL, MS_MOVE },
	{ "/sys",	"/disk/sys",	NULL, MS_MOVE },
	{ "/dev",	"/disk/dev",	NULL, MS_MOVE },
	{ }
};

static const struct mount_row machine_mounts[] = {
	{ VZ_DISK,	"/vz",			"ext4", MS_NOATIME, "prjquota" },
	{ MODULES_DISK,	"/usr/lib/modules",	"ext4" },
	{ "tmpfs",	"/run",			"tmpfs", MS_NOSUID | MS_NODEV, "mode=755" },
	{ "tmpfs",	"/tmp",			"tmpfs", MS_NOSUID | MS_NODEV, "mode=1777" },
	{ "tmpfs",	"/dev/shm",		"tmpfs", MS_NOSUID | MS_NODEV, "mode=1777" },
	{ "devpts",	"/dev/pts",		"devpts", MS_NOSUID | MS_NOEXEC,
	  "gid=5,mode=620,ptmxmode=666" },
	{ "mqueue",	"/dev/mqueue",		"mqueue" },
	{ "cgroup2",	"/sys/fs/cgroup",	"cgroup2", 0, "nsdelegate" },
	{ "tracefs",	"/sys/kernel/tracing",	"tracefs" },
	{ "debugfs",	"/sys/kernel/debug",	"debugfs" },
	{ "securityfs",	"/sys/kernel/security",	"securityfs" },
	{ }
};

enum { PORT_STDOUT, PORT_STDERR, PORT_STATUS, PORT_STDIN, PORTS };

static const char *const port_names[PORTS] = { "stdout", "stderr", "status", "stdin" };
static int ports[PORTS] = { -1, -1, -1, -1 };

/*
 * QEMU empties our ports when its main loop gets to it.  A disk read goes
 * through the same loop and back, so after two of them what was written to a
 * port before is out of the machine.
 */
static void flush_ports(void)
{
	void *sector;
	int fd, i;

	fd = open(JOB_DISK, O_RDONLY | O_DIRECT);
	if (fd < 0 || posix_memalign(&sector, 4096, 4096))
		return;
	for (i = 0; i < 2; i++)
		if (pread(fd, sector, 4096, 0) < 0)
			break;
}

/* The VM is run with -no-reboot, so this ends it; power-off would need ACPI. */
static void __attribute__((noreturn)) end(void)
{
	flush_ports();
	reboot(RB_AUTOBOOT);
	_exit(1);
}

static void __attribute__((format(printf, 1, 2), noreturn)) fail(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	printf("init: %s\n", text);
	if (ports[PORT_STATUS] >= 0)
		dprintf(ports[PORT_STATUS], "error %s\n", text);
	end();
}

static void mount_all(const struct mount_row *row)
{
	for (; row->target; row++) {
		if (mkdir(row->target, 0755) && errno != EEXIST)
			fail("mkdir %s: %m", row->target);
		if (mount(row->source, row->target, row->type, row->flags, row->options) &&
		    errno != EBUSY)
			fail("mount %s: %m", row->target);
	}
}

/* Run a program with our own standard streams, the console. */
static void run(char *const argv[])
{
	pid_t pid = fork();
	int status = -1;

	if (!pid) {
		execvp(argv[0], argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status)
		fail("%s failed (wait status 0x%x), its messages are in the log", argv[0], status);
}

#define RUN(...) run((char *const[]){ __VA_ARGS__, NULL })

static int insert_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), result;

	if (fd < 0)
		return -1;
	result = syscall(SYS_finit_module, fd, "", 0);
	close(fd);
	return result;
}

/* The initramfs holds what the disks and ports need, in loading order. */
static void load_drivers(void)
{
	char name[64], path[80];
	FILE *order = fopen("/modules/order", "r");

	if (!order)
		fail("/modules/order: %m");
	while (fscanf(order, "%63s", name) == 1) {
		snprintf(path, sizeof(path), "/modules/%s", name);
		if (insert_module(path) && errno != EEXIST)
			fail("%s: %m", path);
	}
	fclose(order);
}

/* Drivers find their devices in their own time; 20 s is for a loaded host. */
static void wait_for_device(const char *path)
{
	int tries;

	for (tries = 0; access(path, F_OK); tries++) {
		if (tries == 1000)
			fail("%s did not appear", path);
		usleep(20000);
	}
}

static void enter_disk(void)
{
	wait_for_device(JOB_DISK);
	mount_all(disk_mounts);
	if (chdir("/disk") || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		fail("switching to the disk: %m");
}

static int port_by_name(const char *name)
{
	char path[300], found[32];
	struct dirent *entry;
	DIR *dir = opendir("/sys/class/virtio-ports");
	int port = -1;

	while (dir && port < 0 && (entry = readdir(dir))) {
		FILE *file;

		snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", entry->d_name);
		file = fopen(path, "r");
		if (!file)
			continue;
		if (fscanf(file, "%31s", found) == 1 && !strcmp(found, name)) {
			snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
			port = open(path, O_RDWR | O_CLOEXEC);
		}
		fclose(file);
	}
	if (dir)
		closedir(dir);
	return port;
}

static void open_ports(void)
{
	bool with_stdin = getenv("VM_STDIN");
	int i, tries = 0;

	for (i = 0; i < PORTS - !with_stdin; i++) {
		while ((ports[i] = port_by_name(port_names[i])) < 0) {
			if (tries++ == 1000)
				fail("port %s did not appear", port_names[i]);
			usleep(20000);
		}
	}
}

static void set_up_process(void)
{
	struct rlimit files = { 65536, 65536 };

	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("LANG", "C.UTF-8", 1);
	sethostname(HOSTNAME, strlen(HOSTNAME));
	setrlimit(RLIMIT_NOFILE, &files);
	umask(022);
}

/* Existing directories keep their modes, and links like /sbin stay links. */
static void unpack_job(void)
{
	RUN("tar", "--extract", "--file=" JOB_DISK, "--directory=/", "--numeric-owner",
	    "--no-overwrite-dir", "--keep-directory-symlink");
}

static void start_network(void)
{
	RUN("ip", "link", "set", "lo", "up");
	if (!getenv("VM_NET"))
		return;
	RUN("modprobe", "virtio_net");
	RUN("ip", "link", "set", "eth0", "up");
	RUN("ip", "addr", "add", "10.0.2.15/24", "dev", "eth0");
	RUN("ip", "route", "add", "default", "via", "10.0.2.2");
}

static void install_debs(void)
{
	if (!access(DEBS, F_OK))
		RUN("sh", "-c", "DEBIAN_FRONTEND=noninteractive dpkg --install " DEBS "/*.deb");
}

static void load_vzmod(void)
{
	klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, LOGLEVEL_ALL);
	if (getenv("VM_LOAD") && insert_module(MODULE))
		fail("cannot load vzmod.ko: %m");
}

/*
 * The kernel starts with one processor (maxcpus=1): QEMU may go on with old
 * code when one changes what another runs, and by now most has been changed.
 * The first connection changes some, too, whether anybody answers or not.
 */
static void start_processors(void)
{
	char path[64];
	int cpu, fd;

	RUN("bash", "-c", "for to in 127.0.0.1 ::1; do : > /dev/tcp/$to/9; done 2>/dev/null; true");
	for (cpu = 1; ; cpu++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			return;
		if (write(fd, "1", 1) < 0)
			fail("processor %d: %m", cpu);
		close(fd);
	}
}

/* Child: the command gets @in, @out and @err and a session of its own. */
static void __attribute__((noreturn)) become_command(int in, int out, int err)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	if (isatty(in))
		ioctl(in, TIOCSCTTY, 1);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 || chdir("/root"))
		_exit(127);
	closefrom(3);
	execl(COMMAND, COMMAND, NULL);
	_exit(127);
}

/* Reap what has died; true if @command was among it. */
static bool reap(pid_t command, int *status)
{
	bool found = false;
	pid_t pid;
	int s;

	while ((pid = waitpid(-1, &s, WNOHANG)) > 0) {
		if (pid == command) {
			*status = WIFEXITED(s) ? WEXITSTATUS(s) : 128 + WTERMSIG(s);
			found = true;
		}
	}
	return found;
}

static void write_all(int fd, const char *data, ssize_t size)
{
	ssize_t n;

	for (; size > 0; data += n, size -= n) {
		n = write(fd, data, size);
		if (n < 0 && errno != EINTR)
			return;
		if (n < 0)
			n = 0;
	}
}

/* Move up to @max bytes; false if there is nothing more to come. */
static bool copy(int from, int to, size_t max)
{
	static char buffer[32768];
	ssize_t n = read(from, buffer, max < sizeof(buffer) ? max : sizeof(buffer));

	if (n > 0)
		write_all(to, buffer, n);
	return n > 0;
}

/*
 * What the command wrote is in the pipe when it has ended; a daemon that it
 * left behind may hold the pipe open, and write to it, for ever.
 */
static void drain(int from, int to)
{
	int left;

	if (from < 0 || ioctl(from, FIONREAD, &left))
		return;
	for (; left > 0; left -= 32768)
		if (!copy(from, to, left))
			return;
}

static int pump_until_exit(pid_t command, int signals, int out, int err)
{
	struct pollfd fds[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = out, .events = POLLIN },
		{ .fd = err, .events = POLLIN },
	};
	struct signalfd_siginfo info;
	int status = 0;

	for (;;) {
		if (poll(fds, 3, -1) < 0)
			continue;
		if (fds[1].revents && !copy(out, ports[PORT_STDOUT], SIZE_MAX))
			fds[1].fd = -1;
		if (fds[2].revents && !copy(err, ports[PORT_STDERR], SIZE_MAX))
			fds[2].fd = -1;
		if (!fds[0].revents || read(signals, &info, sizeof(info)) < 0)
			continue;
		if (reap(command, &status))
			break;
	}
	drain(fds[1].fd, ports[PORT_STDOUT]);
	drain(fds[2].fd, ports[PORT_STDERR]);
	return status;
}

static int run_command(void)
{
	int out[2], err[2], in, signals;
	bool terminal = getenv("VM_TTY");
	sigset_t child;
	pid_t pid;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	signals = signalfd(-1, &child, SFD_CLOEXEC);
	if (signals < 0 || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		fail("pipes for the command: %m");
	in = ports[PORT_STDIN];
	if (in < 0)
		in = open(terminal ? TERMINAL : "/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);

	pid = fork();
	if (pid < 0)
		fail("fork: %m");
	if (!pid && terminal)
		become_command(in, in, in);
	if (!pid)
		become_command(in, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	return pump_until_exit(pid, signals, out[0], err[0]);
}

int main(void)
{
	int status;


	mount_all(initramfs_mounts);
	load_drivers();
	enter_disk();
	mount_all(machine_mounts);
	open_ports();
	dprintf(ports[PORT_STATUS], "up\n");
	set_up_process();
	unpack_job();
	start_network();
	install_debs();
	load_vzmod();
	start_processors();
	dprintf(ports[PORT_STATUS], "exit %d\n", run_command());
	end();
}
