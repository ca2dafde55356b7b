# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""A test is a function with this decorator; main() runs all and prints TAP."""
import traceback

TESTS = []


class Skip(Exception):
    """The test cannot run here; the text says why."""


def test(function):
    TESTS.append(function)
    return function


def outcome(function):
    try:
        function()
    except Skip as reason:
        return True, f" # SKIP {reason}"
    except Exception:  # pylint: disable=broad-except
        for line in traceback.format_exc().splitlines():
            print(f"# {line}")
        return False, ""
    return True, ""


def main():
    print(f"1..{len(TESTS)}", flush=True)
    passed = True
    for number, function in enumerate(TESTS, 1):
        good, remark = outcome(function)
        passed = passed and good
        name = function.__name__.replace("_", " ")
        print(f"{'ok' if good else 'not ok'} {number} - {name}{remark}", flush=True)
    return 0 if passed else 1
