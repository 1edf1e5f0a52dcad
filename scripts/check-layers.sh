#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Check who includes whom: the layers of README.md, as greps.  Prints findings only.

set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# sources FOLDER...: the C files below these folders, as far as the folders exist
sources()
{
	for folder in "$@"; do
		[ ! -d "$folder" ] || find "$folder" -name '*.[ch]' ! -name '*.mod.c'
	done | sort
}

# What the files of a layer may include, as one extended regular expression per layer.  Quoted names
# without a folder are neighbours.  kernel/env.h is where the core meets the kernel (in the unit
# tests tests/unit/env.h takes its place); the selftests are users, so they see what users see.
uapi='<linux/(beancounter|vzcalluser|vzmod|vzctl_[a-z]+)\.h>'
sys='<[a-z0-9_/.-]+>'
while read -r layer allowed; do
	sources "$layer" | grep -vx kernel/env.h |
		xargs -r grep -nHEo '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<][^">]*[">]' |
		grep -vE "include[[:space:]]*($allowed)\$" |
		sed "s,\$, - not for $layer,"
done >"$tmp/findings" <<-END
	include/uapi    <linux/(types|ioctl)\.h>|$uapi
	kernel          "(kernel/)?[a-z_]+\.h"|$uapi
	kmod            "((kernel|kmod)/)?[a-z0-9_]+\.h"|$sys
	userspace       "((lib|vzctl)/)?[a-z_]+\.h"|"kernel/resources\.h"|$sys
	tests/unit      "((kernel|lib|tests/unit)/)?[a-z_]+\.h"|$sys
	tests/selftests "(lib/)?[a-z_]+\.h"|$uapi|$sys
END

# Kernel versions are known to one file; capability names and candidates serve everywhere else.
# Modules that tests load are not built with our sources and have to know for themselves.
sources include kernel kmod userspace tests | grep -vxE 'kmod/compat.h|tests/.*/modules/.*' |
	xargs -r grep -snE '\<(LINUX_VERSION_CODE|KERNEL_VERSION)\>' Kbuild Makefile |
	sed 's/$/ - only in kmod\/compat.h/' >>"$tmp/findings" || true

# Our own headers form a tree in each layer.
sources kernel kmod userspace tests | xargs -r awk -f scripts/include-tree.awk |
	sort >>"$tmp/findings"

# Every folder with code has a README that states its contract; what lies deeper than two levels is
# described by the folder above.
find include kernel kmod userspace scripts tests -maxdepth 2 \
	\( -name '*.[ch]' -o -name '*.sh' \) -exec dirname {} + | sort -u | while read -r folder; do
	lines=$(grep -sc "" "$folder/README.md" || true)
	if [ "${lines:=0}" -lt 10 ] || [ "$lines" -gt 40 ]; then
		echo "$folder/README.md: $lines lines, not ten to forty"
	fi
done >>"$tmp/findings"

# Every header compiles alone.  Those of kmod/ need a kernel's flags, so Kbuild compiles one file
# for each; the core's headers are tried in both of their worlds.
alone()
{
	sed -n 's/^\([^ ]*:[0-9]*\):[0-9]*: .*error: /\1: does not compile alone: /p' "$1"
}

try()
{
	header=$1
	shift
	gcc -fsyntax-only -std=gnu11 -Iinclude/uapi -I. "$@" -x c "$header" 2>"$tmp/log" ||
		alone "$tmp/log" >>"$tmp/findings"
}

ksrc=$(scripts/ksrc.sh)
for header in $(sources include kernel userspace tests | grep '\.h$'); do
	case $header in
	kernel/env.h)		;;
	kernel/*)		try "$header" -include tests/unit/env.h ;;
	userspace/*)		try "$header" -D_GNU_SOURCE -Iuserspace ;;
	tests/*)		try "$header" -D_GNU_SOURCE -Iuserspace -Itests/selftests \
					-isystem "$ksrc/tools/testing/selftests" ;;
	*)			try "$header" -std=c99 ;;
	esac
done

krel=${KREL:-$(find /lib/modules/*/build/Makefile | cut -d/ -f4 | sort -V | tail -1)}
mkdir "$tmp/kbuild"
echo "ccflags-y := -I$PWD -I$PWD/include/uapi" >"$tmp/kbuild/Kbuild"
set --
for header in $(sources kernel kmod | grep '\.h$'); do
	unit=$(echo "${header%.h}" | tr / -)
	echo "#include \"$header\"" >"$tmp/kbuild/$unit.c"
	set -- "$@" "$unit.o"
done
echo "obj-m := $*" >>"$tmp/kbuild/Kbuild"
if ! make -s -k -j"$(nproc)" -C "/lib/modules/$krel/build" M="$tmp/kbuild" "$@" \
	>"$tmp/log" 2>&1; then
	alone "$tmp/log" | sed "s,^$PWD/,," >"$tmp/alone"
	# Without a compiler's error something else went wrong: no headers, no make.
	[ -s "$tmp/alone" ] || cp "$tmp/log" "$tmp/alone"
	cat "$tmp/alone" >>"$tmp/findings"
fi

sort -u "$tmp/findings"
[ ! -s "$tmp/findings" ]
