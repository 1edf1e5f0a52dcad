#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a container has in its files decides nothing on the host: one with the
# marks of every other layout and tool is treated as any other (T085,
# CVE-2015-6927).

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"

# plant DIRECTORY: what other versions look for in a private area
plant() {
	mkdir -p "$1"/{root.hdd,dump,scripts,vztmp,fs/root,.cpt_hardlink_dir_a920e4ddc233afddc9fb53d26c392319}
	echo '<Parallels_disk_image/>' >"$1/root.hdd/DiskDescriptor.xml"
	printf '%s\n' NUMPROC=1:1 VE_PRIVATE=/vz/private/102 ONBOOT=yes |
		tee "$1"/{ve.conf,101.conf,.ve.conf,conf} >/dev/null
	printf '%s\n' '#!/bin/sh' 'touch /ran' | tee "$1"/scripts/{start,stop,mount,umount} \
		"$1"/{start,mount,premount,umount} >/dev/null
	chmod 755 "$1"/scripts/* "$1"/{start,mount,premount,umount}
	echo 7 >"$1/.ve.layout"
	ln -s ../102 "$1/fs/private"
	touch "$1"/{Snapshots.xml,quota.user,aquota.user,aquota.group,fastboot,dump/Dump.101} \
		"$1"/{rm.lck,101.lck}
	ln -s /vz/private/102 "$1/vztmp/vzctl-rm-me.1"
}

# life CTID: every command, with what it prints, its exit code and the state
life() {
	local command

	while read -r command; do
		# shellcheck disable=SC2086 # words
		vzctl ${command/ID/$1} 2>&1 </dev/null
		echo "vzctl $command: $?, $(state "$1")"
		vzlist -a -H -o hostname,numproc.l,onboot,layout "$1" 2>&1
	done <<-END | sed "s/\<$1\>/ID/g"
		status ID
		mount ID
		umount ID
		set ID --hostname same --onboot no --save
		start ID
		exec ID ls /ran
		set ID --numproc 70:80 --save
		restart ID --fast
		stop ID
		start ID --wait
		stop ID --fast
		destroy ID
		status ID
	END
}

for id in 101 102 103; do
	busybox_ct $id
done
plant /vz/private/101
theirs=$(life 101)
is "the life of one with foreign marks is that of any other" "$theirs" "$(life 103)"
like "it had one" "$theirs" "^vzctl start ID --wait: 0, exist mounted running$"
ok "nothing is left of it" nothing_left 101
ok "the one that it pointed at can start" vzctl start 102
ok "and has its own limits" test "$(ub_field 102 numproc limit)" = 1000
ok "and can stop" vzctl stop 102
ok "the kernel has logged no warning" no_splat
done_testing
