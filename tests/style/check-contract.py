# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Every interface: access levels, nothing writable, and a manual for every member."""
import re
import sys
import xml.parsers.expat

import rules

LEVELS = ("observe", "control", "admin")
ACCESS = "org.binnacle.Access"


class Member:
    """An interface, method, signal or property, with the comment before it."""

    def __init__(self, kind, attributes, line, comment):
        self.kind = kind
        self.name = attributes.get("name", "")
        self.access = attributes.get("access", "")
        self.line = line
        self.comment = comment or ""
        self.annotations = {}
        self.arguments = []


class Reader:
    """Reads one file with its comments, which GDBus and ElementTree both drop."""

    def __init__(self, text):
        self.members = []
        self.stack = []
        self.comment = None
        self.parser = xml.parsers.expat.ParserCreate()
        self.parser.CommentHandler = self.on_comment
        self.parser.StartElementHandler = self.on_start
        self.parser.EndElementHandler = self.on_end
        self.parser.Parse(text, True)

    def on_comment(self, text):
        self.comment = text

    def on_start(self, tag, attributes):
        if tag in ("interface", "method", "signal", "property"):
            member = Member(tag, attributes, self.parser.CurrentLineNumber, self.comment)
            self.members.append(member)
            self.stack.append(member)
        elif tag == "arg" and self.stack:
            self.stack[-1].arguments.append(attributes.get("name", ""))
        elif tag == "annotation" and self.stack:
            self.stack[-1].annotations[attributes.get("name")] = attributes.get("value")
        self.comment = None

    def on_end(self, tag):
        if tag in ("interface", "method", "signal", "property"):
            self.stack.pop()


def members(tree):
    for path in tree.paths(".xml"):
        if re.search(r"/org\.binnacle\.\w+\.xml$", "/" + path):
            for member in Reader(tree.text(path)).members:
                yield path, member


def sample(inside, path="introspection/org.binnacle.Foo1.xml"):
    text = ("<node>\n<!--\norg.binnacle.Foo1:\n@short_description: a sample\n\nA sample.\n-->\n"
            f"<interface name='org.binnacle.Foo1'>\n{inside}\n</interface></node>\n")
    return {path: text}


GOOD = sample("<!--\nDo:\n@what: a thing.\n\nDoes it.\n-->\n<method name='Do'>"
              f"<annotation name='{ACCESS}' value='observe'/><arg name='what' type='s'/></method>"
              "<!-- State: how it is. -->\n<property name='State' type='s' access='read'/>")


@rules.rule("Every method declares the access level it needs:",
            bad={**sample("<method name='Do'/>"),
                 **sample(f"<method name='Do'><annotation name='{ACCESS}' value='root'/></method>",
                          "daemon/modules/foo/org.binnacle.Foo1.xml")},
            good=GOOD)
def access_levels(tree):
    for path, member in members(tree):
        if member.kind == "method" and member.annotations.get(ACCESS) not in LEVELS:
            yield path, member.line, f"{member.name} needs {ACCESS}: {', '.join(LEVELS)}"


@rules.rule("No property can be written:",
            bad={**sample("<property name='A' type='s' access='readwrite'/>"),
                 **sample("<property name='A' type='s' access='write'/>", "org.binnacle.B1.xml")},
            good=GOOD)
def nothing_writable(tree):
    for path, member in members(tree):
        if member.kind == "property" and member.access != "read":
            yield path, member.line, f"{member.name}: make it read, and add a method"


@rules.rule("Every interface, method, argument, signal and property is documented:",
            bad={**sample("<method name='Do'/>", "a/org.binnacle.A1.xml"),
                 **sample("<!--\nDo:\n\nDoes it.\n-->\n<method name='Do'><arg name='x' type='s'/>"
                          "</method>", "b/org.binnacle.B1.xml"),
                 **sample("<!--\nDo:\n@x: a thing.\n-->\n<method name='Do'><arg name='x' type='s'/>"
                          "</method>", "c/org.binnacle.C1.xml"),
                 **sample("<property name='A' type='s' access='read'/>", "d/org.binnacle.D1.xml")},
            good=GOOD)
def documented(tree):
    for path, member in members(tree):
        comment = member.comment.strip()
        if not re.match(re.escape(member.name) + r":", comment):
            yield path, member.line, f"{member.name} has no comment that begins with its name"
            continue
        for argument in member.arguments:
            if not re.search(rf"^\s*@{re.escape(argument)}: \S", comment, re.MULTILINE):
                yield path, member.line, f"{member.name}: @{argument} is not documented"
        body = comment[len(member.name) + 1:]
        if member.kind in ("interface", "method"):
            body = "\n\n".join(part for part in re.split(r"\n\s*\n", body)
                               if not part.strip().startswith("@"))
        if not body.strip():
            yield path, member.line, f"{member.name}: nothing says what it does"


# Structures that count, and the sample of the hub that has each of their members as a field. The names
# of the bridge's counters are in a table.
COUNTED = {
    "BnEventBusCounters": "event.statistics",
    "BnModuleCounters": "module.statistics",
    "BnLinkStatistics": "link.statistics",
}
HUB_MANIFEST = "daemon/core/hub.module"


def fields_of(manifest, event):
    group = re.search(rf"^\[Event {re.escape(event)}\]$(.*?)(?=^\[|\Z)", manifest,
                      re.MULTILINE | re.DOTALL)
    line = re.search(r"^Fields=(.*)$", group.group(1), re.MULTILINE) if group else None
    return {field.split(":")[0] for field in line.group(1).split(";")} if line else set()


def counters(tree):
    for path in tree.paths(".h", under="daemon/"):
        text = tree.text(path)
        for found in re.finditer(r"typedef struct\n\{([^}]*)\} (\w+);", text):
            if found.group(2) in COUNTED:
                for member in re.finditer(r"^  guint64 (\w+);", found.group(1), re.MULTILINE):
                    line = text.count("\n", 0, found.start(1) + member.start()) + 1
                    yield path, line, found.group(2), member.group(1)


BRIDGE_COUNTERS = "web-bridge/protocol/bridge-limits.c"


def bridge_counters(tree):
    text = tree.texts.get(BRIDGE_COUNTERS, "")
    for found in re.finditer(r'\[BN_COUNT_\w+\] = "(\w+)"', text):
        yield BRIDGE_COUNTERS, text.count("\n", 0, found.start()) + 1, found.group(1)


COUNTING = "typedef struct\n{\n  guint64 pauses; /* x */\n} BnLinkStatistics;\n"


@rules.rule("Whatever the hub counts is a metric:",
            bad={"daemon/link/link.h": COUNTING,
                 BRIDGE_COUNTERS: '  [BN_COUNT_IDLE] = "idle",\n'},
            good={"daemon/link/link.h": COUNTING,
                  HUB_MANIFEST: "[Event link.statistics]\nFields=name:s;pauses:t:count\n"})
def counters_are_metrics(tree):
    for path, line, structure, member in counters(tree):
        event = COUNTED[structure]
        if member not in fields_of(tree.texts.get(HUB_MANIFEST, ""), event):
            yield path, line, f"{member} is counted: add it to {event} in {HUB_MANIFEST}"
    of_bridges = fields_of(tree.texts.get(HUB_MANIFEST, ""), "websocket.statistics")
    for path, line, name in bridge_counters(tree):
        if name not in of_bridges:
            yield path, line, f"{name} is counted: add it to websocket.statistics in {HUB_MANIFEST}"


if __name__ == "__main__":
    sys.exit(rules.main())
