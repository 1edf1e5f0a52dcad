#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A parameter that a running container cannot take is said to need a restart;
# --setmode refuses it or restarts.

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
status_is "there is no third mode" 21 vzctl set 101 --numpty 24 --setmode maybe --save
ok "it stops" vzctl --quiet stop 101 --fast
ok "the kernel has logged no warning" no_splat
done_testing
