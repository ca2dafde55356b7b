# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""The hub and its bridge as services of a user: installed on a machine with systemd, started by the
session bus of that user's own systemd. The tests go on from one another.
"""
import ast
import os
import pathlib
import pwd
import sys
import time

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


def end_of_hub():
    return booted.Ending(int(show(UNIT, "MainPID")["MainPID"]))


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
    with end_of_hub() as end:
        systemctl("kill", "--kill-whom=main", "--signal=KILL", UNIT)
    as_ada("gdbus", "wait", "--session", "--timeout=20", booted.HUB)
    assert status()["epoch"] != before
    assert end.pid not in parents()


def modules():
    rows = booted.json.loads(as_ada("binnacle", "call", "module.list", "--json").stdout)
    return {row["name"]: row for row in rows["modules"]}


def load(name):
    booted.install_module(name)
    as_ada("binnacle", "module", "load", name)


def ask_runner(method, *arguments):
    done = as_ada("gdbus", "call", "--session", "--dest", booted.HUB, "--object-path",
                  f"{booted.HUB_PATH}/modules/runner", "--method",
                  f"org.binnacle.Runner1.{method}", *arguments)
    return ast.literal_eval(done.stdout.replace("uint32 ", ""))


def is_in_scope(name):
    row = modules()[name]
    return booted.group_of(row["pid"]).endswith(f"/app-binnacle-{name}-{row['pid']}.scope")


def wait_for_scope(name):
    """It is made while the module starts already; when it is there, nobody tells."""
    end = time.monotonic() + booted.TIMEOUT
    while not is_in_scope(name):
        assert time.monotonic() < end, booted.group_of(modules()[name]["pid"])


@tap.test
def each_module_has_a_scope():
    for name, row in modules().items():
        wait_for_scope(name)
        unit = f"app-binnacle-{name}-{row['pid']}.scope"
        state = show(unit, "ActiveState", "Slice", "MemoryMax", "MemorySwapMax", "TasksMax")
        assert state == {"ActiveState": "active", "Slice": "app-binnacle.slice",
                         "MemoryMax": str(256 << 20), "MemorySwapMax": "0",
                         "TasksMax": "64"}, state


@tap.test
def a_scope_ends_with_its_module():
    before = modules()["chat"]
    unit = f"app-binnacle-chat-{before['pid']}.scope"
    assert show(unit, "ActiveState") == {"ActiveState": "active"}
    with booted.Ending(before["pid"]):
        as_ada("binnacle", "module", "unload", "chat")
    end = time.monotonic() + booted.TIMEOUT
    while show(unit, "LoadState") != {"LoadState": "not-found"}:
        assert time.monotonic() < end, show(unit, "ActiveState", "LoadState")
    as_ada("binnacle", "module", "load", "chat")


@tap.test
def a_module_writes_no_files_of_the_user():
    load("runner")
    expected = "Permission denied" if booted.has_landlock() else ""
    assert ask_runner("Write", "/home/ada/by-the-module") == (expected,)
    assert os.path.exists("/home/ada/by-the-module") == (expected == "")


@tap.test
def what_a_module_starts_is_not_confined():
    unit, line = ask_runner("RunShell", "echo $GREETING from $PWD; echo x > ~/by-the-program; "
                                     "exec sleep infinity")
    assert line == "Ahoy from /usr", line
    assert os.path.exists("/home/ada/by-the-program")
    state = show(unit, "ActiveState", "Description", "Slice", "MainPID")
    main = int(state.pop("MainPID"))
    assert state == {"ActiveState": "active", "Description": "A shell of a test",
                     "Slice": "app.slice"}, state
    status = booted.processes_of("ada")[main]
    assert status["Name"] == "sleep", status
    assert status["NoNewPrivs"] == "0" and status["Seccomp"] == "0", status
    as_ada("binnacle", "module", "unload", "runner")
    systemctl("restart", UNIT)
    assert show(unit, "ActiveState", "MainPID") == {"ActiveState": "active", "MainPID": str(main)}
    with booted.Ending(main):
        systemctl("stop", unit)


@tap.test
def a_module_takes_no_more_than_it_may():
    as_ada("binnacle", "module", "load", "runner")
    uid = pwd.getpwnam("ada").pw_uid
    controllers = booted.controllers_of(f"/user.slice/user-{uid}.slice/user@{uid}.service")
    print(f"# controllers that the user's systemd has: {' '.join(controllers) or 'none'}")
    wait_for_scope("runner")
    started, = ask_runner("StartThreads", "100")
    assert started < 64 if "pids" in controllers else started == 100, started
    done = as_ada("binnacle", "call", "runner.take_memory", "mebibytes=160", check=False)
    if "memory" not in controllers:
        assert done.returncode == 1 and "MemoryError" in done.stderr, done
        return
    assert done.returncode != 0, done  # before the kernel gives up, it tries hard to find some
    end = time.monotonic() + booted.TIMEOUT
    while modules()["runner"]["last_error"] != "It used more than 128 MiB of memory":
        assert time.monotonic() < end, modules()["runner"]


@tap.test
def a_program_can_have_a_terminal():
    as_ada("binnacle", "module", "load", "runner")
    line, terminal = ask_runner("RunInTerminal", "echo $(tty) $(tty < /dev/tty)")
    assert line == f"{terminal} /dev/tty", (line, terminal)
    booted.command("rm", "--recursive", f"{booted.MODULES}/runner")


@tap.test
def the_bridge_serves_it():
    systemctl("start", BRIDGE)
    token = pathlib.Path(f"{folder()}/binnacle/token").read_text(encoding="utf-8")
    answer, code = booted.ask_bridge(8740, "/api/system/status_request", token)
    assert code == 200 and answer["epoch"] == status()["epoch"], answer


@tap.test
def other_machines_can_be_let_in():
    """It keeps its certificate, and reaches nothing else of the user."""
    def exposure(check=True):
        done = as_ada("binnacle", "--json", "access", "expose", check=check)
        return booted.json.loads(done.stdout)

    alone = exposure(check=False)
    assert "no address" in alone["error"] or alone["addresses"], alone
    as_ada("binnacle", "access", "unexpose")
    kind = next((kind for kind in ("dummy", "bridge", "veth") if booted.command(
        "ip", "link", "add", "lan0", "type", kind, check=False).returncode == 0), None)
    print(f"# a network of the kind: {kind}")
    if kind is not None:
        booted.command("ip", "address", "add", "192.0.2.7/24", "dev", "lan0")
        booted.command("ip", "link", "set", "lan0", "up")
    first = exposure(check=kind is not None)
    assert first["state"] == "trial" and first["fingerprint"], first
    assert kind is None or "https://192.0.2.7:8743/" in first["addresses"], first
    kept = pathlib.Path("/home/ada/.local/state/binnacle/web")
    assert any(kept.iterdir()) and kept.stat().st_mode & 0o77 == 0, list(kept.iterdir())
    as_ada("binnacle", "access", "unexpose")
    systemctl("restart", BRIDGE)
    end = time.monotonic() + booted.TIMEOUT
    while booted.ask_bridge(8740, "/readyz", "")[1] != 200:
        assert time.monotonic() < end
    assert exposure(check=kind is not None)["fingerprint"] == first["fingerprint"]
    as_ada("binnacle", "access", "unexpose")
    main = int(show(BRIDGE, "MainPID")["MainPID"])
    seen = os.listdir(f"/proc/{main}/root/home/ada")
    assert seen == [".local"], seen
    assert os.listdir(f"/proc/{main}/root/home/ada/.local/state/binnacle") == ["web"]


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
    with end_of_hub() as end:
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
