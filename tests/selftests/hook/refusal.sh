#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# On a kernel that does not fit the module is refused with one clear line and
# leaves nothing behind, or it does without what is missing and says so.
#
# Cases T039 and T040.

# shellcheck source=hook.bash
. "$(dirname "$0")/hook.bash"

# module_without FUNCTION FILE: a module that asks for another name in place of
# the function's, which no kernel has.
module_without() {
	name=$1 perl -0777 -pe '
		$absent = "z" x length($ENV{name});
		$found = s/\0\Q$ENV{name}\E\0/\0$absent\0/g;
		END { exit !$found }
	' "$MODULE" >"$2" || diag "the module has no $1"
}

# Ours, without what the kernel says of every module that is not its own.
our_messages() {
	new_messages | grep 'vzmod: ' | grep -v taint
}

# is_refused WHY [FILE]: loading fails, the log has a line that matches WHY, and
# one that says that this was the end
is_refused() {
	local messages

	! insmod "${2-$MODULE}" 2>/dev/null || { echo "it was loaded"; return 1; }
	messages=$(our_messages)
	grep -qE "$1" <<<"$messages" && [ "$(wc -l <<<"$messages")" -le 2 ] && return
	echo "$messages"
	return 1
}

# try_refused SENTENCE WHY [FILE]: with what is not ours in $others
try_refused() {
	mark_messages
	ok "$1: it is refused and says why" is_refused "${@:2}"
	is "$1: nothing of it is left" "$(what_is_left)" "$others"
	ok "$1: the kernel has logged no warning" no_new_splat
}

no_new_splat() {
	! new_messages | grep -E -f "$LIB/splat"
}

state_of() {
	awk -v name="$1" '$1 == name { print $2 }' /proc/vz/hooks
}

accounted() {
	sed -n "s/^$1: //p" /proc/bc/101/debug
}

plan 33

others=
status_is "loading it a second time fails" 1 load
is "and changes nothing" "$(hooked | wc -l)" "$(hooks_needed)"
unload

for function in proc_readdir_de create_user_ns; do
	module_without $function /run/without.ko
	try_refused "no $function()" "no usable z+\(\)" /run/without.ko
done

module_without devpts_kill_index /run/without.ko
mark_messages
ok "without devpts_kill_index() it loads" insmod /run/without.ko
is "one line says which resource is not accounted" \
	"$(our_messages | grep -cE 'no usable z+\(\): numpty is not accounted')" 1
is "/proc/vz/hooks says that the function is missing" "$(state_of zzzzzzzzzzzzzzzzz)" missing
is "/proc/vz/hooks says that its pair is unused" "$(state_of devpts_new_index)" unused
start_held a contain 101 sh -c 'echo lives; read line'
is "terminals are not accounted" "$(accounted numpty)" "not accounted"
is "files are" "$(accounted numfile)" accounted
does "a container lives with that" release a
unload

for function in commit_creds create_user_ns; do
	insmod "$NEIGHBOUR" symbol=$function
	try_refused "somebody else has $function()" \
		"cannot attach to $function\(\): another tracer has it"
	rmmod neighbour
	ok "when he is gone it loads" load
	unload
done

insmod "$NEIGHBOUR" proc_dir=vz
others=/proc/vz
try_refused "somebody else has /proc/vz" /proc/vz
rmmod neighbour

insmod "$NEIGHBOUR" proc_file=user_beancounters
others=/proc/user_beancounters
try_refused "somebody else has /proc/user_beancounters" /proc/user_beancounters
is "his file is still there" "$(cat /proc/user_beancounters)" neighbour
rmmod neighbour

insmod "$NEIGHBOUR" major=126
load
ok "without major 126 it takes another" model 102
unload
rmmod neighbour

# A test of that would be a loop over /proc/self/fail-nth around insmod.
if [ -e /proc/self/fail-nth ]; then
	fail "every failed allocation in init is survived" "fault injection is there: use it"
else
	skip "every failed allocation in init is survived" \
		"a stock kernel has no fault injection (FAILSLAB, FAULT_INJECTION_DEBUG_FS)"
fi
ok "after all that it loads, and charges exactly" eval 'load && model 103'
