#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --copy kmod/RESOURCES.md
# kmod/RESOURCES.md names the functions that are hooked on this kernel.

# shellcheck source=hook.bash
. "$(dirname "$0")/hook.bash"

KERNEL=$(uname -r | grep -oE '^[0-9]+\.[0-9]+')

# documented FIELD: function and FIELD ("for" or "when") of each row, as the
# table has them for this kernel
documented() {
	awk -F ' *[|] *' -v kernel="$KERNEL" -v field="$1" '
		$2 ~ /^`/ { gsub(/`/, ""); print $function_ " " $wanted }
		{ for (i = 1; i <= NF; i++) {
			if ($i == kernel)
				function_ = i
			if ($i == field)
				wanted = i
		} }
	' /root/RESOURCES.md
}

# Prints what differs.
compare_with_kernel() {
	documented for >/run/documented
	sed -E 's/^([^ ]+) +[^ ]+ ?/\1 /' /proc/vz/hooks | diff /run/documented -
}

on_demand() {
	awk '$2 == "idle" { print $1 }' /proc/vz/hooks
}

plan 4

modprobe -a x_tables nf_tables nf_conntrack

ok "the table has a column for kernel $KERNEL" grep -q "^|.* $KERNEL |" /root/RESOURCES.md
ok "its functions, in order, and what they are for are those of this kernel" compare_with_kernel
is "those on demand are not hooked while nobody has a limit" "$(on_demand)" \
	"$(documented when | sed -n 's/ on demand$//p')"
is "all others are" "$(hooked | wc -l)" "$(($(wc -l </proc/vz/hooks) - $(on_demand | wc -l)))"
