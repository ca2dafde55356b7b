# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""po/POTFILES names every file that has something to translate, and nothing else."""
import re
import sys

import c_source
import rules

POTFILES = "po/POTFILES"
C_CALL = re.compile(r"(?<!\w)(?:_|N_|C_|NC_|Q_|ngettext|g_dngettext|dngettext) ?\(")
UI_TEXT = re.compile(r'translatable="(?:yes|true|1)"')
DATA = re.compile(r"^data/.*\.(desktop|metainfo\.xml|policy)\.in(\.in)?$")
MANIFEST = re.compile(r"^daemon/(core|modules/[^/]+)/[^/]+\.module(\.in)?$")


def has_texts(tree, path):
    if path.startswith("tests/"):
        return False
    text = tree.text(path)
    if path.endswith(".c"):
        return any(C_CALL.search(line) and not line.startswith("#")
                   for line in c_source.strip(text).splitlines())
    if path.endswith(".ui"):
        return bool(UI_TEXT.search(text))
    return bool(DATA.match(path) or MANIFEST.match(path))


@rules.rule("POTFILES is complete, sorted and has no dead entry:",
            bad={"client-gtk/a.c": 'f (_ ("text"));\n', "client-gtk/a.ui": 'translatable="yes"',
                 "daemon/modules/a/a.module": "", POTFILES: "client-gtk/gone.c\n"},
            good={"client-gtk/a.c": 'f (_ ("text"));\n', POTFILES: "# texts\nclient-gtk/a.c\n",
                  "client-gtk/b.c": '/* _ ("not a text") */\n'})
def potfiles(tree):
    listed = [line for line in tree.texts.get(POTFILES, "").splitlines()
              if line and not line.startswith("#")]
    wanted = {path for path in tree.paths() if has_texts(tree, path)}
    for path in sorted(wanted - set(listed)):
        yield path, 0, f"it has texts for people: add it to {POTFILES}"
    for path in sorted(set(listed) - wanted):
        yield POTFILES, 0, f"{path} does not exist or has nothing to translate"
    if listed != sorted(listed):
        yield POTFILES, 0, "the entries are not sorted"


if __name__ == "__main__":
    sys.exit(rules.main())
