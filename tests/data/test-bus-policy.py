# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""What dbus-daemon lets through to the hub on a bus of the type system."""
import pathlib
import pwd
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import private_bus
import tap

FILE, BINNACLED, SOURCE_ROOT = sys.argv[1:4]
CONFIG = pathlib.Path(FILE).read_text(encoding="utf-8")
# As /usr/share/dbus-1/system.conf.
DEFAULT = ("<policy context='default'><allow user='*'/><deny own='*'/>"
           "<deny send_type='method_call'/><allow send_type='signal'/>"
           "<allow send_requested_reply='true' send_type='method_return'/>"
           "<allow send_requested_reply='true' send_type='error'/>"
           "<allow receive_type='method_call'/><allow receive_type='method_return'/>"
           "<allow receive_type='error'/><allow receive_type='signal'/>"
           "<allow send_destination='org.freedesktop.DBus'/></policy>")
DENIED = "org.freedesktop.DBus.Error.AccessDenied"


def with_owner(owner):
    def configure(folder):
        (folder / "system.d").mkdir()
        text = CONFIG if owner is None else CONFIG.replace('user="binnacle"', f'user="{owner}"')
        (folder / "system.d" / "org.binnacle.Hub1.conf").write_text(text, encoding="utf-8")
        return f"{DEFAULT}<includedir>system.d</includedir>"
    return configure


class HubOnSystemBus(private_bus.PrivateBus):
    """The hub itself; it takes the bus for one of a session, since /run is not for tests."""

    def __init__(self):
        super().__init__("system", with_owner(pwd.getpwuid(os.getuid()).pw_name))
        self.hub = None
        self.connection = None

    def __enter__(self):
        super().__enter__()
        self.connection = self.connect()
        self.hub = subprocess.Popen([BINNACLED, "--session"], env=self.environment)
        subprocess.run(["gdbus", "wait", "--session", "--timeout", "20", private_bus.HUB],
                       env=self.environment, check=True)
        return self

    def __exit__(self, *arguments):
        self.hub.terminate()
        status = self.hub.wait()
        self.connection.close_sync()
        super().__exit__(*arguments)
        assert status == 0, status


@tap.test
def only_the_user_binnacle_may_own_the_name():
    with private_bus.PrivateBus("system", with_owner(None)) as bus:
        connection = bus.connect()
        arguments = private_bus.GLib.Variant("(su)", (private_bus.HUB, 0))
        name = private_bus.error_name(private_bus.call_bus, connection, "RequestName", arguments)
        assert name == DENIED, name
        connection.close_sync()


@tap.test
def the_hub_may_be_asked_on_the_system_bus():
    with HubOnSystemBus() as bus:
        status = private_bus.request(bus.connection, "system.status_request", {})
        assert status["version"], status
        private_bus.call(bus.connection, "org.freedesktop.DBus.Introspectable", "Introspect")
        private_bus.call(bus.connection, "org.freedesktop.DBus.Peer", "Ping")
        private_bus.call(bus.connection, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
        private_bus.call(bus.connection, "org.freedesktop.DBus.Properties", "GetAll",
                         private_bus.GLib.Variant("(s)", ("org.binnacle.EventBus1",)))


@tap.test
def every_interface_of_the_hub_may_be_asked():
    with HubOnSystemBus() as bus:
        text = private_bus.call(bus.connection, "org.freedesktop.DBus.Introspectable",
                                "Introspect")[0]
        names = [node.get("name") for node in ElementTree.fromstring(text).iter("interface")]
        assert "org.binnacle.Modules1" in names, names
        for name in names:
            error = private_bus.error_name(private_bus.call, bus.connection, name, "NoSuchMethod")
            assert error != DENIED, name


@tap.test
def other_interfaces_are_denied():
    with HubOnSystemBus() as bus:
        for name in ("org.binnacle.ModuleHost1", "org.binnacle.ModulePeer1", "org.example.Other1",
                     "org.freedesktop.Application"):
            error = private_bus.error_name(private_bus.call, bus.connection, name, "Anything")
            assert error == DENIED, (name, error)


@tap.test
def events_reach_whoever_listens():
    with HubOnSystemBus() as bus:
        loop = private_bus.GLib.MainLoop()
        seen = []
        bus.connection.signal_subscribe(
            private_bus.HUB, "org.binnacle.EventBus1", "Event", private_bus.HUB_PATH, None, 0,
            lambda *signal: (seen.append(signal[5].unpack()[0]), loop.quit()))
        timeout = private_bus.GLib.timeout_add(private_bus.TIMEOUT_MS, loop.quit)
        arguments = private_bus.GLib.Variant("(sa{sv}a{sv})", ("user.hello", {}, {}))
        private_bus.call(bus.connection, "org.binnacle.EventBus1", "Emit", arguments)
        loop.run()
        assert seen == ["user.hello"], seen
        private_bus.GLib.source_remove(timeout)


@tap.test
def every_module_of_the_system_bus_is_in_the_list():
    root = pathlib.Path(SOURCE_ROOT)
    manifests = [path.read_text(encoding="utf-8") for path in root.glob("daemon/modules/*/*.module")]
    assert manifests
    for text in manifests:
        keys = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        if "Interface" in keys and "system" in keys.get("Bus", "session;system"):
            assert f'send_interface="{keys["Interface"]}"' in CONFIG, keys["Interface"]


if __name__ == "__main__":
    sys.exit(tap.main())
