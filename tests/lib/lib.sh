# SPDX-License-Identifier: GPL-2.0-or-later
# What behaviour tests share: TAP output, bounded waits, small containers.
# A test sources it first:  . "$(dirname "$0")/../../lib/lib.sh"
# shellcheck shell=bash

LIB=$(dirname "${BASH_SOURCE[0]}")
TAP_COUNT=0
TAP_PLANNED=

# Programs compiled from tests/selftests/*/*.c
for dir in /root/selftests/*/; do
	PATH+=:${dir%/}
done

# --- TAP ---------------------------------------------------------------------

plan() {
	TAP_PLANNED=$1
	echo "1..$1"
}

# For tests that cannot know their number beforehand: at the end.
done_testing() {
	[ -n "$TAP_PLANNED" ] || plan "$TAP_COUNT"
}

# Comments go where somebody sees them when the test fails.
diag() {
	local text="$*"

	echo "# ${text//$'\n'/$'\n'# }" >&2
}

pass() {
	TAP_COUNT=$((TAP_COUNT + 1))
	echo "ok $TAP_COUNT - $1"
}

fail() {
	TAP_COUNT=$((TAP_COUNT + 1))
	echo "not ok $TAP_COUNT - $1"
	shift
	[ $# -eq 0 ] || diag "$*"
	return 0
}

# ok NAME COMMAND...: the command succeeds
ok() {
	local name=$1 output status=0

	shift
	output=$("$@" 2>&1) || status=$?
	if [ $status -eq 0 ]; then
		pass "$name"
	else
		fail "$name" "$* -> exit status $status"$'\n'"$output"
	fi
}

# status_is NAME STATUS COMMAND...: the command ends with this exit status
status_is() {
	local name=$1 wanted=$2 output status=0

	shift 2
	output=$("$@" 2>&1) || status=$?
	if [ "$status" -eq "$wanted" ]; then
		pass "$name"
	else
		fail "$name" "$* -> exit status $status, not $wanted"$'\n'"$output"
	fi
}

# is NAME GOT WANTED: two strings are the same
is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "got '$2', wanted '$3'"
	fi
}

# like NAME TEXT REGEX: an extended regular expression is in the text
like() {
	if grep -qE -- "$3" <<<"$2"; then
		pass "$1"
	else
		fail "$1" "no match for '$3' in:"$'\n'"$2"
	fi
}

# skip NAME REASON: one test is not run
skip() {
	TAP_COUNT=$((TAP_COUNT + 1))
	echo "ok $TAP_COUNT - $1 # SKIP $2"
}

# skip_all REASON: the whole file is not run
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

# --- waiting -----------------------------------------------------------------

# wait_for SECONDS COMMAND...: until it succeeds; fails when the time is up
wait_for() {
	local end=$((SECONDS + $1))

	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

# --- containers --------------------------------------------------------------

# busybox_ct ID [SCRIPT]: a private area of nothing but busybox, and a
# configuration with generous limits; "vzctl start ID" takes a moment.  Init
# runs the shell text SCRIPT once at the start, as /etc/rc.
busybox_ct() {
	local private=/vz/private/$1

	mkdir -p "$private"/{bin,sbin,usr/bin,usr/sbin,etc,proc,sys,dev,run,root,var/log}
	mkdir -m 1777 "$private/tmp"
	cp /bin/busybox "$private/bin/"
	chroot "$private" /bin/busybox --install -s
	# vzctl calls init "init -z", as OpenVZ does, by which busybox would not
	# know what to be.
	rm "$private/sbin/init"
	printf '%s\n' '#!/bin/sh' 'exec /bin/busybox init' >"$private/sbin/init"
	echo root:x:0:0:root:/root:/bin/sh >"$private/etc/passwd"
	echo root:x:0: >"$private/etc/group"
	printf '%s\n' '#!/bin/sh' "${2-}" >"$private/etc/rc"
	chmod 755 "$private"/{,etc/rc,sbin/init}
	cat >"$private/etc/inittab" <<-END
		::sysinit:/etc/rc
		::shutdown:/bin/true
		::ctrlaltdel:/sbin/reboot
	END
	busybox_ct_conf >"/etc/vz/conf/$1.conf"
}

busybox_ct_conf() {
	cat <<-END
		ONBOOT="no"
		OSTEMPLATE="busybox"
		KMEMSIZE="unlimited:unlimited"
		LOCKEDPAGES="unlimited:unlimited"
		PRIVVMPAGES="unlimited:unlimited"
		SHMPAGES="unlimited:unlimited"
		NUMPROC="1000:1000"
		PHYSPAGES="0:unlimited"
		VMGUARPAGES="0:unlimited"
		OOMGUARPAGES="0:unlimited"
		NUMTCPSOCK="1000:1000"
		NUMFLOCK="1000:1000"
		NUMPTY="100:100"
		NUMSIGINFO="1000:1000"
		TCPSNDBUF="unlimited:unlimited"
		TCPRCVBUF="unlimited:unlimited"
		OTHERSOCKBUF="unlimited:unlimited"
		DGRAMRCVBUF="unlimited:unlimited"
		NUMOTHERSOCK="1000:1000"
		DCACHESIZE="unlimited:unlimited"
		NUMFILE="20000:20000"
		NUMIPTENT="1000:1000"
	END
}

# as_root_in PID COMMAND...: a program of the host in the net namespace of a
# container, as its root
as_root_in() {
	local pid=$1

	shift
	nsenter --target "$pid" --user --net --setuid 0 --setgid 0 "$@"
}

# init_of CTID: its pid
init_of() {
	cat /sys/fs/cgroup/vz/"$1"/cgroup.procs /sys/fs/cgroup/vz/"$1"/*/cgroup.procs \
		2>/dev/null | sort -n | head -n 1
}

# ub_field CTID RESOURCE held|maxheld|barrier|limit|failcnt [FILE]
ub_field() {
	awk -v id="$1:" -v resource="$2" -v field="$3" '
		$2 == "resource" { for (i = 3; i <= NF; i++) column[$i] = i - 1; next }
		$1 ~ /:$/ { current = $1; $1 = ""; $0 = $0 }
		current == id && $1 == resource { print $column[field] }
	' "${4-/proc/user_beancounters}"
}

# --- the kernel --------------------------------------------------------------

# no_splat: the kernel has logged no warning, see the patterns in "splat"
no_splat() {
	! dmesg | grep -E -f "$LIB/splat"
}
