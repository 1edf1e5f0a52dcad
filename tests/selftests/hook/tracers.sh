#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --turns --time 900
# Whoever else traces the hooked functions sees them, and no charge is lost,
# whether he comes before the module or after it.
#
# Case T033.

# shellcheck source=hook.bash
. "$(dirname "$0")/hook.bash"

TRACERS='function function_graph kprobe kretprobe'

# trace TRACER: every function of $functions
trace() {
	case $1 in
	function|function_graph)
		printf '%s\n' "$functions" >$TRACING/set_ftrace_filter &&
			echo "$1" >$TRACING/current_tracer
		;;
	kprobe)
		probe p
		;;
	kretprobe)
		probe r
		;;
	esac
}

# probe p|r: entry or return
probe() {
	awk -v kind="$1" '{ print kind ":vz/" $1, $1 }' <<<"$functions" >$TRACING/kprobe_events &&
		echo 1 >$TRACING/events/vz/enable
}

trace_nothing() {
	echo nop >$TRACING/current_tracer
	[ ! -d $TRACING/events/vz ] || echo 0 >$TRACING/events/vz/enable
	echo >$TRACING/kprobe_events
	echo >$TRACING/set_ftrace_filter
	echo >$TRACING/trace
}

# Functions that any process goes through are in the trace.
has_seen() {
	local function

	for function in security_file_alloc cgroup_can_fork sk_alloc; do
		grep -q "$function" $TRACING/trace || return 1
	done
}

# One that was there before, one that comes now.
comes_after_the_module() {
	local tracer=$1

	load
	start_held early model 101 hold
	ok "$tracer can be switched on when the hooks are there" trace "$tracer"
	ok "then a container is charged exactly" model 102
	does "a container that was there before as well" release early
	ok "and $tracer sees the functions" has_seen
	trace_nothing
	ok "without it a container is charged exactly" model 103
	unload
}

comes_before_the_module() {
	local tracer=$1

	trace "$tracer"
	ok "the module loads when $tracer is there" load
	ok "then a container is charged exactly" model 104
	ok "and $tracer sees the functions" has_seen
	ok "the module goes when $tracer is there" unload
	trace_nothing
	ok "then nothing of either is left" nothing_left
}

no_more_messages() {
	! new_messages | grep -E -f "$LIB/splat"
}

functions=$(hooked)
unload
for tracer in $TRACERS; do
	mark_messages
	comes_after_the_module "$tracer"
	comes_before_the_module "$tracer"
	ok "with $tracer the kernel has logged no warning" no_more_messages
done
# Both take a function for themselves; see refusal.sh for one that did.
skip "BPF programs on the hooked functions" "no BPF loader in the image of the VM"
skip "a livepatch of a hooked function" "no livepatch to load in the image of the VM"
done_testing
