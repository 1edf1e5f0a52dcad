#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A memory limit in the configuration, given to vzctl set, or changed while the
# container runs is one and the same limit: that of the container's cgroup.

# shellcheck source=../../lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

cgroup=/sys/fs/cgroup/vz/101

# pages FILE: of the cgroup, in pages
pages() {
	echo $(($(cat $cgroup/"$1") / 4096))
}

plan 14
busybox_ct 101
sed -i '/PHYSPAGES/d' /etc/vz/conf/101.conf
echo 'PHYSPAGES="0:30000"' >>/etc/vz/conf/101.conf
echo 'SWAPPAGES="0:20000"' >>/etc/vz/conf/101.conf
ok "it starts" vzctl start 101
is "the configured physpages is memory.max" "$(pages memory.max)" 30000
is "the configured swappages is memory.swap.max" "$(pages memory.swap.max)" 20000
is "and the limit of physpages" "$(ub_field 101 physpages limit)" 30000
held=$(ub_field 101 physpages held)
ok "held is what the cgroup uses" test "$held" -gt 0 -a "$held" -le 30000
like "physpages counts as accounted" "$(grep physpages: /proc/bc/101/debug)" "CPU"

ok "set of a running one" vzctl set 101 --physpages 0:25000 --swappages 0:0 --save
is "changes memory.max" "$(pages memory.max)" 25000
is "and memory.swap.max" "$(pages memory.swap.max)" 0

ok "it stops" vzctl stop 101 --fast
ok "it starts again" vzctl start 101
is "with the new limit" "$(pages memory.max)" 25000
ok "unlimited is none" vzctl set 101 --physpages 0:unlimited
is "in the cgroup, too" "$(cat $cgroup/memory.max)" max
vzctl stop 101 --fast >/dev/null
