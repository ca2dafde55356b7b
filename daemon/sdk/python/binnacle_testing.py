# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Write tests for modules of Binnacle, in any language, in Python: derive from ModuleTest.

A test speaks to the module as everybody does, through a hub on the session bus. "binnacle module
test" gives it a bus and a hub of its own, in which the module runs:

    class ClockTest(ModuleTest):
        def test_strike(self):
            self.call("strike", times=3)
            self.wait_for("struck", times=3)

All tests of a program speak to the same module, one after the other.
"""
import contextlib
import json
import os
import unittest

from gi.repository import Gio, GLib

__all__ = ["ModuleError", "ModuleTest"]

_HUB = "org.binnacle.Hub1"
_PATH = "/org/binnacle/Hub1"
_EVENT_BUS = "org.binnacle.EventBus1"
_ERROR_PREFIX = "org.binnacle.Error."
_WAIT_SECONDS = 20


class ModuleError(Exception):
    """What a call was refused with: code, such as "bad_payload", and message."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ModuleTest(unittest.TestCase):
    """One case. `heard` has the (name, payload) of each event and sample since it began."""

    module = os.environ.get("BINNACLE_TEST_MODULE")

    def setUp(self):
        if not self.module:
            self.fail("no module is under test: run this with “binnacle module test FOLDER”")
        self.heard = []
        self._bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        self._heard_id = self._bus.signal_subscribe(
            _HUB, _EVENT_BUS, None, _PATH, None, Gio.DBusSignalFlags.NONE, self._on_signal)
        self._subscriptions = []
        self.addCleanup(self._leave)

    def call(self, method, **arguments):
        """Calls a method of the module by its name in small letters. Returns its out argument, a
        dictionary if it has several, None if it has none. Raises ModuleError."""
        reply = self.request(f"{self.module}.{method}", **arguments)
        if not reply:
            return None
        return next(iter(reply.values())) if len(reply) == 1 else reply

    def request(self, type, /, **arguments):
        """Asks the hub, or any module: request("module.list"). Returns the reply as a dictionary."""
        payload = {name: _pack(value) for name, value in arguments.items()}
        return self._call("Request", GLib.Variant("(sa{sv}a{sv})", (type, payload, {})))[0]

    def emit(self, event, **fields):
        """Emits an event that the module accepts."""
        payload = {name: _pack(value) for name, value in fields.items()}
        self._call("Emit", GLib.Variant("(sa{sv}a{sv})", (f"{self.module}.{event}", payload, {})))

    def subscribe(self, event="*", interval_ms=None):
        """Declares interest until the end of the case: what is measured on demand is measured."""
        options = {} if interval_ms is None else {"interval-ms": GLib.Variant("u", interval_ms)}
        self._subscriptions.append(self._call(
            "Subscribe", GLib.Variant("(asa{sv})", ([f"{self.module}.{event}"], options)))[0])

    def wait_for(self, event, timeout=_WAIT_SECONDS, **fields):
        """Waits for an event or sample of the module in which these fields have these values, also
        one that was heard already. Returns its payload."""
        def find():
            return [payload for name, payload in self.heard
                    if name == event and fields.items() <= payload.items()]
        context = GLib.MainContext.default()
        late = []
        timer = GLib.timeout_add(int(timeout * 1000),
                                 lambda: late.append(True) or GLib.SOURCE_CONTINUE)
        while not find() and not late:
            context.iteration(True)
        GLib.source_remove(timer)
        if not find():
            self.fail(f"no {event} {fields} within {timeout} s, but {self.heard}")
        return find()[0]

    def reload(self):
        """Replaces the module's process; its state is handed over."""
        self.request("module.reload", name=self.module)

    @contextlib.contextmanager
    def assertFails(self, code):
        """With with: a call in it must be refused with this code."""
        with self.assertRaises(ModuleError) as raised:
            yield raised
        self.assertEqual(raised.exception.code, code, raised.exception.message)

    # Inner.

    def _call(self, method, arguments):
        try:
            return self._bus.call_sync(_HUB, _PATH, _EVENT_BUS, method, arguments, None,
                                       Gio.DBusCallFlags.NONE, _WAIT_SECONDS * 1000, None).unpack()
        except GLib.Error as error:
            name = Gio.DBusError.get_remote_error(error) or ""
            Gio.DBusError.strip_remote_error(error)
            raise ModuleError(name.removeprefix(_ERROR_PREFIX), error.message) from None

    def _on_signal(self, _bus, _sender, _path, _interface, signal, parameters):
        items = []
        if signal == "Event":
            items = [parameters.unpack()]
        elif signal == "Samples":
            items = parameters.unpack()[0]
        for type, payload, *_ in items:
            module, _, name = type.partition(".")
            if module == self.module:
                self.heard.append((name, payload))

    def _leave(self):
        self._bus.signal_unsubscribe(self._heard_id)
        for number in self._subscriptions:
            self._call("Unsubscribe", GLib.Variant("(u)", (number,)))


def _pack(value):
    """A Python value as what the hub makes the type of the argument from."""
    if isinstance(value, GLib.Variant):
        return value
    if isinstance(value, bool):
        return GLib.Variant("b", value)
    if isinstance(value, int):
        return GLib.Variant("x" if value < 2 ** 63 else "t", value)
    if isinstance(value, float):
        return GLib.Variant("d", value)
    if isinstance(value, str):
        return GLib.Variant("s", value)
    if isinstance(value, (bytes, bytearray)):
        return GLib.Variant("ay", bytes(value))
    return GLib.Variant("s", json.dumps(value))
