#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian comes up in a container, with sysvinit and with systemd, gets its own
# identity, and goes down by its own init in time, or else by force.  A shell
# inside has a terminal of its own.
# vm: --mem 1536 --time 900

# The shell of the container is to expand, not ours.
# shellcheck disable=SC2016
# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"

# stops_by_itself CTID: by force would be after its STOP_TIMEOUT, and said
stops_by_itself() {
	prints "init stops it by itself" "Stopping container ...
Container was stopped
Container is unmounted" vzctl stop "$1"
	ok "it has done what it does at its end" test -e "/vz/private/$1/end"
	is "it is down" "$(state "$1")" "exist unmounted down"
}

in_runlevel_2() {
	vzctl exec2 101 'runlevel | grep -qx "N 2" && pgrep -x getty'
}

# Degraded is one unit that failed: an answer, not something to wait out.
system_answers() {
	local answer

	answer=$(vzctl exec 102 systemctl is-system-running)
	[ "$answer" = running ] || [ "$answer" = degraded ]
}

identity() {
	sha256sum "/vz/private/$1"/etc/{machine-id,ssh/ssh_host_*_key} 2>/dev/null | cut -c 1-64
}

# --- sysvinit ----------------------------------------------------------------

vzctl --quiet create 101 --ostemplate debian-12-x86_64-minimal || skip_all "no template"
vzctl --quiet set 101 --hostname sysv --save
# before the scripts of runlevel 0, which do not come back
sed -i '/^l0:/i e0:0:wait:/bin/touch /end' /vz/private/101/etc/inittab
ok "sysvinit: start" vzctl start 101
within 180 "it reaches runlevel 2 and offers a login" in_runlevel_2
like "its machine-id is a new one" "$(vzctl exec 101 cat /etc/machine-id)" '^[0-9a-f]{32}$'
is "the host name is its own" "$(vzctl exec 101 hostname)" sysv
is "nothing of the host is mounted" "$(vzctl exec 101 cat /proc/mounts |
	awk '$2 !~ "^/(proc|sys|dev|run)(/|$)" { print $2 }')" /
ok "what init says is kept for the administrator" \
	grep -qi runlevel /var/log/vz/console/101.log
stops_by_itself 101

# --- terminals ---------------------------------------------------------------

vzctl --quiet start 101
export TERM=dumb	# no escape sequences around what is printed
# What the user types comes from a pipe; script(1) makes the outer terminal
enter() {
	printf '%s\n' "$@" exit | script -qec "vzctl enter 101" /dev/null | tr -d '\r'
}
output=$(enter tty 'echo home is $HOME, histfile is $HISTFILE, term is $TERM' 'ps -o args= $$')
like "enter says where it went" "$output" '^entered into CT 101$'
like "the shell has a terminal of the container" "$output" '^/dev/pts/[0-9]+$'
like "its environment is root's" "$output" \
	'^home is /root, histfile is /dev/null, term is dumb$'
like "it is a login shell" "$output" '^-bash$'
like "and enter says when it is over" "$output" '^exited from CT 101$'
like "enter --exec types a command" \
	"$(echo exit | script -qec 'vzctl enter 101 --exec "echo \$((40 + 2))"' /dev/null |
		tr -d '\r')" '^42$'
like "the size of the window is that of the caller's" \
	"$(printf '%s\n' 'stty size' exit |
		script -qec 'stty rows 33 cols 101; vzctl enter 101' /dev/null | tr -d '\r')" \
	'^33 101$'
is "enter of a pipe works as well, without a terminal outside" \
	"$(printf '%s\n' 'echo $((40 + 2))' exit | vzctl enter 101 | tr -d '\r' | grep -cx 42)" 1

# The change of size comes while the shell runs: from another process.
mkfifo /tmp/keys
script -qec 'tty >/tmp/outer; vzctl enter 101' /dev/null \
	</tmp/keys >/tmp/shown 2>&1 &
exec 8>/tmp/keys
ready() {
	grep -q 'entered into' /tmp/shown
}
wait_for 20 ready
stty -F "$(cat /tmp/outer)" rows 44 cols 122
size_follows() {
	echo 'stty size' >&8
	grep -q '44 122' /tmp/shown
}
within 20 "a change of it is followed" size_follows
echo exit >&8
exec 8>&-
wait $!

ok "stop --fast" vzctl stop 101 --fast
is "is fast" "$(state 101)" "exist unmounted down"

# --- systemd -----------------------------------------------------------------

if [ -s "$CACHE/debian-12-x86_64.tar.gz" ]; then
	vzctl --quiet create 102 --ostemplate debian-12-x86_64
	cat >/vz/private/102/etc/systemd/system/end.service <<-END
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		ExecStart=/bin/true
		ExecStop=/bin/touch /end
	END
	ln -s ../end.service \
		/vz/private/102/etc/systemd/system/multi-user.target.wants/end.service
	ok "systemd: start" vzctl start 102
	within 180 "it comes up" system_answers
	is "and no unit has failed" "$(vzctl exec 102 systemctl is-system-running)" running ||
		diag "$(vzctl exec 102 systemctl --failed --no-pager)"
	like "init is systemd" "$(vzctl exec 102 cat /proc/1/comm)" '^systemd$'
	like "it knows where it is" "$(vzctl exec 102 systemd-detect-virt)" '^openvz$'
	like "its machine-id is a new one" "$(vzctl exec 102 cat /etc/machine-id)" '^[0-9a-f]{32}$'
	ok "which no other one has" test "$(identity 101)" != "$(identity 102)"
	stops_by_itself 102
else
	skip "systemd" "there is no template debian-12-x86_64"
fi

# --- an init that does not care ----------------------------------------------

busybox_ct 103
cat >/vz/private/103/sbin/init <<-END
	#!/bin/sh
	trap '' INT TERM USR1 USR2 PWR HUP
	while :; do sleep 1; done
END
echo STOP_TIMEOUT=3 >>/etc/vz/conf/103.conf
ok "an init that ignores everything" vzctl start 103
says "stop ends it by force when the time is up" 0 "^Killing container ...$" vzctl stop 103
is "it is down" "$(state 103)" "exist unmounted down"

# --- an init that is quick ---------------------------------------------------

busybox_ct 104
rm /vz/private/104/sbin/halt
cat >/vz/private/104/sbin/halt <<-END
	#!/bin/sh
	kill -USR1 1
	while :; do sleep 1; done
END
chmod 755 /vz/private/104/sbin/halt
ok "an init that kills halt, which is still busy" vzctl start 104 --wait
is "is waited for" "$(vzctl stop 104 2>&1)" \
	$'Stopping container ...\nContainer was stopped\nContainer is unmounted'
is "it is down, too" "$(state 104)" "exist unmounted down"

# --- none --------------------------------------------------------------------

rm /vz/private/103/sbin/{halt,init}
says "one without a halt and with no init does not start" 47 \
	"^Unable to start init, probably incorrect template$" vzctl start 103
is "and leaves nothing" "$(state 103)" "exist unmounted down"
ok "the kernel has logged no warning" no_splat
done_testing
