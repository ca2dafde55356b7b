#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
# ui.sh COMMAND...: runs a command with an X server, a session bus and a home of its own, drawing in
# software, so that a picture is the same on every machine. SCREEN is WIDTHxHEIGHTxDEPTH.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d "${TMPDIR:-/tmp}/binnacle-ui.XXXXXX")
mkdir -p "$root/config/gtk-4.0" "$root/run"
chmod 700 "$root/run"
server=

finish() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$root"
}
trap finish EXIT
trap 'exit 143' TERM INT

# The server chooses a free display and writes its number: two runs never race for one. The read
# ends with the line, or with the server.
mkfifo "$root/display"
Xvfb -displayfd 3 -screen 0 "${SCREEN:-1200x900x24}" -nolisten tcp -noreset \
  3>"$root/display" >"$root/server.log" 2>&1 &
server=$!
if ! read -r -t 20 display <"$root/display"; then
  echo "ui.sh: Xvfb did not start:" >&2
  cat "$root/server.log" >&2
  exit 99
fi

printf '[Settings]\ngtk-font-name=Cantarell 11\ngtk-enable-animations=false\n' \
  >"$root/config/gtk-4.0/settings.ini"
export DISPLAY=":$display" GDK_BACKEND=x11 GSK_RENDERER="${GSK_RENDERER:-cairo}" \
  HOME="$root" XDG_CONFIG_HOME="$root/config" XDG_CACHE_HOME="$root/cache" \
  XDG_DATA_HOME="$root/data" XDG_RUNTIME_DIR="$root/run" \
  GSETTINGS_BACKEND=memory GIO_USE_VFS=local GDK_DEBUG=gl-disable \
  LSAN_OPTIONS="suppressions='$here/lsan.supp':print_suppressions=0"
unset WAYLAND_DISPLAY
# What services of the bus print is not the output of the command: TAP is read from that.
# shellcheck disable=SC2016 # the inner shell expands it
dbus-run-session -- bash -c 'exec "$@" >&4 4>&-' ui.sh "$@" 4>&1 >&2
