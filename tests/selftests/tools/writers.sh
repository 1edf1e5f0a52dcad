#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Thirty-two processes use vzctl on one container at the same time: no change
# of its configuration is lost, each command is done or refused, nobody waits
# for ever, and there is never more than one container (T129).
# vm: --time 900

# shellcheck source=crash.bash
. "$(dirname "$0")/crash.bash"

# How many commands they give in all, those that are refused and given again not
# counted, before each sets its key for good.
COMMANDS=${WRITERS_COMMANDS:-256}
WRITERS=32

# An option for each of them; what it takes; statuses that are right for a verb.
OPTIONS=(
	kmemsize lockedpages privvmpages shmpages numproc physpages vmguarpages oomguarpages
	numtcpsock numflock numpty numsiginfo tcpsndbuf tcprcvbuf othersockbuf dgramrcvbuf
	numothersock dcachesize numfile numiptent swappages avnumproc
	name description hostname ostemplate mount_opts
	bootorder stop-timeout vm_overcommit onboot disabled
)
declare -A RIGHT=(
	[set]='0|9' [start]='0|9|32' [stop]='0|9' [status]=0
	[exec]='0|31|3 Got signal 9'
)

# value OPTION NUMBER: one that is its own, as vzctl writes it
value() {
	case $1 in
	name|description|hostname|ostemplate|mount_opts)	echo "w$2" ;;
	bootorder|stop-timeout|vm_overcommit)			echo "$2" ;;
	onboot)		if [ $(($2 % 2)) -eq 0 ]; then echo yes; else echo no; fi ;;
	disabled)	echo no ;;
	physpages)	echo "$2:unlimited" ;;
	*)		echo "$((1000000000 + $2)):$((1000000000 + $2))" ;;
	esac
}

# What is stored under the key of an option.
stored() {
	local key=${1^^}

	sed -n "s/^${key//-/_}=\"\(.*\)\"$/\1/p" "$CONF"
}

# give VERB ARGUMENTS...: one command; what became of it is a line of "ends"
give() {
	local output status=0

	output=$(timeout 100 vzctl "$1" 101 "${@:2}" 2>&1) || status=$?
	echo "$1 $status ${output//$'\n'/; }" >>"$WORK/ends.$me"
	return $status
}

# set_own NUMBER: its key, which nobody else may have changed since
set_own() {
	local new

	new=$(value "$option" "$1")
	[ -z "$last" ] || [ "$(stored "$option")" = "$last" ] || echo "$option" >>"$WORK/lost"
	give set --save --"$option" "$new" && last=$new
}

# insist COMMAND...: until it is not refused for the lock
insist() {
	local tries status

	for ((tries = 0; tries < 500; tries++)); do
		status=0
		"$@" || status=$?
		[ $status -eq 9 ] || return $status
		sleep "$((RANDOM % 5)).$((RANDOM % 10))"
	done
}

# writer NUMBER: the verbs in an order of its own
writer() {
	local me=$1 option=${OPTIONS[$1]} last='' i

	RANDOM=$me
	for ((i = 1; i <= COMMANDS / WRITERS; i++)); do
		case $((RANDOM % 16)) in
		0)	insist give start ;;
		1)	insist give stop --fast ;;
		2|3)	give exec true ;;
		4|5)	give status ;;
		*)	set_own $i ;;
		esac
	done
	insist set_own "$me"
}

prepare_work
cp -a "$AREA" /vz/private/101
cp "$(type -p lonely)" /vz/private/101/sbin/init
{ cat "$WORK/conf"; printf '%s\n' '# mine' 'MINE="kept"'; } >"$CONF"
ok "it runs" vzctl start 101
for ((i = 0; i < WRITERS; i++)); do
	writer $i &
done
wait

for ((i = 0; i < WRITERS; i++)); do
	is "the last ${OPTIONS[$i]} is in the configuration" "$(stored "${OPTIONS[$i]}")" \
		"$(value "${OPTIONS[$i]}" $i)"
done
ok "no value before it was lost" test ! -e "$WORK/lost"
is "so is what others wrote" "$(grep -c -x -e '# mine' -e 'MINE="kept"' "$CONF")" 2
is "no key is there twice" "$(grep -o '^[A-Z_]*=' "$CONF" | sort | uniq -d)" ""
for verb in "${!RIGHT[@]}"; do
	ok "vzctl $verb came to its turn" grep -q "^$verb 0" "$WORK"/ends.*
	is "vzctl $verb ended as it may" \
		"$(grep -h "^$verb " "$WORK"/ends.* | grep -vE "^$verb (${RIGHT[$verb]})( |$)")" ""
done
ok "they were in each other's way" grep -q "^set 9 " "$WORK"/ends.*
diag "$(cut -d ' ' -f 1-2 "$WORK"/ends.* | sort | uniq -c)"
ok "no two containers ran at once" test ! -e /vz/private/101/broken
ok "an instance did run" test -e /vz/private/101/instance
is "it can be removed without a trace" "$(clear_away)" ""
ok "the kernel has logged no warning" no_splat
done_testing
