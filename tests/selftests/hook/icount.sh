#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --icount --no-load --time 600
# After rmmod the hooked operations cost what they cost before the module was
# ever loaded, and so they do after many times; in between a task of the host
# pays little.
#
# In this VM the clock counts instructions, see ops.c.  Goals P2 and P3.

# shellcheck source=hook.bash
. "$(dirname "$0")/hook.bash"

CYCLES=10
ROUNDS=9
MOST_PER_HOOK=25	# instructions

# Operations, how many hooked calls are in one, and how many instructions it may
# vary by: less than the hooks cost, which is 13 at the least.
OPERATIONS='getppid 0 8
open+close 2 8
pipe+close 4 8
tcp+close 4 8
unix+close 4 8
flock 4 8
sigqueue 2 8
vfork+wait 4 30'

# measure FILE: for each operation the middle one of the medians, as some runs
# have a slower way, and a few a faster one
measure() {
	local i

	# What still runs after boot or loading is over by then; waiting takes
	# no time here, the clock jumps.
	sleep 20
	for ((i = 0; i < ROUNDS; i++)); do
		ops
	done | sort -k 1,1 -k 2,2n | awk -v rounds=$ROUNDS 'NR % rounds == int(rounds / 2) + 1 {
		print $1, $2
	}' >"$1"
}

# cost OPERATION WHEN
cost() {
	awk -v name="$1" '$1 == name { print $2 }' "/run/$2"
}

# The module once more, with a container.
cycle() {
	load && model 101 && unload
}

cycles() {
	local i

	for ((i = 0; i < CYCLES; i++)); do
		cycle || return
	done
}

# same OPERATION WHEN NOISE: as never loaded
same() {
	local more=$(($(cost "$1" "$2") - $(cost "$1" never)))

	[ $more -le "$3" ] && [ $more -ge -"$3" ]
}

plan 32

# Higher numbers of processes take longer to look up.
echo 2000 >/proc/sys/kernel/pid_max

measure /run/never
load
measure /run/loaded
rmmod vzmod
measure /run/after
ok "$CYCLES times more it comes and goes, with a container" cycles
measure /run/later

while read -r name hooks noise; do
	never=$(cost "$name" never) loaded=$(cost "$name" loaded)
	ok "$name costs the same after rmmod as before insmod" same "$name" after "$noise"
	ok "and the same after $CYCLES times more" same "$name" later "$noise"
	diag "$name: $never instructions, $loaded with $hooks hooks," \
		"$(cost "$name" after) after, $(cost "$name" later) later"
	ok "$name pays at most $MOST_PER_HOOK instructions per hook" \
		test $((loaded - never)) -le $((hooks * MOST_PER_HOOK))
	# Of a process, more varies than a few hooks cost.
	[ "$hooks" -eq 0 ] || [ "$name" = vfork+wait ] ||
		ok "and does pay, so that this test sees hooks" \
			test "$loaded" -gt "$never"
done <<<"$OPERATIONS"

ok "the kernel has logged no warning" no_splat
