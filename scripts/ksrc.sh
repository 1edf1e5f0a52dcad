#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Print the path of the few kernel source files that checks and tests borrow from Debian.
#
# No header package carries checkpatch, kernel-doc or the kselftest headers, and copies of them do
# not belong in this repository.  They come from Debian's linux-source package, once, into the cache.

set -eu

package=${VZMOD_KSRC_PACKAGE:-linux-source-6.1}
cache=${VZMOD_CACHE:-$HOME/.cache/vzmod}
files='
scripts/checkpatch.pl
scripts/const_structs.checkpatch
scripts/kernel-doc
scripts/spelling.txt
tools/testing/selftests/kselftest.h
tools/testing/selftests/kselftest_harness.h
'

# A tree unpacked by an older copy of this script may lack what the list has gained since.
is_complete()
{
	for file in $files; do
		[ -f "$1/$file" ] || return 1
	done
}

# The newest complete tree serves, whatever its version: these tools hardly change, and the network
# is not needed a second time.
for tree in $(printf '%s\n' "$cache"/ksrc-* | sort -rV); do
	if is_complete "$tree"; then
		echo "$tree"
		exit 0
	fi
done

mkdir -p "$cache"
work=$(mktemp -d "$cache/tmp.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

echo "ksrc: fetching $package (once, about 140 MB)" >&2
if ! (cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "$package" >&2); then
	echo "ksrc: cannot fetch $package; apt-get update may help" >&2
	exit 1
fi
deb=$(echo "$work/$package"_*.deb)
version=$(dpkg-deb -f "$deb" Version)
tree=$cache/ksrc-$version

mkdir "$work/tree"
# shellcheck disable=SC2046,SC2086 # the list is meant to be split
dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/src/$package.tar.xz" |
	tar -xJ -C "$work/tree" --strip-components=1 $(printf "$package/%s\n" $files)

# The rename is what publishes the tree, so a reader sees all of it or nothing.  Losing the race
# against another run is fine: the winner's tree is the same.
if [ -d "$tree" ] && ! is_complete "$tree"; then
	mv "$tree" "$work/incomplete"
fi
mv -T "$work/tree" "$tree" 2>/dev/null || is_complete "$tree"
echo "$tree"
