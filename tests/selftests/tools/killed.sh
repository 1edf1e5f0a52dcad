#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vzctl may be killed at any call: the configuration is old or new, the next
# commands put the rest right, and nothing is left over (T126).
# vm: --time 1200

# shellcheck source=crash.bash
. "$(dirname "$0")/crash.bash"

# Every how many-th point is tried.
STEP=${CRASH_STEP:-7}

# All that change something, and open, which also makes files.
CALLS=open,openat,openat2,write,pwrite64,ftruncate,fsync,syncfs,rename,renameat2
CALLS+=,symlink,unlink,unlinkat,mkdir,mkdirat,rmdir,chmod,fchmod,fchown,fchownat
CALLS+=,flock,mount,umount2,open_tree,move_mount,mount_setattr,pivot_root,unshare
CALLS+=,setns,clone,clone3,kill,pidfd_send_signal,ioctl,sendto,sendmsg,exit_group

# kill_at VERB CALL NUMBER: false if it did not come to that
kill_at() {
	point="$2 $3"
	prepare "$1"
	# The shell's own word about it is not wanted.
	# shellcheck disable=SC2086 # a list of words
	{ strike "$2" "$3" signal=KILL vzctl ${WORDS[$1]} >/dev/null 2>&1; } 2>/dev/null
	wait_for 20 settled || complain "processes are left: $(cat "$FAULT_LOG")"
	struck "$2" "$3" && kills=$((kills + 1))
	check_recovery "$1"
}

# But for the lock of those who delete there.
is_empty() {
	[ "$(ls -A "$1")" = rm.lck ]
}

observe $CALLS
before=$(footprint)
for verb in create set mount start stop umount destroy; do
	problems='' kills=0 count=0
	while read -r call number; do
		kill_at "$verb" "$call" "$number"
		count=$((count + 1))
	done <<<"$(sed -n "1~${STEP}p" "$WORK/$verb.points")"
	is "vzctl $verb, killed at any call" "$problems" ""
	ok "it was killed $kills times of $count" test $((kills * 10)) -ge $((count * 8))
done
is "nothing is left of all that" "$(footprint)" "$before"
prepare destroy
run_verb destroy >/dev/null
within 20 "what was to be deleted the next one deletes" is_empty /vz/vztmp

# --- what it has started -----------------------------------------------------

SIZE=$((64 << 20))
tiny_template large truncate -s $SIZE large
{ strike setns 1 signal=KILL vzctl create 101 --ostemplate large >/dev/null; } 2>/dev/null
ok "it was killed when tar had hardly begun" struck setns 1
wait_for 60 settled
wait_for 60 not pgrep -x tar
ok "tar ends with it" test "$(stat -c %s /vz/private/101.tmp/large 2>/dev/null || echo 0)" -lt $SIZE
ok "the kernel has logged no warning" no_splat
done_testing
