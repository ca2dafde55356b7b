# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Every manual is well-formed and has the options of its program, no more and no fewer."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import tap

PROGRAMS = [pathlib.Path(path) for path in sys.argv[2:]]
FOLDER = pathlib.Path(sys.argv[1])
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def format_manual(path):
    """The text of a manual; what man warns about is an error."""
    done = subprocess.run(["man", "--warnings=w", "--encoding=UTF-8", "--local-file", str(path)],
                          capture_output=True, text=True, timeout=60, check=False,
                          env=dict(os.environ, MANWIDTH="200", MANPAGER="cat",
                                   GROFF_NO_SGR="1", MANROFFOPT="-c"))
    assert done.returncode == 0 and not done.stderr, done.stderr
    return re.sub(".\b", "", done.stdout)


def manual_of(program):
    return next(FOLDER.glob(f"{program.name}.[18]"))


@tap.test
def man_has_no_warning():
    for program in PROGRAMS:
        assert program.name in format_manual(manual_of(program))


@tap.test
def a_mistake_is_a_warning():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "bad.8")
        path.write_text(".TH BAD 8\n.SH NAME\nbad \\- bad\n.NOSUCHMACRO x\n", encoding="utf-8")
        try:
            format_manual(path)
        except AssertionError:
            return
        raise AssertionError("a macro that does not exist passed")


@tap.test
def the_options_are_those_of_the_program():
    for program in PROGRAMS:
        done = subprocess.run([program, "--help"], capture_output=True, text=True, check=True,
                              timeout=20, env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
        text = format_manual(manual_of(program))
        section = text.split("\nOPTIONS\n", 1)[1].split("\nACCESS\n", 1)[0]
        section = section.split("\nEXIT STATUS\n", 1)[0]
        described = {match for line in section.splitlines()
                     if re.match(r" {7}-", line) for match in OPTION.findall(line)}
        assert described == set(OPTION.findall(done.stdout)), (program, described)


if __name__ == "__main__":
    sys.exit(tap.main())
