#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""The modules of README.md, as they stand there: put where it says, under a real hub."""
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys

import private_bus
import tap
from gi.repository import Gio, GLib
from private_bus import HUB, HUB_PATH

README, HUB_PROGRAM, COMMAND, PKG_CONFIG_FOLDER, LIBRARY_FOLDER, PYTHON_FOLDER = map(
    pathlib.Path, sys.argv[1:])
TEXT = README.read_text(encoding="utf-8")
WAIT_MS = 20000
RULES = ("<policy context='default'><allow user='*'/><allow eavesdrop='true'/>"
         "<allow send_destination='*' eavesdrop='true'/><allow own='*'/></policy>")


def example(language):
    """The only block of that language."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 1, f"README.md has {len(blocks)} blocks of {language}"
    return blocks[0]


class Hub:
    """A hub on a bus of its own; every event and sample that it broadcasts is kept."""

    def __enter__(self):
        self.bus = private_bus.PrivateBus("session", lambda _folder: RULES)
        self.bus.__enter__()
        self.bus.environment["PYTHONPATH"] = str(PYTHON_FOLDER)
        self.bus.environment["LD_LIBRARY_PATH"] = str(LIBRARY_FOLDER)
        self.connection = self.bus.connect()
        self.heard = []
        self.connection.signal_subscribe(
            HUB, "org.binnacle.EventBus1", None, HUB_PATH, None, Gio.DBusSignalFlags.NONE,
            self.on_signal)
        self.process = subprocess.Popen([HUB_PROGRAM, "--session"], env=self.bus.environment)
        subprocess.run(["gdbus", "wait", "--session", "--timeout", "20", HUB],
                       env=self.bus.environment, check=True)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=20) == 0
        self.connection.close_sync(None)
        self.bus.__exit__()

    def on_signal(self, _connection, _sender, _path, _interface, name, parameters):
        if name == "Event":
            self.heard.append(parameters.unpack()[:2])
        elif name == "Samples":
            self.heard += [sample[:2] for sample in parameters.unpack()[0]]

    def wait(self, event_type, **fields):
        """Waits for an event of this type in which these fields have these values."""
        late = []
        timer = GLib.timeout_add(WAIT_MS, lambda: late.append(True) or GLib.SOURCE_CONTINUE)

        def find():
            return [payload for heard, payload in self.heard
                    if heard == event_type and fields.items() <= payload.items()]
        while not find() and not late:
            GLib.MainContext.default().iteration(True)
        GLib.source_remove(timer)
        assert find(), f"no {event_type} {fields} among {self.heard}"

    def install(self, program, source, change=lambda manifest: manifest):
        """Makes the folder of the README, puts it where it says, in one step, and enables it."""
        folder = self.bus.folder / "dice"
        folder.mkdir()
        (folder / "dice.module").write_text(change(example("ini")), encoding="utf-8")
        (folder / "org.binnacle.Dice1.xml").write_text(example("xml"), encoding="utf-8")
        shutil.copy(source, folder / program)
        (folder / program).chmod(0o755)
        os.rename(folder, self.bus.folder / "home" / "binnacle" / "modules" / "dice")
        self.wait("module.state_changed", name="dice", state="disabled")
        command = shlex.split(re.search("`binnacle (module enable dice)`", TEXT).group(1))
        enabled = subprocess.run([COMMAND, *command, "--yes"], env=self.bus.environment, check=True,
                                 text=True, capture_output=True)
        assert "It asks for nothing beyond its own folders" in enabled.stderr, enabled.stderr
        self.wait("module.state_changed", name="dice", state="ready")

    def request(self, event_type, **payload):
        arguments = {name: GLib.Variant("u" if isinstance(value, int) else "s", value)
                     for name, value in payload.items()}
        return private_bus.request(self.connection, event_type, arguments)

    def subscribe(self, pattern):
        private_bus.call(self.connection, "org.binnacle.EventBus1", "Subscribe",
                         GLib.Variant("(asa{sv})", ([pattern], {})))


@tap.test
def python_example():
    """It throws, tells, measures, and refuses."""
    with Hub() as hub:
        source = hub.bus.folder / "source.py"
        source.write_text(example("python"), encoding="utf-8")
        hub.install("dice.py", source)
        points = hub.request("dice.throw_dice", count=2, by="Ada")["points"]
        assert 2 <= points <= 12, points
        hub.wait("dice.thrown", points=points, by="Ada")
        hub.subscribe("dice.total")
        hub.wait("dice.total", points=points)
        assert private_bus.error_name(hub.request, "dice.throw_dice", count=0, by="Ada") \
            == "org.binnacle.Error.bad_payload"


@tap.test
def c_example():
    """It builds with the flags that the README names, and throws."""
    with Hub() as hub:
        source = hub.bus.folder / "dice.c"
        source.write_text(example("c"), encoding="utf-8")
        command = re.search(r"`(pkg-config --cflags --libs binnacle-module-1)`", TEXT).group(1)
        flags = subprocess.run(
            shlex.split(command), check=True, text=True, stdout=subprocess.PIPE,
            env=dict(os.environ, PKG_CONFIG_PATH=str(PKG_CONFIG_FOLDER))).stdout
        program = hub.bus.folder / "program"
        subprocess.run(["cc", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror", source,
                        "-o", program, *shlex.split(flags)], check=True)
        hub.install("dice", program,
                    lambda manifest: manifest.replace("Exec=dice.py", "Exec=dice"))
        thrown = [hub.request("dice.throw_dice", count=3, by="Ada")["points"] for _ in range(50)]
        assert min(thrown) >= 3 and max(thrown) <= 18 and len(set(thrown)) > 1, thrown


@tap.test
def length():
    """It says about 30 lines of C and 20 of Python; empty lines do not count."""
    lines = {language: len([line for line in example(language).splitlines() if line.strip()])
             for language in ("c", "python")}
    assert lines["c"] <= 36 and lines["python"] <= 20, lines


sys.exit(tap.main())
