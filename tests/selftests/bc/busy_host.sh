#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The module can be loaded into a busy host: what was there before belongs to
# nobody, and ends without upsetting a counter.
#
# Case T025.
#
# vm: --no-load

# shellcheck source=../../lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

plan 8

# held_of CTID: of all its resources, added up
held_of() {
	awk -v id="$1:" '$1 ~ /:$/ { current = $1; $1 = ""; $0 = $0 }
		current == id { sum += $2 } END { print sum + 0 }' /proc/user_beancounters
}

coproc CROWD { crowd; }
read -r -t 60 word <&"${CROWD[0]}"
is "the host is busy" "$word" ready

ok "the module loads" insmod /root/vzmod.ko
is "nothing is charged to the host" "$(held_of 0)" 0
ok "a container works beside all that" signal_owner

eval "exec ${CROWD[1]}>&-"
status=0
# shellcheck disable=SC2154 # set by coproc
wait "$CROWD_PID" || status=$?
is "what was there before ends in peace" "$status" 0
is "and still nothing is charged to the host" "$(held_of 0)" 0
ok "the module unloads" rmmod vzmod
ok "the kernel log has no warning" no_splat
