#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A container's life by vzctl: each command does what it says, prints what
# programs look for and ends with the documented exit code.  Neither the
# caller's environment nor his keys get inside (T090).

# The shell of the container is to expand, not ours.
# shellcheck disable=SC2016
# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"

conf=/etc/vz/conf/101.conf

has_setting() {
	grep -qxF "$1" "$conf"
}

# --- create ------------------------------------------------------------------

prints "status knows no container 101" "CTID 101 deleted unmounted down" vzctl status 101
says "create unpacks the Debian template" 0 "^Container private area was created$" \
	vzctl create 101 --ostemplate "$REAL_TEMPLATE"
is "it is there, stopped" "$(state 101)" "exist unmounted down"
ok "the template is in its configuration" has_setting "OSTEMPLATE=\"$REAL_TEMPLATE\""
ok "the sample it came from is, too" has_setting 'ORIGIN_SAMPLE="basic"'
is "no ssh host key came with it" "$(ls /vz/private/101/etc/ssh/*key* 2>/dev/null)" ""
is "its machine-id waits for the first start" "$(stat -c %s /vz/private/101/etc/machine-id)" 0
is "no host user gets past /vz/private" "$(stat -c '%a %U' /vz/private)" "700 root"
is "no host user gets past /vz/root" "$(stat -c '%a %U' /vz/root)" "700 root"
before=$(footprint)
says "create of an existing one is refused" 44 "^Private area already exists in /vz/private/101$" \
	vzctl create 101 --ostemplate "$REAL_TEMPLATE"
is "and changes nothing" "$(footprint)" "$before"

# --- set ---------------------------------------------------------------------

says "set of a stopped one needs --save" 31 "container is not running$" \
	vzctl set 101 --numproc 70:70
says "set --save says where it saved" 0 "^CT configuration saved to $conf$" \
	vzctl set 101 --hostname one.example.com --name one --numproc 100:110 --numfile 3000 \
	--description "it is 5 o'clock" --onboot yes --save
for setting in 'HOSTNAME="one.example.com"' 'NAME="one"' 'NUMPROC="100:110"' \
	'NUMFILE="3000:3000"' 'ONBOOT="yes"'; do
	ok "saved: $setting" has_setting "$setting"
done
# shellcheck disable=SC1090 # there is none to look at here
is "a shell reads the description as it was given" "$(. $conf && echo "$DESCRIPTION")" \
	"it is 5 o'clock"
printf '%s\n' '# a comment of mine' 'MY_OWN="kept"' >>"$conf"
vzctl set one --numpty 20 --save >/dev/null
ok "set keeps comments" has_setting '# a comment of mine'
ok "and keys of others" has_setting 'MY_OWN="kept"'

# --- names -------------------------------------------------------------------

is "the name is a link to the configuration" "$(readlink /etc/vz/names/one)" "$conf"
prints "status by name" "CTID 101 exist unmounted down" vzctl status one
busybox_ct 102
says "the name of another is refused" 131 "one" vzctl set 102 --name one --save
says "a name with a slash is refused" 131 "" vzctl set 102 --name ../x --save
ok "a name can be given up" vzctl set 101 --name "" --save
says "nobody answers to it then" 21 "^Bad CT ID one$" vzctl status one
ok "and another can have it" vzctl set 102 --name one --save
ln -sfn "$conf" /etc/vz/names/lie
says "a link that the configuration knows nothing of is no name" 21 \
	"^Unable to find container by name lie$" vzctl exec lie true
rm /etc/vz/names/lie

# --- mount -------------------------------------------------------------------

says "umount of what is not mounted is an error" 40 "^CT is not mounted$" vzctl umount 101
says "mount" 0 "^Container is mounted$" vzctl mount 101
is "status says so" "$(state 101)" "exist mounted down"
says "mounting again is none" 0 "^Container is already mounted$" vzctl mount 101
says "destroy of a mounted one is refused" 41 \
	"^Container is currently mounted \(umount first\)$" vzctl destroy 101
says "umount" 0 "^Container is unmounted$" vzctl umount 101

# --- start -------------------------------------------------------------------

says "exec in a stopped one is refused" 31 "^Container is not running$" vzctl exec 101 true
says "enter, too" 31 "^Container is not running$" vzctl enter 101
says "stop of a stopped one succeeds and says why" 0 \
	"^Unable to stop: container is not running$" vzctl stop 101
says "start" 0 "^Container start in progress" vzctl start 101
is "it runs" "$(state 101)" "exist mounted running"
says "start of a running one is refused" 32 "^Container is already running$" vzctl start 101
says "destroy of a running one is refused" 32 \
	"^Container is currently running. Stop it first.$" vzctl destroy 101
says "umount of a running one is refused" 32 \
	"^Container is running -- stop it first$" vzctl umount 101

# --- exec --------------------------------------------------------------------

prints "exec: the words are a shell command" "3 4" vzctl exec 101 echo '$((1 + 2))' 4
prints "exec: an empty word does not vanish" 2 vzctl exec 101 'f() { echo $#; }; f' a ''
status_is "exec of true is 0" 0 vzctl exec 101 true
status_is "exec of exit 5 is 8" 8 vzctl exec 101 exit 5
status_is "exec2 of exit 5 is 5" 5 vzctl exec2 101 exit 5
says "exec2 of what a signal killed is 3" 3 "^Got signal 9$" vzctl exec2 101 'kill -9 $$'
prints "exec3: no shell" '$((1 + 2)) *' vzctl exec3 101 echo '$((1 + 2))' '*'
status_is "exec3 has the exit code of the program" 1 vzctl exec3 101 false
status_is "exec without a command is 20" 20 vzctl exec 101
is "exec -: commands from standard input" "$(echo 'echo $((2 + 3))' | vzctl exec 101 -)" 5
is "exec: standard input goes to the command" "$(echo abc | vzctl exec 101 cat)" abc
is "exec: outputs are kept apart" \
	"$(vzctl exec 101 'echo out; echo err >&2' 2>/dev/null)" out
head -c 1048576 /dev/urandom >/tmp/sent
vzctl exec 101 cat </tmp/sent >/tmp/received
ok "exec: a mebibyte comes through whole" cmp /tmp/sent /tmp/received
is "exec: the environment is clean" "$(env SECRET=1 vzctl exec3 101 env | sort | tr '\n' ' ')" \
	"HOME=/ PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=linux "
init=$(init_of 101)
prlimit --pid "$init" --nofile=0:0
ok "exec gets in whatever limit of files init has" vzctl exec 101 true
prlimit --pid "$init" --nofile=1024:1048576
install -t /vz/private/101/bin "$(command -v keys)"
prints "who has a key finds it" found keys with admins keys find admins
prints "exec: the caller's keys stay outside" none \
	keys with admins vzctl exec 101 keys find admins
# The keyring of who takes them is one of them; it stays as long as somebody has it.
ok "the container's root takes all keys that he may have" \
	vzctl exec 101 "keys fill && (sleep 1000 >/dev/null 2>&1 </dev/null &)"
prints "exec: they stay outside even so" none keys with admins vzctl exec 101 keys find admins
prints "inside, the host name is the configured one" one.example.com vzctl exec 101 hostname
prints "inside, init is process 1" init vzctl exec 101 cat /proc/1/comm

# --- set, running ------------------------------------------------------------

says "set without --save says that nothing is kept" 0 "WARNING: Settings were not saved" \
	vzctl set 101 --numproc 70:70
ok "and keeps nothing" not has_setting 'NUMPROC="70:70"'
ok "set --save of a running one" vzctl set 101 --numproc 120:130 --save
is "the kernel has the new barrier" "$(ub_field 101 numproc barrier)" 120
is "and the new limit" "$(ub_field 101 numproc limit)" 130
ok "so has the configuration" has_setting 'NUMPROC="120:130"'
ok "set of the host name of a running one" vzctl set 101 --hostname two --save
prints "it has it at once" two vzctl exec 101 hostname

# --- vzlist ------------------------------------------------------------------

vzctl set 101 --name debian --save >/dev/null
like "vzlist has the classic header" "$(vzlist)" \
	'^      CTID      NPROC STATUS    IP_ADDR         HOSTNAME$'
like "and the running one" "$(vzlist)" '^ +101 +[1-9][0-9]* running +- +two$'
is "only that" "$(vzlist -H | wc -l)" 1
like "vzlist -a has the stopped one, too" "$(vzlist -a)" '^ +102 +- stopped +- +-$'
is "vzlist -j is JSON" "$(vzlist -aj | jq -r '.[] | "\(.ctid) \(.status) \(.name)"')" \
	$'101 running debian\n102 stopped one'

# --- stop --------------------------------------------------------------------

says "restart" 0 "^Restarting container$" vzctl restart 101
is "it runs again" "$(state 101)" "exist mounted running"
says "stop" 0 "^Container was stopped$" vzctl stop 101
is "it is stopped and unmounted" "$(state 101)" "exist unmounted down"
says "restart of a stopped one starts it" 0 "^Container start in progress" vzctl restart 101
vzctl stop 101 --fast --skip-umount >/dev/null
is "stop --fast --skip-umount leaves it mounted" "$(state 101)" "exist mounted down"
says "start mounts it afresh" 0 "^Container is unmounted$" vzctl start 101
ok "stop --fast" vzctl stop 101 --fast
vzctl set 101 --disabled yes --save >/dev/null
says "a disabled one is not started" 105 "^Container start disabled$" vzctl start 101
ok "except by force" vzctl start 101 --force
ok "stop --fast again" vzctl stop 101 --fast
says "an option of the other verb is refused" 20 \
	"^Option --fast is not applicable to start command$" vzctl start 101 --fast

vzctl --quiet start 102
echo exit 1 >/etc/vz/conf/102.stop
says "a stop script may refuse" 79 "^Error executing stop script /etc/vz/conf/102.stop$" \
	vzctl stop 102
is "nothing is stopped" "$(state 102)" "exist mounted running"
says "but not to --fast" 0 "^Container was stopped$" vzctl stop 102 --fast
for options in "" --fast; do
	vzctl --quiet start 102
	mv /vz/private/102/bin/sh /vz/private/102/bin/sh.away
	# shellcheck disable=SC2086 # a list of words
	says "without a shell inside there is a warning: stop $options" 0 \
		"^Warning: Unable to execute a shell" vzctl stop 102 $options
	is "and no container" "$(state 102)" "exist unmounted down"
	mv /vz/private/102/bin/sh.away /vz/private/102/bin/sh
done

# --- destroy -----------------------------------------------------------------

says "destroy" 0 "^Container private area was destroyed$" vzctl destroy 101
prints "it is gone" "CTID 101 deleted unmounted down" vzctl status 101
ok "without a trace" nothing_left 101
ok "but for the old configuration" test -s "$conf.destroyed"
says "destroy of what is not there" 14 "^Container config file does not exist$" \
	vzctl destroy 101
ok "delete is destroy" vzctl delete 102
ok "the kernel has logged no warning" no_splat
done_testing
