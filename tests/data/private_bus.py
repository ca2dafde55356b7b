# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""A dbus-daemon of its own, with files of its own, that ends with the test."""
import os
import pathlib
import select
import shutil
import subprocess
import tempfile

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

HUB = "org.binnacle.Hub1"
HUB_PATH = "/org/binnacle/Hub1"
DOCTYPE = ('<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" '
           '"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">')
TIMEOUT_MS = 20000


class PrivateBus:
    """With with: configure() writes what the bus needs into the folder and returns its rules."""

    def __init__(self, kind, configure):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="binnacle-data-"))
        for name in ("run", "state", "home"):
            (self.folder / name).mkdir(mode=0o700)
        self.environment = dict(
            os.environ, HOME=str(self.folder / "home"), XDG_RUNTIME_DIR=str(self.folder / "run"),
            XDG_STATE_HOME=str(self.folder / "state"), XDG_DATA_HOME=str(self.folder / "home"))
        self.kind = kind
        self.rules = configure(self.folder)
        self.daemon = None
        self.address = None

    def __enter__(self):
        config = self.folder / "bus.conf"
        config.write_text(f"{DOCTYPE}<busconfig><type>{self.kind}</type>"
                          f"<listen>unix:dir={self.folder}</listen><auth>EXTERNAL</auth>"
                          f"{self.rules}</busconfig>", encoding="utf-8")
        self.log = open(self.folder / "bus.log", "w+", encoding="utf-8")
        self.daemon = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile",
             "--print-address=1"], stdout=subprocess.PIPE, stderr=self.log, text=True,
            env=self.environment)
        self.address = self.daemon.stdout.readline().strip()
        if not self.address:
            self.daemon.wait()
            raise RuntimeError(f"dbus-daemon did not start: {self.log_text()}")
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.address
        return self

    def __exit__(self, *_):
        self.daemon.terminate()
        self.daemon.wait()
        self.daemon.stdout.close()
        self.log.close()
        shutil.rmtree(self.folder)

    def log_text(self):
        return (self.folder / "bus.log").read_text(encoding="utf-8")

    def connect(self):
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
                 | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        return Gio.DBusConnection.new_for_address_sync(self.address, flags, None, None)


def call(connection, interface, method, arguments=None, name=HUB, path=HUB_PATH):
    reply = connection.call_sync(name, path, interface, method, arguments, None,
                                 Gio.DBusCallFlags.NONE, TIMEOUT_MS, None)
    return reply.unpack()


def call_bus(connection, method, arguments=None):
    return call(connection, "org.freedesktop.DBus", method, arguments,
                name="org.freedesktop.DBus", path="/org/freedesktop/DBus")


def request(connection, event_type, payload):
    arguments = GLib.Variant("(sa{sv}a{sv})", (event_type, payload, {}))
    return call(connection, "org.binnacle.EventBus1", "Request", arguments)[0]


def error_name(function, *arguments, **options):
    """The D-Bus name of the error of a call that must fail."""
    try:
        function(*arguments, **options)
    except GLib.Error as error:
        return Gio.DBusError.get_remote_error(error)
    raise AssertionError(f"{arguments} was not refused")


def wait_for_end(pid, signal="TERM"):
    """Ends a process that is no child of ours, and waits for it."""
    descriptor = os.pidfd_open(pid)
    try:
        subprocess.run(["kill", f"-{signal}", str(pid)], check=True)
        ready, _, _ = select.select([descriptor], [], [], TIMEOUT_MS / 1000)
        assert ready, f"process {pid} did not end"
    finally:
        os.close(descriptor)
