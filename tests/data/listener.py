# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""listener.py system|session PATTERN...

Subscribes, prints a line, and from then on a line of JSON for each event and sample that arrives.
"""
import json
import subprocess
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

HUB, HUB_PATH, EVENT_BUS = "org.binnacle.Hub1", "/org/binnacle/Hub1", "org.binnacle.EventBus1"


def show(event_type, payload, meta):
    print(json.dumps({"type": event_type, "payload": payload, "key": meta.get("key", ""),
                      "gone": meta.get("gone", False)}), flush=True)


def on_signal(_connection, _sender, _path, _interface, name, parameters):
    if name == "Event":
        show(*parameters.unpack())
    elif name == "Samples":
        for sample in parameters.unpack()[0]:
            show(*sample)


def main():
    bus = Gio.BusType.SYSTEM if sys.argv[1] == "system" else Gio.BusType.SESSION
    connection = Gio.bus_get_sync(bus, None)
    # One that was started just now is not there yet.
    subprocess.run(["gdbus", "wait", f"--{sys.argv[1]}", "--timeout=20", HUB], check=True)
    connection.signal_subscribe(HUB, EVENT_BUS, None, HUB_PATH, None, Gio.DBusSignalFlags.NONE,
                                on_signal)
    connection.call_sync(HUB, HUB_PATH, EVENT_BUS, "Subscribe",
                         GLib.Variant("(asa{sv})", (sys.argv[2:], {})), None,
                         Gio.DBusCallFlags.NONE, -1, None)
    print("subscribed", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
