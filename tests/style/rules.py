# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""The frame of the style tests: a tree of texts, and rules that prove that they can fail.

A rule is a function that takes a Tree and yields findings (path, line, message). It is declared with
a bad sample, which must be found, and a good one, which must pass; then it runs over the repository.
Each of the three is one TAP line.
"""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED_FOLDERS = {"node_modules", "__pycache__", ".git"}
RULES = []


class Skip(Exception):
    """The rule cannot run here; the text says what is missing."""


class Tree:
    """Texts by path, relative to the top level."""

    def __init__(self, texts):
        self.texts = texts

    @classmethod
    def of_repository(cls, root=ROOT):
        texts = {}
        for path in sorted(list_files(root)):
            try:
                if (root / path).is_symlink():
                    continue  # what it points at has its own path
                texts[path] = (root / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                texts[path] = None  # not a text
            except FileNotFoundError:
                continue  # deleted, and git does not know yet
        return cls(texts)

    def paths(self, *suffixes, under=""):
        """The texts whose path ends with one of the suffixes (all, if there is none)."""
        return [path for path, text in self.texts.items()
                if text is not None and path.startswith(under)
                and (not suffixes or path.endswith(suffixes))]

    def all_paths(self):
        return list(self.texts)

    def text(self, path):
        return self.texts[path]

    def lines(self, path):
        return enumerate(self.texts[path].splitlines(), 1)


def list_files(root):
    """What git tracks or would track; without git (a release archive), every file."""
    if (root / ".git").exists():
        listing = subprocess.run(
            ["git", "-C", str(root), "-c", "safe.directory=*", "ls-files", "-z", "--cached",
             "--others", "--exclude-standard"],
            check=True, capture_output=True).stdout
        return {name for name in listing.decode().split("\0") if name}
    found = set()
    for folder, folders, files in os.walk(root):
        at_top = pathlib.Path(folder) == root
        folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS
                      and not (at_top and name.startswith(("_build", "build")))]
        found.update(os.path.relpath(os.path.join(folder, name), root) for name in files)
    return found


def rule(name, bad, good):
    """Declares a rule; bad and good are dictionaries of path and text."""

    def declare(function):
        RULES.append((name, function, bad, good))
        return function

    return declare


def report(number, title, findings):
    print(f"{'not ok' if findings else 'ok'} {number} - {title}")
    for path, line, message in findings:
        print(f"# {path}:{line}: {message}" if line else f"# {path}: {message}")


def main():
    """Runs every rule of the program that imported this, and prints TAP."""
    tree = Tree.of_repository()
    number = 0
    failed = False
    print(f"1..{3 * len(RULES)}")
    for name, function, bad, good in RULES:
        for title, run in (
                ("finds its bad sample", lambda: expect_finding(function, Tree(bad))),
                ("passes its good sample", lambda: list(function(Tree(good)))),
                ("holds in the repository", lambda: list(function(tree)))):
            number += 1
            try:
                findings = run()
            except Skip as why:
                print(f"ok {number} - {name} {title} # SKIP {why}")
                continue
            report(number, f"{name} {title}", findings)
            failed = failed or bool(findings)
    sys.stdout.flush()
    return 1 if failed else 0


def expect_finding(function, tree):
    """One finding for each file of the bad sample at least."""
    found = {path for path, _, _ in function(tree)}
    return [(path, 0, "the rule does not find what is wrong here")
            for path in tree.all_paths() if path not in found]
