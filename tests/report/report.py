#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Counts the tests of one or more build folders after 'meson test', subtests one by one.

    report.py [--skips FILE] BUILD-FOLDER...

Each line of TAP is a test; a program that does not speak TAP is one. A program that ended badly
without naming what failed is one failed test. A skipped test fails, unless the file of skips
names it with a reason. The last line is "N passed, N failed" (and ", N skipped").
"""
import argparse
import json
import pathlib
import re
import sys

RESULT = re.compile(r"^(not )?ok\b(?:\s+\d+)?(?:\s+-)?\s*([^#]*?)\s*(?:#\s*(\w+)\b\s*(.*))?$")
PLAN_SKIP = re.compile(r"^1\.\.0\s*#\s*SKIP\S*\s*(.*)$", re.IGNORECASE)
BAD_RESULTS = ("FAIL", "ERROR", "TIMEOUT", "INTERRUPT", "UNEXPECTEDPASS")


class Count:
    def __init__(self):
        self.passed = 0
        self.failures = []
        self.skips = []  # (test, subtest, reason)


def count_tap(name, output, result, count):
    """Adds the subtests of one program."""
    failed = 0
    for line in output.splitlines():
        plan = PLAN_SKIP.match(line)
        match = RESULT.match(line)
        if plan:
            count.skips.append((name, "", plan.group(1)))
        elif match:
            bad, title, directive, text = match.groups()
            directive = (directive or "").upper()
            if directive.startswith("SKIP"):
                count.skips.append((name, title, text or ""))
            elif bad:
                count.failures.append(f"{name}: {title or line}")
                failed += 1
            else:
                count.passed += 1
    if result in BAD_RESULTS and failed == 0:
        count.failures.append(f"{name}: ended with {result}")


def count_program(name, result, count):
    if result == "SKIP":
        count.skips.append((name, "", "exit status 77"))
    elif result in BAD_RESULTS:
        count.failures.append(f"{name}: {result}")
    else:
        count.passed += 1


def count_folder(folder, count):
    tests = json.loads((folder / "meson-info" / "intro-tests.json").read_text())
    protocols = {test["name"]: test["protocol"] for test in tests}
    log = folder / "meson-logs" / "testlog.json"
    if not log.exists():
        count.failures.append(f"{folder}: no test ran, {log} does not exist")
        return
    for line in log.read_text().splitlines():
        entry = json.loads(line)
        name = entry["name"].split(" / ")[-1]
        if protocols.get(name) == "tap":
            count_tap(name, entry.get("stdout", ""), entry["result"], count)
        else:
            count_program(name, entry["result"], count)


def read_skips(path):
    """{(test, subtest): reason} of lines 'test | subtest | reason'; the subtest may be empty."""
    skips = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|", 2)]
        if len(parts) != 3 or not parts[0] or not parts[2]:
            raise SystemExit(f"{path}:{number}: write 'test | subtest | reason'")
        skips[parts[0], parts[1]] = parts[2]
    return skips


def judge_skips(count, skips):
    """How many skips are explained; the others become failures."""
    explained = 0
    for test, subtest, reason in count.skips:
        if (test, subtest) in skips or (test, "") in skips:
            explained += 1
        else:
            what = f"{test}: {subtest}" if subtest else test
            count.failures.append(f"{what}: skipped ({reason or 'no reason given'}), and "
                                  "tests/skips.txt does not say why that is right")
    return explained


def main(arguments):
    parser = argparse.ArgumentParser(description="Counts the tests of build folders.")
    parser.add_argument("--skips", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[1] / "skips.txt")
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    options = parser.parse_args(arguments)
    count = Count()
    for folder in options.folders:
        count_folder(folder, count)
    skipped = judge_skips(count, read_skips(options.skips))
    if count.passed + len(count.failures) + skipped == 0:
        count.failures.append("no test ran at all")
    for failure in count.failures:
        print(f"failed: {failure}")
    line = f"{count.passed} passed, {len(count.failures)} failed"
    print(line + (f", {skipped} skipped" if skipped else ""))
    return 1 if count.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
