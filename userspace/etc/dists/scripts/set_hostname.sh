# SPDX-License-Identifier: GPL-2.0-or-later
# Set the host name to HOSTNM: now, for the next boot, and in /etc/hosts.
# IP_ADDR is the first address of the container, or empty.

mark="# Auto-generated hostname. Please do not remove this comment."
short=${HOSTNM%%.*}
[ -n "$HOSTNM" ] || exit 0

names="$HOSTNM"
[ "$short" = "$HOSTNM" ] || names="$HOSTNM $short"

# Where each family of distributions keeps it.
if [ -e /etc/sysconfig/network ]; then
	{
		grep -v '^HOSTNAME=' /etc/sysconfig/network
		echo "HOSTNAME=\"$HOSTNM\""
	} | put_file /etc/sysconfig/network
elif [ -e /etc/HOSTNAME ]; then
	echo "$HOSTNM" | put_file /etc/HOSTNAME
fi
if [ -e /etc/hostname ] || [ ! -e /etc/sysconfig/network ]; then
	echo "$short" | put_file /etc/hostname
fi

# The line behind the mark is ours; the rest of the file is not.
{
	echo "$mark"
	echo "${IP_ADDR:-127.0.1.1} $names"
	[ ! -e /etc/hosts ] ||
		sed '/^# Auto-generated hostname\. Please/{N;d;}' /etc/hosts
	grep -qs '^127\.0\.0\.1[[:space:]]' /etc/hosts ||
		echo "127.0.0.1 localhost localhost.localdomain"
	grep -qs '^::1[[:space:]]' /etc/hosts ||
		echo "::1 localhost localhost.localdomain"
} | put_file /etc/hosts

hostname "$HOSTNM" 2>/dev/null || echo "$HOSTNM" >/proc/sys/kernel/hostname
