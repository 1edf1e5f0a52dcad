#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The classic session, played inside the VM by scripts/demo.  Each command is
# echoed and run, and what it shows is checked; the first surprise ends it.
#
#   session.sh [--shell]    stop half-way, with 101 running, in a shell

set -euo pipefail

# shellcheck source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

# show COMMAND-LINE: echo it and run it; what it prints stays in $output
show() {
	printf '\n\e[1m# %s\e[0m\n' "$1"
	bash -c "$1" 2>&1 | tee /tmp/output || surprise "exit status $?"
	output=$(</tmp/output)
}

explain() {
	printf '\n\e[36m%s\e[0m\n' "$*"
}

surprise() {
	printf '\n\e[31mdemo failed: %s\e[0m\n' "$*"
	exit 1
}

# must_show REGEX: the last command has
must_show() {
	grep -qE -- "$1" <<<"$output" || surprise "there is no match for '$1' above"
}

# must WHAT COMMAND...: within 30 seconds the command succeeds
must() {
	local what=$1

	shift
	wait_for 30 "$@" || surprise "it is not so that $what"
	echo "($what)"
}

# has RESOURCE FIELD OPERATOR NUMBER, the operator as in test(1)
has() {
	test "$(ub_field 101 "$1" "$2")" "$3" "$4"
}

unused() {
	[ "$(cat /sys/module/vzmod/refcnt)" = 0 ]
}

# The host is not to feel what happens inside.
must_respond() {
	local before=${EPOCHREALTIME/.} i took

	for i in {1..20}; do
		/bin/true "$i"
	done
	took=$(((${EPOCHREALTIME/.} - before) / 1000))
	[ $took -lt 10000 ] || surprise "the host took $took ms to run 20 programs"
	echo "(meanwhile the host ran 20 programs in $took ms)"
}

# Both bombs end when this file does, so that it need not be hunted down.
bomb() {
	show "vzctl exec 101 'touch /bomb; perl -e \"$1\" >/dev/null 2>&1 </dev/null &'"
}

defuse() {
	rm /vz/private/101/bomb
	must "the bomb is gone" has numproc held -lt 15
}

show 'uname -v'
must_show Debian
show 'insmod /root/vzmod.ko'

show 'vzctl create 101 --ostemplate debian-12-x86_64-minimal'
show 'vzctl set 101 --hostname demo --numproc 60:60 --numfile 2000:2000 --save'
show 'vzctl start 101'
must "101 has booted" vzctl exec2 101 'ps ax | grep -q [g]etty'
show 'vzlist -a'
must_show '^ +101 +[0-9]+ running +- +demo$'
show 'vzctl exec 101 ps ax'
must_show '^ +1 .* init'
! grep -q "$(basename "$0")" <<<"$output" || surprise "101 sees processes of the host"

explain "A bomb that opens files until nothing in 101 can open one more:"
# shellcheck disable=SC2016 # perl's variables
bomb 'fork; fork; while (-e q(/bomb)) { open(\$f[@f], q(/dev/null)) or pop @f }'
must "numfile has refused" has numfile failcnt -gt 0
must_respond
defuse

explain "A bomb that forks for as long as it lives:"
bomb 'fork while -e q(/bomb)'
must "numproc has refused" has numproc failcnt -gt 0
must_respond
show 'cat /proc/user_beancounters'
for resource in numproc numfile; do
	has $resource maxheld -le "$(ub_field 101 $resource limit)" ||
		surprise "$resource was above its limit"
done
must "numproc is at its limit of 60" has numproc held -eq 60
show 'vzctl set 101 --numproc 80:80'
must "numproc has followed, to 80" has numproc held -eq 80
must_respond
defuse

show "echo 'tty; hostname; exit' | script -qec 'vzctl enter 101' /dev/null"
must_show '^entered into CT 101'
must_show '/dev/pts/[0-9]'
must_show '^demo'

if [ "${1-}" = --shell ]; then
	explain "101 is running and yours; 'exit' ends the VM."
	exec bash --login
fi

show 'vzctl stop 101'
show 'vzctl status 101'
must_show '^CTID 101 exist unmounted down'
show 'vzctl destroy 101'
show 'vzctl status 101'
must_show '^CTID 101 deleted unmounted down'
must "nothing of 101 is left in the kernel" unused
show 'rmmod vzmod'
must "the module is gone" [ ! -e /proc/vz ]

explain "All of it went as it should, in $SECONDS seconds."
