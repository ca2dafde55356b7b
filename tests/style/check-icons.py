# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Every icon that is named exists: GTK shows a broken image for one that does not."""
import pathlib
import re
import sys

import rules

THEMES = [pathlib.Path("/usr/share/icons/Adwaita"), pathlib.Path("/usr/share/icons/hicolor")]
FALLBACK = "application-x-addon-symbolic"
MISSING = "no-such-thing-at-all-symbolic"
PATTERNS = {
    ".module": re.compile(r"^Icon=(\S+)", re.MULTILINE),
    ".module.in": re.compile(r"^Icon=(\S+)", re.MULTILINE),
    ".ui": re.compile(r'name="[\w-]*icon-name"[^>]*>([^<]+)<'),
    ".c": re.compile(r'"([a-z0-9]+(?:-[a-z0-9]+)*-symbolic)"'),
    ".h": re.compile(r'"([a-z0-9]+(?:-[a-z0-9]+)*-symbolic)"'),
}


def theme_icons():
    """The names in the installed theme, without folder and suffix."""
    if not THEMES[0].is_dir():
        raise rules.Skip("adwaita-icon-theme is not installed")
    names = set()
    for theme in THEMES:
        for file in theme.rglob("*"):
            if file.suffix in (".svg", ".png"):
                names.add(file.name.removesuffix(file.suffix).removesuffix(".symbolic"))
    return names


def own_icons(tree):
    return {pathlib.PurePath(path).stem for path in tree.all_paths()
            if path.startswith("data/icons/") and path.endswith(".svg")}


@rules.rule("Every icon that a manifest, .ui or C file names exists:",
            bad={"daemon/modules/a/a.module": f"[Module]\nIcon={MISSING}\n",
                 "client-gtk/a.ui": f'<property name="icon-name">{MISSING}</property>\n',
                 "client-gtk/a.c": f'set_icon ("{MISSING}");\n'},
            good={"daemon/modules/a/a.module": f"[Module]\nIcon={FALLBACK}\n",
                  "client-gtk/a.ui": '<property name="icon-name">own-symbolic</property>\n',
                  "data/icons/own-symbolic.svg": ""})
def icons_exist(tree):
    known = theme_icons() | own_icons(tree)
    for suffix, pattern in PATTERNS.items():
        for path in tree.paths(suffix):
            if path.startswith("tests/fuzz/"):
                continue
            for match in pattern.finditer(tree.text(path)):
                if match.group(1) not in known:
                    line = tree.text(path).count("\n", 0, match.start(1)) + 1
                    yield path, line, f"there is no icon {match.group(1)}"


if __name__ == "__main__":
    sys.exit(rules.main())
