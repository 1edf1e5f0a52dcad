#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One vzctl at a time works on a container, whatever is in the way of its lock;
# the second says who does, and a lock whose owner is gone is free at once
# (T130).

# shellcheck source=crash.bash
. "$(dirname "$0")/crash.bash"

LOCK=/vz/lock/101.lck

set_something() {
	vzctl set 101 --numproc "$((100 + RANDOM))" --save
}

# Milliseconds that it takes to have the lock and do something.
time_taken() {
	local start=${EPOCHREALTIME/./}

	set_something >/dev/null || return
	echo $(((${EPOCHREALTIME/./} - start) / 1000))
}

# is_taken_over NAME: the lock can be had, at the cost of less than a second,
# and is left for others
is_taken_over() {
	local first again

	first=$(time_taken)
	again=$(time_taken)
	ok "$1: free within a second" test $((first - again)) -lt 1000 -a "$first" -gt 0
	ok "$1: leaves nothing behind" test ! -e $LOCK
}

# has_opened PID: the lock file
has_opened() {
	find "/proc/$1/fd" -lname $LOCK | grep -q .
}

# dead_pid: one that was alive a moment ago
dead_pid() {
	sh -c 'echo $$'
}

busybox_ct 101
premount

# --- a living owner ----------------------------------------------------------

hold
is_held "held"
for verb in "create 101 --ostemplate x" "set 101 --numproc 9" "start 101" "stop 101" \
	"restart 101" "mount 101" "umount 101" "destroy 101"; do
	# shellcheck disable=SC2086 # a list of words
	says "vzctl ${verb%% *} waits for nobody" 9 "^Container already locked$" vzctl $verb
done
prints "status does not need the lock" "CTID 101 exist unmounted down" vzctl status 101
says "nor does exec" 31 "not running" vzctl exec 101 true
let_go
is_taken_over "released"

hold
kill_holder
ok "killed: its lock file is still there" test -e $LOCK
is_taken_over "killed"

# --- process ids that mislead ------------------------------------------------

sleep 1000 &
other=$!
disown

dead_pid >$LOCK
is_taken_over "written by a process that is dead"

printf '%s\nstarting\n' "$other" >$LOCK
says "written by a living process without a flock" 9 \
	"^Locked by: pid $other, cmdline sleep 1000 *$" vzctl set 101 --numproc 9 --save
touch -d '1 hour ago' $LOCK
is_taken_over "older than the process that has its pid now"

printf '%s\nstarting\nflock\n' "$other" >$LOCK
is_taken_over "of a vzctl whose pid another program has now"
kill "$other"

hold unshare --pid --fork
is_held "held from another pid namespace"
is_held "held from one, asked from another" unshare --pid --fork
kill_holder
is_taken_over "killed in another pid namespace"

# --- files that are no locks -------------------------------------------------

damaged() {
	case $1 in
	empty)		: ;;
	newlines)	printf '\n\n\n' ;;
	words)		echo what is this ;;
	number)		echo 1st ;;
	negative)	echo -1 ;;
	huge)		echo 99999999999999999999 ;;
	zeros)		head -c 4096 /dev/zero ;;
	noise)		head -c 1048576 /dev/urandom | tr -d 0-9 ;;
	esac >$LOCK
}

for kind in empty newlines words number negative huge zeros noise; do
	damaged $kind
	is_taken_over "damaged, $kind"
	damaged $kind
	hold
	is_held "damaged, $kind, and held"
	let_go
done

mkdir $LOCK
says "a folder in its place is an error" 3 "^Unable to lock container: " set_something
rmdir $LOCK
echo precious >/run/precious
ln -s /run/precious $LOCK
says "a link in its place is an error" 3 "^Unable to lock container: " set_something
is "it is not followed" "$(cat /run/precious)" precious
rm $LOCK

# --- the folder --------------------------------------------------------------

rmdir /vz/lock
is_taken_over "folder missing"
is "the folder is there again, for root only" "$(stat -c '%a %U' /vz/lock)" "700 root"

rmdir /vz/lock
echo >/vz/lock
says "a file in place of the folder is an error" 3 "^Unable to lock container: " set_something
rm /vz/lock
mkdir -m 700 /vz/lock

mount -t tmpfs -o size=4k,mode=700 full /vz/lock
head -c 4096 /dev/zero >/vz/lock/fill
hold
is_held "disk full"
let_go
is_taken_over "disk full"
umount /vz/lock

mount -t tmpfs -o nr_inodes=1,mode=700 full /vz/lock
says "no room for one file more is an error" 3 \
	"^Unable to lock container: No space left on device$" set_something
umount /vz/lock

mount -t tmpfs -o ro,mode=700 full /vz/lock
says "a read-only one is an error with advice" 3 "^Unable to lock container .*--skiplock" set_something
umount /vz/lock

# --- many at once ------------------------------------------------------------

# One that has opened the file has it too late, when the owner has removed it
# and the next has made another.
hold
strace -D -o /dev/null -e trace=flock -e inject=flock:delay_enter=5s \
	vzctl --quiet mount 101 &
late=$!
wait_for 20 has_opened $late
let_go
hold
wait $late
is "what was opened before its owner removed it is no lock" $? 9
let_go

# race KIND: eight at once find what a dead owner left
race() {
	case $1 in
	old)	dead_pid >$LOCK ;;
	ours)	printf '%s\nx\nflock\n' "$(dead_pid)" >$LOCK ;;
	*)	damaged "$1" ;;
	esac
	for _ in 1 2 3 4 5 6 7 8; do
		vzctl mount 101 >/dev/null 2>&1 || echo $? >>/run/ends &
	done
	wait
}

for kind in old ours empty words; do
	rm -f /run/ends
	race $kind
	race $kind
	is "eight race for one that is stale ($kind): each has it or is refused" \
		"$(sort -u /run/ends | xargs)" "79 9"
done
ok "no two ever had it at once" test ! -e /run/broken
ok "nothing is left of all that" test -z "$(ls -A /vz/lock)"
done_testing
