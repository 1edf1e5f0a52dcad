#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Ctrl-C or a SIGTERM in the middle of a long command: it says that it gives
# up, why, and ends with the exit code of the failure.  Nothing is left
# half-done, neither on the host nor in the container.
# vm: --mem 1536 --time 900

# The shell of the container is to expand, not ours.
# shellcheck disable=SC2016
# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"

# signal_to SIGNAL PID: a terminal tells all of its foreground, kill(1) one
signal_to() {
	case $1 in
	INT)	kill -INT -- "-$2" ;;
	*)	kill "-$1" "$2" ;;
	esac
}

# interrupt SIGNAL READY COMMAND...: sends it as soon as READY succeeds.  Leaves
# $status, and what the command said in the file said.
interrupt() {
	local signal=$1 ready=$2 pid

	shift 2
	status=0
	rm -f /tmp/ready
	# bash makes its background deaf to INT
	setsid env --default-signal=INT "$@" >/tmp/said 2>&1 </dev/null &
	pid=$!
	wait_for 90 "$ready" || diag "$* is not ready, but says:"$'\n'"$(cat /tmp/said)"
	signal_to "$signal" $pid || diag "$* has ended already"
	wait_for 30 not kill -0 $pid || { diag "$* goes on"; kill -9 $pid; }
	wait $pid || status=$?
}

# cancelled NAME SIGNAL READY STATUS LINE COMMAND...: from the signal on it says
# that and no more
cancelled() {
	local name=$1 signal=$2 ready=$3 wanted=$4 line=$5

	shift 5
	interrupt "$signal" "$ready" "$@"
	is "$signal in $name" \
		"$(sed -n '/^Cancelling/,$p' /tmp/said | without_progress), status $status" \
		"Cancelling..."$'\n'"$line, status $wanted"
}

nobody_runs() {
	! pgrep -x "$1" >/dev/null
}

# in_101 COMMAND...: how many there are inside
in_101() {
	vzctl exec 101 "ps -o args" | grep -cxF -- "$*"
}

says_so() {
	grep -q "$1" /tmp/said
}

# --- create ------------------------------------------------------------------

unpacking() {
	[ -d /vz/private/102.tmp/usr/share ]
}

for signal in INT TERM; do
	cancelled create $signal unpacking 48 "Unpacking was interrupted" \
		vzctl create 102 --ostemplate "$REAL_TEMPLATE"
	ok "it leaves nothing" nothing_left 102
	within 10 "nor anybody at work" nobody_runs tar
done

# --- start, mount ------------------------------------------------------------

busybox_ct 101
echo STOP_TIMEOUT=300 >>/etc/vz/conf/101.conf

script_runs() {
	[ -e /tmp/ready ] && pgrep -x sleep
}

# action NAME: as a script that does not end
action() {
	printf '%s\n' '#!/bin/sh' '>/tmp/ready' 'exec sleep 1000' >"/etc/vz/conf/101.$1"
	chmod 755 "/etc/vz/conf/101.$1"
}

action_runs_inside() {
	[ -e /vz/root/101/tmp/ready ]
}

waits() {
	is_running 101 && says_so waiting
}

for signal in INT TERM; do
	action mount
	cancelled "start with a mount script" $signal script_runs 79 \
		"Error executing mount script /etc/vz/conf/101.mount" vzctl start 101
	is "it is as before" "$(state 101)" "exist unmounted down"
	ok "the script is gone" nobody_runs sleep
	cancelled "mount" $signal script_runs 79 \
		"Error executing mount script /etc/vz/conf/101.mount" vzctl mount 101
	is "it is as before" "$(state 101)" "exist unmounted down"
	rm /etc/vz/conf/101.mount

	action start
	cancelled "start with a start script" $signal action_runs_inside 3 \
		"A command in the container was interrupted" vzctl start 101
	is "it is as before" "$(state 101)" "exist unmounted down"
	ok "and gone from the kernel" not grep -qw 101 /proc/vz/veinfo
	ok "the script is gone" nobody_runs sleep
	rm /etc/vz/conf/101.start /vz/private/101/tmp/ready

	printf '%s\n' '#!/bin/sh' 'echo unknown' >/vz/private/101/sbin/runlevel
	chmod 755 /vz/private/101/sbin/runlevel
	cancelled "start --wait" $signal waits 133 "Container wait failed" \
		vzctl start 101 --wait
	is "what was started runs" "$(state 101)" "exist mounted running"
	vzctl --quiet stop 101 --fast
done

# --- stop --------------------------------------------------------------------

cat >/vz/private/101/sbin/init <<-END
	#!/bin/sh
	trap '' INT TERM USR1 USR2 PWR HUP
	while :; do sleep 1; done
END
vzctl --quiet start 101

stopping() {
	says_so "Stopping container"
}

for signal in INT TERM; do
	for verb in stop restart; do
		cancelled $verb $signal stopping 33 "Unable to stop container: interrupted" \
			vzctl $verb 101
		is "it runs on" "$(state 101)" "exist mounted running"
	done
	action stop
	cancelled "stop with a stop script" $signal action_runs_inside 3 \
		"A command in the container was interrupted" vzctl stop 101
	is "it runs on" "$(state 101)" "exist mounted running"
	rm /etc/vz/conf/101.stop /vz/private/101/tmp/ready
done
action umount
cancelled "stop with an umount script" TERM script_runs 79 \
	"Error executing umount script /etc/vz/conf/101.umount" vzctl stop 101 --fast
is "it has been stopped" "$(state 101)" "exist mounted down"
rm /etc/vz/conf/101.umount

# --- exec, enter -------------------------------------------------------------

sleeps() {
	[ "$(in_101 sleep 777)" = 1 ]
}

vzctl --quiet start 101
for signal in INT TERM; do
	for command in "sleep 777" "sleep 777; true" "sh -c 'sleep 777; true'"; do
		cancelled "exec $command" $signal sleeps 3 \
			"A command in the container was interrupted" vzctl exec 101 "$command"
		within 10 "it is gone" not sleeps
	done
done
# Who waits for the command in the container comes out of clone3() long after it.
cancelled "exec whose command is faster than its keeper" TERM sleeps 3 \
	"A command in the container was interrupted" \
	strace -D -f -o /dev/null -e trace=clone3 -e inject=clone3:delay_exit=5s \
	vzctl exec 101 "sleep 777; true"
within 10 "it is gone" not sleeps
vzctl exec 101 "sleep 777 >/dev/null 2>&1 </dev/null & true"
ok "what a command leaves in the background stays" sleeps
vzctl exec 101 'kill $(pidof sleep)'
vzctl exec 101 "sleep 777" &
wait_for 20 sleeps
kill -KILL $!
wait $! 2>/dev/null
within 10 "after a SIGKILL the command is gone as well" not sleeps

vzctl exec2 101 "sleep 777; exit 7" >/dev/null 2>&1 &
wait_for 20 sleeps
kill -INT $!
vzctl exec 101 'kill $(pidof sleep)'
status=0
wait $! || status=$?
is "a command in the background of a shell is deaf to Ctrl-C" $status 7

mkfifo /tmp/keys
exec 8<>/tmp/keys
entered() {
	says_so "entered into CT 101"
}
vzctl enter 101 </tmp/keys >/tmp/said 2>&1 &
wait_for 20 entered
echo 'exec sleep 777' >&8
wait_for 20 sleeps
kill -TERM $!
status=0
wait $! || status=$?
is "SIGTERM ends enter" $status 0
ok "which says so" says_so "exited from CT 101"
within 10 "and leaves nobody inside" not sleeps

# --- destroy -----------------------------------------------------------------

# Without its trash it has to delete in the foreground.
destroying() {
	says_so "Destroying" && [ -e /vz/private/101/many ]
}

vzctl --quiet stop 101 --fast
rm -rf /vz/vztmp
touch /vz/vztmp
mkdir /vz/private/101/many
(cd /vz/private/101/many && seq 20000 | xargs touch)
interrupt TERM destroying vzctl destroy 101
is "TERM in destroy: too late, it goes on to the end" "$(cat /tmp/said), status $status" \
	"Destroying container private area: /vz/private/101
Container private area was destroyed, status 0"
ok "and leaves nothing" nothing_left 101
ok "the kernel has logged no warning" no_splat
done_testing
