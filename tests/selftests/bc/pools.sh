#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the kernel has one pool of for the whole machine has a roof for each
# container: neighbours, tracked connections, cgroups, core dumps into a program
# of the host, requests for modules; its sync() leaves alone what is not its own;
# and vzctl and vzubc know these roofs.
#
# Cases T066, T110, T115, T118 (their roofs).
# vm: --time 900
# shellcheck disable=SC2016 # text for the shell of the container

# shellcheck source=../../lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

pool() {
	ub_field "$1" "$2" "$3" /proc/bc/pools
}

inside() {
	as_root_in "$init" "$@"
}

# holds CTID POOL N
holds() {
	[ "$(pool "$1" "$2" held)" -eq "$3" ]
}

plan 41

# --- the tools -----------------------------------------------------------------

busybox_ct 101
busybox_ct 102
echo 'NUMMOUNT="500"' >>/etc/vz/conf/101.conf
ok "it starts" vzctl start 101
ok "so does another" vzctl start 102
init=$(init_of 101)
is "a limit of the configuration is there" "$(pool 101 nummount limit)" 500
is "without one there is a preset" "$(pool 102 nummount limit)" 4096
ok "vzctl set changes it" vzctl set 101 --nummount 100:200 --save
is "the barrier" "$(pool 101 nummount barrier)" 100
is "and the limit" "$(pool 101 nummount limit)" 200
like "it is saved" "$(cat /etc/vz/conf/101.conf)" '^NUMMOUNT="100:200"$'
status_is "nonsense is refused" 21 vzctl set 101 --nummount many
like "vzubc -p shows it" "$(vzubc -p 101)" '^ +nummount\|.*\| +100 \| +200 \|'
is "and nothing of it without -p" "$(vzubc -v 101 | grep -c nummount)" 0
is "the host has no such rows" "$(pool 0 nummount limit)" ""
is "a container does not see the file" "$(vzctl exec 101 'cat /proc/bc/pools' 2>&1 |
	grep -c 'No such file')" 1

# --- the network -------------------------------------------------------------------

modprobe -a veth nf_conntrack nf_tables nft_ct
inside sysctl -qw net.ipv6.conf.default.disable_ipv6=1	# it looks for neighbours by itself
inside ip link add v0 type veth peer name v1
is "a pair of devices is two, and lo the third" "$(pool 101 numnetdev held)" 3
vzctl set 101 --numnetdev 4 >/dev/null
like "the next does not fit" "$(inside ip link add v2 type veth peer name v3 2>&1)" \
	"Cannot allocate memory"
is "nothing of it is left" "$(inside ip -o link | wc -l)" 3
inside ip addr add 10.1.0.1/16 dev v0
inside ip link set v0 up
inside ip link set v1 up
idle=$(pool 101 numneigh held)
for i in {1..20}; do
	inside ip neigh add "10.1.1.$i" lladdr 02:00:00:00:00:01 dev v0
done
is "twenty neighbours" "$(pool 101 numneigh held)" $((idle + 20))
vzctl set 101 --numneigh $((idle + 20)) >/dev/null
like "the next does not fit" \
	"$(inside ip neigh add 10.1.1.99 lladdr 02:00:00:00:00:01 dev v0 2>&1)" \
	"No buffer space available"
is "which is counted" "$(($(pool 101 numneigh failcnt) >= 1))" 1
inside ip neigh del 10.1.1.7 dev v0
ok "one that goes makes room" inside ip neigh add 10.1.1.99 lladdr 02:00:00:00:00:01 dev v0
inside ip link del v0
ok "they go with their device" wait_for 30 holds 101 numneigh 0

inside nft -f - <<-END
	add table inet t
	add chain inet t c { type filter hook output priority 0; }
	add rule inet t c ct state new accept
END
connect() {
	inside bash -c 'for p in $(seq '"$1"'); do echo >/dev/udp/127.0.0.1/$p; done' 2>&1
}
connect '4001 4050' >/dev/null
is "fifty connections" "$(pool 101 numconntrack held)" 50
vzctl set 101 --numconntrack 60 >/dev/null
connect '5001 5050' >/dev/null
is "ten more fit" "$(pool 101 numconntrack held)" 60
is "forty do not" "$(pool 101 numconntrack failcnt)" 40

status_is "no entry for others in the table of all" 2 inside ip neigh add proxy 10.9.9.9 dev lo
ok "the host may have some" ip neigh add proxy 10.9.9.9 dev lo

# --- cgroups -----------------------------------------------------------------------

idle=$(pool 101 numcgroup held)
vzctl set 101 --numcgroup $((idle + 10)) >/dev/null
vzctl exec 101 'i=0; while mkdir /sys/fs/cgroup/b$i; do i=$((i + 1)); done' >/dev/null 2>&1
is "ten cgroups fit" "$(pool 101 numcgroup held)" $((idle + 10))
ok "the other container can make some" vzctl exec 102 'mkdir /sys/fs/cgroup/b'

# --- programs of the host ------------------------------------------------------------

# A program that takes no dump, so that who crashes waits for it.
cat >/root/core-taker <<-'END'
	#!/bin/sh
	echo >>/root/cores
	while [ ! -e /root/enough ]; do sleep 0.1; done
END
# And one that has every module.
cat >/root/modprobe <<-'END'
	#!/bin/sh
	echo "$*" >>/root/requests
END
chmod 755 /root/core-taker /root/modprobe
lines() {
	[ -e "$1" ] && [ "$(wc -l <"$1")" -eq "$2" ]
}

echo '|/root/core-taker' >/proc/sys/kernel/core_pattern
vzctl exec 101 'i=0; while [ $i -lt 10 ]; do sh -c "kill -SEGV \$\$" & i=$((i + 1)); done' \
	>/dev/null 2>&1
ok "eight crashes run the host's program" wait_for 60 lines /root/cores 8
two_refused() {
	[ "$(pool 101 numcoredump failcnt)" -eq 2 ]
}
ok "two do not" wait_for 30 two_refused
is "eight wait for it" "$(pool 101 numcoredump held)" 8
vzctl exec 102 'sh -c "kill -SEGV \$\$" &' >/dev/null 2>&1
ok "a crash of the other container gets through" wait_for 60 lines /root/cores 9
touch /root/enough
ok "the waiting ends, and ten seconds later it is forgotten" wait_for 40 holds 101 numcoredump 0
echo core >/proc/sys/kernel/core_pattern

echo /root/modprobe >/proc/sys/kernel/modprobe
vzctl set 101 --nummodreq 5 >/dev/null
wait_for 30 holds 101 nummodreq 0
for i in {1..20}; do
	inside ip link add "x$i" type "kind$i" 2>/dev/null
done
requests=$(wc -l </root/requests)
ok "strange devices make the kernel ask for modules, five times in ten seconds" \
	[ "$requests" -ge 5 -a "$requests" -le 10 ]
ok "most requests are refused" [ "$(pool 101 nummodreq failcnt)" -ge 10 ]
ok "ten seconds later they are forgotten" wait_for 30 holds 101 nummodreq 0

# --- sync ----------------------------------------------------------------------------

# What waits to be written, of the container and of the whole machine, bytes.
own() {
	awk '$1 == "file_dirty" { print $2 }' /sys/fs/cgroup/vz/101/memory.stat
}
all() {
	awk '$1 == "nr_dirty" { print $2 * 4096 }' /proc/vmstat
}
MANY=$((4 << 20))
FEW=$((1 << 20))

sysctl -q vm.dirty_writeback_centisecs=0
sync
dd if=/dev/zero of=/root/dirty bs=1M count=8 2>/dev/null
vzctl exec 101 'dd if=/dev/zero of=/tmp/dirty bs=1M count=8' >/dev/null 2>&1
ok "it has something to write" [ "$(own)" -ge $MANY ]
vzctl exec 101 sync
ok "sync writes that" [ "$(own)" -lt $FEW ]
ok "and not the host's" [ "$(all)" -ge $MANY ]
sync
ok "which a sync of the host does" [ "$(all)" -lt $FEW ]

vzctl stop 101 --fast >/dev/null
vzctl stop 102 --fast >/dev/null
ok "nothing has leaked" no_splat
