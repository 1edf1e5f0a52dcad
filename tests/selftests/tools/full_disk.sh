#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A disk that is full, or cannot be written to, costs a command one clear line
# and the documented exit code.  Nothing is left half-done, and what is there
# can still be started, entered, stopped and destroyed.
# vm: --time 600

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"

conf=/etc/vz/conf/101.conf

blocks_free() {
	stat -f -c %a /vz
}

has_blocks() {
	[ "$(blocks_free)" -ge "$1" ]
}

# leave BLOCKS: so many are free, of 4096 bytes each
leave() {
	local count=0

	rm -f /vz/filler/*
	sync
	# The list of its blocks may take some as well.
	fallocate -l $((($(blocks_free) - $1 - 16) * 4096)) /vz/filler/large
	while has_blocks $(($1 + 1)); do
		fallocate -l 4096 /vz/filler/$((count++))
	done
}

# The trash is emptied in the background.
nothing_left_of_102() {
	nothing_left 102 && [ -z "$(find /vz/vztmp -mindepth 1 ! -name rm.lck 2>/dev/null)" ]
}

# on_tmpfs DIRECTORY: a copy of it that takes the place of it
on_tmpfs() {
	cp -a "$1" /tmp/copied
	mount -t tmpfs -o size=1m none "$1"
	cp -a /tmp/copied/. "$1"
}

modprobe loop
truncate -s 64M /tmp/disk
mkfs.ext4 -q -b 4096 -m 0 -N 1024 /tmp/disk
mount -o loop /tmp/disk /vz
mkdir -m 700 /vz/{private,root,lock}
mkdir -p "$CACHE" /vz/filler
tiny_template tiny

# 96 MiB of zeros, and the end says that they are none
head -c 96M /dev/zero >/tmp/zeros
(tar -C /tmp -c zeros | gzip -1; gzip -1 </dev/null) >$CACHE/bomb.tar.gz
mkdir /tmp/crowd
(cd /tmp/crowd && seq 2000 | xargs touch)
tar -C /tmp/crowd -czf $CACHE/crowd.tar.gz .
(cd /tmp && gzip -c zeros) >$CACHE/large.tar.gz

busybox_ct 101
busybox_ct 103
vzctl --quiet start 101
vzctl --quiet mount 103
vzctl --quiet umount 103
remember

# --- create ------------------------------------------------------------------

refused "a template that is larger than the disk" 46 \
	"^Not enough disk space in /vz/private/102.tmp: [0-9]+ KB needed, [0-9]+ KB free$" \
	vzctl create 102 --ostemplate large
within 20 "nothing of it is left" nothing_left_of_102
refused "one that hides its size" 46 "^Not enough disk space in /vz/private/102.tmp$" \
	vzctl create 102 --ostemplate bomb
within 20 "nothing of it is left" nothing_left_of_102
refused "one of more files than there are inodes" 46 \
	"^Not enough disk space in /vz/private/102.tmp$" vzctl create 102 --ostemplate crowd
within 20 "nothing of it is left" nothing_left_of_102
for blocks in 0 1 2 3 4 5; do
	leave $blocks
	refused "create with $blocks blocks left" 46 "(^Not enough|No space left on device$)" \
		vzctl create 102 --ostemplate bomb
	within 20 "nothing of it is left" nothing_left_of_102
done
rm -rf /vz/filler/* /vz/vztmp
unchanged

# --- what is there -----------------------------------------------------------

leave 0
is "the disk is full" "$(blocks_free)" 0
prints "status on a full disk" "CTID 101 exist mounted running" vzctl status 101
prints "exec" fine vzctl exec 101 echo fine
ok "set --save" vzctl set 101 --numproc 500 --save
ok "start of another" vzctl start 103
prints "it runs" fine vzctl exec 103 echo fine
ok "restart" vzctl restart 103 --fast
ok "stop" vzctl stop 103 --fast
is "no trash there" "$(ls -d /vz/vztmp 2>/dev/null)" ""
ok "destroy without room for a trash" vzctl destroy 103
ok "leaves nothing" nothing_left 103
within 20 "and gives its space back" has_blocks 100

# --- /etc/vz is full ---------------------------------------------------------

rm /vz/filler/*
on_tmpfs /etc/vz
cat /dev/zero >/etc/vz/filler 2>/dev/null
remember
refused "set --save on a full /etc/vz" 139 "^Unable to save $conf: No space left on device$" \
	vzctl set 101 --onboot yes --save
refused "with a name" 139 "^Unable to save $conf: No space left on device$" \
	vzctl set 101 --onboot yes --name full --save
unchanged
refused "create" 139 "^Unable to save /etc/vz/conf/102.conf.new: No space left on device$" \
	vzctl create 102 --ostemplate tiny --name full
within 20 "nothing of it is left" nothing_left_of_102
ok "stop" vzctl stop 101 --fast
ok "start" vzctl start 101
umount /etc/vz

# --- read-only ---------------------------------------------------------------

mount --bind -o ro /etc/vz /etc/vz
remember
refused "set --save on a read-only /etc/vz" 139 "^Unable to save $conf: Read-only file system$" \
	vzctl set 101 --onboot yes --save
refused "with a name" 131 "^Unable to assign the name full: Read-only file system$" \
	vzctl set 101 --name full --save
unchanged
umount /etc/vz

mount -o remount,ro /vz
remember
for command in "create 102 --ostemplate tiny" "start 101" "stop 101" "restart 101" \
	"destroy 101" "mount 101" "umount 101" "set 101 --onboot yes --save"; do
	# shellcheck disable=SC2086 # words
	refused "$command on a read-only /vz" 3 \
		"^Unable to lock container \(use --skiplock .*\): Read-only file system$" \
		vzctl $command
done
refused "create without a lock" 54 "^Unable to create /vz/private/102: Read-only file system$" \
	vzctl --skiplock create 102 --ostemplate tiny
unchanged
prints "status needs no lock" "CTID 101 exist mounted running" vzctl status 101
prints "nor does exec" fine vzctl exec 101 echo fine
ok "stop without one" vzctl --skiplock stop 101 --fast
remember
refused "destroy without one" 52 "^Unable to delete /vz/private/101: Read-only file system$" \
	vzctl --skiplock destroy 101
unchanged
ok "start without one" vzctl --skiplock start 101
prints "it runs" fine vzctl exec 101 echo fine
ok "stop of that" vzctl --skiplock stop 101 --fast
mount -o remount,rw /vz
ok "when it can be written to, destroy works" vzctl destroy 101
ok "and leaves nothing" nothing_left 101
ok "the kernel has logged no warning" no_splat
done_testing
