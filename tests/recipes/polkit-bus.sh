#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
# polkit-bus.sh ACTIONS RULES SYSUSERS COMMAND...: runs a command with a system bus of its own and
# the real polkitd on it, which has our actions and rules and knows our user. Nothing is installed:
# polkit's folders and /etc/passwd are covered in a mount namespace of its own. $BUS_POLICY, if set, is
# a policy for the bus besides. Needs root.
set -euo pipefail
if [ "$1" != --inside ]; then
  exec unshare --mount --propagation private -- "$0" --inside "$@"
fi
actions=$(readlink -f "$2")
rules=$(readlink -f "$3")
sysusers=$(readlink -f "$4")
shift 4
root=$(mktemp -d "${TMPDIR:-/tmp}/binnacle-polkit.XXXXXX")
chmod 755 "$root"
children=()

finish() {
  local index
  for ((index = ${#children[@]} - 1; index >= 0; index--)); do
    kill "${children[index]}" 2> /dev/null || true
    wait "${children[index]}" 2> /dev/null || true
  done
  umount /etc/polkit-1/rules.d /usr/share/polkit-1/rules.d /usr/share/polkit-1/actions \
    /etc/passwd 2> /dev/null || true
  rm -rf -- "$root"
}
trap finish EXIT
trap 'exit 143' TERM INT

mkdir -p "$root"/{actions,rules,none,users/etc,users/usr/lib/sysusers.d}
cp /usr/share/polkit-1/actions/org.freedesktop.{policykit,systemd1}.policy "$root/actions"
cp "$actions" "$root/actions"
cp "$rules" "$root/rules"
cp /etc/{passwd,group} "$root/users/etc"
cp "$sysusers" "$root/users/usr/lib/sysusers.d/binnacle.conf"
systemd-sysusers --root="$root/users" 2> /dev/null
chown -R polkitd "$root/rules" "$root/none"
mount --bind "$root/none" /etc/polkit-1/rules.d
mount --bind "$root/rules" /usr/share/polkit-1/rules.d
mount --bind "$root/actions" /usr/share/polkit-1/actions
mount --bind "$root/users/etc/passwd" /etc/passwd

cat > "$root/system.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=$root/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  <policy user="root"><allow own="*"/><allow send_type="method_call"/></policy>
  <includedir>/usr/share/dbus-1/system.d</includedir>
  ${BUS_POLICY:+<include>$BUS_POLICY</include>}
</busconfig>
CONF
# The read ends with the address, or with the daemon.
mkfifo "$root/address"
dbus-daemon --config-file="$root/system.conf" --nofork --nopidfile --print-address=3 \
  3> "$root/address" 2> "$root/bus.log" &
children+=($!)
if ! read -r -t 20 DBUS_SYSTEM_BUS_ADDRESS < "$root/address"; then
  cat "$root/bus.log" >&2
  exit 99
fi
export DBUS_SYSTEM_BUS_ADDRESS
/usr/lib/polkit-1/polkitd > "$root/polkitd.log" 2>&1 &
children+=($!)
if ! gdbus wait --system --timeout 20 org.freedesktop.PolicyKit1; then
  cat "$root/bus.log" "$root/polkitd.log" >&2
  exit 99
fi
status=0
"$@" || status=$?
if [ "$status" != 0 ]; then
  cat "$root/polkitd.log" >&2
  exit "$status"
fi
