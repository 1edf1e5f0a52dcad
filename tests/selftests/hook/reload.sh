#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --time 900
# Loading and unloading a hundred times under load leaves nothing behind.
#
# Case T035, goal R5.

# shellcheck source=hook.bash
. "$(dirname "$0")/hook.bash"

CYCLES=${CYCLES:-100}
MOST_GROWTH=4096	# kB of slab; the load itself makes it vary by about half of that

milliseconds() {
	local now=${EPOCHREALTIME/[.,]/}

	echo $((now / 1000))
}

# add_time NAME COMMAND...: the total in NAME_ms
add_time() {
	local total=${1}_ms start status=0

	start=$(milliseconds)
	shift
	"$@" || status=$?
	declare -g "$total=$((${!total:-0} + $(milliseconds) - start))"
	return $status
}

cycles() {
	local i

	for ((i = 1; i <= CYCLES; i++)); do
		add_time load load || return
		# The first and the last time a container comes as well.
		[ $((i % (CYCLES - 1))) -ne 1 ] || model $((100 + i)) || return
		add_time unload unload || return
		nothing_left || return
	done
}

slab() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 == "SUnreclaim:" { print $2 }' /proc/meminfo
}

plan 7

load_ms=0 unload_ms=0

unload
storm 1 2>/dev/null
before=$(slab)
start_held host sh -c 'echo runs; exec storm'
start_held userns unshare --user --map-root-user --net sh -c 'echo runs; exec /run/storm'
if cycles; then
	pass "$CYCLES times the module loads and unloads under load"
else
	fail "$CYCLES times the module loads and unloads under load" "$(dmesg | tail -5)"
fi
diag "$((load_ms / CYCLES)) ms to load, $((unload_ms / CYCLES)) ms to unload"
does "the load on the host has not failed" release host
does "the load in a user namespace that is no container has not failed" release userns
ok "nothing is left" nothing_left
is "every load and every unload was logged" \
	"$(dmesg | grep -c 'vzmod: unloaded')" "$((CYCLES + 1))"
growth=$(($(slab) - before))
diag "slab: $growth kB more"
ok "the slabs have grown by less than $MOST_GROWTH kB" test $growth -lt $MOST_GROWTH
ok "the kernel has logged no warning" no_splat
