#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An OS template can do nothing outside the private area that it is unpacked to
# (T080), and its name is a name and no more (T081).  One that cannot be
# unpacked leaves no container, no folder and no configuration.
# vm: --mem 1536 --time 900

# Nobody is to expand these names.
# shellcheck disable=SC2016
# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"

CANARY=/root/canary
UP=../../../../../../../..
WORK=/root/work
SRC=$WORK/src		# what goes into an archive
TAR=$WORK/archive.tar

# --- members -----------------------------------------------------------------

# pack TAR-ARGUMENT...: adds files of $SRC to the archive
pack() {
	tar -P -C $SRC --numeric-owner -rf $TAR "$@"
}

# By any name whatever: only the archive has it.
file() {
	rm -rf $SRC/x
	echo owned >$SRC/x
	pack --transform "s|^x\$|$1|" x
}

directory() {
	rm -rf $SRC/x
	mkdir $SRC/x
	pack --transform "s|^x/\?\$|$1|" x
}

# link TARGET NAME
link() {
	rm -rf $SRC/x
	ln -s "$1" $SRC/x
	pack --transform "s|^x\$|$2|S" x
}

# hard_link TARGET NAME: tar makes one of the second name of a file
hard_link() {
	echo owned >$SRC/first
	ln -f $SRC/first $SRC/second
	pack --transform "s|^first\$|$1|RSh" --transform "s|^second\$|$2|SH" first second
}

# node NAME TYPE MAJOR MINOR
node() {
	rm -rf $SRC/x
	mknod $SRC/x "${@:2}"
	pack --transform "s|^x\$|$1|" x
}

# with TAR-OPTION...: a file with properties, which is there already
with() {
	[ -e $SRC/x ] || echo owned >$SRC/x
	pack "$@" x
}

# --- archives ----------------------------------------------------------------

dotdot()		{ file "$UP$CANARY/file"; }
dotdot_inside()		{ file "a/../../../..$CANARY/file"; }
absolute()		{ file "$CANARY/file"; }
pax_path()		{ with --format=pax --pax-option="path:=$CANARY/file"; }

link_parent()		{ link $CANARY a; file a/file; }
relative_parent()	{ link $UP$CANARY a; file a/file; }
link_chain()		{ link . a; link a/$UP b; link b$CANARY c; file c/file; }
long_chain() {
	local i

	link .. l0
	for i in {1..20}; do
		link "l$((i - 1))/.." "l$i"
	done
	file l20$CANARY/file
}
dot_is_link()		{ link $CANARY .; file file; }
link_then_file()	{ link $CANARY/file f; file f; }
link_then_directory()	{ link $CANARY d; directory d; file d/file; }
directory_then_link()	{ directory d; link $CANARY d; file d/file; }
full_directory_then_link() { directory d; file d/x; link $CANARY d; file d/file; }
proc_root()		{ link /proc/1/root a; file a$CANARY/file; }
host_program()		{ file /bin/tar; file /usr/bin/gzip; }
linked_program()	{ link /usr u; file u/bin/gzip; }
file_over_directory()	{ directory d; file d/x; file d; }

hard_link_absolute()	{ hard_link $CANARY/file f; file f; }
hard_link_dotdot()	{ hard_link $UP$CANARY/file f; file f; }
hard_link_by_link()	{ link $CANARY d; hard_link d/file f; file f; }
hard_link_to_program()	{ hard_link /bin/tar f; file f; }
hard_link_to_archive()	{ hard_link /dev/stdin f; file f; }

machine_id_link()	{ directory etc; link $UP$CANARY/file etc/machine-id; }
machine_id_fifo()	{ directory etc; node etc/machine-id p; }
machine_id_directory()	{ directory etc; directory etc/machine-id; }
etc_link()		{ link $CANARY etc; }
ssh_link()		{ directory etc; link $UP$CANARY etc/ssh; link $UP/ var; }
options_as_names() {
	file --checkpoint=1
	file "--checkpoint-action=exec=touch new"
	file -rf
	file '*'
}

device_nodes()		{ node null c 1 3; node mem c 1 1; node disk b 254 0; file f; }
device_by_link()	{ link $CANARY d; node d/disk b 254 0; }
fifo()			{ node f p; }
setuid() {
	local mode

	for mode in 1777 2755 4755 6777; do
		echo >$SRC/$mode
		chmod $mode $SRC/$mode
		pack $mode
	done
}
file_caps() {
	cp /bin/true $SRC/v2
	cp /bin/true $SRC/v3
	setcap cap_sys_admin=ep $SRC/v2
	setcap -n 5000 cap_sys_admin=ep $SRC/v3
	pack --xattrs --xattrs-include='*' v2 v3
}
attributes() {
	local name

	echo >$SRC/x
	for name in trusted.overlay.opaque security.evil user.kept; do
		setfattr -n $name -v y $SRC/x
	done
	with --xattrs --xattrs-include='*'
}
acl()			{ echo >$SRC/x; setfacl -m u:5000:rwx,u:root:r,g:adm:rx $SRC/x; with --acls; }
acl_of_a_stranger()	{ echo >$SRC/x; setfacl -m g:strangers:rx $SRC/x; with --acls; }
last_ids()		{ with --owner=x:65534 --group=x:65535; }
id_beyond()		{ with --owner=x:65536; }
id_of_a_container()	{ with --owner=x:$((0x40000000)); }
id_far_beyond()		{ with --owner=x:2147483648 --group=x:4294967295; }

long_path()		{ file "$(printf 'directory-%.0s/' {1..600})x"; }
long_name()		{ file "$(printf 'n%.0s' {1..300})"; }
deep()			{ file "$(printf 'd%.0s/' {1..1500})x"; }
odd_names() {
	local name

	for name in $'\xff\xfe' $'a\nb' $'\e]0;owned\a' ' ' '%n%s' "'"; do
		echo >"$SRC/$name"
		pack "./$name"
	done
}
odd_name_in_error()	{ link $CANARY $'\e]0;owned\aCT'; file $'\e]0;owned\aCT/x'; }
sparse()		{ truncate -s 1T $SRC/x; with --sparse; }

truncated()		{ head -c 100000 /dev/urandom >$SRC/x; pack x; gzip $TAR; truncate -s 90000 $TAR.gz; }
truncated_plain()	{ truncate -s 10000 $SRC/x; pack x; head -c 9000 $TAR >$TAR.gz; }
concatenated()		{ file a; file b; (head -c 2000 $TAR | gzip; tail -c +2001 $TAR | gzip) >$TAR.gz; }
truncated_bz2()		{ file a; bzip2 -c $TAR | head -c 80 >$TAR.gz; }
truncated_xz()		{ file a; xz -c $TAR | head -c 80 >$TAR.gz; }
truncated_zst()		{ file a; zstd -qc $TAR | head -c 30 >$TAR.gz; }
noise()			{ head -c 100000 /dev/urandom >$TAR.gz; }
text()			{ yes hello | head -n 1000 >$TAR.gz; }
empty()			{ : >$TAR.gz; }

# --- judges ------------------------------------------------------------------

# nothing_changes: since the stamp, but for what create has to change
nothing_changes() {
	local changed

	changed=$(find / /tmp /vz -xdev -cnewer $WORK/stamp \
		! -path "$WORK*" ! -path '/vz/private/102*' ! -path '/vz/vztmp*' \
		! -path '/etc/vz/conf/102.conf*' ! -path /var/log/vzctl.log |
	grep -vxE '/|/vz|/vz/(private|root|root/102|lock)|/etc/vz/conf|/root|/tmp')
	[ -z "$changed" ] || { echo "$changed"; return 1; }
}

# make ARCHIVE: a template of what the function of that name packs
make() {
	rm -rf $WORK
	mkdir -p $SRC
	"$1"
	[ -e $TAR.gz ] || gzip -1 $TAR
	mv $TAR.gz $CACHE/hostile.tar.gz
	touch $WORK/stamp
}

create() {
	timeout 100 vzctl create 102 --ostemplate hostile
}

devices() {
	find /vz/private/102 -type b -o -type c
}

# contained ARCHIVE [WANTED COMMAND...]: it is unpacked, and the command prints
# that about the result
contained() {
	local archive=$1 wanted=${2-} output

	shift; shift
	make "$archive"
	ok "$archive: unpacked" create
	ok "$archive: nothing else changes" nothing_changes
	is "$archive: no devices" "$(devices)" ""
	[ $# -eq 0 ] || is "$archive: $1" "$(cd /vz/private/102 && "$@" | xargs)" "$wanted"
	vzctl --quiet destroy 102
}

# rejected REGEX ARCHIVE...: they are not, and nothing is left
rejected() {
	local regex=$1 archive

	shift
	for archive; do
		make "$archive"
		refused "$archive: refused" 48 "$regex" create
		ok "$archive: nothing else changes" nothing_changes
		ok "$archive: nothing is left" nothing_left 102
	done
}

mkdir $CANARY
for name in file machine-id ssh_host_rsa_key ssh_host_rsa_key.pub; do
	echo mine >$CANARY/$name
done
tiny_template tiny
vzctl --quiet create 102 --ostemplate tiny
vzctl --quiet destroy 102		# now all folders are there

for archive in absolute pax_path host_program etc_link ssh_link options_as_names device_nodes; do
	contained $archive
done
contained link_then_file $CANARY/file readlink f
contained machine_id_link $UP$CANARY/file readlink etc/machine-id
contained fifo fifo stat -c %F f
contained setuid "1777 2755 4755 6777" stat -c %a 1777 2755 4755 6777
contained file_caps "v2 cap_sys_admin=ep v3 cap_sys_admin=ep [rootid=5000]" getcap -n v2 v3
contained attributes "# file: x user.kept=y" getfattr -d -m - x
contained acl "user:0:r-- user:5000:rwx group:4:r-x" sh -c 'getfacl -cn x | grep :[0-9]'
contained last_ids "65534 65535" stat -c "%u %g" x
contained deep 1501 sh -c 'find d | wc -l'
contained odd_names 6 sh -c 'ls -b | wc -l'
contained sparse "1099511627776 0" stat -c "%s %b" x
contained concatenated "a b" ls


groupadd strangers
make acl_of_a_stranger
says "an access list of names that nobody knows is lost, which is said" 0 \
	"^Unpacking the template: tar: x: Warning: Cannot acl_from_text: Invalid argument$" create
vzctl --quiet destroy 102

rejected ": Member name contains '..'$" dotdot dotdot_inside
rejected ": Cannot (open|mknod): Not a directory$" link_parent relative_parent link_chain \
	long_chain directory_then_link proc_root linked_program device_by_link
rejected ": Cannot (open: File exists|unlink: Is a directory)$" dot_is_link \
	link_then_directory full_directory_then_link file_over_directory
rejected ": Cannot (hard link to .*: No such file or|stat: Not a) directory$" \
	hard_link_absolute hard_link_dotdot hard_link_by_link hard_link_to_program \
	hard_link_to_archive
rejected "^Unable to prepare /vz/private/102.tmp for its first start: " \
	machine_id_fifo machine_id_directory
rejected ": Cannot change ownership to uid .*: Invalid argument$" \
	id_beyond id_of_a_container id_far_beyond
rejected "^Unable to unpack the template: tar: (directory-/|nnn)" long_path long_name
rejected "^[ -~]+$" odd_name_in_error
rejected "^Unable to unpack the template: " truncated truncated_plain truncated_bz2 \
	truncated_xz truncated_zst noise text empty

# --- names -------------------------------------------------------------------

cd $CANARY || exit
for name in 'a;touch new' 'a$(touch new)' 'a`touch new`' $'a\ntouch new' 'a|touch new' 'a b' \
	'--use-compress-program=touch new' -I '%n%s' "a'b" 'a"b'; do
	cp $CACHE/tiny.tar.gz "$CACHE/$name.tar.gz"
	cp /etc/vz/conf/ve-light.conf-sample "/etc/vz/conf/ve-$name.conf-sample"
	touch $WORK/stamp
	refused "a template named ${name@Q}" 21 "^Bad parameter for --ostemplate: " \
		vzctl create 102 --ostemplate="$name"
	says "a sample named ${name@Q}" 82 "^Bad name of a sample config: " \
		vzctl create 102 --config="$name" --ostemplate tiny
	ok "nothing changes" nothing_changes
done
for name in '102;touch new' '102$(touch new)' '102 -rf' "102'" '102%n'; do
	touch $WORK/stamp
	status=0
	vzctl --quiet create 102 --ostemplate tiny --private "/vz/private/$name" 2>/dev/null ||
		status=$?
	[ $status != 0 ] || vzctl --quiet destroy 102
	like "a private area named ${name@Q} is made, or none" $status '^(0|21)$'
	ok "nothing changes" nothing_changes
	ok "nothing is left" nothing_left 102
done
ok "the kernel has logged no warning" no_splat
done_testing
