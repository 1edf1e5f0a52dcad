#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A parameter that a running container cannot take is said to need a restart;
# --setmode refuses it or restarts.  One that is for a later version is refused,
# or left out of a sample.  What does not change is no matter.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"

conf=/etc/vz/conf/101.conf
refused='^Unable to set capability on a running container$'

has_setting() {
	grep -qxF "$1" "$conf"
}

# Another one after each start.
init_pid() {
	vzctl exec 101 'cat /proc/1/stat' | awk '{ print $22 }'
}

busybox_ct 101
ok "it starts" vzctl --quiet start 101
first=$(init_pid)

says "it is said" 0 "$refused" vzctl set 101 --capability sys_time:on --numpty 20 --save
ok "and saved for the next start" has_setting 'CAPABILITY="sys_time:on"'
is "the rest is applied" "$(ub_field 101 numpty limit)" 20
says "with a hint" 0 "--setmode" vzctl set 101 --capability sys_time:off --save
says "ignore: refused" 32 "$refused" \
	vzctl set 101 --capability sys_time:on --numpty 21 --setmode ignore --save
ok "nothing is saved" has_setting 'NUMPTY="20:20"'
is "nor applied" "$(ub_field 101 numpty limit)" 20
is "it has not been restarted so far" "$(init_pid)" "$first"
status_is "restart needs --save" 20 vzctl set 101 --capability sys_time:on --setmode restart
ok "restart" vzctl set 101 --capability sys_time:on --numpty 22 --setmode restart --save
ok "it runs" is_running 101
is "the new one has the rest, too" "$(ub_field 101 numpty limit)" 22
ok "it is another one" test "$(init_pid)" != "$first"
ok "all is saved" has_setting 'CAPABILITY="sys_time:on"'
first=$(init_pid)
ok "what is as it was needs no restart" \
	vzctl set 101 --capability sys_time:on --numpty 23 --setmode restart --save
is "so there is none" "$(init_pid)" "$first"
sed -i 's/^CAPABILITY=.*/CAPABILITY="net_admin:on sys_time:on"/' "$conf"
for one in net_admin sys_time; do
	ok "nor does one of several that is as it was" \
		vzctl set 101 --capability $one:on --setmode restart --save
done
is "there is none" "$(init_pid)" "$first"
says "one of several that is not" 0 "$refused" vzctl set 101 --capability net_admin:off --save
status_is "there is no third mode" 21 vzctl set 101 --numpty 24 --setmode maybe --save

# --- what is for a later version ---------------------------------------------

later='^--cpuunits is not applied to a running container by this version$'
says "it is refused" 5 "$later" vzctl set 101 --cpuunits 1000 --save
says "with a sample, too" 5 "$later" vzctl set 101 --applyconfig basic --cpuunits 999 --save
ok "nothing is saved" not grep -q ^CPUUNITS= "$conf"
says "in a sample it is said to be left out" 0 "^Warning: not applied by this version: .*CPUUNITS" \
	vzctl set 101 --applyconfig basic --save
is "the rest is applied" "$(ub_field 101 numpty limit)" 16
ok "all is saved" has_setting 'CPUUNITS="1000"'
says "what is there already may be named" 0 "^CT configuration" \
	vzctl set 101 --cpuunits 1000 --numpty 17 --save
ok "the same sample is not warned of again" \
	not grep -q "^Warning" <<<"$(vzctl set 101 --applyconfig basic --save 2>&1)"
ok "it stops" vzctl --quiet stop 101 --fast
ok "the kernel has logged no warning" no_splat
done_testing
