#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --turns --time 900
# Unloading never pulls code from under a task that sleeps in it: rmmod is
# refused or waits, and the task ends as if nothing had been.
#
# Cases T034 and T009, goal R6.

# shellcheck source=hook.bash
. "$(dirname "$0")/hook.bash"

SLEEPERS=64
ATTEMPTS=100

# On return it has detached the hooks, or it has ended.
start_rmmod() {
	rmmod vzmod &
	rmmod_pid=$!
	wait_for $PATIENCE eval "detached || not_running $rmmod_pid" || diag "rmmod does not detach"
}

refused_every_time() {
	local i

	for ((i = 0; i < ATTEMPTS; i++)); do
		! rmmod vzmod 2>/dev/null || return 1
	done
}

# hold FUNCTION: whoever calls it sleeps in it
hold() {
	insmod "$NEIGHBOUR" "symbol=$1" hold=1
}

asleep() {
	[ "$(cat $NEIGHBOUR_KNOBS/asleep)" = "$1" ]
}

let_go() {
	echo 0 >$NEIGHBOUR_KNOBS/hold
}

# start_tasks COMMAND...: eight of them
start_tasks() {
	local i

	tasks=()
	for ((i = 0; i < 8; i++)); do
		"$@" &
		tasks+=($!)
	done
}

tasks_end_well() {
	local pid

	for pid in "${tasks[@]}"; do
		end_of "$pid" || return
	done
}

plan 23

start_held files sleeper $SLEEPERS ioctl /dev/vzctl
ok "$SLEEPERS tasks sleep in an ioctl" grep -q asleep /run/files.says
ok "$ATTEMPTS times rmmod is refused" refused_every_time
does "their calls end well" release files
ok "then the module goes" unload

load
start_held readers sleeper $SLEEPERS read /proc/user_beancounters
ok "$SLEEPERS tasks sleep in a read of our file" grep -q asleep /run/readers.says
start_rmmod
ok "rmmod waits for them" running $rmmod_pid
does "their calls end well" release readers
does "then rmmod ends well" end_of $rmmod_pid

load
start_held folders sleeper $SLEEPERS getdents /proc/tty
ok "$SLEEPERS tasks sleep below the hook of readdir" grep -q asleep /run/folders.says
start_rmmod
does "their calls end well" release folders
does "rmmod ends well" end_of $rmmod_pid

# These return to the hook: it counts them.
load
hold setup_userns_sysctls
start_tasks unshare --user true
ok "8 tasks sleep below the hook of create_user_ns()" wait_for $PATIENCE asleep 8
start_rmmod
ok "rmmod waits for them" running $rmmod_pid
let_go
does "they get their namespaces" tasks_end_well
does "then rmmod ends well" end_of $rmmod_pid
rmmod neighbour

# Tasks of the host do not return to this one.
load
hold locks_get_lock_context
start_tasks flock /run true
ok "8 tasks sleep below the hook of flock_lock_inode()" wait_for $PATIENCE asleep 8
start_rmmod
does "rmmod need not wait for tasks that will not come back" end_of $rmmod_pid
let_go
does "they end well without the module" tasks_end_well
rmmod neighbour

ok "nothing is left" nothing_left
ok "the module loads again" load
ok "charges are exact" model 101
ok "and it goes again" unload
ok "the kernel has logged no warning" no_splat
