#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
# update.sh: reads the texts of all files of POTFILES and brings every translation up to date.
# "meson compile update-translations" runs it. xgettext takes a manifest for C, so manifests are
# read on their own; "binnacle-pot" and "binnacle-update-po" of meson cannot, and lose their texts.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
work=$(mktemp -d "${TMPDIR:-/tmp}/binnacle-po.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
options=(--from-code=UTF-8 --add-comments --package-name=binnacle
  --copyright-holder='The Binnacle authors')
grep -v '^#' po/POTFILES | grep -v '\.module$' > "$work/sources"
grep '\.module$' po/POTFILES > "$work/manifests"
xgettext "${options[@]}" --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 \
  --keyword=g_dngettext:2,3 --keyword=ngettext:1,2 \
  --files-from="$work/sources" --output="$work/sources.pot"
xgettext "${options[@]}" --language=Desktop --keyword= --keyword=Title --keyword=Summary \
  --keyword=Labels --files-from="$work/manifests" --output="$work/manifests.pot"
msgcat --use-first "$work/sources.pot" "$work/manifests.pot" --output-file="$work/binnacle.pot"
while read -r language; do
  case $language in '' | '#'*) continue ;; esac
  msgmerge --quiet --update --backup=none --no-fuzzy-matching "po/$language.po" \
    "$work/binnacle.pot"
done < po/LINGUAS
if [ $# -gt 0 ]; then
  cp "$work/binnacle.pot" "$1"
fi
