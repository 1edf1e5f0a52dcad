#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --no-load --turns --time 1200
# The module comes and goes many times while the host is in a storm, with and
# without containers in between, and leaves nothing behind.
#
# RELOAD_CYCLES in the environment is how often.  Case T035; that the functions
# are the kernel's own again, to the instruction, is in icount.sh.

# shellcheck source=hook.bash
. "$(dirname "$0")/hook.bash"

CYCLES=${RELOAD_CYCLES:-5}

# What else happens on the host may take that many objects of a kind.  What a
# hook leaves behind is more after one cycle, as there are more hooks; what a
# cycle leaves behind once is more in a long run.
MOST=40

# Every other time it has a container; the CTIDs are used again.
cycle() {
	load || return
	[ $(($1 % 2)) -eq 1 ] || model $((101 + $1 % 3)) || return
	unload && nothing_left
}

cycles() {
	local i

	for ((i = 0; i < CYCLES; i++)); do
		cycle $i || { echo "in cycle $i"; return 1; }
	done
}

start_storm() {
	start_held storm sh -c 'echo rages; exec storm'
}

slab_caches() {
	awk 'NR > 2 { print $1 }' /proc/slabinfo | sort
}

# How often the log has a line of the module.
logged() {
	dmesg | grep -c "vzmod: $1"
}

plan 9

# What is made once and kept is there after this.
start_storm
ok "it comes and goes in a storm" cycle 0
does "which gets on" release storm
ok "and on a quiet host" cycle 0

caches=$(slab_caches)
start_held slabs slabs $MOST
start_storm
began=$SECONDS
ok "$CYCLES times it comes, is complete, goes and leaves nothing in /proc, /dev or ftrace" cycles
diag "$CYCLES cycles took $((SECONDS - began)) s"
does "the storm got on" release storm
diag "$(cat /run/storm.errors)"
if [ "$(cat /run/slabs.says)" = marked ]; then
	does "nothing is left in a slab" release slabs
else
	skip "nothing is left in a slab" "this kernel does not tell what is in its slabs"
fi
is "there are the same slab caches as before" "$(slab_caches)" "$caches"
is "it was loaded and unloaded as often" "$(logged 'version .* loaded') $(logged unloaded)" \
	"$((CYCLES + 2)) $((CYCLES + 2))"
ok "the kernel has logged no warning" no_splat
