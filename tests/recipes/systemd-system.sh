#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
# systemd-system.sh FOLDER COMMAND...
#
# Boots the real systemd as process 1 of namespaces of its own, with its journal, its system bus and
# polkit, on a copy of this machine's root over which FOLDER is laid; runs COMMAND there as a
# service, and has its exit status. Nothing is written to this machine. Needs root.
set -euo pipefail

# The folder of this process in each hierarchy that systemd could use.
make_cgroups() {
  local root
  for root in /sys/fs/cgroup/unified /sys/fs/cgroup/systemd /sys/fs/cgroup; do
    if [ -e "$root/cgroup.procs" ] && mkdir "$root/$1" 2> /dev/null; then
      echo "$root/$1"
    fi
  done
}

outer() {
  local folder status=0 cgroups=() cgroup
  folder=$(mktemp -d "${TMPDIR:-/tmp}/systemd-XXXXXX")
  mkfifo "$folder/output"
  mkdir "$folder/mounts"
  cat "$folder/output" &
  local printer=$!
  readarray -t cgroups < <(make_cgroups "binnacle-test-$$")
  (
    for cgroup in "${cgroups[@]}"; do
      echo "$BASHPID" > "$cgroup/cgroup.procs"
    done
    exec setpriv --pdeathsig KILL unshare --mount --cgroup --pid --net --uts --ipc --fork \
      --kill-child --propagation private "$0" --inner "$folder" "$@"
  ) < /dev/null > "$folder/console" 2>&1 &
  local machine=$!
  trap 'kill -KILL "$machine"' TERM INT HUP
  wait "$machine" || status=$?
  # A systemd that did not come so far has not opened it.
  if ! { : <> "$folder/output" && wait "$printer"; }; then
    kill "$printer" 2> /dev/null || true
  fi
  [ "$status" = 0 ] || sed 's/^/# console: /' "$folder/console"
  for cgroup in "${cgroups[@]}"; do
    find "$cgroup" -depth -type d -exec rmdir {} \; || true
  done
  rm -rf -- "$folder"
  return "$status"
}

# What a machine has besides its files.
mount_devices() {
  local device
  mount -t tmpfs -o mode=755 tmpfs dev
  mkdir dev/pts dev/shm
  for device in null zero full random urandom tty; do
    touch "dev/$device"
    mount --bind "/dev/$device" "dev/$device"
  done
  mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
  ln -s pts/ptmx dev/ptmx
  ln -s /proc/self/fd dev/fd
  mount -t tmpfs -o mode=1777 tmpfs dev/shm
}

mount_kernel() {
  mount -t proc proc proc
  mount --bind proc/sys proc/sys
  mount -o remount,bind,ro proc/sys
  mount -t sysfs -o ro sysfs sys
  mount -t cgroup2 cgroup2 sys/fs/cgroup
}

# Only what is asked for is started, not what this machine happens to have enabled.
write_units() {
  local units=etc/systemd/system unit
  find "$units" -mindepth 1 -maxdepth 1 -name '*.wants' -exec rm -rf {} +
  for unit in systemd-sysctl systemd-modules-load systemd-remount-fs systemd-udevd \
    systemd-udev-trigger systemd-networkd systemd-resolved systemd-timesyncd console-getty; do
    ln -sfn /dev/null "$units/$unit.service"
  done
  cat > "$units/test.service" << 'END'
[Unit]
Description=The command of a test
Wants=dbus.service
After=basic.target dbus.service
SuccessAction=exit
FailureAction=exit

[Service]
Type=oneshot
ExecStart=/bin/bash /run/test/command
StandardOutput=file:/run/test/output
StandardError=inherit
END
}

inner() {
  local folder=$1 content=$2 root=$1/mounts/root
  shift 2
  mount -t tmpfs -o mode=755 tmpfs "$folder/mounts"
  mkdir "$folder/mounts/upper" "$folder/mounts/work" "$root"
  cp -a -- "$content/." "$folder/mounts/upper/"
  chmod 755 "$folder/mounts/upper" # a temporary folder is for one user only
  mount -t overlay overlay \
    -o "lowerdir=/,upperdir=$folder/mounts/upper,workdir=$folder/mounts/work" "$root"
  cd "$root"
  mount_kernel
  mount_devices
  mount -t tmpfs -o mode=755 tmpfs run
  mount -t tmpfs -o mode=1777 tmpfs tmp
  rm -rf var/log/journal
  printf '%032d\n' 1 > etc/machine-id
  mkdir run/test
  touch run/test/output
  mount --bind "$folder/output" run/test/output
  printf '%q ' exec "$@" > run/test/command
  write_units
  mkdir old
  pivot_root . old
  umount -l /old
  # systemd does that for a machine, but leaves it to others where it believes to be a container.
  mount --make-rshared /
  exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --unit=test.service
}

if [ "${1:-}" = --inner ]; then
  inner "${@:2}"
else
  outer "$@"
fi
