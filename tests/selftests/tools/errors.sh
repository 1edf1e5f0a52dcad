#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A call of vzctl may fail with any error of a disk: the command says so and
# fails, or has done all that it is to do; the configuration is old or new, the
# next commands work, and the lock remains a lock (T128).
# vm: --time 1200

# shellcheck source=crash.bash
. "$(dirname "$0")/crash.bash"

# Every how many-th point is tried.  The errors take turns; with 1 each point
# gets them all.
STEP=${CRASH_STEP:-7}
ERRORS=(ENOSPC EDQUOT EIO EROFS EINTR)

# Those that a file system answers.
CALLS=open,openat,openat2,write,pwrite64,ftruncate,fsync,syncfs,rename,renameat2
CALLS+=,symlink,unlink,unlinkat,mkdir,mkdirat,rmdir,chmod,fchmod,fchown,fchownat
CALLS+=,flock,mount,umount2,open_tree,move_mount,mount_setattr,pivot_root

# check_outcome VERB STATUS: it is either done or said to be not
check_outcome() {
	local said

	said=$(cat "$WORK/errors")
	# SIGKILL and SIGTERM are what it ends its own helpers with.
	grep '+++ killed by' "$FAULT_LOG" | grep -vE 'SIG(KILL|TERM)' && complain "vzctl has crashed"
	if [ "$2" -eq 0 ]; then
		check_done "$1"
	elif [ -z "$said" ] || [ "$(wc -l <<<"$said")" -gt 3 ]; then
		complain "no clear message, exit status $2: $said"
	fi
}

# fail_at VERB CALL NUMBER ERROR
fail_at() {
	local status=0

	point="$2 $3, $4"
	prepare "$1"
	# shellcheck disable=SC2086 # a list of words
	strike "$2" "$3" "error=$4" vzctl ${WORDS[$1]} >/dev/null 2>"$WORK/errors" || status=$?
	wait_for 20 settled || complain "processes are left: $(cat "$FAULT_LOG")"
	struck "$2" "$3" && met=$((met + 1))
	check_outcome "$1" $status
	check_recovery "$1"
}

# errors_of N: those that the n-th point is tried with
errors_of() {
	if [ "$STEP" -eq 1 ]; then
		echo "${ERRORS[@]}"
	else
		echo "${ERRORS[$1 % ${#ERRORS[@]}]}"
	fi
}

observe $CALLS
before=$(footprint)
for verb in create set mount start stop umount destroy; do
	problems='' met=0 count=0
	while read -r call number; do
		for error in $(errors_of $count); do
			fail_at "$verb" "$call" "$number" "$error"
			count=$((count + 1))
		done
	done <<<"$(sed -n "1~${STEP}p" "$WORK/$verb.points")"
	is "vzctl $verb, an error at any call" "$problems" ""
	ok "it met $met errors of $count" test $((met * 10)) -ge $((count * 8))
done
is "nothing is left of all that" "$(footprint)" "$before"

# --- the lock ----------------------------------------------------------------

busybox_ct 101
premount
for error in "${ERRORS[@]}"; do
	hold strike ftruncate,pwrite64 1 "error=$error"
	is_held "the owner could not write its name, $error"
	status_is "the lock cannot be asked for, $error" 3 \
		strike flock 1 "error=$error" vzctl mount 101
	let_go
done
ok "no two ever had the lock at once" test ! -e /run/broken
ok "the kernel has logged no warning" no_splat
done_testing
