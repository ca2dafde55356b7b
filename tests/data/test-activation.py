# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""A call to the hub's name starts the hub; one for a bus that runs it already does not."""
import os
import pathlib
import subprocess
import sys

import private_bus
import tap

FILE, BINNACLED, LIBEXECDIR = sys.argv[1:4]
SERVICE = pathlib.Path(FILE).read_text(encoding="utf-8")
ACTIVATED = f"{LIBEXECDIR}/binnacled"


def configure(folder):
    """The shipped file, but with the program of the build tree."""
    services = folder / "services"
    services.mkdir()
    (services / f"{private_bus.HUB}.service").write_text(
        SERVICE.replace(ACTIVATED, f'"{BINNACLED}"'), encoding="utf-8")
    return (f"<servicedir>{services}</servicedir><policy context='default'>"
            "<allow user='*'/><allow send_destination='*' eavesdrop='true'/>"
            "<allow eavesdrop='true'/><allow own='*'/></policy>")


def hub_pid(connection):
    return private_bus.call_bus(connection, "GetConnectionUnixProcessID",
                                private_bus.GLib.Variant("(s)", (private_bus.HUB,)))[0]


class ActivatingBus(private_bus.PrivateBus):
    """The hub that it started outlives the bus by design, so it is ended first."""

    def __init__(self):
        super().__init__("session", configure)

    def __exit__(self, *arguments):
        connection = self.connect()
        has_owner = private_bus.call_bus(connection, "NameHasOwner",
                                         private_bus.GLib.Variant("(s)", (private_bus.HUB,)))[0]
        if has_owner:
            private_bus.wait_for_end(hub_pid(connection))
        connection.close_sync()
        super().__exit__(*arguments)


@tap.test
def the_file_names_the_installed_program_and_the_unit():
    assert f"Exec={ACTIVATED} --session\n" in SERVICE, SERVICE
    assert "SystemdService=binnacled.service\n" in SERVICE, SERVICE


@tap.test
def a_call_starts_the_hub():
    with ActivatingBus() as bus:
        connection = bus.connect()
        names = private_bus.call_bus(connection, "ListNames")[0]
        assert private_bus.HUB not in names, names
        status = private_bus.request(connection, "system.status_request", {})
        assert status["bus"] == "session", status
        pid = hub_pid(connection)
        assert os.readlink(f"/proc/{pid}/exe") == os.path.realpath(BINNACLED)
        connection.close_sync()


@tap.test
def a_hub_that_was_killed_is_started_again():
    with ActivatingBus() as bus:
        connection = bus.connect()
        first = private_bus.request(connection, "system.status_request", {})
        private_bus.wait_for_end(hub_pid(connection), "KILL")
        second = private_bus.request(connection, "system.status_request", {})
        assert first["epoch"] != second["epoch"], second
        connection.close_sync()


@tap.test
def a_second_hub_says_so_and_has_status_75():
    with ActivatingBus() as bus:
        connection = bus.connect()
        private_bus.request(connection, "system.status_request", {})
        other = bus.folder / "other"
        other.mkdir(mode=0o700)
        done = subprocess.run(
            [BINNACLED, "--session"], capture_output=True, text=True, timeout=20, check=False,
            # GLib 2.74 warns when a name is released that was never had.
            env=dict(bus.environment, XDG_RUNTIME_DIR=str(other), XDG_STATE_HOME=str(other),
                     G_DEBUG="fatal-criticals"))
        assert done.returncode == 75, (done.returncode, done.stderr)
        assert "Another hub owns the name" in done.stderr, done.stderr
        connection.close_sync()


if __name__ == "__main__":
    sys.exit(tap.main())
