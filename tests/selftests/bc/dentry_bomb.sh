#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A dentry bomb on the container's own root, which the host has mounted for it,
# meets dcachesize; the host and another container do not notice.

# shellcheck source=../../lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

# shellcheck disable=SC2016 # for the shell of the container
chain='cd /tmp; i=0; while [ $i -lt 20000 ] && mkdir d && cd d; do i=$((i+1)); done; echo $i'
limit=2000000
margin=524288

plan 9
busybox_ct 101
busybox_ct 102
sed -i "s/^DCACHESIZE=.*/DCACHESIZE=\"$limit:$limit\"/" /etc/vz/conf/101.conf
ok "it starts" vzctl start 101
ok "so does another" vzctl start 102
ok "it works" vzctl exec 101 'ls -lR /etc /bin >/dev/null'
is "dcachesize counts its root" \
	"$(($(ub_field 101 dcachesize held) > 0))" 1
output=$(vzctl exec 101 "$chain" 2>&1)
like "a chain of directories ends with ENOMEM" "$output" "Cannot allocate memory|Out of memory"
ok "which failcnt knows" test "$(ub_field 101 dcachesize failcnt)" -gt 0
ok "the limit holds" test "$(ub_field 101 dcachesize maxheld)" -le $((limit + margin))
is "the other one has not failed" "$(ub_field 102 dcachesize failcnt)" 0
ok "the container still works" vzctl exec 101 'ls -lR /etc /bin >/dev/null'
vzctl stop 101 --fast >/dev/null
vzctl stop 102 --fast >/dev/null
