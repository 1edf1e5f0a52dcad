#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --no-load --turns
# The module may be loaded on a busy host: what was there before belongs to
# nobody, now and when it ends, and containers are charged exactly beside it.
#
# Case T025 (the seven resources).

# shellcheck source=../hook/hook.bash
. "$(dirname "$0")/../hook/hook.bash"

RESOURCES='numproc numfile numtcpsock numothersock numflock numpty numsiginfo'

# More than there can be is what a number below nothing looks like.
MOST=1000000

host_holds_nothing_impossible() {
	local resource held

	for resource in $RESOURCES; do
		held=$(ub_field 0 "$resource" held)
		if [ "$held" -lt 0 ] || [ "$held" -gt $MOST ]; then
			echo "$resource: $held"
			return 1
		fi
	done
}

plan 10

start_held crowd crowd
is "a crowd of files, tasks, sockets, locks and a foreign container is there" \
	"$(cat /run/crowd.says)" ready
ok "the module loads" load
ok "and misses none of its functions" eval '! grep -E "missing|unused" /proc/vz/hooks'
ok "beside it a container is charged exactly" model 101
start_held early model 102 hold
does "the crowd ends well" release crowd
ok "what it gave back was not taken from the host" host_holds_nothing_impossible
does "a container that was there is still charged exactly" release early
ok "and a new one, too" model 103
ok "the module goes, and all it registered" eval 'unload && nothing_left'
ok "the kernel has logged no warning" no_splat
