# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Just enough of C for the style tests: code without comments and strings, and its functions."""
import re

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
FUNCTION_NAME = re.compile(r"^([A-Za-z_]\w*) \(", re.MULTILINE)


def strip(text):
    """The code: comments are blanked, strings and characters emptied; lines stay where they are."""

    def replace(match):
        token = match.group(0)
        if token[0] in "\"'":
            return token[0] * 2
        return "\n" * token.count("\n")

    return TOKEN.sub(replace, text)


def functions(text):
    """(name, first line, number of lines) of each function in GNU style: braces in column 0."""
    lines = strip(text).splitlines()
    start = None
    for index, line in enumerate(lines):
        if line == "{" and start is None:
            start = index
        elif line.startswith("}") and start is not None:
            if line == "}":
                name, first = function_head(lines, start)
                yield name, first + 1, index - first + 1
            start = None


def function_head(lines, brace):
    """The line above the brace that begins with the function's name."""
    for index in range(brace - 1, max(brace - 20, -1), -1):
        match = FUNCTION_NAME.match(lines[index])
        if match:
            return match.group(1), index
    return "?", brace
