# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""The service of the machine, whole: installed on a running systemd, started by the bus, asked by
several users with the real polkit, restarted, killed, stopped. The tests go on from one another.
"""
import os
import pathlib
import re
import sys
import time

import booted
import tap

UNIT, BRIDGE = "binnacled.service", "binnacle-web-bridge.service"
USERS = ("ada", "bob", "carol")  # 10-test.rules says what ada and carol may do; bob nothing
DENIED = "org.freedesktop.DBus.Error.AccessDenied"
FORBIDDEN = "org.binnacle.Error.forbidden"
VAULT_PATH = booted.HUB_PATH + "/modules/vault"
SAMPLES = {f"system_info.{name}" for name in ("cpu", "memory", "disk", "filesystem")}


def epoch():
    return booted.request("system.status_request")["epoch"]


def wait_until_ready(module):
    """Until that module of the hub is ready."""
    with booted.Listener("module.state_changed") as listener:
        while True:
            rows = booted.request("module.list")["modules"]
            if any(row["name"] == module and row["state"] == "ready" for row in rows):
                return
            listener.next()


def journal(unit):
    return booted.command("journalctl", f"--unit={unit}", "--output=cat").stdout


def drop_in(text):
    folder = pathlib.Path(f"/run/systemd/system/{UNIT}.d")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "test.conf").write_text(text, encoding="utf-8")
    booted.command("systemctl", "daemon-reload")
    booted.command("systemctl", "restart", UNIT)


@tap.test
def it_is_installed_while_the_machine_runs():
    for user in USERS:
        booted.command("useradd", user)
    booted.install()
    booted.command("install", "-D", "--mode=644", "/opt/test/vault/10-test.rules",
                   "/etc/polkit-1/rules.d/10-test.rules")
    booted.install_module("vault")
    assert booted.show(UNIT, "LoadState", "ActiveState") == {
        "LoadState": "loaded", "ActiveState": "inactive"}


@tap.test
def the_first_call_of_anybody_starts_it():
    status = booted.request("system.status_request", user="bob")
    assert status["bus"] == "system", status
    state = booted.show(UNIT, "ActiveState", "SubState", "NRestarts")
    assert state == {"ActiveState": "active", "SubState": "running", "NRestarts": "0"}, state
    for module in ("chat", "system_info", "vault"):
        wait_until_ready(module)


@tap.test
def it_is_a_user_without_rights():
    found = booted.processes_of("binnacle")
    assert len(found) == 4, found.keys()  # the hub and three modules
    for status in found.values():
        rights = {key: status[key] for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
        assert set(rights.values()) == {"0" * 16}, rights
        assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", status
        assert len(set(status["Uid"].split())) == 1 and status["Groups"] != "0", status
    main = booted.show(UNIT, "MainPID")["MainPID"]
    assert os.stat("/run/binnacle").st_mode & 0o777 == 0o700
    assert found[int(main)]["Name"] == "binnacled", found


def modules():
    return {row["name"]: row for row in booted.request("module.list")["modules"]}


def confinement_of(name):
    rows = booted.request_of("module.describe", name=name)["confinement"]
    return {row["what"]: row for row in rows}


@tap.test
def each_module_has_a_control_group():
    unit = f"/system.slice/{UNIT}"
    assert booted.group_of(booted.show(UNIT, "MainPID")["MainPID"]) == f"{unit}/hub"
    controllers = booted.controllers_of(unit) & {"memory", "pids"}
    print(f"# controllers that this kernel has there: {' '.join(controllers) or 'none'}")
    for name, module in modules().items():
        group = booted.group_of(module["pid"])
        assert group == f"{unit}/module-{name}.{module['generation']}", group
        parts = confinement_of(name)
        for part in ("system_calls", "network", "memory", "descriptors"):
            assert parts[part]["state"] == "held", (name, parts)
        assert parts["files"]["state"] == ("held" if booted.has_landlock() else "missing"), parts
        assert parts["memory"]["by"] == ("cgroup" if "memory" in controllers else "rlimit"), parts
        for controller, part, file, key in (("memory", "memory", "memory.max", "limit_bytes"),
                                            ("pids", "tasks", "pids.max", "limit")):
            if controller in controllers:
                text = pathlib.Path(f"/sys/fs/cgroup{group}/{file}").read_text(encoding="utf-8")
                assert parts[part]["by"] == "cgroup" and int(text) == parts[part][key], parts


@tap.test
def a_module_that_is_killed_leaves_no_group():
    before = modules()["chat"]
    with booted.Listener("module.state_changed") as listener:
        booted.command("kill", "-KILL", str(before["pid"]))
        while modules()["chat"]["generation"] == before["generation"]:
            listener.next()
    wait_until_ready("chat")
    folder = pathlib.Path(f"/sys/fs/cgroup/system.slice/{UNIT}")
    groups = {path.name for path in folder.glob("module-chat.*")}
    assert groups == {f"module-chat.{modules()['chat']['generation']}"}, groups


@tap.test
def the_hub_of_the_machine_starts_no_programs():
    booted.install_module("runner")
    booted.call("Load", "s", "runner", interface="org.binnacle.Modules1")
    wait_until_ready("runner")
    error, text = booted.error_of("Request", "runner.run_shell", "{'script': <'true'>}", "{}")
    assert error == "org.binnacle.Error.unsupported", (error, text)


@tap.test
def a_module_has_as_many_tasks_as_it_may():
    controllers = booted.controllers_of(f"/system.slice/{UNIT}")
    started = booted.call("Request", "sa{sv}a{sv}", "runner.start_threads", "1", "number", "u",
                          "100", "1", "timeout-ms", "u", "15000")[0]["started"]
    print(f"# of 100 threads {started} could be started")
    assert started < 64 if "pids" in controllers else started == 100, started


@tap.test
def a_module_that_takes_too_much_memory_is_told_apart():
    controllers = booted.controllers_of(f"/system.slice/{UNIT}")
    before = modules()["runner"]["generation"]
    error, text = booted.error_of("Request", "runner.take_memory", "{'mebibytes': <uint32 160>}",
                                  "{'timeout-ms': <uint32 15000>}")
    if "memory" not in controllers:
        assert error == "org.binnacle.Error.internal" and "MemoryError" in text, (error, text)
        return
    assert error == "org.binnacle.Error.unavailable", (error, text)
    with booted.Listener("module.state_changed") as listener:
        while modules()["runner"]["generation"] == before:
            listener.next()
    assert modules()["runner"]["last_error"] == "It used more than 128 MiB of memory", modules()


@tap.test
def a_module_whose_folder_is_gone_is_removed():
    booted.command("rm", "--recursive", f"{booted.MODULES}/runner")
    with booted.Listener("module.state_changed") as listener:
        while "runner" in modules():
            listener.next()


@tap.test
def systemd_finds_little_exposed():
    for unit, most in ((UNIT, 2.5), (BRIDGE, 1.5)):
        done = booted.command("systemd-analyze", "security", "--no-pager", unit)
        figure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout).group(1)
        print(f"# systemd-analyze security {unit}: {figure}")
        assert float(figure) <= most, figure


@tap.test
def everybody_may_observe():
    for user in ("root", *USERS):
        assert booted.request("vault.look", user=user) == {}
        identity = booted.call("Identity", interface="org.binnacle.SystemInfo1", user=user,
                               path=booted.HUB_PATH + "/modules/system_info")[0]
        assert identity["kernel"] == os.uname().release, identity
        objects = booted.call("GetManagedObjects", user=user,
                              interface="org.freedesktop.DBus.ObjectManager")[0]
        assert VAULT_PATH in objects, objects
        done = booted.command("binnacle", "--system", "status", user=user)
        assert '"bus":"system"' in done.stdout, done.stdout


@tap.test
def what_needs_more_is_refused():
    options = ("{}", "{}")
    for user in ("ada", "bob"):
        for method, arguments, interface in (
                ("Request", ("vault.open", *options), "org.binnacle.EventBus1"),
                ("Reload", ("vault",), "org.binnacle.Modules1"),
                ("Stop", ("system_info.cpu",), "org.binnacle.Workers1"),
                ("CreateLoginSecret", (), "org.binnacle.Access1"),
                ("Emit", ("chat.message", "{'text': <'x'>}", "{}"), "org.binnacle.EventBus1")):
            name, text = booted.error_of(method, *arguments, interface=interface, user=user)
            assert name == FORBIDDEN and "polkit action org.binnacle." in text, (name, text)
            assert "administrator must authenticate" in text, text
    assert booted.error_of("Request", "vault.touch", *options, user="bob")[0] == FORBIDDEN
    assert booted.error_of("RunNow", "system_info.cpu", interface="org.binnacle.Workers1",
                           user="bob")[0] == FORBIDDEN
    done = booted.command("binnacle", "--system", "call", "vault.touch", user="bob", check=False)
    assert done.returncode != 0 and "vault.touch needs the access level control" in done.stderr
    counted = booted.call("GetStatistics")[0]["calls_forbidden"]
    assert counted == 13, counted


@tap.test
def polkit_is_asked_about_the_caller_and_the_method():
    assert booted.request("vault.touch", user="ada") == {}
    booted.call("RunNow", "s", "system_info.cpu", interface="org.binnacle.Workers1", user="ada")
    for user in ("carol", "root"):
        assert booted.request("vault.open", user=user) == {}
        booted.call("Reload", "s", "vault", interface="org.binnacle.Modules1", user=user)


@tap.test
def the_bus_refuses_what_no_policy_allows():
    for user in ("root", "bob"):
        name, _ = booted.error_of("Look", path=VAULT_PATH, interface="org.binnacle.Vault1",
                                  user=user)
        assert name == DENIED, name
    done = booted.command("busctl", "--system", "call", "org.freedesktop.DBus",
                          "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName", "su",
                          "org.binnacle.Hub1.Other", "0", user="bob", check=False)
    assert "Access denied" in done.stderr, done.stderr


@tap.test
def private_events_reach_only_those_who_may_see_them():
    with booted.Listener("vault.*", user="bob") as bob, \
            booted.Listener("vault.*", user="ada") as ada, \
            booted.Listener("vault.*", user="carol") as carol:
        for _ in range(2):
            booted.request("vault.open")
        wanted = {bob: ["looked"], ada: ["touched", "looked"],
                  carol: ["opened", "touched", "looked"]}
        for listener, names in wanted.items():
            seen = [listener.next()["type"] for _ in range(2 * len(names))]
            assert seen == [f"vault.{name}" for name in names] * 2, seen


@tap.test
def the_sandbox_hides_nothing_from_system_info():
    """The same disks, file systems and so on as without it."""
    with booted.Listener("system_info.*", user="bob") as listener:
        inside = listener.collect(*SAMPLES, times=2)
    outside = ["systemd-run", "--quiet", "--pipe", "--collect", "--unit=outside",
               "--setenv=XDG_RUNTIME_DIR=/run/test", "--setenv=HOME=/root",
               "sh", "-c", "exec \"$@\" 2> /run/test/outside", "sh", "dbus-run-session", "--",
               "sh", "-c", f"{booted.PREFIX}/libexec/binnacled --session & exec \"$@\"", "sh"]
    with booted.Listener("system_info.*", bus="session", within=outside) as listener:
        without = listener.collect(*SAMPLES, times=2)
        booted.command("systemctl", "stop", "outside.service")
    for name in sorted(name for name in without if name.startswith("system_info.")):
        print(f"# {name}: {without[name]}")
        assert inside[name] == without[name], (name, inside[name], without[name])


@tap.test
def a_disk_that_is_mounted_later_is_seen_and_can_be_unmounted():
    with booted.Listener("system_info.filesystem", user="bob") as listener:
        booted.command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/var/tmp")
        sample = listener.wait_for("/var/tmp")
        assert sample["payload"]["total"] == 1 << 20, sample
        booted.command("umount", "/var/tmp")
        assert listener.wait_for("/var/tmp")["gone"]


@tap.test
def a_restart_is_a_new_hub():
    before = epoch()
    booted.command("systemctl", "restart", UNIT)
    assert epoch() != before


@tap.test
def killed_it_is_started_again():
    before = epoch()
    with booted.NewOwner():
        booted.command("systemctl", "kill", "--kill-whom=main", "--signal=KILL", UNIT)
        started = time.monotonic()
    print(f"# its name has a new owner after {1000 * (time.monotonic() - started):.0f} ms")
    assert epoch() != before
    assert booted.show(UNIT, "NRestarts")["NRestarts"] == "1"


@tap.test
def a_hub_whose_loop_stands_still_is_replaced():
    booted.command("systemctl", "reset-failed", UNIT)
    drop_in("[Service]\nWatchdogSec=2\n")
    with booted.Listener("system_info.cpu") as listener:
        listener.collect("system_info.cpu", times=5)  # four seconds at least
    main = booted.show(UNIT, "MainPID", "NRestarts")
    assert main["NRestarts"] == "0", main
    with booted.NewOwner():
        booted.command("kill", "-STOP", main["MainPID"])
    assert "Watchdog timeout" in journal(UNIT), journal(UNIT)
    assert booted.show(UNIT, "NRestarts")["NRestarts"] == "1"
    drop_in("")


@tap.test
def it_outlives_the_bus():
    wait_until_ready("vault")
    before = booted.show(UNIT, "MainPID")
    booted.command("systemctl", "kill", "--signal=KILL", "dbus.service")
    started = time.monotonic()
    booted.command("gdbus", "wait", "--system", "--timeout=20", booted.HUB)
    print(f"# its name is back {1000 * (time.monotonic() - started):.0f} ms after the bus ended")
    assert booted.show(UNIT, "MainPID") == before
    assert booted.request("vault.look", user="bob") == {}  # polkit is asked on the new bus
    assert booted.error_of("Request", "vault.touch", "{}", "{}", user="bob")[0] == FORBIDDEN
    assert booted.request("vault.touch", user="ada") == {}


def token():
    return pathlib.Path("/run/binnacle/token").read_text(encoding="utf-8")


@tap.test
def the_bridge_serves_the_same():
    booted.command("systemctl", "start", BRIDGE)
    assert booted.ask_bridge(8741, "/healthz") == ({"status": "ok"}, 200)
    answer, status = booted.ask_bridge(8741, "/api/system_info/identity", token())
    assert status == 200, answer
    assert answer["identity"] == booted.request("system_info.identity")["identity"], answer
    assert booted.ask_bridge(8741, "/api/system_info/identity", "0" * 64) == (None, 401)


@tap.test
def the_bridge_stays_when_the_hub_is_restarted():
    main = booted.show(BRIDGE, "MainPID")
    old = token()
    booted.command("systemctl", "restart", UNIT)
    assert token() != old
    answer, status = booted.ask_bridge(8741, "/api/system/status_request", token())
    assert status == 200 and answer["epoch"] == epoch(), answer
    assert booted.show(BRIDGE, "MainPID", "ActiveState") == {**main, "ActiveState": "active"}
    booted.command("systemctl", "stop", BRIDGE)
    assert booted.show(BRIDGE, "Result", "ActiveState") == {
        "Result": "success", "ActiveState": "inactive"}


@tap.test
def stopped_it_leaves_nothing_behind():
    wait_until_ready("chat")
    main = booted.show(UNIT, "MainPID")["MainPID"]
    booted.command("systemctl", "stop", UNIT)
    assert booted.show(UNIT, "ActiveState")["ActiveState"] == "inactive"
    assert f"{UNIT}: Deactivated successfully." in journal(UNIT).splitlines()[-2:], journal(UNIT)
    assert not booted.processes_of("binnacle")
    assert not os.path.exists("/run/binnacle")
    lines = booted.command("journalctl", f"_PID={main}", "--output=cat").stdout
    assert "failed" not in lines, lines


@tap.test
def the_next_call_starts_it_again():
    booted.request("system.status_request", user="bob")
    assert booted.show(UNIT, "ActiveState")["ActiveState"] == "active"


def main():
    if sys.argv[1] != "--inside":
        return booted.run(__file__, *sys.argv[1:])
    status = tap.main()
    if status != 0:
        print(re.sub("^", "# ", journal(UNIT) + journal(BRIDGE), flags=re.MULTILINE))
    return status


if __name__ == "__main__":
    sys.exit(main())
