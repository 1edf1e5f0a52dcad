#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# No user of the host gets at a file of a container, whatever its mode is and
# whatever is being done to the container, not even one who happens to have the
# number of the container's root; no container is where he could (T087).

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"

# as UID COMMAND...: a user without groups and privileges
as() {
	setpriv --reuid "$1" --regid "$1" --clear-groups --bounding-set=-all --inh-caps=-all \
		"${@:2}"
}

# The number that its root has on the host.
root_of() {
	awk '{ print $2 }' "/proc/$(head -n 1 "/sys/fs/cgroup/vz/$1/cgroup.procs")/uid_map"
}

# cannot UID PATH: neither see, read nor run it
cannot() {
	local how

	for how in ls cat exec; do
		! as "$1" sh -c "$how \"\$0\"" "$2" >/dev/null 2>&1 || { echo "$how"; return 1; }
	done
}

# watch UID: for as long as /tmp/watching is there, notes what can be looked into
watch() {
	# shellcheck disable=SC2016 # for the inner shell
	as "$1" sh -c 'while [ -e /tmp/watching ]; do
		for dir in $0; do
			cd "$dir" 2>/dev/null && pwd && cd /
		done
	done' "/vz/private /vz/root /vz/vztmp /vz/private/101 /vz/private/102 /vz/private/102.tmp /vz/root/101" |
		sort -u >/tmp/seen
}

install_setuid() {
	vzctl exec2 101 'cp /bin/busybox /suid && chmod 4755 /suid && chmod 777 /'
}

busybox_ct 101
tiny_template tiny
ok "a container whose root opens all doors starts" vzctl start 101
ok "and has a set-uid program" install_setuid
is "on the host it looks set-uid root" "$(stat -c '%A %u' /vz/private/101/suid)" "-rwsr-xr-x 0"
ids="1000 $(root_of 101)"
for id in $ids; do
	for path in /vz/private/101 /vz/root/101; do
		ok "user $id cannot get at $path" cannot "$id" $path/suid
		ok "nor at what is in it" cannot "$id" $path/bin
	done
done
for option in nosuid nodev; do
	like "on the host it is mounted $option" "$(grep ' /vz/root/101 ' /proc/self/mounts)" \
		"[ ,]${option}[ ,]"
done

touch /tmp/watching
watch 1000 &
for _ in 1 2 3; do
	vzctl --quiet create 102 --ostemplate tiny
	vzctl --quiet start 102
	vzctl --quiet stop 102 --fast
	vzctl --quiet mount 102
	vzctl --quiet umount 102
	vzctl --quiet destroy 102
	vzctl --quiet restart 101 --fast
done
rm /tmp/watching
wait
for path in /vz/private /vz/root /vz/vztmp; do
	is "$path is for root only" "$(stat -c '%a %u' $path)" "700 0"
done
is "a user who keeps trying sees nothing while commands run" "$(cat /tmp/seen)" ""

# --- other places ------------------------------------------------------------

# set_place KEY PATH: where 101 is, in its configuration
set_place() {
	sed -i "/^$1=/d" /etc/vz/conf/101.conf
	echo "$1=\"$2\"" >>/etc/vz/conf/101.conf
}

vzctl --quiet stop 101 --fast
chmod 755 /vz
mkdir -m 755 /vz/open /vz/open/sub
open='^Host users could run set-uid files in /vz/'
refused "create in a place that is open to all" 48 "$open" \
	vzctl create 102 --ostemplate tiny --private /vz/open/102
refused "or at one whose directory is" 48 "$open" \
	vzctl create 102 --ostemplate tiny --private /vz/102/./
refused "create with a mount point in one" 49 "$open" \
	vzctl create 102 --ostemplate tiny --root /vz/open/102
ok "nothing is left of that" nothing_left 102
is "nor there" "$(ls /vz/open)" sub
set_place VE_ROOT /vz/open/101
refused "mount there" 50 "$open" vzctl mount 101
refused "start there" 50 "$open" vzctl start 101
sed -i /^VE_ROOT=/d /etc/vz/conf/101.conf
mv /vz/private/101 /vz/open/sub/101
ln -s /vz/open/sub/101 /vz/private/101
for where in /vz/open/sub/101 /vz/private/101; do
	set_place VE_PRIVATE $where
	refused "mount from there, by the name of $where" 50 "$open" vzctl mount 101
	refused "start from there, by the name of $where" 50 "$open" vzctl start 101
done
for mode in 710 701; do
	chmod $mode /vz/open
	refused "mount below mode $mode" 50 "$open" vzctl mount 101
done
chmod 700 /vz/open
chown 1000 /vz/open
refused "mount below what is another's" 50 "$open" vzctl mount 101
chown 0 /vz/open
ok "below a directory that only root may search it starts" vzctl start 101
ok "no user gets at it there" cannot 1000 /vz/open/sub/101/suid
ok "create makes such a directory" vzctl create 102 --ostemplate tiny --private /vz/new/place/102
is "it is for root only" "$(stat -c '%a %u' /vz/new/place)" "700 0"
ok "that one can be mounted" vzctl mount 102
ok "the kernel has logged no warning" no_splat
done_testing
