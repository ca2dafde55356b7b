# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Licences, names of files, white space, and what no file may say."""
import posixpath
import re
import sys

import rules

GPL = "GPL-3.0-or-later"
LGPL = "LGPL-2.1-or-later"
AUTHORS = "2026 The Binnacle authors"
LGPL_FOLDERS = ("introspection/", "daemon/sdk/")
LICENSED = (".c", ".h", ".py", ".js", ".mjs", ".vue", ".css", ".sh", ".ui", ".xml", ".toml")
TAG = "SPDX-License" + "-Identifier: "
COPYRIGHT = "SPDX-FileCopyright" + "Text: "
HEAD_LINES = 8

TOP_LEVEL = {
    "meson.build", "meson_options.txt", "run", "README.md", "daemon", "client-gtk", "introspection",
    "web-bridge", "po", "tests", "data",
}
VAGUE = {"util", "utils", "helper", "helpers", "common", "misc"}
BINARY = (".png", ".jpg", ".ico", ".woff2", ".gz", ".bin")

# Written so that this file does not contain what it looks for.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(wor[k]/|tmp/w[t]/|tmp/b[-]|tmp/brie[f]|root/\.)")
REGISTRIES = re.compile(r"(registry\.npm[j]s|registry\.yarn[p]kg|pypi\.or[g]|deb\.debian\.or[g]|"
                        r"prox[y]\.golang)", re.IGNORECASE)


def head(license_id, author=AUTHORS):
    return f"# {TAG}{license_id}\n# {COPYRIGHT}{author}\n"


def is_licensed(path, text):
    # A fuzz corpus and fixtures are data: a line more would change what they test.
    if path.startswith(("tests/fuzz/corpus/", "tests/fixtures/")):
        return False
    # What is written into an author's folder is the author's.
    if path.startswith("daemon/cli/templates/"):
        return False
    return path.endswith(LICENSED) or text.startswith("#!")


@rules.rule("Every source has the two SPDX lines of its folder:",
            bad={"daemon/core/a.c": "int a;\n", "daemon/sdk/a.h": head(GPL),
                 "daemon/core/b.py": head(LGPL), "run": "#!/bin/bash\n" + head(GPL, "Somebody")},
            good={"daemon/core/a.c": head(GPL), "daemon/sdk/a.h": head(LGPL),
                  "run": "#!/bin/bash\n" + head(GPL), "README.md": ""})
def spdx(tree):
    for path in tree.paths():
        text = tree.text(path)
        if not is_licensed(path, text):
            continue
        top = "\n".join(text.splitlines()[:HEAD_LINES])
        expected = LGPL if path.startswith(LGPL_FOLDERS) else GPL
        if not re.search(re.escape(TAG + expected) + r"(?![\w.-])", top):
            yield path, 1, f"{TAG}{expected} is missing"
        elif COPYRIGHT + AUTHORS not in top:
            yield path, 1, f"{COPYRIGHT}{AUTHORS} is missing"


@rules.rule("The top level has only what the design names:",
            bad={"docs/a.md": "", "NOTES": "", "Makefile": ""},
            good={"README.md": "", ".gitignore": "", "daemon/main.c": "", ".ci/run": ""})
def top_level(tree):
    for path in tree.all_paths():
        first = path.split("/")[0]
        if first not in TOP_LEVEL and not first.startswith("."):
            yield path, 0, f"{first} does not belong on the top level"


@rules.rule("No file or folder is named util, helper, common or misc:",
            bad={"daemon/core/bus-util.c": "", "daemon/common/a.c": "", "tests/helper.py": ""},
            good={"daemon/core/utility-unit.c": "", "daemon/core/mischief.c": ""})
def vague_names(tree):
    for path in tree.all_paths():
        words = set(re.split(r"[/._-]", path.lower()))
        for word in sorted(words & VAGUE):
            yield path, 0, f"a name with {word} does not say what is in it"


@rules.rule("Names of C files are small letters, digits and hyphens:",
            bad={"daemon/core/event_bus.c": "", "daemon/core/EventBus.h": ""},
            good={"daemon/core/event-bus.c": "", "daemon/modules/system_info/cpu.c": ""})
def c_file_names(tree):
    for path in tree.paths(".c", ".h"):
        if not re.fullmatch(r"[a-z0-9-]+\.[ch]", posixpath.basename(path)):
            yield path, 0, "name it like event-bus.c"


@rules.rule("Lines have no white space at their end, and the last one a line feed:",
            bad={"daemon/core/a.c": "int a; \n", "README.md": "x", "data/b": "a\r\n"},
            good={"daemon/core/a.c": "int a;\n", "b": ""})
def white_space(tree):
    for path in tree.paths():
        if path.endswith((".po", ".pot") + BINARY) or path.startswith("tests/fuzz/corpus/"):
            continue
        text = tree.text(path)
        for line, content in enumerate(text.split("\n"), 1):
            if content != content.rstrip():
                yield path, line, "white space at the end of the line"
        if text and not text.endswith("\n"):
            yield path, 0, "the last line has no line feed"


@rules.rule("C, Python and XML have no tabs:",
            bad={"daemon/core/a.c": "\tint a;\n"}, good={"daemon/core/a.c": "  int a;\n"})
def no_tabs(tree):
    for path in tree.paths(".c", ".h", ".py", ".xml", ".ui"):
        for line, text in tree.lines(path):
            if "\t" in text:
                yield path, line, "a tab: use spaces"


@rules.rule("No file names a path of a developer's machine or the host of a package registry:",
            bad={"a.md": "see /wor" + "k/main\n", "b.sh": "cd /tmp/w" + "t/x\n",
                 "web-bridge/page/package-lock.json": "https://registry.npm" + "js.org/x\n"},
            good={"a.md": "a /workflow and tests/wor" + "k/a\n", "b.c": "/* /tmp/binnacle */\n"})
def machine_paths(tree):
    for path in tree.paths():
        for line, text in tree.lines(path):
            if MACHINE_PATHS.search(text):
                yield path, line, "a path of one machine"
            if REGISTRIES.search(text):
                yield path, line, "the host of a package registry"


@rules.rule("Nothing is left for later:",
            bad={"daemon/core/a.c": "/* TO" + "DO: free it */\n", "b.py": "# FIX" + "ME\n"},
            good={"daemon/core/a.c": "/* everything is done */\n"})
def nothing_left(tree):
    for path in tree.paths(*LICENSED, ".md", "meson.build"):
        for line, text in tree.lines(path):
            if re.search(r"\b(TOD[O]|FIXM[E]|XX[X])\b", text):
                yield path, line, "do it, or open an issue"


if __name__ == "__main__":
    sys.exit(rules.main())
