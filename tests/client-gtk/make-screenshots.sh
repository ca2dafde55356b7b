#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
# make-screenshots.sh BUILD FOLDER [PAGE...]: pictures of the client with a hub on a stage.
set -euo pipefail

if [ $# -lt 2 ]; then
  echo "usage: make-screenshots.sh BUILD FOLDER [PAGE...]" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
mkdir -p "$2"
folder=$(cd "$2" && pwd)
shift 2

export GSETTINGS_SCHEMA_DIR=$build/data
# shellcheck disable=SC2016 # the inner shell expands it
exec "$here/../recipes/ui.sh" bash -c '
  "$1/tests/client-gtk/stage-hub" "$2" &
  stage=$!
  build=$1 folder=$3
  shift 3
  "$build/tests/client-gtk/screenshots" "$folder" "$@" && result=0 || result=$?
  kill "$stage"
  exit "$result"
' screenshots "$build" "$here/data" "$folder" "$@"
