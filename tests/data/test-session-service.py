# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""The hub and its bridge as services of a user: installed on a machine with systemd, started by the
session bus of that user's own systemd. The tests go on from one another.
"""
import os
import pathlib
import pwd
import sys

import booted
import tap

UNIT, BRIDGE = "binnacled.service", "binnacle-web-bridge.service"


def folder():
    return f"/run/user/{pwd.getpwnam('ada').pw_uid}"


def as_ada(*words, **options):
    environment = {"XDG_RUNTIME_DIR": folder(),
                   "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder()}/bus"}
    return booted.command(*words, user="ada", env=environment, **options)


def systemctl(*words):
    return as_ada("systemctl", "--user", *words).stdout


def show(unit, *properties):
    lines = systemctl("show", unit, *(f"--property={name}" for name in properties)).splitlines()
    return dict(line.split("=", 1) for line in lines)


def status():
    return booted.json.loads(as_ada("binnacle", "status", "--json").stdout)


def parents():
    """The pid of the parent of each process of ada."""
    return {pid: int(each["PPid"]) for pid, each in booted.processes_of("ada").items()}


class EndOfHub:
    """With with: what happens inside ends the hub; then its process is gone."""

    def __enter__(self):
        self.pid = int(show(UNIT, "MainPID")["MainPID"])
        self.descriptor = os.pidfd_open(self.pid)
        return self

    def __exit__(self, *_):
        booted.select.select([self.descriptor], [], [])
        os.close(self.descriptor)


@tap.test
def a_user_has_a_systemd_and_a_bus():
    booted.command("useradd", "--create-home", "ada")
    booted.install()
    drop_in = pathlib.Path("/etc/systemd/system/user@.service.d/test.conf")
    drop_in.parent.mkdir(parents=True)
    # pam_systemd does that on a machine where somebody logs in.
    drop_in.write_text("[Service]\nEnvironment=XDG_RUNTIME_DIR=/run/user/%i\n", encoding="utf-8")
    booted.command("systemctl", "daemon-reload")
    booted.command("systemctl", "start", f"user@{pwd.getpwnam('ada').pw_uid}")
    assert show(UNIT, "LoadState", "ActiveState") == {
        "LoadState": "loaded", "ActiveState": "inactive"}


@tap.test
def the_first_call_starts_it():
    done = as_ada("gdbus", "call", "--session", "--dest", booted.HUB, "--object-path",
                  booted.HUB_PATH, "--method", "org.binnacle.EventBus1.Request",
                  "system.status_request", "{}", "{}")
    assert "'bus': <'session'>" in done.stdout, done.stdout
    state = show(UNIT, "ActiveState", "SubState", "NRestarts")
    assert state == {"ActiveState": "active", "SubState": "running", "NRestarts": "0"}, state
    hub = int(show(UNIT, "MainPID")["MainPID"])
    assert len([pid for pid, parent in parents().items() if parent == hub]) == 2, parents()


@tap.test
def nothing_feeds_a_watchdog_where_there_is_none():
    state = show(UNIT, "WatchdogUSec", "Type", "WatchdogTimestampMonotonic")
    assert state == {"WatchdogUSec": "0", "Type": "notify", "WatchdogTimestampMonotonic": "0"}, \
        state


@tap.test
def a_restart_is_a_new_hub():
    before = status()["epoch"]
    systemctl("restart", UNIT)
    assert status()["epoch"] != before


@tap.test
def killed_it_is_started_again():
    before = status()["epoch"]
    with EndOfHub() as end:
        systemctl("kill", "--kill-whom=main", "--signal=KILL", UNIT)
    as_ada("gdbus", "wait", "--session", "--timeout=20", booted.HUB)
    assert status()["epoch"] != before
    assert end.pid not in parents()


@tap.test
def the_bridge_serves_it():
    systemctl("start", BRIDGE)
    token = pathlib.Path(f"{folder()}/binnacle/token").read_text(encoding="utf-8")
    answer, code = booted.ask_bridge(8740, "/api/system/status_request", token)
    assert code == 200 and answer["epoch"] == status()["epoch"], answer


@tap.test
def it_outlives_the_bus():
    before = show(UNIT, "MainPID")
    systemctl("kill", "--signal=KILL", "dbus.service")
    as_ada("gdbus", "wait", "--session", "--timeout=20", booted.HUB)
    assert show(UNIT, "MainPID") == before
    assert status()["bus"] == "session"


@tap.test
def stopped_it_leaves_nothing_behind():
    systemctl("stop", BRIDGE)
    with EndOfHub() as end:
        systemctl("stop", UNIT)
    assert show(UNIT, "ActiveState")["ActiveState"] == "inactive"
    assert end.pid not in parents().values(), parents()
    assert not os.path.exists(f"{folder()}/binnacle")


def main():
    if sys.argv[1] != "--inside":
        return booted.run(__file__, *sys.argv[1:])
    result = tap.main()
    if result != 0:
        done = booted.command("journalctl", "_UID=" + str(pwd.getpwnam("ada").pw_uid))
        print("".join(f"# {line}\n" for line in done.stdout.splitlines()))
    return result


if __name__ == "__main__":
    sys.exit(main())
