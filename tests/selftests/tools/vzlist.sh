#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vzlist and vzpid print what programs parse: columns, order, JSON, exit codes.

# shellcheck source=tools.bash
. "$(dirname "$0")/tools.bash"

CLASSIC='      CTID      NPROC STATUS    IP_ADDR         HOSTNAME'
title='a "quoted" title'

for id in 101 102 103 104 1105; do
	busybox_ct $id
done
rm -r /vz/private/1105
vzctl --quiet set 101 --hostname web.example.com --name web --save
echo "DESCRIPTION='$title'" >>/etc/vz/conf/101.conf
vzctl --quiet set 102 --hostname a-host-name-that-is-longer-than-its-column --name db \
	--onboot yes --save
vzctl --quiet start 101
vzctl --quiet start 103
vzctl --quiet mount 102

# --- which -------------------------------------------------------------------

is "by itself: the running ones" "$(vzlist -1 | xargs)" "101 103"
is "-a: all, but for what has no files" "$(vzlist -a1 | xargs)" "101 102 103 104"
is "-S: the others" "$(vzlist -S1 | xargs)" "102 104"
is "given numbers, running or not" "$(vzlist -1 104 101 | xargs)" "101 104"
is "given names" "$(vzlist -1 db | xargs)" 102
is "-h: a pattern for host names" "$(vzlist -a1 -h '*.example.*' | xargs)" 101
is "-N: for names" "$(vzlist -a1 -N '[dw]*b' | xargs)" "101 102"
is "-d: for descriptions" "$(vzlist -a1 -d '*quoted*' | xargs)" 101
is "long options, too" "$(vzlist --all --no-header --output ctid --hostname 'web*')" \
	"       101"

# --- columns -----------------------------------------------------------------

prints "the classic table" "$CLASSIC
       101          1 running   -               web.example.com
       103          1 running   -               -" vzlist
is "-H: no header" "$(vzlist -H | wc -l)" 2
is "-n: names" "$(vzlist -a -n | sed -n '1p; 2s/  *1 /  N /p')" \
	" SMARTNAME      NPROC STATUS    IP_ADDR         HOSTNAME
       web  N running   -               web.example.com"
is "-o: these columns" "$(vzlist -aH -o ctid,status)" "       101 running
       102 mounted
       103 running
       104 stopped"
is "a value too long for its column is cut" "$(vzlist -H -o hostname,status 102)" \
	"a-host-name-that-is-longer-than- mounted"
is "-t: not cut" "$(vzlist -tH -o hostname,status 102)" \
	"a-host-name-that-is-longer-than-its-column mounted"
is "the last column is never cut" "$(vzlist -H -o status,hostname 102)" \
	"mounted   a-host-name-that-is-longer-than-its-column"
is "beancounters in five forms" \
	"$(vzlist -o numproc.b,numproc.l,numproc.f,numproc.m 101 | head -n 1)" \
	"   NPROC.B    NPROC.L    NPROC.F    NPROC.M"
is "they are those of the kernel" "$(vzlist -H -o numfile.l,numfile,numfile.b 103 | xargs)" \
	"20000 $(ub_field 103 numfile held) 20000"
is "a stopped one uses nothing" "$(vzlist -H -o numproc,numproc.m,numproc.f 104 | xargs)" "- - -"
like "-L lists what there is" "$(vzlist -L)" '^numproc\.f +NPROC\.F *$'
ok "and all of that can be shown" vzlist -a -o "$(vzlist -L | awk '{ print $1 }' | paste -sd ,)"
like "uptime" "$(vzlist -H -o uptime 101)" '^ *000d00h:0[0-9]m:[0-9]{2}s$'

# --- order -------------------------------------------------------------------

is "-s -ctid: backwards" "$(vzlist -a1 -s -ctid | xargs)" "104 103 102 101"
is "-s: by a column that is shown" "$(vzlist -aH -o ctid,status -s status | awk '{ print $1 }' |
	xargs)" "101 103 104 102"
is "-s: what is not set comes first" "$(vzlist -a1 -s hostname | xargs)" "103 104 102 101"

# --- JSON --------------------------------------------------------------------

json() {
	vzlist -aj "${@:2}" | jq -c "$1"
}

is "numbers are numbers" "$(json '.[0].ctid')" 101
is "text is escaped" "$(json '.[0].description' | jq -r .)" "$title"
is "what is not set is null" "$(json '.[3].hostname')" null
is "yes and no are true and false" "$(json '[.[].onboot]')" "[false,true,false,false]"
is "a beancounter is an object" "$(json '.[0].numproc | keys_unsorted')" \
	'["held","maxheld","barrier","limit","failcnt"]'
is "with the numbers of the kernel" "$(json '.[2].numfile.held')" "$(ub_field 103 numfile held)"
is "of one that is not running, only the limits count" \
	"$(json '.[3].numproc | [.held, .maxheld, .barrier, .limit]')" "[0,0,1000,1000]"
is "a list is an array" "$(json '.[0].ip')" "[]"
is "-o: only these" "$(json '.[0]' -o ctid,status)" '{"ctid":101,"status":"running"}'
says "a column with a suffix is refused" 1 \
	"^Field \`numproc.b' is not available in JSON output$" vzlist -j -o numproc.b

# --- exit codes --------------------------------------------------------------

says "an unknown column" 1 "^Unknown field: nonsense$" vzlist -o ctid,nonsense
says "an unknown column to sort by" 1 "^Invalid sort field name: nonsense$" vzlist -s nonsense
says "a bad number" 1 "^CT ID 0x65 is invalid\.$" vzlist 0x65
says "CT 0" 1 "^CT ID 0 is invalid\.$" vzlist 0
says "a number that nobody has" 1 "^Container\(s\) not found$" vzlist 4711
says "an unknown option" 1 "^Usage: vzlist" vzlist --nonsense
status_is "--help has always been 1" 1 vzlist --help
says "an ordinary user is refused" 1 "^This program can only be run under root\.$" \
	setpriv --reuid 1000 --clear-groups "$(command -v vzlist)"
ok "except for -L" setpriv --reuid 1000 --clear-groups "$(command -v vzlist)" -L

# --- vzpid -------------------------------------------------------------------

init=$(cat /sys/fs/cgroup/vz/101/cgroup.procs /sys/fs/cgroup/vz/101/*/cgroup.procs 2>/dev/null |
	head -n 1)
prints "vzpid: a process of a container, one of the host, one that is gone" \
	"Pid	CTID	Name
$init	101	busybox
1	0	init" vzpid "$init" 1 999999
prints "vzpid -p: with its number inside" "Pid	CT/Pid	CTID	Name
$init	1	101	busybox" vzpid -p "$init"
is "vzpid -: from standard input" "$(echo "$init" | vzpid - | tail -n 1)" "$init	101	busybox"
mkfifo /tmp/hold
while IFS=: read -r name shown; do
	(printf '%b' "$name" >"/proc/$BASHPID/comm" && read -r </tmp/hold) &
	wait_for 20 not cmp -s /proc/$!/comm /proc/$$/comm
	is "vzpid: the name '$name' is shown as '$shown'" "$(vzpid $! | tail -n 1)" "$!	0	$shown"
	kill $!
done <<-'END'
	\e[2J\x9bx\177:?[2J?x?
	\0:-
	\x20:-
END
status_is "vzpid of nothing: usage" 1 vzpid

# --- nothing there -----------------------------------------------------------

vzctl --quiet stop 101 --fast
vzctl --quiet stop 103 --fast
says "nothing to list is no failure" 0 "^Container\(s\) not found$" vzlist
is "in JSON it is an empty array" "$(vzlist -j 2>/dev/null)" "[]"
rmmod vzmod
says "without the module" 1 "^Unable to open" vzlist -a
done_testing
