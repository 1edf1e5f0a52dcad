#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --turns
# The hooks run, no hook runs into itself, and nobody switches them off unseen.
#
# Cases T031 (the part that is seen by running) and T032.

# shellcheck source=hook.bash
. "$(dirname "$0")/hook.bash"

ENABLED=/proc/sys/kernel/ftrace_enabled

# A hook that comes round to itself hangs the first task that gets there.
run_through_all_hooks() {
	timeout $PATIENCE storm 1 && timeout $PATIENCE contain 101 /run/storm 1
}

switch_off() {
	{ echo 0 >$ENABLED; } 2>&1
}

plan 10

modprobe -a x_tables nf_tables

hooks=$(hooked | wc -l)
is "every hook of the table that is needed is attached" "$hooks" "$(hooks_needed)"
is "ftrace knows as many" "$(grep -c '^[^[:space:]]' $TRACING/enabled_functions)" "$hooks"
ok "tasks of the host and of a container get through all of them" run_through_all_hooks

like "writing 0 to ftrace_enabled is refused" "$(LC_ALL=C switch_off)" 'Device or resource busy'
is "ftrace_enabled stays 1" "$(cat $ENABLED)" 1
ok "charges go on exactly" model 102

ok "unloading gives ftrace back" unload
echo 0 >$ENABLED
mark_messages
ok "with ftrace switched off the module does not load" eval '! load 2>/dev/null'
like "it says that hooks do not work" "$(new_messages)" 'vzmod: hooks do not work'
echo 1 >$ENABLED
ok "and leaves nothing behind" nothing_left
