# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Sizes of files and functions, no goto, and the house format of C."""
import ast
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib

import c_source
import rules

SOFT_LINES = 600
HARD_LINES = 1000
FUNCTION_LINES = 80
MAIN_LINES = 200
CODE = (".c", ".h", ".py", ".js", ".mjs", ".vue", ".css", ".sh", ".ui")
LARGE = tomllib.loads((pathlib.Path(__file__).parent / "large-files.toml").read_text())


def long_text(lines):
    return "\n" * lines


@rules.rule("No file of code is longer than 1000 lines, and beyond 600 only with a reason:",
            bad={"daemon/core/a.c": long_text(601), "daemon/core/b.c": long_text(1001)},
            good={"daemon/core/a.c": long_text(600), "introspection/a.json": long_text(3000)})
def file_sizes(tree):
    for path in tree.paths(*CODE):
        lines = len(tree.text(path).splitlines())
        if lines > HARD_LINES:
            yield path, 0, f"{lines} lines: split it, {HARD_LINES} is the limit"
        elif lines > SOFT_LINES and not LARGE["reasons"].get(path, "").strip():
            yield path, 0, (f"{lines} lines, more than {SOFT_LINES}: split it, or give the reason "
                            "in tests/style/large-files.toml")


@rules.rule("Every main.c has less than 200 lines:",
            bad={"daemon/main.c": long_text(200)}, good={"daemon/main.c": long_text(199)})
def main_sizes(tree):
    for path in tree.paths("/main.c"):
        lines = len(tree.text(path).splitlines())
        if lines >= MAIN_LINES:
            yield path, 0, f"{lines} lines: move code to a library that tests can link"


def c_function(lines):
    return "static void\nlong_one (void)\n{\n" + "  step ();\n" * (lines - 3) + "}\n"


def py_function(lines):
    return "def long_one():\n" + "    step()\n" * (lines - 1)


@rules.rule("No function is longer than 80 lines:",
            bad={"daemon/core/a.c": c_function(81), "tests/style/a.py": py_function(81)},
            good={"daemon/core/a.c": c_function(80) + "\n" + c_function(70),
                  "tests/style/a.py": py_function(80)})
def function_sizes(tree):
    for path in tree.paths(".c", ".h"):
        for name, first, lines in c_source.functions(tree.text(path)):
            if lines > FUNCTION_LINES:
                yield path, first, f"{name} has {lines} lines"
    for path in tree.paths(".py"):
        for node in ast.walk(ast.parse(tree.text(path))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES:
                    yield path, node.lineno, f"{node.name} has {lines} lines"


@rules.rule("There is no goto:",
            bad={"daemon/core/a.c": "void\nf (void)\n{\n  goto out;\nout:\n  g ();\n}\n"},
            good={"daemon/core/a.c": 'const char *x = "goto"; /* goto */\n'})
def no_goto(tree):
    for path in tree.paths(".c", ".h"):
        for line, text in enumerate(c_source.strip(tree.text(path)).splitlines(), 1):
            if re.search(r"\bgoto\b", text):
                yield path, line, "goto: use g_autoptr or a function"


@rules.rule("A header has #pragma once:",
            bad={"daemon/core/a.h": "#ifndef A_H\n#define A_H\n#endif\n"},
            good={"daemon/core/a.h": "#pragma once\n"})
def pragma_once(tree):
    for path in tree.paths(".h"):
        if "\n#pragma once\n" not in "\n" + tree.text(path):
            yield path, 0, "#pragma once is missing"


def clang_format():
    for name in ("clang-format-14", "clang-format"):
        program = shutil.which(name)
        if program:
            version = subprocess.run([program, "--version"], capture_output=True, text=True,
                                     check=True).stdout
            if re.search(r"version 14\.", version):
                return program
    raise rules.Skip("clang-format 14 is not installed")


@rules.rule("C is formatted as .clang-format says:",
            bad={"daemon/core/a.c": "int f(void) { return 1; }\n"},
            good={"daemon/core/a.c": "int\nf (void)\n{\n  return 1;\n}\n"})
def formatted(tree):
    program = clang_format()
    for path in tree.paths(".c", ".h"):
        done = subprocess.run([program, "--style=file", f"--assume-filename={rules.ROOT / path}"],
                              input=tree.text(path), capture_output=True, text=True, check=True,
                              cwd=rules.ROOT)
        if done.stdout != tree.text(path):
            pairs = zip(done.stdout.splitlines(), tree.text(path).splitlines())
            line = next((n for n, (new, old) in enumerate(pairs, 1) if new != old), 0)
            yield path, line, "run clang-format -i (version 14)"


if __name__ == "__main__":
    sys.exit(rules.main())
