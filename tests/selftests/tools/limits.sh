#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Bombs inside end at the limits, which can be changed meanwhile, and neither
# the host nor the tools feel them.  What the tools do inside is charged and
# given back to the last unit (T014); the module is not lost from under it.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"

held() {
	ub_field "$1" "$2" held
}

has() {
	test "$(ub_field 101 "$1" "$2")" "$3" "$4"
}

# never_above RESOURCE NUMBER: in 100 samples
never_above() {
	local i now

	for i in {1..100}; do
		now=$(held 101 "$1")
		[ "$now" -le "$2" ] || { echo "$now in sample $i"; return 1; }
	done
}

# The host runs programs while all that goes on.
host_responds() {
	local i start=$SECONDS

	for i in {1..20}; do
		/bin/true "$i"
	done
	[ $((SECONDS - start)) -lt 10 ]
}

# start_bomb fork|open: until the file /bomb is gone
start_bomb() {
	vzctl exec 101 "touch /bomb; bomb $1 /bomb >/dev/null 2>&1 </dev/null &"
}

# --- baseline ----------------------------------------------------------------

busybox_ct 101
install -t /vz/private/101/bin "$(command -v bomb)"
ok "it starts with low limits" bash -c "vzctl --quiet set 101 --numproc 60:60 \
	--numfile 2000:2000 --save && vzctl --quiet start 101"
vzctl exec 101 true

proc=$(held 101 numproc) file=$(held 101 numfile)
diag "at rest: $proc processes, $file files"
at_rest() {
	[ "$(held 101 numproc) $(held 101 numfile)" = "$proc $file" ]
}

for i in {1..300}; do
	vzctl exec 101 true || break
done
is "300 times exec" "$i" 300
within 20 "T014: numproc and numfile are what they were" at_rest

# --- processes ---------------------------------------------------------------

start_bomb fork
within 30 "a fork bomb is refused" has numproc failcnt -gt 0
ok "it never has more than 60" never_above numproc 60
ok "the host responds" host_responds
within 60 "held is at the limit" has numproc held -eq 60
prints "exec works at the limit" fine vzctl exec2 101 'echo fine'
like "enter works at the limit" "$(printf '%s\n' 'echo fi""ne' exit |
	script -qec 'vzctl enter 101' /dev/null)" fine
vzctl --quiet set 101 --numproc 80:80 2>/dev/null
within 60 "a higher limit is followed at once" has numproc held -eq 80
ok "and kept" never_above numproc 80
vzctl --quiet set 101 --numproc 60:60 2>/dev/null
is "a lower one does not take away" "$(held 101 numproc)" 80
rm /vz/private/101/bomb
within 60 "after the bomb all is as before" at_rest
is "the roof was the limit" "$(ub_field 101 numproc maxheld)" 80

# --- files -------------------------------------------------------------------

start_bomb open
within 60 "a bomb of open files is refused" has numfile failcnt -gt 0
ok "it never has more than 2000" never_above numfile 2000
ok "the host responds" host_responds
ok "the host can open files" bash -c 'exec 9</dev/null'
ok "status works" vzctl status 101
rm /vz/private/101/bomb
within 60 "after the bomb all is as before" at_rest
is "the roof was the limit" "$(ub_field 101 numfile maxheld)" 2000

# --- rmmod -------------------------------------------------------------------

says "rmmod while it runs is refused" 1 "in use" rmmod vzmod
prints "and breaks nothing" fine vzctl exec 101 echo fine
busybox_ct 102
ok "nor for others" vzctl start 102
vzctl --quiet stop 101 --fast
says "still not, with one left" 1 "in use" rmmod vzmod
vzctl --quiet stop 102 --fast
within 30 "with none left the module can be unloaded" rmmod vzmod
ok "and loaded" insmod /root/vzmod.ko
ok "and 101 can start" vzctl start 101
ok "and stop" vzctl stop 101 --fast
ok "the kernel has logged no warning" no_splat
done_testing
