#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""What an author of a module does, from "module new" to the debugger, under real hubs."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading

import private_bus
import tap
from private_bus import HUB

PROGRAM, HUB_PROGRAM, PKG_CONFIG_FOLDER, SDK_FOLDER, MESON = (
    pathlib.Path(argument).absolute() for argument in sys.argv[1:])
WAIT_SECONDS = 60
RULES = ("<policy context='default'><allow user='*'/><allow eavesdrop='true'/>"
         "<allow send_destination='*' eavesdrop='true'/><allow own='*'/></policy>")
LANGUAGES = ("c", "python")


class Program:
    """A program that runs; what it says on both outputs is kept by line."""

    def __init__(self, *command, folder, environment):
        self.lines = []
        self.news = threading.Condition()
        self.over = False
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.news:
                self.lines.append(line.rstrip("\n"))
                self.news.notify_all()
        with self.news:
            self.over = True
            self.news.notify_all()

    def wait_for(self, text, after=0):
        """Waits for a line with this text; returns how many lines there are up to it."""
        def find():
            return next((number for number, line in enumerate(self.lines[after:], after + 1)
                         if text in line), 0)
        with self.news:
            self.news.wait_for(lambda: find() or self.over, WAIT_SECONDS)
            assert find(), f"no “{text}” among:\n" + "\n".join(self.lines[after:])
            return find()

    def end(self, number=signal.SIGINT):
        if number is not None:
            self.process.send_signal(number)
        status = self.process.wait(timeout=WAIT_SECONDS)
        with self.news:
            self.news.wait_for(lambda: self.over, WAIT_SECONDS)
        return status


class Desk:
    """An author's session: a bus, a hub, and a folder for modules."""

    def __enter__(self):
        self.bus = private_bus.PrivateBus("session", lambda _folder: RULES)
        self.bus.__enter__()
        self.folder = self.bus.folder / "work"
        self.folder.mkdir()
        self.environment = dict(
            self.bus.environment, PKG_CONFIG_PATH=str(PKG_CONFIG_FOLDER), LC_ALL="C.UTF-8",
            PATH=f"{PROGRAM.parent}:{os.environ['PATH']}", LD_LIBRARY_PATH=str(SDK_FOLDER),
            PYTHONPATH=str(SDK_FOLDER / "python"), PYTHONUNBUFFERED="1", G_DEBUG="")
        self.start_hub()
        return self

    def __exit__(self, *_):
        self.stop_hub()
        self.bus.__exit__()

    def start_hub(self):
        self.hub = subprocess.Popen([HUB_PROGRAM, "--session"], env=self.environment)
        subprocess.run(["gdbus", "wait", "--session", "--timeout", "20", HUB],
                       env=self.environment, check=True)

    def stop_hub(self):
        self.hub.send_signal(signal.SIGTERM)
        assert self.hub.wait(timeout=WAIT_SECONDS) == 0

    def say(self, *words, folder=None, status=0):
        """Runs a command to its end; what it said, on both outputs."""
        done = subprocess.run(words, cwd=folder or self.folder, env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}"
        return done.stdout

    def binnacle(self, *words, **options):
        return self.say("binnacle", *words, **options)

    def start(self, *words, folder=None):
        return Program(*words, folder=folder or self.folder, environment=self.environment)

    def new(self, name, language):
        self.binnacle("module", "new", name, "--language", language)
        return self.folder / name

    def build(self, folder):
        self.say(MESON, "setup", "_build", folder=folder)
        self.say(MESON, "compile", "-C", "_build", folder=folder)

    def row(self, name):
        rows = [json.loads(line) for line in self.binnacle("module", "list").splitlines()]
        return next((row for row in rows if row["name"] == name), None)

    def wait_for_copy(self, name):
        """Waits until the hub has kept the version that runs, which it does in a thread."""
        versions = pathlib.Path(self.environment["XDG_STATE_HOME"], "binnacle", "versions", name)
        while not any(path.suffix != ".new" for path in versions.glob("*")):
            self.row(name)  # a turn of the hub

    def greet(self, name, whom):
        return json.loads(self.binnacle("call", f"{name}.greet", f"whom={whom}"))["text"]


def replace(path, old, new):
    """As an editor saves: another file in its place."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path} has “{old}” {text.count(old)} times"
    other = path.with_name(f".{path.name}.new")
    shutil.copy(path, other)
    other.write_text(text.replace(old, new), encoding="utf-8")
    os.replace(other, path)


def source(folder, language):
    return folder / (f"src/{folder.name}.c" if language == "c" else f"{folder.name}.py")


@tap.test
def refused_names():
    """Each wrong name says what a right one is, and writes nothing."""
    with Desk() as desk:
        (desk.folder / "taken").mkdir()
        for name, text in {"Clock": "small letters", "7up": "small letters", "a-b": "small letters",
                           "tea_": "a letter must follow", "tea__pot": "a letter must follow",
                           "hub": "reserved", "module": "reserved", "taken": "exists already",
                           "x" * 64: "at most 63"}.items():
            said = desk.binnacle("module", "new", name, "--language", "python", status=1)
            assert text in said, said
        assert "library in C" in desk.binnacle("module", "new", "g", "--language", "c", status=1)
        assert "c or python" in desk.binnacle("module", "new", "clock", status=2)
        assert "c or python" in desk.binnacle("module", "new", "clock", "-l", "ada", status=2)
        assert [path.name for path in desk.folder.iterdir()] == ["taken"]
        assert list((desk.folder / "taken").iterdir()) == []


@tap.test
def same_shape():
    """Both templates have the same files but for the program, and no name is left over."""
    with Desk() as desk:
        files = {}
        for language in LANGUAGES:
            desk.binnacle("module", "new", "tea_pot", "-l", language, "--folder", language)
            folder = desk.folder / language / "tea_pot"
            paths = [path for path in folder.rglob("*") if path.is_file()]
            for path in paths:
                text = path.read_text(encoding="utf-8")
                assert not re.search(r"@(name|Name|NAME|title|program|source)@", text), path
            assert source(folder, language) in paths, paths
            files[language] = {path.relative_to(folder) for path in paths
                               if path != source(folder, language)}
        assert files["c"] == files["python"], files


def build_and_test(language):
    with Desk() as desk:
        folder = desk.new("tea_pot", language)
        desk.build(folder)
        said = desk.say(MESON, "test", "-C", "_build", "--verbose", folder=folder)
        assert "Ran 4 tests" in said, said
        assert "no work to do" in desk.say("ninja", "-C", "_build", folder=folder)
        assert "in order" in desk.binnacle("module", "check", "--strict", "tea_pot")
        # The test tests: a program that greets otherwise does not pass.
        replace(source(folder, language), "Hello, ", "Hullo, ")
        said = desk.say(MESON, "test", "-C", "_build", "--verbose", folder=folder, status=1)
        assert "FAILED (failures=1)" in said, said


@tap.test
def c_builds_and_passes():
    build_and_test("c")


@tap.test
def python_builds_and_passes():
    build_and_test("python")


def run_and_save(language):
    with Desk() as desk:
        folder = desk.new("tea_pot", language)
        desk.build(folder)
        run = desk.start("binnacle", "module", "run", folder=folder)
        at = run.wait_for("tea_pot runs; what you save is loaded")
        assert desk.greet("tea_pot", "Ada") == "Hello, Ada!"
        replace(source(folder, language), "Hello, ", "Ahoy, ")
        at = run.wait_for("tea_pot is reloaded (generation 2)", at)
        assert desk.greet("tea_pot", "Bob") == "Ahoy, Bob!"
        rows = json.loads(desk.binnacle("call", "tea_pot.list_greetings"))["greetings"]
        assert [row["whom"] for row in rows] == ["Ada", "Bob"], rows

        # What cannot start, or be built, leaves the one before.
        replace(source(folder, language), "Ahoy, ", "Oops\", ")
        at = run.wait_for("goes on:", at)
        at = run.wait_for("did not get ready" if language == "python" else "error:", at)
        assert desk.greet("tea_pot", "Cyd") == "Ahoy, Cyd!"
        replace(source(folder, language), "Oops\", ", "Good day, ")
        at = run.wait_for("tea_pot is reloaded", at)
        assert desk.greet("tea_pot", "Dan") == "Good day, Dan!"
        replace(folder / "tea_pot.module", "Class=event", "Class=evnt")
        at = run.wait_for("did you mean “event”", at)
        assert desk.greet("tea_pot", "Eve") == "Good day, Eve!"
        assert run.end() == 0, run.lines
        assert desk.row("tea_pot") is None


@tap.test
def c_runs_and_is_reloaded():
    run_and_save("c")


@tap.test
def python_runs_and_is_reloaded():
    run_and_save("python")


@tap.test
def what_it_prints():
    """The module's own outputs are the command's."""
    with Desk() as desk:
        folder = desk.new("tea_pot", "python")
        replace(folder / "tea_pot.py", "        self.total = 0\n",
                "        self.total = 0\n        print('the pot is warm', flush=True)\n")
        run = desk.start("binnacle", "module", "run", str(folder))
        run.wait_for("the pot is warm")
        run.wait_for("tea_pot runs")
        assert run.end(signal.SIGTERM) == 0


@tap.test
def crashing_version():
    """A version that crashes as soon as it is used is taken back, and the reason is told."""
    with Desk() as desk:
        folder = desk.new("tea_pot", "python")
        run = desk.start("binnacle", "module", "run", str(folder))
        at = run.wait_for("tea_pot runs")
        desk.wait_for_copy("tea_pot")
        replace(folder / "tea_pot.py", "        self.total += 1\n",
                "        import os\n        os._exit(3)\n")
        at = run.wait_for("tea_pot is reloaded", at)
        desk.binnacle("call", "tea_pot.greet", "whom=Ada", status=1)
        at = run.wait_for("tea_pot runs (generation 3)", at)
        desk.binnacle("call", "tea_pot.greet", "whom=Ada", status=1)
        at = run.wait_for("tea_pot is back at the version before", at)
        run.wait_for("tea_pot runs (generation", at)
        assert desk.greet("tea_pot", "Bob") == "Hello, Bob!"
        run.end()


@tap.test
def another_hub():
    """A hub that is started anew runs the module again."""
    with Desk() as desk:
        folder = desk.new("tea_pot", "python")
        run = desk.start("binnacle", "module", "run", str(folder))
        at = run.wait_for("tea_pot runs")
        desk.stop_hub()
        at = run.wait_for("the hub is gone", at)
        desk.start_hub()
        run.wait_for("tea_pot runs; what you save", at)
        assert desk.greet("tea_pot", "Ada") == "Hello, Ada!"
        assert run.end() == 0


@tap.test
def killed_author():
    """A command that is killed leaves no module behind."""
    with Desk() as desk:
        folder = desk.new("tea_pot", "python")
        follow = desk.start("binnacle", "events", "module.*")
        run = desk.start("binnacle", "module", "run", str(folder))
        run.wait_for("tea_pot runs")
        follow.wait_for('"state":"ready"')
        run.end(signal.SIGKILL)
        follow.wait_for('"state":"removed"')
        follow.end()
        assert desk.row("tea_pot") is None


@tap.test
def check_tells():
    """As a compiler, as JSON, and by its exit status."""
    with Desk() as desk:
        folder = desk.new("tea_pot", "python")
        replace(folder / "tea_pot.module", "Summary[de]=Grüßt Leute und zählt mit\n", "")
        said = desk.binnacle("module", "check", folder=folder)
        assert re.search(r"^tea_pot\.module:\d+: warning: \[Module\] Summary", said, re.M), said
        assert "0 errors, 1 warning" in said, said
        desk.binnacle("module", "check", "--strict", folder=folder, status=1)
        (folder / "tea_pot.py").chmod(0o644)
        lines = desk.binnacle("module", "check", "--json", folder=folder, status=1).splitlines()
        found = [json.loads(line) for line in lines]
        assert [finding["severity"] for finding in found] == ["warning", "error"], found
        assert found[1]["file"] == str(folder / "tea_pot.module") and found[1]["line"] > 1, found
        for command in ("check", "run", "test"):
            said = desk.binnacle("module", command, "nothing", status=1)
            assert "there is no folder" in said, said
            said = desk.binnacle("module", command, "tea_pot/tests", status=1)
            assert "there is no tests.module in it" in said, said


@tap.test
def test_without_stage():
    """A test that was started by itself says how it is started."""
    with Desk() as desk:
        folder = desk.new("tea_pot", "python")
        said = desk.say("/usr/bin/python3", "tests/test_tea_pot.py", folder=folder, status=1)
        assert "binnacle module test FOLDER" in said, said
        said = desk.binnacle("module", "test", "tea_pot", "--", "sh", "-c",
                             "echo for $BINNACLE_TEST_MODULE; exit 3", status=1)
        assert "for tea_pot" in said and "exited with code 3" in said, said


def wait_debugged(desk, follow, at):
    """Waits until the process of the debugger is the one that serves."""
    while True:
        at = follow.wait_for('"state":"ready"', at)
        if (desk.row("tea_pot") or {}).get("debugged"):
            return at


@tap.test
def gdb_stops():
    """gdb stops at a breakpoint in a method, as long as it likes; then the module is as before."""
    with Desk() as desk:
        folder = desk.new("tea_pot", "c")
        desk.build(folder)
        follow = desk.start("binnacle", "events", "module.*")
        run = desk.start("binnacle", "module", "run", folder=folder)
        at = run.wait_for("tea_pot runs")
        said = desk.binnacle("module", "debug", "tea_pot", "--pdb", status=1)
        assert "is not in Python" in said, said
        debug = desk.start(
            "binnacle", "module", "debug", "tea_pot", "--", "-batch", "-ex", "break handle_greet",
            "-ex", "run", "-ex", "print whom", "-ex", "shell echo held; sleep 7",
            "-ex", "continue")
        debug.wait_for("Breakpoint 1 at")
        wait_debugged(desk, follow, 0)
        caller = desk.start("binnacle", "call", "tea_pot.greet", "whom=Ada", "--timeout", "50")
        debug.wait_for("hit Breakpoint 1, handle_greet")
        debug.wait_for('"Ada"')
        debug.wait_for("held")
        # Longer than a call may take, and than a module may hang; then it answers.
        assert caller.end(None) == 0, caller.lines
        assert "Hello, Ada!" in caller.lines[0], caller.lines
        assert desk.row("tea_pot").get("debugged")
        subprocess.run(["pkill", "-KILL", "--parent", str(debug.process.pid)], check=True)
        debug.wait_for("tea_pot runs under the hub again")
        assert debug.end(None) == 0
        run.wait_for("tea_pot is reloaded", at)
        assert not desk.row("tea_pot").get("debugged")
        assert desk.greet("tea_pot", "Bob") == "Hello, Bob!"
        run.end()
        follow.end()


@tap.test
def valgrind_counts():
    """valgrind sees the whole life of a module, and finds nothing in the template."""
    with Desk() as desk:
        folder = desk.new("tea_pot", "c")
        desk.build(folder)
        follow = desk.start("binnacle", "events", "module.*")
        run = desk.start("binnacle", "module", "run", folder=folder)
        run.wait_for("tea_pot runs")
        debug = desk.start("binnacle", "module", "debug", "tea_pot", "--valgrind")
        wait_debugged(desk, follow, 0)
        assert desk.greet("tea_pot", "Ada") == "Hello, Ada!"
        desk.binnacle("module", "unload", "tea_pot")
        debug.wait_for("ERROR SUMMARY: 0 errors")
        assert debug.end(None) == 0
        run.end()
        follow.end()


@tap.test
def pdb_stops():
    """A program in Python is debugged with pdb unless something else is asked for."""
    with Desk() as desk:
        folder = desk.new("tea_pot", "python")
        line = next(number for number, text in enumerate(
            (folder / "tea_pot.py").read_text(encoding="utf-8").splitlines(), 1)
            if "whom = whom.strip()" in text)
        follow = desk.start("binnacle", "events", "module.*")
        run = desk.start("binnacle", "module", "run", folder=folder)
        run.wait_for("tea_pot runs")
        debug = desk.start("binnacle", "module", "debug", "tea_pot")
        debug.process.stdin.write(f"break {line}\ncontinue\nprint('whom is', whom)\ncontinue\n")
        debug.process.stdin.flush()
        debug.wait_for("Breakpoint 1 at")
        wait_debugged(desk, follow, 0)
        assert desk.greet("tea_pot", "Ada") == "Hello, Ada!"
        debug.wait_for("whom is Ada")
        desk.binnacle("module", "unload", "tea_pot")
        debug.process.stdin.close() # pdb would start it anew
        debug.wait_for("tea_pot runs under the hub again")
        debug.end(None)
        run.end()
        follow.end()


sys.exit(tap.main())
