// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a container opened is given back to it even if the last reference is
 * dropped by a kernel thread or by a stranger: asynchronous I/O, an io_uring
 * that outlives its process, sockets that only point to each other, a loop
 * device of the host or a mount that was detached while busy.
 *
 * Case T019 (files, locks and sockets).
 */
#include <errno.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <linux/loop.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/container.h"

#define FILES	100

FIXTURE(release) {
	struct ct ct;
};

FIXTURE_SETUP(release)
{
	klog_mark();
	ASSERT_EQ(0, ct_start(&self->ct, 101));
}

FIXTURE_TEARDOWN(release)
{
	EXPECT_EQ(0, ct_stop(&self->ct));
	EXPECT_TRUE(no_leaks());
}

/* --- asynchronous I/O ------------------------------------------------------ */

static aio_context_t aio;
static int event = -1;

/* Poll for an eventfd through many files that are closed at once. */
static long poll_and_close(long unused)
{
	struct iocb poll_for = { .aio_lio_opcode = IOCB_CMD_POLL, .aio_buf = POLLIN };
	struct iocb *request = &poll_for;
	char path[64];
	int i;

	(void)unused;
	mkfifo("/tmp/fifo", 0600);
	event = open("/tmp/fifo", O_RDWR);
	sprintf(path, "/proc/self/fd/%d", event);
	if (event < 0 || syscall(SYS_io_setup, FILES, &aio))
		return -errno;
	for (i = 0; i < FILES; i++) {
		poll_for.aio_fildes = open(path, O_RDONLY | O_NONBLOCK);
		if (syscall(SYS_io_submit, aio, 1, &request) != 1)
			return -errno;
		close(poll_for.aio_fildes);
	}
	return 0;
}

static long fire(long unused)
{
	(void)unused;
	return write(event, "", 1) == 1 ? 0 : -errno;
}

TEST_F(release, by_asynchronous_io)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, poll_and_close, 0));
	/* The fifo, and what the kernel keeps a ring of events in. */
	EXPECT_EQ(FILES + 2, ct_held(ct, UB_NUMFILE));
	EXPECT_EQ(0, ct_call(ct, fire, 0));
	EXPECT_EQ(2, ct_held_when(ct, UB_NUMFILE, 2));
}

/* --- io_uring --------------------------------------------------------------- */

/* A child registers locked files with its ring, and is told to die. */
static long ring_with_files(long unused)
{
	struct io_uring_params params = { 0 };
	int files[FILES], i, ring, ready[2];
	char byte;
	pid_t pid;

	(void)unused;
	if (pipe(ready))
		return -errno;
	pid = fork();
	if (!pid) {
		ring = syscall(SYS_io_uring_setup, 4, &params);
		for (i = 0; i < FILES; i++) {
			files[i] = open("/tmp", O_TMPFILE | O_RDWR, 0600);
			flock(files[i], LOCK_EX);
		}
		if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, files, FILES))
			_exit(1);
		for (i = 0; i < FILES; i++)
			close(files[i]);
		if (write(ready[1], "", 1) == 1)
			for (;;)
				pause();
	}
	close(ready[1]);
	i = read(ready[0], &byte, 1);
	close(ready[0]);
	return i == 1 ? pid : -ENOSYS;
}

static long kill_and_reap(long pid)
{
	kill(pid, SIGKILL);
	return waitpid(pid, NULL, 0) == pid ? 0 : -errno;
}

TEST_F(release, by_a_ring_that_outlives_its_process)
{
	struct ct *ct = &self->ct;
	long pid = ct_call(ct, ring_with_files, 0);

	if (pid == -ENOSYS)
		SKIP(return, "this kernel has no io_uring, or it is off");
	ASSERT_LT(0, pid);
	EXPECT_EQ(FILES, ct_held(ct, UB_NUMFLOCK));
	EXPECT_LE(FILES + 1, ct_held(ct, UB_NUMFILE));
	EXPECT_EQ(0, ct_call(ct, kill_and_reap, pid));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMFILE, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMFLOCK, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMOTHERSOCK, 0));
}

/* --- sockets in flight ------------------------------------------------------ */

static int send_file(int over, int fd)
{
	struct iovec byte = { "", 1 };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = { .msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof(control) };

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	return sendmsg(over, &message, 0) == 1 ? 0 : -errno;
}

/* Pairs that are in flight inside each other: nobody can reach them. */
static long cycles(long n)
{
	int pair[2];

	while (n--) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || send_file(pair[0], pair[0]) ||
		    send_file(pair[1], pair[1]))
			return -errno;
		close(pair[0]);
		close(pair[1]);
	}
	return 0;
}

/* Closing any socket looks for such pairs: here one of the host. */
static void collect_garbage(void)
{
	close(socket(AF_UNIX, SOCK_STREAM, 0));
}

TEST_F(release, by_a_stranger_who_collects_sockets_in_flight)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, cycles, FILES));
	collect_garbage();
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMFILE, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMOTHERSOCK, 0));
	EXPECT_LE(2, ct_stat(ct, UB_NUMOTHERSOCK).maxheld);
}

/* --- loop devices ----------------------------------------------------------- */

#define IMAGE_SIZE	1048576

/* The file that is to be a disk; the step keeps nothing of it. */
static long pass_image(long unused)
{
	int image = open("/tmp/image", O_RDWR | O_CREAT, 0600);
	int ret = image < 0 || ftruncate(image, IMAGE_SIZE) ? -errno :
		  files_send(ORDERS_FD, &image, 1);

	(void)unused;
	close(image);
	return ret;
}

/* A loop device of the host that nobody uses, or a negative errno. */
static int open_free_loop(void)
{
	char path[32];
	int control, n, fd;

	if (system("modprobe -q loop"))
		return -ENODEV;
	control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	n = ioctl(control, LOOP_CTL_GET_FREE);
	close(control);
	snprintf(path, sizeof(path), "/dev/loop%d", n);
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Workers of the kernel write through it; its last user lets go of the file. */
TEST_F(release, by_a_loop_device)
{
	static const char data[4096] = "data";
	struct ct *ct = &self->ct;
	int loop = open_free_loop(), image;

	if (loop < 0)
		SKIP(return, "this kernel has no loop devices");
	ct_begin(ct, pass_image, 0);
	ASSERT_EQ(0, files_receive(ct->calls, &image, 1));
	ASSERT_EQ(0, ct_end(ct));
	ASSERT_EQ(0, ioctl(loop, LOOP_SET_FD, image));
	close(image);
	EXPECT_EQ(sizeof(data), pwrite(loop, data, sizeof(data), 0));
	EXPECT_EQ(0, fsync(loop));
	EXPECT_EQ(1, ct_held(ct, UB_NUMFILE));

	ct_kill(ct);
	EXPECT_TRUE(ct_listed(101));
	EXPECT_EQ(1, ct_held(ct, UB_NUMFILE));
	EXPECT_EQ(0, ioctl(loop, LOOP_CLR_FD));
	close(loop);
	EXPECT_EQ(0, ct_wait_gone(101));
}

/* --- mounts ----------------------------------------------------------------- */

static int busy = -1;

static long detach_busy_mount(long unused)
{
	(void)unused;
	if (mkdir("/tmp/mnt", 0700) || mount("tmpfs", "/tmp/mnt", "tmpfs", 0, NULL))
		return -errno;
	busy = open("/tmp/mnt/file", O_RDWR | O_CREAT, 0600);
	if (busy < 0 || flock(busy, LOCK_EX))
		return -errno;
	return umount2("/tmp/mnt", MNT_DETACH) ? -errno : 0;
}

static long close_busy(long unused)
{
	(void)unused;
	return close(busy);
}

TEST_F(release, of_a_file_on_a_detached_mount)
{
	struct ct *ct = &self->ct;

	ASSERT_EQ(0, ct_call(ct, detach_busy_mount, 0));
	EXPECT_EQ(1, ct_held(ct, UB_NUMFILE));
	EXPECT_EQ(1, ct_held(ct, UB_NUMFLOCK));
	EXPECT_EQ(0, ct_call(ct, close_busy, 0));
	EXPECT_EQ(0, ct_held_when(ct, UB_NUMFILE, 0));
	EXPECT_EQ(0, ct_held(ct, UB_NUMFLOCK));
}

TEST_HARNESS_MAIN
