# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of the module's life share.
# shellcheck shell=bash disable=SC2034 # some use this, some that

# shellcheck source=../../lib/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib/lib.sh"

MODULE=/root/vzmod.ko
NEIGHBOUR=/root/selftests/hook/modules/neighbour.ko
NEIGHBOUR_KNOBS=/sys/module/neighbour/parameters
TRACING=/sys/kernel/tracing

# How long anything may take, on a machine that is busy with other things.
PATIENCE=120

# Containers cannot look into /root.
install -m 755 -t /run "$(command -v storm)"

loaded() {
	[ -d /sys/module/vzmod ]
}

load() {
	insmod "$MODULE"
}

# The last container may need a moment to be gone.
unload() {
	wait_for $PATIENCE rmmod vzmod
}

# The functions that are hooked; needs the module.
hooked() {
	awk '$2 == "on" { print $1 }' /proc/vz/hooks
}

# How many are to be hooked: all but those that nobody needs now, or that wait
# for their modules.
hooks_needed() {
	awk '$2 != "idle" && $2 != "waiting"' /proc/vz/hooks | wc -l
}

detached() {
	! grep hook_stub "$TRACING/enabled_functions"
}

# Whatever the module registers and attaches to, as far as it is there.
what_is_left() {
	grep hook_stub "$TRACING/enabled_functions"
	ls -d /sys/module/vzmod /proc/vz /proc/bc /proc/user_beancounters /dev/vzctl \
		/sys/class/vzctl 2>/dev/null
	grep vzctl /proc/devices
}

nothing_left() {
	local left

	left=$(what_is_left)
	[ -z "$left" ] || { echo "$left"; return 1; }
	! grep . "$TRACING/enabled_functions"
}

# Kernel messages since the last call.
new_messages() {
	local all

	all=$(dmesg)
	tail -n +"$((${seen_messages:-0} + 1))" <<<"$all"
}

mark_messages() {
	seen_messages=$(dmesg | wc -l)
}

# start_held NAME COMMAND...: a program that says a word when it has come to
# where it stays until it gets a line.  NAME_pid is its number.
start_held() {
	local name=$1

	shift
	rm -f "/run/$name".{go,says}
	mkfifo "/run/$name.go"
	"$@" <>"/run/$name.go" >"/run/$name.says" 2>"/run/$name.errors" &
	declare -g "${name}_pid=$!"
	wait_for $PATIENCE grep -q . "/run/$name.says" || diag "$name: $(cat "/run/$name.errors")"
}

# does NAME COMMAND...: as ok, but in this shell, so that it may wait for jobs
does() {
	local name=$1

	shift
	if "$@" >/run/does 2>&1; then
		pass "$name"
	else
		fail "$name" "$* -> exit status $?"$'\n'"$(cat /run/does)"
	fi
}

# release NAME: let it go on; the exit status is its own
release() {
	local pid=${1}_pid status=0

	echo >"/run/$1.go"
	end_of "${!pid}" || status=$?
	cat "/run/$1.errors"
	return $status
}

# end_of PID: wait for a job; the exit status is its own
end_of() {
	wait_for $PATIENCE not_running "$1" && wait "$1"
}

not_running() {
	[ ! -d "/proc/$1" ] || grep -q '^State:[[:space:]]*Z' "/proc/$1/status"
}

running() {
	! not_running "$1"
}
