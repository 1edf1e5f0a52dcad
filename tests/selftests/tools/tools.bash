# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of the tools share.
# shellcheck shell=bash disable=SC2034 # some use this, some that

# shellcheck source=../../lib/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib/lib.sh"

REAL_TEMPLATE=debian-12-x86_64-minimal
CACHE=/vz/template/cache

# says NAME STATUS REGEX COMMAND...: it ends with this exit status and a line
# of what it prints, to either output, matches
says() {
	local name=$1 wanted=$2 regex=$3 output status=0

	shift 3
	output=$("$@" 2>&1) || status=$?
	if [ "$status" -eq "$wanted" ] && grep -qE -- "$regex" <<<"$output"; then
		pass "$name"
	else
		fail "$name" "$* -> exit status $status (wanted $wanted), no match for" \
			"'$regex' in:"$'\n'"$output"
	fi
}

# prints NAME WANTED COMMAND...: it succeeds and prints this and no more
prints() {
	local name=$1 wanted=$2 output status=0

	shift 2
	output=$("$@" 2>&1) || status=$?
	is "$name" "$output, status $status" "$wanted, status 0"
}

# refused NAME STATUS REGEX COMMAND...: it says so in one line, which matches
# the expression
refused() {
	local name=$1 wanted=$2 regex=$3 output status=0 lines

	shift 3
	output=$("$@" 2>&1 </dev/null) || status=$?
	lines=$(without_progress <<<"$output")
	if [ $status -eq "$wanted" ] && [[ $lines != *$'\n'* ]] && [[ $lines =~ $regex ]]; then
		pass "$name"
	else
		fail "$name" "$* -> exit status $status (wanted $wanted), wanted one line like" \
			"'$regex', got:"$'\n'"$output"
	fi
}

# What is said beside the one line, because programs know it.
without_progress() {
	grep -vE -e '^(Creating container private area \(|Starting container...$)' \
		-e '^Destroying container private area: ' \
		-e '^(Container start failed \(|Creation of container private area failed$)' \
		-e '^(Performing postcreate actions|Container is (un)?mounted)$'
}

# not COMMAND...: for ok and wait_for
not() {
	! "$@"
}

# state CTID: what vzctl status says of it, without "CTID" and the number
state() {
	vzctl status "$1" | cut -d ' ' -f 3-
}

is_running() {
	[ "$(state "$1")" = "exist mounted running" ]
}

# within SECONDS NAME COMMAND...: a test that this becomes so
within() {
	local seconds=$1 name=$2

	shift 2
	if wait_for "$seconds" "$@"; then
		pass "$name"
	else
		fail "$name" "not so within $seconds seconds: $*"
	fi
}

# tiny_template NAME [COMMAND...]: a template of nothing but busybox; the
# command is run in its tree before it is packed
tiny_template() {
	local name=$1

	shift
	busybox_ct 99
	(cd /vz/private/99 && "${@:-true}")
	tar -C /vz/private/99 -czf "$CACHE/$name.tar.gz" .
	rm -r /vz/private/99 /etc/vz/conf/99.conf
}

# What the tools may have left behind, anywhere.  Files of containers count
# with their contents, the log and the trash do not count.
footprint() {
	find /etc/vz /vz -xdev -path /vz/vztmp -prune -o \
		-path /vz/private/\* -path '*/*/*/*/*' -prune -o \
		-printf '%M %u %g %p -> %l\n' | sort
	find /etc/vz -type f -exec sha256sum {} + | sort -k 2
	find /sys/fs/cgroup -mindepth 2 -type d ! -path '*/helpers*' ! -path '*/vzctl' | sort
	awk '{ print $5, $9 }' /proc/self/mountinfo
	awk 'NR > 2 { print $1, $2 }' /proc/vz/veinfo
}

# remember, unchanged: what footprint shows, since then or since the last time
remember() {
	footprint >/tmp/footprint
}

unchanged() {
	mv /tmp/footprint /tmp/footprint.old
	remember
	ok "all of that has changed nothing" diff /tmp/footprint.old /tmp/footprint
}

# leftovers CTID: whatever there is of a container that is not to be there
leftovers() {
	ls -d /vz/{private,root}/"$1"* /vz/lock/"$1".lck* "/sys/fs/cgroup/vz/$1" 2>/dev/null
	find /etc/vz/conf -name "$1.*" ! -name '*.destroyed'
	find /etc/vz/names -lname "*/$1.conf"
	grep -E "/vz/(root|private)/$1[ /]" /proc/self/mounts
	awk -v id="$1" 'NR > 1 && $1 == id' /proc/vz/veinfo
}

nothing_left() {
	local left

	left=$(leftovers "$1")
	[ -z "$left" ] || { echo "$left"; return 1; }
}
