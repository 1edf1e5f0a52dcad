#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Thirty-two processes use vzctl on one container at the same time: no change
# of its configuration is lost, each command is done or refused, nobody waits
# for ever, and there is never more than one container (T129).
# vm: --time 600

# shellcheck source=crash.bash
. "$(dirname "$0")/crash.bash"

# How many commands they give in all, before each sets its key for good.
COMMANDS=${WRITERS_COMMANDS:-384}
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
	[exec]='0|31|3 (Got signal 9|The command was lost with its container|Unable to .*)'
)

# value OPTION NUMBER: one that is its own, as vzctl writes it
value() {
	case $1 in
	name|description|hostname|ostemplate|mount_opts)	echo "w$2" ;;
	bootorder|stop-timeout|vm_overcommit)			echo "$2" ;;
	onboot)		if [ $(($2 % 2)) -eq 0 ]; then echo yes; else echo no; fi ;;
	disabled)	echo no ;;
	*)		echo "$((1000000000 + $2)):$((1000000000 + $2))" ;;
	esac
}

# give VERB ARGUMENTS...: one command; what became of it is a line of "ends"
give() {
	local output status=0

	output=$(timeout 100 vzctl "$1" 101 "${@:2}" 2>&1) || status=$?
	echo "$1 $status ${output//$'\n'/; }" >>"$WORK/ends.$me"
	return $status
}

set_own() {
	give set --save --"$option" "$(value "$option" "$1")"
}

# writer NUMBER: the verbs in an order of its own
writer() {
	local me=$1 option=${OPTIONS[$1]} i

	RANDOM=$me
	for ((i = 1; i <= COMMANDS / WRITERS; i++)); do
		case $((RANDOM % 8)) in
		0|1)	give start ;;
		2)	give stop --fast ;;
		3)	give exec true ;;
		4)	give status ;;
		*)	set_own $i ;;
		esac
	done
	for ((i = 0; i < 500; i++)); do
		set_own "$me" && return
		sleep "0.$((RANDOM % 10))"
	done
}

# What is stored under the key of an option.
stored() {
	local key=${1^^}

	sed -n "s/^${key//-/_}=\"\(.*\)\"$/\1/p" "$CONF"
}

prepare_work
cp -a "$AREA" /vz/private/101
cp "$(type -p lonely)" /vz/private/101/sbin/init
{ cat "$WORK/conf"; printf '%s\n' '# mine' 'MINE="kept"'; } >"$CONF"
for ((i = 0; i < WRITERS; i++)); do
	writer $i &
done
wait

for ((i = 0; i < WRITERS; i++)); do
	is "the last ${OPTIONS[$i]} is in the configuration" "$(stored "${OPTIONS[$i]}")" \
		"$(value "${OPTIONS[$i]}" $i)"
done
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
