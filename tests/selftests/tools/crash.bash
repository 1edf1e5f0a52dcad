# SPDX-License-Identifier: GPL-2.0-or-later
# A fault at the n-th call of vzctl, and what has to be true after it: shared by
# the tests of kill -9 and of errors.
# shellcheck shell=bash disable=SC2034 # some use this, some that

# shellcheck source=tools.bash
. "$(dirname "${BASH_SOURCE[0]}")/tools.bash"

WORK=/run/crash
AREA=/vz/template/area
CONF=/etc/vz/conf/101.conf
FAULT_LOG=$WORK/log
INSIDE=/run/inside

# The words after "vzctl", the states that they begin in and lead to, and the
# exit statuses by which they say that they have nothing to do any more.
declare -A WORDS=(
	[create]="create 101 --ostemplate small --name crash"
	[set]="set 101 --numproc 77:78 --name crash --save"
	[mount]="mount 101"
	[umount]="umount 101"
	[start]="start 101"
	[stop]="stop 101"
	[destroy]="destroy 101"
)
declare -A BEFORE=(
	[create]="deleted unmounted down"
	[set]="exist unmounted down"
	[mount]="exist unmounted down"
	[umount]="exist mounted down"
	[start]="exist unmounted down"
	[stop]="exist mounted running"
	[destroy]="exist unmounted down"
)
declare -A AFTER=(
	[create]="exist unmounted down"
	[set]="exist unmounted down"
	[mount]="exist mounted down"
	[umount]="exist unmounted down"
	[start]="exist mounted running"
	[stop]="exist unmounted down"
	[destroy]="deleted unmounted down"
)
declare -A DONE=([create]=44 [umount]=40 [start]=32 [destroy]="14|43")

# --- containers --------------------------------------------------------------

# A dozen files, among them an init that ends at once when it is told to.
small_tree() {
	local name

	mv bin/busybox .
	find bin sbin usr -type l -delete
	mv busybox bin/
	for name in sh cat kill mount sleep true; do
		ln -s busybox "bin/$name"
	done
	printf '%s\n' '#!/bin/sh' "trap 'exit 0' TERM" \
		'while :; do sleep 999 & wait; done' >sbin/init
	printf '%s\n' '#!/bin/sh' 'kill -TERM 1' >bin/halt
	chmod 755 bin/halt
}

# The template "small", and the area and configuration that containers are
# copied from.
prepare_work() {
	mkdir -p "$WORK" "$AREA"
	tiny_template small small_tree
	tar -C "$AREA" -xf "$CACHE/small.tar.gz"
	busybox_ct_conf >"$WORK/conf"
}

# observe CALLS: for each verb, the configuration before and after, and its
# points, lines of a call's name and its number: the first open, the second, ...
observe() {
	local verb

	prepare_work
	for verb in "${!WORDS[@]}"; do
		prepare "$verb"
		keep_conf "$WORK/$verb.before"
		# shellcheck disable=SC2086 # a list of words
		trace "$1" vzctl ${WORDS[$verb]} >/dev/null 2>&1
		wait_for 20 settled
		keep_conf "$WORK/$verb.after"
		points >"$WORK/$verb.points"
		clear_away >/dev/null
	done
}

# prepare VERB: container 101 in the state that the verb begins in
prepare() {
	[ "${BEFORE[$1]}" != "deleted unmounted down" ] || return 0
	cp -al "$AREA" /vz/private/101
	cp "$WORK/conf" "$CONF"
	case ${BEFORE[$1]} in
	*running)	vzctl start 101 >/dev/null ;;
	*" mounted "*)	vzctl mount 101 >/dev/null ;;
	esac
}

run_verb() {
	# shellcheck disable=SC2086 # a list of words
	vzctl ${WORDS[$1]}
}

# No configuration is kept as no file.
keep_conf() {
	[ ! -e "$CONF" ] || cp "$CONF" "$1"
}

# conf_is VERB before|after
conf_is() {
	if [ -e "$WORK/$1.$2" ]; then
		cmp -s "$CONF" "$WORK/$1.$2"
	else
		[ ! -e "$CONF" ]
	fi
}

# From whatever state to no container 101 at all, by nothing but vzctl; prints
# what cannot be removed.
clear_away() {
	local state

	state=$(state 101)
	case $state in
	*running)	vzctl stop 101 --fast ;;
	*" mounted "*)	vzctl umount 101 ;;
	esac >"$WORK/clear" 2>&1 || cat "$WORK/clear"
	case $state in
	exist*)		vzctl destroy 101 >"$WORK/clear" 2>&1 || cat "$WORK/clear" ;;
	esac
	nothing_left 101
	rm -f "$CONF.destroyed"
}

# --- faults ------------------------------------------------------------------

# trace CALLS COMMAND...: with all the processes that it makes; programs that
# these start are left alone
trace() {
	local calls=$1

	shift
	strace -D -f -b execve -o "$FAULT_LOG" -e "trace=execve,$calls" "$@"
}

# strike CALL NUMBER FAULT COMMAND...: run it, and let each of its processes
# have the fault, as strace calls it, at this call
strike() {
	local call=$1 number=$2 fault=$3

	shift 3
	trace "$call" -e "inject=$call:$fault:when=$number" "$@"
}

# The calls in the log, as far as each is the first of its number.
points() {
	awk '$2 ~ /^[a-z]/ && $2 !~ /^execve/ {
		sub(/\(.*/, "", $2)
		number = ++calls[$1, $2]
		if (number > most[$2]) {
			most[$2] = number
			print $2, number
		}
	}' "$FAULT_LOG"
}

# struck CALL NUMBER: one of the processes came to it
struck() {
	points | grep -qx "$1 $2"
}

# All has come of the fault that can: its processes have ended, or have become
# other programs.  Only the keeper of a console stays, and strace with it.
settled() {
	local status traced keeper=

	traced=$(grep -sl '^TracerPid:[[:space:]]*[1-9]' /proc/[0-9]*/status)
	for status in $traced; do
		grep -qs '^vzctl: console of CT' "${status%status}cmdline" || return 1
		keeper=1
	done
	[ "$keeper" ] || not pgrep -x strace && grep -q "^$(sed 's/ .*//;q' "$FAULT_LOG") *+++" "$FAULT_LOG"
}

# --- verdicts ----------------------------------------------------------------

# complain TEXT...: what is wrong at the point $point
point=
problems=
complain() {
	problems+="$point: $*"$'\n'
}

# check_recovery VERB: the next commands work, and lead where the verb was to
# lead; then the container is removed without a trace
check_recovery() {
	local verb=$1 output status=0

	output=$(vzctl status 101 2>&1) || complain "vzctl status: $output"
	conf_is "$verb" before || conf_is "$verb" after ||
		complain "the configuration is neither old nor new"
	check_name
	output=$(run_verb "$verb" 2>&1) || status=$?
	[[ $status =~ ^(0|${DONE[$verb]-0})$ ]] ||
		complain "vzctl $verb again: exit status $status, $output"
	check_done "$verb"
	output=$(clear_away 2>&1)
	[ -z "$output" ] || complain "not removed: $output"
}

# A machine-id is what create adds to a template.
is_complete() {
	diff -r --no-dereference -x machine-id "$AREA" /vz/private/101 >/dev/null
}

# If it has a name, it answers to that.
check_name() {
	grep -qs ^NAME= "$CONF" || return 0
	vzctl status crash >/dev/null 2>&1 || complain "its name is lost"
}

# check_done VERB: it has done all that it is to do
check_done() {
	local state

	state=$(state 101)
	[ "$state" = "${AFTER[$1]}" ] || complain "after vzctl $1 it is \"$state\""
	conf_is "$1" after || complain "after vzctl $1 the configuration is not the new one"
	check_name
	case $state in
	exist*)	is_complete || complain "files are missing" ;;
	esac
}

# --- locks -------------------------------------------------------------------

# Where vzctl holds the lock: one that finds another there leaves a note.  It
# fails, so that it can be run again.
premount() {
	cat >/etc/vz/conf/101.premount <<-END
		#!/bin/sh
		mkdir $INSIDE || { echo "two at once" >>/run/broken; exit 1; }
		while [ -e /run/hold ]; do sleep 0.05; done
		sleep 0.1
		rmdir $INSIDE
		exit 1
	END
	chmod 755 /etc/vz/conf/101.premount
}

# hold COMMAND...: vzctl in the background, until let_go; its pid is $holder
hold() {
	touch /run/hold
	"$@" vzctl mount 101 >/dev/null 2>&1 &
	holding=$!
	wait_for 20 test -d $INSIDE
	holder=$(pgrep -f -x "vzctl mount 101")
}

let_go() {
	rm /run/hold
	wait $holding
}

kill_holder() {
	kill -KILL "$holder"
	let_go 2>/dev/null
	wait_for 20 not pgrep -f 101.premount
	rm -df $INSIDE
}

# is_held NAME COMMAND...: the second is refused, names the first and changes
# nothing
is_held() {
	local name=$1 before

	shift
	before=$(sha256sum /etc/vz/conf/101.conf)
	says "$name: the second says who has it" 9 \
		"^Locked by: pid $holder, cmdline vzctl mount 101 *$" "$@" vzctl set 101 --numproc 9 --save
	is "$name: and changes nothing" "$(sha256sum /etc/vz/conf/101.conf)" "$before"
}
