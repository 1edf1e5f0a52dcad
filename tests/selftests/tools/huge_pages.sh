#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The host's pool of huge pages is not for containers, unless its admin says so.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"

plan 6

busybox_ct 101
install -t /vz/private/101/bin "$(command -v map_huge)"
echo 8 >/proc/sys/vm/nr_hugepages
ok "the host has a pool" map_huge 8
ok "a container starts" vzctl --quiet start 101
like "it has none of it" "$(vzctl exec 101 map_huge 1 2>&1)" "Cannot allocate memory"
is "nothing of the pool is used or reserved" \
	"$(awk '/^HugePages_(Free|Rsvd)/ { print $2 }' /proc/meminfo | xargs)" "8 0"

echo 4M | tee /sys/fs/cgroup/vz/101/hugetlb.2MB{,.rsvd}.max >/dev/null
ok "it has what its cgroup is given" vzctl exec 101 map_huge 2
like "and no more" "$(vzctl exec 101 map_huge 3 2>&1)" "Cannot allocate memory"
vzctl --quiet stop 101 --fast
