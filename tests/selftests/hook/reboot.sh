#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A machine with ten containers under load reboots.
#
# The end of this test is the reboot: PID 1 of the VM asks for it when the
# script has ended, and what is running then keeps on.  A kernel that hangs over
# it runs into the time limit.  Case T042; power-off and kexec take the same way
# up to the last step.

# shellcheck source=hook.bash
. "$(dirname "$0")/hook.bash"

CONTAINERS=10

# Eight winds and what they fork, beside init and the shell that is now the storm.
rages() {
	[ "$(ub_field "$1" numproc held)" -ge 10 ]
}

plan 3

for ((i = 1; i <= CONTAINERS; i++)); do
	start_held "ct$i" contain $((100 + i)) sh -c 'echo runs; read -r go; exec /run/storm'
done
is "$CONTAINERS containers run" "$(tail -n +2 /proc/vz/veinfo | wc -l)" $CONTAINERS
for ((i = 1; i <= CONTAINERS; i++)); do
	echo >"/run/ct$i.go"
done
for ((i = 1; i <= CONTAINERS; i++)); do
	wait_for $PATIENCE rages $((100 + i)) || break
done
is "a storm is in each of them" $i $((CONTAINERS + 1))
ok "the kernel has logged no warning" no_splat
