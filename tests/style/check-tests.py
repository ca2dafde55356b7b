# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Every test is run, and none waits for time to pass where it could wait for an event."""
import posixpath
import re
import sys

import c_source
import rules

TEST_FILE = re.compile(r"^(test|fuzz|bench|check)-(.+)\.(c|py|sh)$")
C_SLEEP = re.compile(r"\b(g_usleep|usleep|sleep|nanosleep)\s*\(")
SCRIPT_SLEEP = re.compile(r"^\s*(?:sleep\b|time\.sleep\()")
SLEEP_REASON = "not a wait:"


def build_files_above(tree, path):
    folder = posixpath.dirname(path)
    while folder:
        if folder + "/meson.build" in tree.texts:
            yield folder + "/meson.build"
        folder = posixpath.dirname(folder)


@rules.rule("Every test, bench and fuzz target is listed in a meson.build:",
            bad={"tests/core/test-lost.c": "", "tests/fuzz/fuzz-lost.c": ""},
            good={"tests/core/test-found.c": "", "tests/core/test-file.c": "",
                  "tests/core/meson.build": "['found']\n'test-file.c'\n"})
def every_test_is_listed(tree):
    for path in tree.paths(".c", ".py", ".sh", under="tests/"):
        name = posixpath.basename(path)
        match = TEST_FILE.match(name)
        if not match:
            continue
        listed = "\n".join(tree.text(build) for build in build_files_above(tree, path))
        wanted = {name, match.group(2), posixpath.splitext(name)[0]}
        if not any(f"'{word}'" in listed for word in wanted):
            yield path, 0, f"nothing runs it: '{match.group(2)}' stands in no meson.build here"


@rules.rule("Every meson.build is entered by the one above it:",
            bad={"tests/lost/meson.build": "\n"},
            good={"meson.build": "subdir('tests')\n", "tests/meson.build": "subdir('found')\n",
                  "tests/found/meson.build": "\n"})
def every_folder_is_entered(tree):
    for path in tree.paths("/meson.build"):
        folder = posixpath.dirname(path)
        above = next(build_files_above(tree, folder), "meson.build")
        inside = folder.removeprefix(posixpath.dirname(above)).lstrip("/")
        if f"subdir('{inside}')" not in tree.texts.get(above, ""):
            yield path, 0, f"{above} has no subdir('{inside}')"


@rules.rule("No test sleeps where it could wait for an event:",
            bad={"tests/a/test-a.c": "void\nf (void)\n{\n  g_usleep (1000);\n}\n",
                 "tests/a/b.py": "import time\ntime.sleep(1)\n", "tests/a/c.sh": "sleep 1\n"},
            good={"tests/a/test-a.c": "/* g_usleep () */\n",
                  "tests/a/b.c": "  g_usleep (10); /* not a wait: the module hangs on purpose */\n"})
def no_sleep(tree):
    for path in tree.paths(".c", ".py", ".sh", under="tests/"):
        lines = tree.text(path).splitlines()
        code = c_source.strip(tree.text(path)).splitlines() if path.endswith(".c") else lines
        pattern = C_SLEEP if path.endswith(".c") else SCRIPT_SLEEP
        for line, (text, original) in enumerate(zip(code, lines), 1):
            if pattern.search(text) and SLEEP_REASON not in original:
                yield path, line, f"wait for the event, or say why ('{SLEEP_REASON} ...')"


if __name__ == "__main__":
    sys.exit(rules.main())
