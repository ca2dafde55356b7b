# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Who may include whom: runs the table of includes.toml over every C file."""
import pathlib
import posixpath
import re
import sys
import tomllib

import rules

TABLE = tomllib.loads((pathlib.Path(__file__).parent / "includes.toml").read_text())
LAYERS = {layer["folder"]: layer for layer in TABLE["layer"]}
LIBRARIES = [(prefix, name) for name, prefixes in TABLE["libraries"].items()
             for prefix in prefixes]
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def layer_of(path):
    """The deepest folder of the table that holds the path; 'module' is any one module."""
    folder = posixpath.dirname(path)
    while folder:
        if folder in LAYERS:
            return folder
        parent = posixpath.dirname(folder)
        if parent + "/*" in LAYERS:
            return parent + "/*"
        folder = parent
    return None


def resolve(including, name):
    """The path in the repository that an include with a folder means."""
    first = name.split("/")[0]
    for root in TABLE["roots"]:
        for folder in LAYERS:
            inside = folder[len(root):] if folder.startswith(root) else None
            if inside and inside.split("/")[0] == first and (
                    not root or including.startswith((root, "tests/"))):
                return root + name
    return None


def library_of(name):
    for prefix, library in LIBRARIES:
        if name == prefix or (prefix.endswith("/") and name.startswith(prefix)):
            return library
    return None


def own_module(path, target):
    """True if both are files of the same module."""
    folder = "/".join(path.split("/")[:3])
    return target.startswith(folder + "/")


@rules.rule("Every folder of C has a row in the table of includes:",
            bad={"daemon/extra/a.c": "", "other/a.h": ""},
            good={"daemon/core/a.c": "", "daemon/modules/chat/a.c": "", "daemon/main.c": ""})
def known_folders(tree):
    for path in tree.paths(".c", ".h"):
        layer = layer_of(path)
        if layer is None or (layer == "daemon" and posixpath.dirname(path) != "daemon"):
            yield path, 0, "this folder is not in tests/style/includes.toml"


@rules.rule("An include in quotes names its folder:",
            bad={"daemon/core/a.c": '#include "event-bus.h"\n',
                 "daemon/core/b.c": '#include "../link/link.h"\n',
                 "daemon/core/c.c": '#include "frames/frame.h"\n',
                 "tests/core/test-a.c": '#include "no-such-header.h"\n'},
            good={"daemon/core/a.c": '#include "core/event-bus.h"\n#include "introspection/n.h"\n',
                  "tests/core/test-a.c": '#include "mock-bus.h"\n', "tests/core/mock-bus.h": ""})
def includes_name_their_folder(tree):
    for path, line, quote, name in all_includes(tree):
        beside = posixpath.join(posixpath.dirname(path), name)
        if path.startswith("tests/") and beside in tree.texts:
            continue  # a test's own header
        if quote == '"' and (name.startswith(".") or resolve(path, name) is None):
            yield path, line, f'"{name}" does not begin with a folder of an include root'


@rules.rule("Nobody includes what the table does not allow:",
            bad={"daemon/link/a.c": '#include "core/event-bus.h"\n',
                 "client-gtk/model/a.c": "#include <gtk/gtk.h>\n",
                 "web-bridge/http/a.c": '#include "daemon/core/event-bus.h"\n',
                 "daemon/modules/chat/a.c": '#include "modules/docker/a.h"\n',
                 "web-bridge/frames/a.c": "#include <gio/gio.h>\n"},
            good={"daemon/core/a.c": '#include "link/link.h"\n#include <gio/gio.h>\n',
                  "daemon/modules/chat/a.c": '#include "modules/chat/a.h"\n#include <errno.h>\n',
                  "client-gtk/pages/a.c": '#include "model/a.h"\n#include <adwaita.h>\n'})
def includes_are_allowed(tree):
    for path, line, quote, name in all_includes(tree):
        layer = layer_of(path)
        if layer is None or LAYERS[layer].get("anything"):
            continue
        target = resolve(path, name) if quote == '"' else None
        if target is None:
            library = library_of(name)
            if library and library not in LAYERS[layer]["may"]:
                yield path, line, f"{layer} may not use {library}"
            continue
        other = layer_of(target)
        if other == layer and (not layer.endswith("*") or own_module(path, target)):
            continue
        if other not in LAYERS[layer]["may"]:
            yield path, line, f"{layer} may not include {other}"


def all_includes(tree):
    for path in tree.paths(".c", ".h"):
        for line, text in tree.lines(path):
            match = INCLUDE.match(text)
            if match:
                yield path, line, match.group(1), match.group(2)


if __name__ == "__main__":
    sys.exit(rules.main())
