#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Check style, types, documentation and layers.
#
#   scripts/lint.sh [CHECK...]      all checks of the list at the end, or these
#
# A check is silent when all is well, so whatever it prints is a finding.

# shellcheck disable=SC2317 # the checks are called by name

set -eu
cd "$(dirname "$0")/.."

for tool in gcc sparse shellcheck rsync perl xz; do
	if ! command -v "$tool" >/dev/null; then
		echo "lint: no $tool; apt-get install gcc sparse shellcheck rsync perl xz-utils" >&2
		exit 1
	fi
done

ksrc=$(scripts/ksrc.sh)
krel=${KREL:-$(find /lib/modules/*/build/Makefile | cut -d/ -f4 | sort -V | tail -1)}
top=$PWD
tmp=$(mktemp -d)
mkdir "$tmp/include"
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# Everything that checkpatch --strict asks for is done, but for these types.
#
# The stand-in for the kernel's headers defines what the others are to use:
# barriers, BUG_ON(), attributes, types, and macros that are functions there.
#
# Programs have no kernel headers, so there is nothing to follow the advice
# with (PREFER_*, ARRAY_SIZE, VOLATILE: sig_atomic_t), and what ENOSYS means is
# what they ask about; their messages name what the user
# typed, not functions (EMBEDDED_FUNCTION_NAME); and checkpatch knows neither
# cleanup attributes as the beginning of a declaration (LINE_SPACING) nor
# compound literals (UNNECESSARY_PARENTHESES), nor a result that an assertion
# looks at (NAKED_SSCANF). Tests have tables of variants (COMPLEX_MACRO) and
# texts whose lines are as long as they are (SPLIT_STRING).
#
# LINUX_VERSION_CODE has its place in one file, which check-layers.sh watches.
# A macro that makes a function of its arguments uses the name several times
# (MACRO_ARG_REUSE), and __VA_ARGS__ is no parameter (FUNCTION_ARGUMENTS).
# A function that assembler code calls needs a prototype in its own file
# (AVOID_EXTERNS).
off_everywhere=LINUX_VERSION_CODE,AVOID_EXTERNS,MACRO_ARG_REUSE,FUNCTION_ARGUMENTS
off_in_programs=$off_everywhere,PREFER_DEFINED_ATTRIBUTE_MACRO,PREFER_KERNEL_TYPES,VOLATILE
off_in_programs=$off_in_programs,ARRAY_SIZE,COMPLEX_MACRO,ENOSYS,EMBEDDED_FUNCTION_NAME,LINE_SPACING,UNNECESSARY_PARENTHESES
off_in_programs=$off_in_programs,NAKED_SSCANF,SPLIT_STRING
off_in_stand_in=$off_in_programs,AVOID_BUG,CAMELCASE,COMPLEX_MACRO,MACRO_ARG_REUSE
off_in_stand_in=$off_in_stand_in,MACRO_ARG_PRECEDENCE,MEMORY_BARRIER,MINMAX,NEW_TYPEDEFS

c_files()
{
	find "$@" -name '*.[ch]' ! -name '*.mod.c'
}

# It leaves a cache of names where it runs, so that is not here.
checkpatch()
{
	sed "s,^,$top/," | (
		cd "$tmp"
		xargs -r -n 4 -P "$(nproc)" perl "$ksrc/scripts/checkpatch.pl" --no-tree \
			--root="$tmp" --strict --terse --show-types --no-summary \
			--max-line-length=100 --ignore "$1" -f || true
	) | sed "s,^$top/,,"
}

# Folders named modules hold modules that tests load.
lint_checkpatch()
{
	c_files include kernel kmod tests | grep -E '^(include|k|.*/modules/)' |
		checkpatch "$off_everywhere"
	c_files userspace tests | grep -vE '/modules/|/unit/env\.' | checkpatch "$off_in_programs"
	c_files tests/unit | grep '/env\.' | checkpatch "$off_in_stand_in"
}

# -v asks for "Return:" sections; with it come lines that are no findings.
lint_kernel_doc()
{
	c_files include kernel kmod | xargs "$ksrc/scripts/kernel-doc" -none -v 2>&1 |
		grep -v ': info: ' || true
}

lint_shellcheck()
{
	find scripts tests userspace .ci -type f -exec grep -lZE '^#!.*\<(ba|da)?sh\>' {} + |
		xargs -r0 shellcheck -x -P SCRIPTDIR
}

lint_layers()
{
	KREL=$krel scripts/check-layers.sh
}

lint_resources()
{
	scripts/mkresources >"$tmp/RESOURCES.md"
	diff -u kmod/RESOURCES.md "$tmp/RESOURCES.md"
}

# Built from nothing in a place of its own: make does not look twice at what is up to date.
fresh()
{
	rsync -a --delete --exclude=/build --exclude=/.git ./ "$tmp/tree/"
	make -s -j"$(nproc)" -C "$tmp/tree" "$@" 2>&1 |
		sed -E "s,$tmp/tree/(build/$krel/)?,,g"
}

# The headers come without the kernel's type information.
lint_module()
{
	fresh module KREL="$krel" W=1 C=2 CF=-Wsparse-error |
		grep -v '^Skipping BTF generation for ' || true
	tests/selftests/hook/wrappers "$tmp/tree/build/$krel/vzmod.ko"
}

lint_tools()
{
	fresh tools
}

lint_unit_tests()
{
	fresh -C tests/unit all
}

[ $# -gt 0 ] || set -- checkpatch kernel_doc shellcheck layers resources module tools unit_tests
status=0
for check; do
	"lint_$check" >"$tmp/findings" 2>&1 || echo "$check has failed" >>"$tmp/findings"
	if [ -s "$tmp/findings" ]; then
		status=1
		cat "$tmp/findings"
	fi
	echo "lint: $check: $(grep -c '' "$tmp/findings" || true) findings"
done
exit $status
