#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# numiptent counts the rules of iptables, ip6tables, arptables and nftables to
# the unit, whatever adds and takes them, and refuses with ENOMEM at the limit.
#
# Case T030 (numiptent).
# vm: --time 900

# shellcheck source=../../lib/lib.sh
. "$(dirname "$0")/../../lib/lib.sh"

export XTABLES_LOCKFILE=/run/xtables-for-all.lock LC_ALL=C
install -m 666 /dev/null $XTABLES_LOCKFILE

# start CTID: $init is its init
start() {
	vzctl start "$1" >/dev/null
	init=$(init_of "$1")
}

# As root of the container, in its net namespace, with programs of the host.
inside() {
	as_root_in "$init" "$@"
}

held() {
	ub_field 101 numiptent held
}

failures() {
	ub_field 101 numiptent failcnt
}

limit() {
	vzctl set 101 --numiptent "$1" >/dev/null
}

# counts SENTENCE N: that many are held now
counts() {
	is "$1" "$(held)" "$2"
}

holds() {
	[ "$(held)" -eq "$1" ]
}

# states MODULE-PREFIX: the states of its hooks
states() {
	awk -v prefix="^$1" '$1 ~ prefix { print $2 }' /proc/vz/hooks | sort -u | xargs
}

# Rules that nft itself sees in the container.
listed() {
	inside nft -j list ruleset | jq '[.nftables[] | select(.rule)] | length'
}

# refused COMMAND...: it fails, and says that there is no memory
refused() {
	local output

	! output=$("$@" 2>&1) || return 1
	grep -qiE 'memory' <<<"$output" && return
	echo "$output"
	return 1
}

# nft_batch [TEXT]: one transaction
nft_batch() {
	inside nft -f - <<<"$1"
}

# new_rules N: text that adds as many to a chain
new_rules() {
	seq -f "add rule inet t c tcp dport %.0f accept" "$1"
}

# restore_text N: a table of iptables-restore with that many rules
restore_text() {
	echo '*filter'
	seq -f '-A INPUT -p tcp --dport %.0f -j ACCEPT' "$1"
	echo COMMIT
}

restore() {
	restore_text "$1" | inside iptables-legacy-restore
}

T='table inet t'
C="add $T; add chain inet t c"

plan 80

# --- modules -------------------------------------------------------------------

busybox_ct 101
start 101
is "without netfilter its hooks wait" "$(states 'xt_|nf_tables_|nft_')" waiting
like "and numiptent is accounted" "$(cat /proc/bc/101/debug)" '^numiptent: accounted$'
counts "there is nothing to count" 0
ok "a module comes" modprobe x_tables
is "its hooks are on" "$(states xt_)" on
is "those of the other still wait" "$(states nf_tables_)" waiting
modprobe -a ip_tables ip6_tables arp_tables iptable_filter iptable_nat ip6table_filter \
	arptable_filter nf_tables
is "now all are on" "$(states 'xt_|nf_tables_|nft_')" on

# --- xtables: entries of a whole table, policies and end included --------------------

base=0
while read -r tool table chain entries; do
	ok "$tool: table $table is made" inside "$tool" -t "$table" -L -n
	counts "$tool: it has $entries entries" $((base + entries))
	for i in {1..5}; do
		inside "$tool" -t "$table" -A "$chain" -s "10.0.0.$i" -j ACCEPT
	done
	counts "$tool: five rules" $((base + entries + 5))
	inside "$tool" -t "$table" -D "$chain" 2
	counts "$tool: one is deleted" $((base + entries + 4))
	inside "$tool" -t "$table" -F
	counts "$tool: all are flushed" $((base + entries))
	inside "$tool" -t "$table" -N own
	counts "$tool: a chain of one's own is two entries" $((base + entries + 2))
	inside "$tool" -t "$table" -X own
	base=$((base + entries))
done <<-END
	iptables-legacy filter INPUT 4
	iptables-legacy nat OUTPUT 5
	arptables-legacy filter INPUT 4
END
inside ip6tables-legacy -A INPUT -s fd00::1 -j DROP
base=$((base + 5))
counts "ip6tables-legacy: a table and a rule" $base

# --- nftables ------------------------------------------------------------------------

nft_batch "$C"
counts "nft: tables and chains are no rules" $base
nft_batch "$(new_rules 100)"
counts "nft: a hundred rules at once" $((base + 100))
inside nft insert rule inet t c counter
counts "nft: one more" $((base + 101))
handle=$(inside nft -a list chain inet t c | sed -n 's/.* accept # handle //p' | head -n 1)
inside nft replace rule inet t c handle "$handle" drop
counts "nft: a rule takes the place of another" $((base + 101))
inside nft delete rule inet t c handle "$handle"
counts "nft: one is deleted" $((base + 100))
status_is "nft: a wrong rule fails its transaction" 1 \
	nft_batch "$(new_rules 10); add rule inet t nowhere drop"
counts "nft: of which nothing counts" $((base + 100))
status_is "nft: so does a wrong deletion" 1 \
	nft_batch "flush chain inet t c; delete chain inet t nowhere"
counts "nft: and all rules still count" $((base + 100))
nft_batch "flush chain inet t c; $(new_rules 7)"
counts "nft: other rules in one transaction" $((base + 7))
nft_batch 'add rule inet t c jump { counter; drop; }'
counts "nft: a chain without a name counts with its rules" $((base + 10))
handle=$(inside nft -a list chain inet t c | sed -n 's/.*} # handle //p')
inside nft delete rule inet t c handle "$handle"
counts "nft: and goes with them" $((base + 7))
inside nft delete "$T"
counts "nft: the table is deleted" $base
inside iptables-nft -A INPUT -s 10.0.0.1 -j ACCEPT
inside ip6tables-nft -A INPUT -s fd00::1 -j ACCEPT
counts "iptables and ip6tables over nft" $((base + 2))
inside nft flush ruleset
counts "nft: everything is flushed" $base

# A table that goes with its owner.
(echo 'table inet o { flags owner; chain c { counter; drop; }; }'; sleep 5) | inside nft -i \
	>/dev/null &
ok "nft: a table that has an owner counts" wait_for 10 holds $((base + 2))
wait $!
ok "nft: and goes with him" wait_for 10 holds $base

# Chains that go with their device.
inside ip link add dummy0 type dummy
nft_batch 'table netdev d { chain c { type filter hook ingress device dummy0 priority 0;
	counter; drop; }; }'
counts "nft: rules of a device count" $((base + 2))
inside ip link del dummy0
is "nft: and count as long as they are there" "$(held)" $((base + $(listed)))
inside nft flush ruleset

# --- other net namespaces, the host --------------------------------------------------

mkfifo /run/go
# shellcheck disable=SC2016
inside unshare --net sh -c 'nft add table ip n; nft add chain ip n c; nft add rule ip n c drop;
	iptables-legacy -A INPUT -j ACCEPT; echo ready; read -r line' <>/run/go >/run/nested &
ok "rules of another net namespace of the container are made" \
	wait_for 10 grep -q ready /run/nested
counts "and count too" $((base + 6))
echo >/run/go
wait $!
ok "and go with it" wait_for 20 holds $base

iptables-legacy -A INPUT -s 192.0.2.1 -j DROP
nft -f - <<<"$C; $(new_rules 20)"
counts "rules of the host do not" $base
iptables-legacy -F
nft flush ruleset

# --- the limit -----------------------------------------------------------------------

limit 40:40
inside iptables-legacy -F
nft_batch "$C"
failed=$(failures)
for ((room = 40 - base; room > 0; room--)); do
	inside iptables-legacy -A INPUT -s 10.0.0.1 -j ACCEPT
done
counts "up to the limit" 40
ok "iptables: a rule more is refused" refused inside iptables-legacy -A INPUT -j ACCEPT
ok "nft: a rule more is refused" refused nft_batch "$(new_rules 1)"
is "those are two refusals" "$(failures)" $((failed + 2))
ok "a new table is refused" refused inside iptables-legacy -t mangle -L
counts "nothing of it counts" 40
ok "a table of the same size takes the place of another" restore $((40 - base))
status_is "one that is larger by one does not" 1 restore $((41 - base))
inside iptables-legacy -F
counts "flushing is possible" "$base"

nft_batch "$(new_rules $((40 - base)))"
counts "nft: up to the limit" 40
ok "nft: as many rules take the place of the others" \
	nft_batch "flush chain inet t c; $(new_rules $((40 - base)))"
counts "nft: which is still the limit" 40
ok "nft: one rule more does not" refused \
	nft_batch "flush chain inet t c; $(new_rules $((41 - base)))"
counts "nft: and the old ones are still there" 40
limit 20:20
ok "below a lowered limit nothing is added" refused nft_batch "$(new_rules 1)"
ok "but may be taken" nft_batch "flush chain inet t c; $(new_rules 1)"
counts "nft: one is left" $((base + 1))

# --- bombs -----------------------------------------------------------------------------

# Whatever comes of it, in a namespace of its own and in that of the others.
storm() {
	local i

	for i in {1..15}; do
		nft_batch "flush chain inet t c; $(new_rules $((RANDOM % 200)))"
		inside unshare --net nft -f - <<<"$C; $(new_rules $((RANDOM % 200)))"
		restore $((RANDOM % 100))
	done 2>/dev/null
	return 0
}

# The rules of the filter table, the entries of all tables, and those of nft.
holds_what_is_there() {
	local legacy

	legacy=$(inside iptables-legacy-save -t filter | grep -c '^-A')
	holds $((base + legacy + $(listed)))
}

storms=()
limit 150:150
for i in {1..3}; do
	storm &
	storms+=($!)
done
wait "${storms[@]}"
ok "after a storm of rules what is held is what is there" wait_for 20 holds_what_is_there
ok "the limit was never passed" [ "$(ub_field 101 numiptent maxheld)" -le 150 ]

# --- modules go --------------------------------------------------------------------------

# Rules pin them.
nft_batch 'flush chain inet t c'
inside iptables-legacy -F
inside ip6tables-legacy -F
base=$((base - 1))
counts "all rules are flushed" $base
ok "nf_tables can be unloaded as ever" rmmod nf_tables
is "its hooks wait again" "$(states nf_tables_)" waiting
modprobe nf_tables
nft_batch "$C; $(new_rules 5)"
counts "it is loaded again and counts" $((base + 5))
ok "so can all of xtables" rmmod iptable_filter iptable_nat iptable_mangle ip6table_filter \
	arptable_filter ip_tables ip6_tables arp_tables
counts "with the tables their entries have gone" 5

ok "the container stops" vzctl stop 101 --fast
modprobe -a iptable_filter
ok "vzmod is unloaded" wait_for 30 rmmod vzmod
ok "and loaded after netfilter" insmod /root/vzmod.ko
is "all hooks are on" "$(states 'xt_|nf_tables_|nft_')" on
start 101
nft_batch "$C; $(new_rules 3)"
inside iptables-legacy -A INPUT -j ACCEPT
counts "rules count" 8
vzctl stop 101 --fast >/dev/null
is "no container has leaked any" "$(dmesg | grep -c leaked)" 0
