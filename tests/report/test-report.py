# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""The counts of report.py, from logs as meson writes them."""
import json
import pathlib
import subprocess
import sys
import tempfile

REPORT = pathlib.Path(__file__).resolve().parent / "report.py"

# name, entries of the log (test, protocol, result, output), skips, last line, exit status
CASES = [
    ("subtests are counted one by one",
     [("a", "tap", "OK", "1..2\nok 1 /a/x\nok 2 /a/y\n"), ("b", "exitcode", "OK", "")],
     "", "3 passed, 0 failed", 0),
    ("a failed subtest is one failure",
     [("a", "tap", "FAIL", "1..2\nok 1 x\nnot ok 2 - y\n")], "", "1 passed, 1 failed", 1),
    ("a crash after the last good line is a failure",
     [("a", "tap", "ERROR", "1..2\nok 1 x\n")], "", "1 passed, 1 failed", 1),
    ("a timeout is a failure",
     [("a", "exitcode", "TIMEOUT", "ok 1 not TAP\n")], "", "0 passed, 1 failed", 1),
    ("a skip without a reason in the list is a failure",
     [("a", "tap", "OK", "1..2\nok 1 x # SKIP no display\nok 2 y\n")], "", "1 passed, 1 failed", 1),
    ("a listed skip is told apart",
     [("a", "tap", "OK", "1..2\nok 1 x # SKIP no display\nok 2 y\n")],
     "a | x | there is no display on some machines\n", "1 passed, 0 failed, 1 skipped", 0),
    ("a whole program can be skipped by its plan",
     [("a", "tap", "SKIP", "1..0 # SKIP no bus\n")], "a | | no bus\n",
     "0 passed, 0 failed, 1 skipped", 0),
    ("exit status 77 is a skip",
     [("a", "exitcode", "SKIP", "")], "", "0 passed, 1 failed", 1),
    ("no tests at all is a failure", [], "", "0 passed, 1 failed", 1),
]


def run_case(entries, skips):
    with tempfile.TemporaryDirectory() as folder:
        build = pathlib.Path(folder)
        (build / "meson-info").mkdir()
        (build / "meson-logs").mkdir()
        (build / "meson-info" / "intro-tests.json").write_text(json.dumps(
            [{"name": name, "protocol": protocol} for name, protocol, _, _ in entries]))
        (build / "meson-logs" / "testlog.json").write_text("".join(
            json.dumps({"name": f"binnacle:unit / {name}", "result": result, "stdout": output})
            + "\n" for name, _, result, output in entries))
        (build / "skips.txt").write_text(skips)
        return subprocess.run(
            [sys.executable, "-B", str(REPORT), "--skips", str(build / "skips.txt"), folder],
            capture_output=True, text=True, check=False)


def main():
    failed = False
    print(f"1..{len(CASES)}")
    for number, (title, entries, skips, line, status) in enumerate(CASES, 1):
        done = run_case(entries, skips)
        last = (done.stdout.splitlines() or [""])[-1]
        good = last == line and done.returncode == status
        print(f"{'ok' if good else 'not ok'} {number} - {title}")
        if not good:
            print(f"# said '{last}' with status {done.returncode}: {done.stderr}")
        failed = failed or not good
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
