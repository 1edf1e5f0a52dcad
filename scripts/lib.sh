# SPDX-License-Identifier: GPL-2.0-or-later
# Shell functions shared by the scripts of this directory.
# shellcheck shell=bash

set -euo pipefail
shopt -s inherit_errexit

# shellcheck disable=SC2034 # for the scripts that include this
VZMOD_TOP=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
VZMOD_CACHE=${VZMOD_CACHE:-${HOME:-/root}/.cache/vzmod}

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	say "$*"
	exit 1
}

# The comment at the top of the script is its help text.
usage() {
	sed -n '3,/^[^#]/ { s/^# \?//p }' "$0" >&2
	exit 2
}

# need_packages NAME...: install what is missing, quietly if nothing is
need_packages() {
	local installed package missing=()

	installed=$(dpkg-query -Wf '${db:Status-Abbrev}${Package}\n' "$@" 2>/dev/null || true)
	for package; do
		grep -qFx "ii $package" <<<"$installed" || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0

	say "installing ${missing[*]}"
	with_fresh_lists env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=600 \
		install --no-install-recommends "${missing[@]}" >&2 </dev/null
}

# with_fresh_lists COMMAND...: an apt command, once more with new package
# lists if it fails: the lists may be missing, or name files that are gone
with_fresh_lists() {
	"$@" 2>/dev/null || {
		apt-get -qq -o DPkg::Lock::Timeout=600 update >&2
		"$@"
	}
}

# cached KIND BUILDER [ARG...]: print the path of a cache entry, a directory.
# It is made by "BUILDER DIRECTORY ARG..." if there is none for this text of
# the functions and these arguments.  Until it is complete it has another name,
# so an interrupted run leaves nothing that the next could take for a result.
cached() {
	local kind=$1 builder=$2 key entry

	shift 2
	key=$({ declare -f "$builder" make_root make_image; printf '%s\n' "$@"; } | sha256sum)
	entry=$VZMOD_CACHE/$kind-${key:0:16}
	mkdir -p "$VZMOD_CACHE"
	(
		flock 9
		[ ! -e "$entry" ] || exit 0
		set -E
		trap 'say "making the $kind failed at: $BASH_COMMAND"' ERR
		rm -rf "$VZMOD_CACHE/$kind.tmp"
		mkdir "$VZMOD_CACHE/$kind.tmp"
		"$builder" "$VZMOD_CACHE/$kind.tmp" "$@" >&2
		mv "$VZMOD_CACHE/$kind.tmp" "$entry"
		forget_old "$kind" "$entry"
	) 9>"$VZMOD_CACHE/$kind.lock"
	touch -c "$entry"
	printf '%s\n' "$entry"
}

# Entries that nobody has asked for in two weeks only take room.
forget_old() {
	find "$VZMOD_CACHE" -maxdepth 1 -name "$1-*" ! -path "$2" -mtime +14 \
		-exec rm -rf {} +
}

# apt_sources SUITE...: lines of sources.list for the suites, from the mirror
# that this machine itself uses
apt_sources() {
	local known main suite uri

	# shellcheck disable=SC2016 # these are apt's own variables
	known=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' \
		'Created-By: Packages' | sort -u)
	main=$(awk '$2 == "bookworm" || $2 == "stable" { print $1; exit }' <<<"$known")
	[ -n "$main" ] || die "the apt sources of this machine name no Debian 12 mirror"
	for suite; do
		uri=$(awk -v suite="$suite" '$2 == suite { print $1; exit }' <<<"$known")
		case $suite in
		*-security) uri=${uri:-${main%/}-security/} ;;
		esac
		printf 'deb [signed-by=%s] %s %s main\n' \
			/usr/share/keyrings/debian-archive-keyring.gpg "${uri:-$main}" "$suite"
	done
}

# make_root "SUITE [MORE-SUITES]" DIRECTORY "PACKAGE..." [MMDEBSTRAP-OPTION...]:
# a Debian root file system without documentation
make_root() {
	local suite=${1%% *} target=$2 packages=$3 sources

	# shellcheck disable=SC2086 # a list of words
	sources=$(apt_sources $1 "$suite-updates" "$suite-security")
	shift 3
	mmdebstrap --quiet --mode=root --variant=minbase \
		--include="${packages// /,}" \
		--aptopt='APT::Install-Recommends "false"' \
		--aptopt='Acquire::Languages "none"' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/info/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt=force-unsafe-io \
		"$@" "$suite" "$target" - <<<"$sources" >&2
}

# make_image DIRECTORY FILE SIZE: an ext4 image of the directory.  The VM
# throws its changes away, so a journal would only cost time.
make_image() {
	truncate --size="$3" "$2"
	mke2fs -q -t ext4 -m 0 -O ^has_journal,quota,project \
		-E lazy_itable_init=1,root_owner=0:0 -d "$1" "$2"
}
