#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vzcfgvalidate, vzubc, vzcalc, vzmemcheck and vzsplit say what holds of a
# living container; vzubc is led astray by nothing in /tmp (T084).

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"

conf=/etc/vz/conf/101.conf
store=/var/lib/vzctl/vzubc
work=$(mktemp -d)

busybox_ct 101
vzctl --quiet set 101 --name web --applyconfig basic --save
cp $conf "$work/good.conf"

# with_setting LINE...: the good configuration with these instead of its own
with_setting() {
	local line

	cp "$work/good.conf" "$work/101.conf"
	for line; do
		sed -i "/^${line%%=*}=/d" "$work/101.conf"
		echo "$line" >>"$work/101.conf"
	done
	echo "$work/101.conf"
}

is "the samples are there" "$(cd /etc/vz/conf && echo ve-*.conf-sample)" \
	"$(printf 've-%s.conf-sample\n' basic light vswap-{1024m,1g,256m,2g,4g,512m} | xargs)"

# --- vzcfgvalidate -----------------------------------------------------------

prints "a sample is valid" "Validation completed: success" \
	vzcfgvalidate /etc/vz/conf/ve-light.conf-sample
prints "so is a configuration made from one" "Validation completed: success" vzcfgvalidate $conf
says "barrier and limit that do not fit" 2 \
	"^Error: barrier should be equal to limit for numproc \(currently, 240:250\)$" \
	vzcfgvalidate "$(with_setting NUMPROC=240:250)"
grep -v '^NUMTCPSOCK=' "$work/good.conf" >"$work/short.conf"
says "what is missing is named" 2 "^Error: parameter numtcpsock not found$" \
	vzcfgvalidate "$work/short.conf"
says "a line that says nothing makes it invalid" 1 "^Warning at .*NUMSIGINFO" \
	vzcfgvalidate "$(with_setting NUMSIGINFO=many)"
says "no file is a failure of its own" 1 "^Unable to read /nowhere.conf" \
	vzcfgvalidate /nowhere.conf
status_is "so is a wrong option" 1 vzcfgvalidate -r -i $conf
says "a RAM limit makes it VSwap, which asks what the host has" 2 \
	"^Warning: physpages.lim should be <= [0-9]+ \(currently, 999999999\)$" \
	vzcfgvalidate "$(with_setting PHYSPAGES=0:999999999 SWAPPAGES=0:0)"
says "-v no: it is not" 2 \
	"^Error: limit should be = 9223372036854775807 for physpages \(currently, 999999999\)$" \
	vzcfgvalidate -v no "$(with_setting PHYSPAGES=0:999999999)"
says "-v yes: it is, so swap is missing" 2 "^Error: parameter swappages not found$" \
	vzcfgvalidate -v yes "$(with_setting)"
broken=$(with_setting NUMPROC=240:250 DCACHESIZE=1:2)
echo "# mine" >>"$broken"
cp "$broken" "$work/broken.conf"
says "-r repairs" 0 "^Validation completed: success$" vzcfgvalidate -r "$broken"
is "and saves nothing else" "$(diff "$work/broken.conf" "$broken" | grep '^[<>]')" \
	'< NUMPROC=240:250
< DCACHESIZE=1:2
> NUMPROC="250:250"
> DCACHESIZE="1:3575808"'
ok "what it made is valid" vzcfgvalidate "$broken"

answer() {
	local text=$1

	shift
	printf '%b' "$text" | vzcfgvalidate -i "$@"
}

says "-i asks" 2 "^set to 250 \(y/n\) \[y\] |^set to 250$" answer 'n\n' "$work/broken.conf"
is "and does as it is told" "$(grep -c '^NUMPROC=240:250$' "$work/broken.conf")" 1
status_is "nobody to answer means no" 2 answer '' "$work/broken.conf"
status_is "nothing but return means yes" 0 answer '\n\n' "$work/broken.conf"
ok "it is repaired then" grep -qxF 'NUMPROC="250:250"' "$work/broken.conf"

# --- vzctl set ---------------------------------------------------------------

ok "it starts with the limits of the sample" vzctl --quiet start 101

# RESOURCE, a value, what it is in the resource's own unit
bounds='kmemsize 14M:15M 14680064:15728640
lockedpages 8M 2048:2048
privvmpages 65537P:1g 65537:262144
shmpages 1.5M 384:384
numproc 99:100 99:100
physpages 0:unlimited 0:9223372036854775807
vmguarpages 128M:unlimited 32768:9223372036854775807
oomguarpages 26113:unlimited 26113:9223372036854775807
numtcpsock 361 361:361
numflock 189:207 189:207
numpty 17 17:17
numsiginfo 257 257:257
tcpsndbuf 2M:4M 2097152:4194304
tcprcvbuf 1720321:2703361 1720321:2703361
othersockbuf 1024K:2048k 1048576:2097152
dgramrcvbuf 262145B 262145:262145
numothersock 359 359:359
dcachesize 1T:unlimited 1099511627776:9223372036854775807
numfile 9313 9313:9313
numiptent 129 129:129
swappages 0:64M 0:16384'

# in_kernel RESOURCE, saved RESOURCE: barrier:limit as they are there
in_kernel() {
	awk -v resource="$1" '$1 == resource { print $4 ":" $5 }' /proc/bc/101/resources
}

saved() {
	sed -n "s/unlimited/9223372036854775807/g; s/^${1^^}=\"\(.*\)\"$/\1/p" $conf
}

options=()
while read -r resource value _; do
	options+=("--$resource" "$value")
done <<<"$bounds"
says "every beancounter is set at once" 0 "^UB limits were set successfully$" \
	vzctl set 101 "${options[@]}" --numproc 1:1 --save
while read -r resource _ wanted; do
	is "$resource is set and saved" "$(in_kernel "$resource") $(saved "$resource")" \
		"$wanted $wanted"
done <<<"$bounds"
vzctl --quiet restart 101 --fast
is "a restart finds them all" "$(while read -r resource _; do
	echo "$resource $(in_kernel "$resource")"
done <<<"$bounds")" "$(cut -d ' ' -f 1,3 <<<"$bounds")"
status_is "a suffix that the unit does not have changes nothing" 21 \
	vzctl set 101 --numproc 50 --numfile 1K --save
is "not even what came before it" "$(in_kernel numproc) $(saved numproc)" "99:100 99:100"
vzctl --quiet set 101 --numiptent 8 --save
says "a start raises too few rules" 0 "^Warning: NUMIPTENT 8:8 " vzctl restart 101 --fast
is "to sixteen" "$(in_kernel numiptent)" 16:16

# --- vzubc -------------------------------------------------------------------

# cells RESOURCE [OPTION...]: its row as words
cells() {
	local resource=$1

	shift
	vzubc "$@" 101 | tr '|' ' ' | awk -v resource="$resource" '$1 == resource'
}

is "a heading for each container" "$(vzubc web | sed -n 2p)" \
	'CT 101       | HELD  Bar%  Lim%| MAXH  Bar%  Lim%| BAR | LIM |FAIL'
is "the bounds of the kernel" "$(cells numfile | awk '{ print $(NF-2), $(NF-1), $NF }')" \
	"9.09K 9.09K -"
is "what is held" "$(cells numproc | awk '{ print $2 }')" "$(ub_field 101 numproc held)"
is "the unlimited is not shown" "$(vzctl --quiet set 101 --numflock unlimited
	cells numflock)" ""
like "but with -v" "$(cells numflock -v)" "numflock"
is "-q is silent if all is well" "$(vzubc -q 101)" ""

# Refused, until it has happened once more often than before.
refuse_fork() {
	local before

	before=$(ub_field 101 numproc failcnt)
	vzctl exec 101 'for i in 1 2 3 4 5 6 7 8 9 10; do sleep 100 & done' >/dev/null 2>&1
	[ "$(ub_field 101 numproc failcnt)" -gt "$before" ]
}

# holds RESOURCE NUMBER
holds() {
	[ "$(ub_field 101 "$1" held)" -eq "$2" ]
}

vzctl --quiet set 101 --numproc 6
within 60 "forks are refused" refuse_fork
failures=$(ub_field 101 numproc failcnt)
like "-q shows what has failed" "$(vzubc -q)" " numproc\|.*\| *$failures $"
is "and only that" "$(vzubc -q | grep -c '^ ')" 1
like "-c: in red" "$(vzubc -c 101)" $'\033.*numproc'
is "-r: since the last time, first all" "$(cells numproc -r | awk '{ print $NF }')" "$failures"
is "then none" "$(cells numproc -r | awk '{ print $NF }')" "-"
is "-rc forgets" "$(cells numproc -rc -r | awk '{ print $NF }')" "$failures"
is "only root sees what it remembers" "$(stat -c '%a %U' $store)" "700 root"
vzubc -i 101 >/dev/null
vzctl exec 101 'killall sleep' >/dev/null
within 30 "the sleepers end" holds numproc 1
like "-i: what held has grown by" "$(vzubc -i 101)" "^ +numproc\|.*\| +-[0-9]+ $"
vzctl --quiet set 101 --numproc 99:100

touch "$work/canary"
mkdir "$work/other"
chmod 1777 "$work" "$work/other"
setpriv --reuid 1000 --regid 1000 --clear-groups ln -s "$work/canary" /tmp/vzubc.store
setpriv --reuid 1000 --regid 1000 --clear-groups \
	ln -s "$work/canary" "$work/other/ubc.101.numproc.failcnt"
ok "a trap in /tmp is not stepped into" vzubc -r -i
says "a directory that others can write to is refused" 1 "others can write there$" \
	vzubc -r -rd "$work/other"
is "the canary lives" "$(stat -c '%s %U' "$work/canary")" "0 root"

sed 's/2\.5/2.4/' /proc/user_beancounters >"$work/old"
says "a file of another version is refused" 1 "is not of version 2.5$" vzubc -f "$work/old"
is "a file can be looked at" "$(vzubc -f - </proc/bc/resources | grep -c '^CT')" \
	"$(vzubc | grep -c '^CT')"
says "who is not there is named" 1 "^CT 104 has no beancounters$" vzubc 104
status_is "-q and -v exclude each other" 1 vzubc -q -v
printf '%s\n' '#!/bin/sh' 'echo watch "$@"' >"$work/watch"
chmod +x "$work/watch"
PATH=$work:$PATH prints "-w is left to watch" "watch -x -d -n 5 vzubc -q -qh 30 101" \
	vzubc -w -q -wd -wn 5 -qh 30 101

# --- vzcalc ------------------------------------------------------------------

# figure NAME COLUMN: of vzcalc -v
figure() {
	vzcalc -v 101 | awk -v name="$1" -v column="$2" '
		index($0, name) == 1 { $0 = substr($0, 11); print $column }'
}

# ratio NUMBER NUMBER: in percent, as vzcalc prints it
ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f\n", a * 100 / b }'
}

ram=$(awk '$1 == "MemTotal:" { print $2 * 1024 }' /proc/meminfo)
threads=$(cat /proc/sys/kernel/threads-max)
kernel=$((15728640 + 4194304 + 2703361 + 2097152 + 262145))
is "promised low memory" "$(figure 'Low Mem' 2)" "$(ratio $kernel "$(awk -v ram="$ram" \
	'BEGIN { print ram * 0.4 }')")"
is "promised allocations" "$(figure 'Alloc. Mem' 2)" \
	"$(ratio $((32768 * 4096 + kernel)) $((ram + 1)))"
is "processes now and at most" "$(figure 'Num. Proc' 1) $(figure 'Num. Proc' 3)" \
	"$(ratio "$(ub_field 101 numproc held)" "$threads") $(ratio 99 "$threads")"
is "RAM is not promised" "$(figure 'Total RAM' 2)" "n/a"
is "by itself two lines" "$(vzcalc web | awk '{ print $1 }' | xargs)" "Resource Memory"
says "no such container" 1 "^Container configuration file: /etc/vz/conf/104.conf not found$" \
	vzcalc 104
says "no such name" 1 "^Invalid CT ID: nobody$" vzcalc nobody
busybox_ct 102
sed -i '/^[A-Z]/d' /etc/vz/conf/102.conf
vzctl --quiet set 102 --ram 64M --swap 0 --force --save
says "with VSwap there is nothing to calculate" 1 "^Error: parameter NUMPROC not found$" vzcalc 102

# --- vzmemcheck --------------------------------------------------------------

vzctl --quiet start 102
is "a line for each container that has beancounters" \
	"$(vzmemcheck -v | awk '/^[0-9]/ { print $1 }' | xargs)" 101
is "the figures are those of vzcalc" \
	"$(vzmemcheck -v | awk '$1 == 101 { print $3, $6, $8, $9 }')" \
	"$(figure 'Low Mem' 2) $(figure 'Mem + Swap' 2) $(figure 'Alloc. Mem' 2) $(figure 'Alloc. Mem' 3)"
is "-A: MiB, and the totals" "$(vzmemcheck -A | sed -n '1p; $p' | awk '{ print $1, $3 }')" \
	"$(printf 'Output in\n%.2f %.2f' "$(awk -v ram="$ram" 'BEGIN { print ram * 0.4 / 1048576 }')" \
	"$(awk -v ram="$ram" 'BEGIN { print ram / 1048576 }')")"
vzctl --quiet stop 102 --fast
vzctl --quiet stop 101 --fast
is "what is stopped uses nothing" "$(vzmemcheck | tail -n 1 | xargs)" \
	"0.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00"
is "and is promised what it was" "$(figure 'Low Mem' 1) $(figure 'Alloc. Mem' 3)" \
	"n/a $(ratio $((262144 * 4096 + kernel)) $((ram + 1)))"

# --- vzsplit -----------------------------------------------------------------

vzsplit -n 3 >"$work/split.conf" 2>/dev/null
ok "a third of the host is a valid configuration" vzcfgvalidate "$work/split.conf"
ok "a shell can read it" sh -n "$work/split.conf"
says "-f makes a sample of it" 0 "^Config /etc/vz/conf/ve-third.conf-sample was created$" \
	vzsplit -n 3 -f third
is "the same one" "$(diff /etc/vz/conf/ve-third.conf-sample "$work/split.conf")" ""
says "one that is there stays" 1 "exists already$" vzsplit -n 2 -f third
status_is "a path is no name" 1 vzsplit -n 2 -f ../third
vzctl --quiet set 101 --applyconfig third --save
ok "a container starts with it" vzctl --quiet start 101
is "and gets what it says" "$(in_kernel tcpsndbuf)" \
	"$(sed -n 's/^TCPSNDBUF="\(.*\)"$/\1/p' "$work/split.conf")"
like "it asks for the number" "$(echo 3 | vzsplit 2>&1)" \
	"^Enter the number of containers: |^NUMPROC"
is "and takes the answer" "$(echo 3 | vzsplit 2>/dev/null)" "$(cat "$work/split.conf")"
says "too many are refused" 1 "^100000 containers can not be allocated; " vzsplit -n 100000
status_is "none are, too" 1 vzsplit -n 0
status_is "words are no options" 1 vzsplit -n 3 now
is "-v yes: RAM and swap only" \
	"$(vzsplit -v yes -n 3 2>/dev/null | grep -vE '^#|unlimited' | cut -d = -f 1 | xargs)" \
	"PHYSPAGES SWAPPAGES DISKSPACE DISKINODES CPUUNITS"
like "-s: other swap space" "$(vzsplit -s 1048576 -n 3 2>/dev/null)" "^# 1024 MB of swap space"

vzctl --quiet stop 101 --fast
rm -r "$work" /tmp/vzubc.store
ok "the kernel had nothing to say" no_splat
done_testing
