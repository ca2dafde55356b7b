# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""systemd accepts the units, the user and the folder, and finds little exposed in the units."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import tap

SYSTEM_FOLDER, SESSION_FOLDER, SYSUSERS, TMPFILES, LIBEXECDIR, STATEDIR, *PROGRAMS = sys.argv[1:]
UNITS = ("binnacled.service", "binnacle-web-bridge.service")
# What "systemd-analyze security" may say at most, out of 10. The hub in a session acts for its
# user; the hub of the machine must see the real table of mounts.
EXPOSURE_MAX = {("system", UNITS[0]): 2.5, ("system", UNITS[1]): 1.5,
                ("user", UNITS[0]): 7.0, ("user", UNITS[1]): 3.0}


def analyze(folder, scope, verb, *arguments):
    environment = dict(os.environ, XDG_RUNTIME_DIR=folder)
    return subprocess.run(["systemd-analyze", f"--{scope}", verb, *arguments], env=environment,
                          capture_output=True, text=True, timeout=60, check=False)


def with_built_programs(source, folder):
    """Copies of the units that name programs which exist; returns their paths."""
    for unit in UNITS:
        text = pathlib.Path(source, unit).read_text(encoding="utf-8")
        for program in PROGRAMS:
            text = text.replace(f"{LIBEXECDIR}/{os.path.basename(program)} ", f'"{program}" ')
        assert "ExecStart=" + LIBEXECDIR not in text, text
        pathlib.Path(folder, unit).write_text(text, encoding="utf-8")
    return [os.path.join(folder, unit) for unit in UNITS]


def verify(source, scope):
    with tempfile.TemporaryDirectory() as folder:
        paths = with_built_programs(source, folder)
        done = analyze(folder, scope, "verify", "--man=no", *paths)
        assert done.returncode == 0, done.stderr
        ours = [line for line in done.stderr.splitlines() if "binnacle" in line]
        assert not ours, ours


def exposure(source, scope):
    with tempfile.TemporaryDirectory() as folder:
        for path in with_built_programs(source, folder):
            done = analyze(folder, scope, "security", "--offline=true", path)
            found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
            assert found, done.stderr
            unit = os.path.basename(path)
            print(f"# {scope} {unit}: {found.group(1)}")
            assert float(found.group(1)) <= EXPOSURE_MAX[scope, unit], done.stdout


@tap.test
def systemd_accepts_the_units_of_the_system():
    verify(SYSTEM_FOLDER, "system")


@tap.test
def systemd_accepts_the_units_of_a_session():
    verify(SESSION_FOLDER, "user")


@tap.test
def systemd_refuses_a_unit_with_a_mistake():
    with tempfile.TemporaryDirectory() as folder:
        paths = with_built_programs(SYSTEM_FOLDER, folder)
        pathlib.Path(paths[0]).write_text("[Service]\nType=dbus\nExecStart=binnacled\n",
                                          encoding="utf-8")
        assert analyze(folder, "system", "verify", "--man=no", paths[0]).returncode != 0


@tap.test
def the_units_of_the_system_expose_little():
    exposure(SYSTEM_FOLDER, "system")


@tap.test
def the_units_of_a_session_expose_little():
    exposure(SESSION_FOLDER, "user")


@tap.test
def the_user_binnacle_is_made_and_cannot_log_in():
    with tempfile.TemporaryDirectory() as root:
        folder = pathlib.Path(root, "usr/lib/sysusers.d")
        folder.mkdir(parents=True)
        pathlib.Path(root, "etc").mkdir()
        (folder / "binnacle.conf").write_bytes(pathlib.Path(SYSUSERS).read_bytes())
        subprocess.run(["systemd-sysusers", f"--root={root}"], check=True, capture_output=True,
                       timeout=60)
        line = pathlib.Path(root, "etc/passwd").read_text(encoding="utf-8").split(":")
        assert line[0] == "binnacle" and line[2] != "0", line
        assert line[5] == STATEDIR and line[6].strip() == "/usr/sbin/nologin", line


@tap.test
def the_folder_of_the_state_is_for_that_user_only():
    if os.getuid() != 0:
        raise tap.Skip("only root makes folders for others")
    with tempfile.TemporaryDirectory() as root:
        for name, source in (("sysusers.d", SYSUSERS), ("tmpfiles.d", TMPFILES)):
            folder = pathlib.Path(root, "usr/lib", name)
            folder.mkdir(parents=True)
            (folder / "binnacle.conf").write_bytes(pathlib.Path(source).read_bytes())
        pathlib.Path(root, "etc").mkdir()
        for command in (["systemd-sysusers"], ["systemd-tmpfiles", "--create"]):
            subprocess.run([*command, f"--root={root}"], check=True, capture_output=True,
                           timeout=60)
        status = os.stat(root + STATEDIR)
        user = pathlib.Path(root, "etc/passwd").read_text(encoding="utf-8").split(":")
        assert status.st_mode & 0o777 == 0o700 and status.st_uid == int(user[2]), status


if __name__ == "__main__":
    sys.exit(tap.main())
