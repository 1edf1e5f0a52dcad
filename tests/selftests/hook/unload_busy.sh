#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The module cannot be taken from under living containers.
#
# Case T036.

# shellcheck source=hook.bash
. "$(dirname "$0")/hook.bash"

unload_at_once() {
	rmmod vzmod 2>&1
}

plan 9

for name in a b c; do
	ct=$((100 + 16#$name))
	start_held "$name" model $ct hold
	ok "container $ct lives" test -d /proc/bc/$ct
done
like "rmmod says that the module is in use" "$(unload_at_once)" 'in use'
is "nothing was detached" "$(hooked | wc -l)" "$(hooks_needed)"
for name in a b c; do
	does "container $((100 + 16#$name)) is still charged exactly" release $name
done
ok "without containers the module goes, and all it registered" eval 'unload && nothing_left'
