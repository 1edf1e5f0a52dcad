#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whatever hangs in a container does not hang the tools: vzlist and vzctl
# status answer, "vzctl stop --fast" ends it, and so does "vzctl stop" when it
# has waited for long enough.  A start, a script or an exec that is held up on
# purpose ends as well.
#
# Case T125.
# vm: --time 900

# shellcheck source=../tools/tools.bash
. "$(dirname "$0")/../tools/tools.bash"

ANSWER=10	# seconds, and not the two of a machine that has time
STOP=30

cgroup=/sys/fs/cgroup/vz/101

# start: a container where shells may be made to hang
start() {
	vzctl --quiet start 101
	init=$(init_of 101)
}

# inside SCRIPT: it goes on there when this has returned
inside() {
	vzctl exec 101 "($1) >/dev/null 2>&1 </dev/null &"
}

# hangs HOW: what the tools do beside it, and at last
hangs() {
	ok "$1: vzlist answers" timeout $ANSWER vzlist -a -o ctid,status,numproc
	is "$1: status answers" "$(timeout $ANSWER vzctl status 101)" \
		"CTID 101 exist mounted running"
	ok "$1: another one starts" timeout $STOP vzctl start 102
	ok "$1: and stops" timeout $STOP vzctl stop 102 --fast
	ok "$1: stop --fast ends it" timeout $STOP vzctl stop 101 --fast
	is "$1: nothing is left but its files" \
		"$(leftovers 101 | grep -vE '^/(vz/(private|root)/101|etc/vz/conf/101.conf)$')" ""
}

# blocked COMMAND NUMBER: so many processes of the container have that name
blocked() {
	[ "$(vzctl exec 101 "pidof $1" | wc -w)" -ge "$2" ]
}

# shell_is TEXT...: what the container has for a bash, which scripts are run by
shell_is() {
	printf '%s\n' '#!/bin/sh' "$@" >/vz/private/101/bin/bash
	chmod 755 /vz/private/101/bin/bash
}

busybox_ct 101
busybox_ct 102

echo true >/etc/vz/conf/101.start
# shellcheck disable=SC2016 # for the shell of the container
shell_is 'e=/sys/fs/cgroup/e' 'mkdir $e && echo 1 >$e/cgroup.procs && echo 1 >$e/cgroup.freeze'
says "PID 1 frozen by a script: start fails" 7 \
	"^Container did not run its init within 60 seconds$" timeout 120 vzctl start 101
is "it is as before" "$(timeout $ANSWER vzctl status 101)" "CTID 101 exist unmounted down"
rm /etc/vz/conf/101.start

# A minute is what scripts have at the first start.  A vzctl that is slow finds
# something to read whenever it looks.
shell_is 'yes & yes & yes & yes'
touch /vz/private/101/etc/machine-id
start_in_flood() {
	{ timeout 120 strace -D -o /dev/null -e trace=poll \
		-e inject=poll:delay_enter=20ms vzctl start 101 >/dev/null; } 2>&1
}
says "a script that never stops to print is given up" 0 \
	"^Warning: Timeout on a command in the container$" start_in_flood
rm /vz/private/101/bin/bash /vz/private/101/etc/machine-id

# take_back: exec of a command that reads its own output again, while vzctl has
# seen it and not read it yet; somebody goes on to hold the pipe
mkfifo /tmp/silence
exec 8<>/tmp/silence
take_back() {
	timeout 60 strace -D -o /dev/null -e trace=poll -e inject=poll:delay_exit=8s \
		vzctl exec 101 "echo x; sleep 1; read -r x </proc/self/fd/1; sleep 1000 &" <&8
}
prints "exec does not wait for what was taken back" "" take_back
exec 8>&-
vzctl --quiet stop 101 --fast

start
# shellcheck disable=SC2016 # for the shell of the container
inside 'mkfifo /fifo; for i in 1 2 3 4 5 6 7 8; do cat /fifo & done; wait'
within 20 "eight wait for a writer" blocked cat 8
hangs "FIFO"

start
inside 'yes | sleep 1000'
within 20 "one waits for a reader" blocked yes 1
hangs "full pipe"

start
inside "trap '' HUP INT TERM PWR; while :; do sleep 1000; done"
kill -STOP "$init"
within 20 "init is stopped" grep -q 'State:.T' "/proc/$init/status"
hangs "stopped init"

start
echo 1 >$cgroup/cgroup.freeze
within 20 "all is frozen" grep -q 'frozen 1' $cgroup/cgroup.events
hangs "frozen"

# Whoever makes cgroups all the time holds up the cgroup's kill.
start
timeout 60 strace -D -o /tmp/trace -P $cgroup/cgroup.kill -e trace=write \
	-e inject=write:delay_enter=20s:when=1 vzctl --quiet stop 101 --fast &
within 10 "init is killed before the cgroup" not test -e "/proc/$init"
ok "which is still to come" kill -0 $!
status=0
wait $! || status=$?
is "and comes" $status 0

# What is in the container decides for how long an orderly stop waits, and the
# admin that he does not want to.
start
kill -STOP "$init"
vzctl exec 101 'sleep 1000' &
within 20 "an exec hangs" blocked sleep 1
timeout 5 vzctl stop 101 >/dev/null 2>&1
ok "after a stop that was broken off status answers" timeout $ANSWER vzctl status 101
hangs "exec"
wait

mv /vz/private/101/sbin/init /vz/private/101/sbin/init.busybox
install "$(command -v headless)" /vz/private/101/sbin/init
start
within 20 "the main thread of init has ended" grep -q 'State:.Z' "/proc/$init/status"
says "exec does not say that it is not running" 3 "^Unable to enter the namespaces: " \
	vzctl exec 101 true
hangs "init without its main thread"

ok "the kernel has logged no warning" no_splat
done_testing
