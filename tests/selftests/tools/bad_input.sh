#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Bad input gets its documented exit code and one clear line, and changes
# nothing (T005: numbers are never truncated or guessed at).
# vm: --time 600

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"

conf=/etc/vz/conf/101.conf

# with_conf FILE COMMAND...: while the file is the configuration of 101
with_conf() {
	local file=$1 status=0

	shift
	cp "$conf" /tmp/good.conf
	cp "$file" "$conf"
	"$@" || status=$?
	cp /tmp/good.conf "$conf"
	return $status
}

busybox_ct 101
tiny_template tiny
vzctl --quiet start 101
vzctl --quiet stop 101 --fast		# now all folders are there
remember

# --- container numbers -------------------------------------------------------

# 4294967397 is 2^32 + 101
for id in -1 99999999999 4294967397 2147483645 2147483648 abc 0x65 00101 " 101" "101 " 101x \
	1e99 +101 101.0 "" ../conf/101; do
	refused "create of '$id'" 21 "^Bad CT ID" vzctl create "$id" --ostemplate tiny
	refused "start of '$id'" 21 "^Bad CT ID" vzctl start "$id"
	refused "set of '$id'" 21 "^Bad CT ID" vzctl set "$id" --numproc 9 --save
done
for verb in stop destroy set status exec enter mount umount restart; do
	refused "$verb of 101x" 21 "^Bad CT ID 101x$" vzctl $verb 101x
done
for verb in create start stop destroy mount status exec enter; do
	refused "$verb of 0" 21 "^Only set actions are allowed for CT0$" vzctl $verb 0
done
refused "create of one that has a configuration, with a sample" 82 "--config cannot be used$" \
	vzctl create 101 --config light --ostemplate tiny
for verb in start stop restart mount umount destroy enter; do
	refused "$verb of a missing one" 14 "^Container config file does not exist$" vzctl $verb 102
done
refused "exec in a missing one" 14 "^Container config file does not exist$" vzctl exec 102 true
refused "no number at all" 21 "^CT ID missing$" vzctl start
refused "no such verb" 20 "^Bad command: begin$" vzctl begin 101
unchanged

# --- options -----------------------------------------------------------------

for verb in create start stop restart set; do
	refused "$verb --nonsense" 21 "nonsense" vzctl $verb 101 --nonsense
done
for verb in destroy mount umount status; do
	refused "$verb takes none" 20 "^Invalid options: " vzctl $verb 101 --nonsense
done
refused "words too many" 20 "^Invalid extra arguments: a b" vzctl start 101 a b
for value in -1 1.5 abc 60: :60 60:70:80 99999999999999999999 "" "60 " 0x60; do
	refused "set --numproc '$value'" 21 "^Bad parameter for --numproc: " \
		vzctl set 101 --numproc "$value" --save
done
for value in yep "" 2; do
	refused "set --onboot '$value'" 21 "^Bad parameter for --onboot: " \
		vzctl set 101 --onboot "$value" --save
done
# shellcheck disable=SC2016 # that is the point
for value in $'a\nNUMPROC="1:1"' 'a"b' 'a$(id)b' 'a`id`b' 'a\b'; do
	refused "set --description ${value@Q}" 21 "^Bad parameter for --description: " \
		vzctl set 101 --description "$value" --save
done
for value in $'a\nb' 'a b' 'a;b' -a a/b "$(printf 'a%.0s' {1..65})"; do
	refused "set --hostname ${value@Q}" 21 "^Bad parameter for --hostname: " \
		vzctl set 101 --hostname "$value" --save
done
refused "a sample that is not there" 82 "^Sample config ve-none.conf-sample not found$" \
	vzctl create 102 --config none --ostemplate tiny
refused "a sample of another folder" 82 "^Sample config" \
	vzctl create 102 --config ../../vz.conf --ostemplate tiny
refused "set: a sample that is not there" 109 "^Sample config file not found: none$" \
	vzctl set 101 --applyconfig none --save
unchanged

# --- templates ---------------------------------------------------------------

refused "a template that is not there" 91 "^Cached OS template .*/none.tar.* not found$" \
	vzctl create 102 --ostemplate none
refused "a template of another folder" 21 "^Bad parameter for --ostemplate: " \
	vzctl create 102 --ostemplate ../../../root/tiny
refused "a layout that is not there" 99 "ploop" vzctl create 102 --ostemplate tiny --layout ploop
unchanged

# --- configurations ----------------------------------------------------------

head -c 1048576 /dev/urandom >/tmp/binary
(head -c 1048576 /dev/zero | tr '\0' x) >/tmp/line
(cat $conf; yes '# a comment' | head -n 15000) >/tmp/long
(cat $conf; yes '# a comment' | head -c 1048576) >/tmp/too-long
(cat $conf; echo 'NUMPROC="many:more"') >/tmp/damaged
head -n 8 $conf >/tmp/cut

for verb in start mount destroy; do
	refused "$verb with a binary configuration" 85 "$conf" \
		with_conf /tmp/binary vzctl $verb 101
done
refused "start with one line of a mebibyte" 85 "$conf" with_conf /tmp/line vzctl start 101
refused "start with a mebibyte of comments" 85 "$conf is too large" \
	with_conf /tmp/too-long vzctl start 101
refused "start with half a configuration" 28 "required UB parameter .* not set" \
	with_conf /tmp/cut vzctl start 101
ok "set --save keeps 15000 comments" with_conf /tmp/long \
	bash -c "vzctl set 101 --numproc 77 --save && [ \$(grep -c '# a comment' $conf) = 15000 ]"
says "what a bad value is in, is named" 0 "$conf.*many:more|NUMPROC" \
	with_conf /tmp/damaged vzctl set 101 --numfile 3000 --save
mv $conf /tmp/aside
mkdir $conf
for verb in start destroy; do
	refused "$verb with a directory for a configuration" 14 "^Unable to read $conf: " vzctl $verb 101
done
refused "set with a directory for a configuration" 14 "^Unable to read $conf: " \
	vzctl set 101 --numproc 50 --save
rmdir $conf
mv /tmp/aside $conf
mv /etc/vz/vz.conf /tmp/aside
refused "without vz.conf" 10 "vz.conf" vzctl start 101
mv /tmp/aside /etc/vz/vz.conf
unchanged

# --- private areas -----------------------------------------------------------

mv /vz/private/101 /vz/private/x
refused "start without a private area" 43 "^Container private area .* does not exist$" \
	vzctl start 101
refused "mount without one" 43 "^Container private area .* does not exist$" vzctl mount 101
mv /vz/private/x /vz/private/101
unchanged

# A creation that a power cut left to be finished, and what it is to be finished
# in is not mounted yet.
(cat $conf; echo 'VE_PRIVATE="/vz/private/102"') >/etc/vz/conf/102.conf.new
for verb in start set; do
	refused "$verb when neither name of the files is there" 43 \
		"^Unable to finish the creation of /vz/private/102: .*102.conf.new$" vzctl $verb 102
done
mkdir /vz/private/102
refused "start when the mount point is empty" 43 "^Unable to finish the creation of " \
	vzctl start 102
is "it is no container yet" "$(state 102)" "deleted unmounted down"
mkdir -p /vz/private/102.tmp/etc
is "it is one when its files are there" "$(state 102)" "exist unmounted down"
ok "all of them" test -d /vz/private/102/etc
rm -r /vz/private/102 /etc/vz/conf/102.conf
ok "after all this 101 starts" vzctl start 101
ok "and stops" vzctl stop 101 --fast
ok "the kernel has logged no warning" no_splat
done_testing
