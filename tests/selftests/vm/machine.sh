#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The VM that all other tests stand on is what they take it for.

# shellcheck source=../../lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

plan 5

like "the kernel is Debian's" "$(uname -v)" Debian
ok "vzmod is loaded" test -d /sys/module/vzmod
ok "the tools are installed" command -v vzctl
ok "a template is there" test -s /vz/template/cache/debian-12-x86_64-minimal.tar.gz
ok "the kernel log has no warning" no_splat
