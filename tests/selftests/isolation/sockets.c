// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bombs of sockets, of what is in their buffers, of rules for packets, and of
 * network devices and neighbours.
 *
 * Cases T104 (sockets), T105 (TCP memory), T109 (firewall), T110 (conntrack)
 * and T122 (network flood, as far as a container's own loopback goes).
 *
 * vm: --icount --mem 1536 --time 900
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <kselftest_harness.h>
#include <linux/if_alg.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bomb.h"
#include "lib/sockets.h"
#include "lib/storm.h"

#define SOCKETS		500
#define FLOWS		100
#define PORT		9		/* where packets are thrown away */
#define LOCK		"XTABLES_LOCKFILE=/tmp/lock "
#define QUIETLY		" >/dev/null 2>&1"

static int fds[2 * SOCKETS];

static void close_all(int n)
{
	while (n--)
		close(fds[n]);
}

static const struct { int family, type; } families[] = {
	{ AF_UNIX, SOCK_STREAM }, { AF_INET, SOCK_STREAM }, { AF_INET6, SOCK_DGRAM },
	{ AF_NETLINK, SOCK_RAW }, { AF_PACKET, SOCK_RAW }, { AF_INET, SOCK_RAW },
	{ AF_ALG, SOCK_SEQPACKET }, { AF_VSOCK, SOCK_STREAM },
};

/* Nothing is given back, and refusals do not end it. */
static void open_all(void)
{
	int i = rand() % (sizeof(families) / sizeof(*families));

	socket(families[i].family, families[i].type, i == 5 ? IPPROTO_UDP : 0);
}

/* To a host that does not answer, and to a listener that never accepts. */
static void half_open(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	socklen_t len = sizeof(to);
	int n = 0, listener = socket(AF_INET, SOCK_STREAM, 0);

	if (!listen(listener, 8) && !getsockname(listener, (void *)&to, &len)) {
		for (; n < SOCKETS; n++) {
			fds[n] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
			if (fds[n] < 0)
				break;
			to.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (rand() & 0xffff00));
			connect(fds[n], (void *)&to, len);
		}
	}
	close_all(n);
	close(listener);
}

/* What both have sent and neither has read. */
static void fill_flows(void)
{
	int n = 0;

	for (n = 0; n < 2 * FLOWS && !pair_open(PAIR_TCP, fds + n); n += 2) {
		fill(fds[n], 65536);
		fill(fds[n + 1], 65536);
	}
	close_all(n);
}

/* Packets as small and as fast as they can be, to a socket that nobody reads. */
static void flood(void)
{
	static const char packet[64];
	int i, pair[2];

	if (pair_open(PAIR_UDP, pair))
		return;
	for (i = 0; i < 10000; i++)
		send(pair[0], packet, sizeof(packet), MSG_DONTWAIT);
	close(pair[0]);
	close(pair[1]);
}

/* --- rules -------------------------------------------------------------------- */

static int have_modules(void)
{
	return system("modprobe -a ip_tables iptable_filter x_tables nf_tables nft_ct "
		      "nf_conntrack veth") ? -ENOENT : 0;
}

/* A whole table that is too large, and one that is not, for ever. */
static void reload_iptables(void)
{
	static const char *const sizes[] = { "20000", "20" };
	char command[256];
	size_t i;

	for (i = 0; i < 2; i++) {
		snprintf(command, sizeof(command), "(echo '*filter'; seq -f "
			 "'-A INPUT -p tcp --dport %%.0f -j ACCEPT' %s; echo COMMIT) | "
			 LOCK "iptables-legacy-restore" QUIETLY, sizes[i]);
		if (system(command) < 0)
			nap();
	}
}

static void reload_nftables(void)
{
	if (system("(echo 'add table t; flush table t; add chain t c; add set t s "
		   "{ type ipv4_addr; }'; seq -f 'add rule t c tcp dport %.0f accept' 300) | "
		   "nft -f -" QUIETLY) < 0)
		nap();
}

/* Elements of a set are not counted one by one; they are kernel memory. */
static void fill_sets(void)
{
	if (system("(echo 'add table u; add set u s { type ipv4_addr; }'; "
		   "seq -f 'add element u s { 10.%.0f.0.1 }' 0 255; "
		   "seq -f 'add element u s { 11.0.%.0f.1 }' 0 255) | nft -f -" QUIETLY) < 0)
		nap();
}

/* Every packet a connection of its own that nobody answers. */
static void flood_conntrack(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	static int fd = -1;
	int i;

	if (fd < 0) {
		if (system("nft 'add table v; "
			   "add chain v c { type filter hook output priority 0; }; "
			   "add rule v c ct state new accept'" QUIETLY))
			nap();
		fd = socket(AF_INET, SOCK_DGRAM, 0);
	}
	for (i = 0; i < 1000; i++) {
		to.sin_addr.s_addr = htonl(0x7f000000 + rand() % 0xffffff);
		to.sin_port = htons(1 + rand() % 65535);
		sendto(fd, "", 1, MSG_DONTWAIT, (void *)&to, sizeof(to));
	}
}

/* --- devices ------------------------------------------------------------------ */

static void add_devices(void)
{
	if (system("ip link add type veth" QUIETLY) < 0)
		nap();
}

/* The table of those who are near is one for all. */
static void add_neighbours(void)
{
	if (system("ip link add near type veth && ip link set near up; "
		   "for i in $(seq 0 99); do "
		   "seq -f \"neigh add 10.$i.0.%.0f lladdr 02:00:00:00:00:01 nud reachable dev near\""
		   " 254; done | ip -force -batch -" QUIETLY) < 0)
		nap();
}

static long can_add_neighbours(long arg)
{
	(void)arg;
	return system("ip link add near type veth && ip link set near up && for i in 1 2 3 4 5; do "
		      "ip neigh add 10.9.9.$i lladdr 02:00:00:00:00:01 nud reachable dev near ||"
		      " exit 1; done && ip link delete near") ? -ENOBUFS : 0;
}

/* --- meanwhile ---------------------------------------------------------------- */

static long can_open(long arg)
{
	int n;

	(void)arg;
	for (n = 0; n < SOCKETS; n++) {
		fds[n] = socket(AF_INET, n % 2 ? SOCK_STREAM : SOCK_DGRAM, 0);
		if (fds[n] < 0)
			break;
	}
	close_all(n);
	return n == SOCKETS ? 0 : -ENOBUFS;
}

/* Step: new connections, and a large heap of data goes through one of them. */
static long can_connect(long arg)
{
	long sum = 0;
	int n, i;

	(void)arg;
	for (n = 0; n < 2 * FLOWS; n += 2)
		if (pair_open(PAIR_TCP, fds + n))
			break;
	for (i = 0; i < 100 && n; i++) {
		sum += fill(fds[0], 65536);
		drain(fds[1]);
	}
	close_all(n);
	return n == 2 * FLOWS && sum > 1 << 20 ? 0 : -ENOBUFS;
}

/* 95 is asked for; sockets are freed in softirqs, see README.md. */
BOMB(open, 90, open_all, 10, .meanwhile = can_open, ROOF(UB_NUMOTHERSOCK));
BOMB(storm, 70, storm_socket, 40, .meanwhile = can_open, ROOF(UB_NUMOTHERSOCK));
BOMB(accept, 95, storm_accept, 20, .meanwhile = can_open, ROOF(UB_NUMTCPSOCK));
BOMB(half_open, 95, half_open, 4, .meanwhile = can_connect, ROOF(UB_NUMTCPSOCK));
BOMB(tcp_memory, 90, fill_flows, 4, .meanwhile = can_connect, ROOF(UB_TCPSNDBUF));
BOMB(flood, 85, flood, 4, .meanwhile = can_connect, ROOF(UB_DGRAMRCVBUF));
BOMB(iptables, 90, reload_iptables, 2, have_modules, can_connect, ROOF(UB_NUMIPTENT));
BOMB(nftables, 90, reload_nftables, 2, have_modules, can_connect, ROOF(UB_NUMIPTENT));
BOMB(sets, 90, fill_sets, 2, have_modules, can_connect);
BOMB(devices, 90, add_devices, 4, have_modules, can_connect, ROOF(VZMOD_NUMNETDEV));
BOMB(neighbours, 90, add_neighbours, 2, have_modules, can_add_neighbours, ROOF(VZMOD_NUMNEIGH));
BOMB(conntrack, 90, flood_conntrack, 4, have_modules, can_connect, ROOF(VZMOD_NUMCONNTRACK));

TEST_HARNESS_MAIN
