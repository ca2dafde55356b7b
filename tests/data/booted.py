# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""A machine with systemd as process 1, on which the build is installed while it runs.

Outside, run() boots it and runs the same test file there; inside are the other functions.
"""
import ctypes
import json
import os
import pathlib
import pwd
import select
import shutil
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).parent
RECIPE = FOLDER.parent / "recipes" / "systemd-system.sh"
MODULES = "/usr/local/lib/binnacle/modules"
STAGE = pathlib.Path("/opt/stage")
HUB = "org.binnacle.Hub1"
HUB_PATH = "/org/binnacle/Hub1"
TIMEOUT = 20
CONSTANT_FIELDS = {"name", "path", "size", "source", "state", "total", "type"}


def run(file, meson, build, prefix):
    """The exit status of that test file inside."""
    if os.getuid() != 0:
        print("1..0 # SKIP only root can start a systemd of its own")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        subprocess.run([meson, "install", "--no-rebuild", "-C", build, f"--destdir={folder}{STAGE}"],
                       check=True, capture_output=True)
        shutil.copytree(FOLDER, root / "opt/test", ignore=shutil.ignore_patterns("__pycache__"))
        return subprocess.run([RECIPE, folder, sys.executable, "-B",
                               f"/opt/test/{os.path.basename(file)}", "--inside", prefix],
                              check=False).returncode


def command(*words, user="root", check=True, **options):
    """Runs a program as that user, with an environment of that user."""
    environment = {"PATH": f"{PREFIX}/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
                   "HOME": "/" if user != "root" else "/root", **options.pop("env", {})}
    done = subprocess.run(words, user=user, group=user, extra_groups=[], env=environment, cwd="/",
                          capture_output=True, text=True, timeout=TIMEOUT, check=False, **options)
    assert not check or done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
    return done


def install():
    """What README.md says that an administrator does, while everything runs."""
    command("cp", "--archive", "--no-preserve=timestamps", f"{STAGE}/.", "/")
    # dbus-daemon and polkit look below /usr/share only.
    if PREFIX != "/usr":
        for name in ("dbus-1/system.d", "polkit-1/actions", "polkit-1/rules.d"):
            command("cp", "--recursive", f"{PREFIX}/share/{name}", os.path.dirname(f"/usr/share/{name}"))
    command("ldconfig")
    command("systemd-sysusers", "binnacle.conf")
    command("systemd-tmpfiles", "--create", "binnacle.conf")
    command("systemctl", "daemon-reload")
    command("systemctl", "reload", "dbus")


def plain(value):
    """Without the types that busctl writes around each variant."""
    if isinstance(value, dict) and set(value) == {"type", "data"}:
        return plain(value["data"])
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


def call(method, *arguments, path=HUB_PATH, interface="org.binnacle.EventBus1", user="root"):
    """Asks with busctl; the out arguments."""
    done = command("busctl", "--system", "--json=short", f"--timeout={TIMEOUT}", "call", HUB, path,
                   interface, method, *arguments, user=user)
    return plain(json.loads(done.stdout)["data"]) if done.stdout.strip() else []


def request(event_type, user="root"):
    """Asks with EventBus1.Request, without arguments."""
    return call("Request", "sa{sv}a{sv}", event_type, "0", "0", user=user)[0]


def request_of(event_type, user="root", **arguments):
    """Asks with EventBus1.Request; the arguments are texts."""
    entries = [word for key, value in arguments.items() for word in (key, "s", value)]
    return call("Request", "sa{sv}a{sv}", event_type, str(len(arguments)), *entries, "0",
                user=user)[0]


def error_of(method, *arguments, path=HUB_PATH, interface="org.binnacle.EventBus1", user="root"):
    """The D-Bus name of the error that gdbus prints, and its text."""
    done = command("gdbus", "call", "--system", "--dest", HUB, "--object-path", path, "--method",
                   f"{interface}.{method}", *arguments, user=user, check=False)
    assert done.returncode != 0, (arguments, done.stdout)
    _, _, rest = done.stderr.partition("GDBus.Error:")
    error, _, text = rest.partition(": ")
    return error, text.strip()


def ask_bridge(port, path, token=None):
    """The answer of the web bridge, None for an error, and its status; waits for it and the hub."""
    header = ["--header", f"Authorization: Bearer {token}"] if token else []
    done = command("curl", "--silent", "--fail", "--retry", "20", "--retry-delay", "1",
                   "--retry-connrefused", "--write-out", "\n%{http_code}", *header,
                   f"http://127.0.0.1:{port}{path}", check=False)
    text, _, status = done.stdout.rpartition("\n")
    return json.loads(text) if text else None, int(status)


def show(unit, *properties):
    """Properties of a unit, as systemd says them."""
    done = command("systemctl", "show", unit, *(f"--property={name}" for name in properties))
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


PREFIX = sys.argv[2] if len(sys.argv) > 2 else "/usr"


class Listener:
    """listener.py, as that user, within another program if one is given; with with."""

    def __init__(self, *patterns, user="root", bus="system", within=()):
        self.process = subprocess.Popen(
            [*within, sys.executable, "-B", FOLDER / "listener.py", bus, *patterns],
            user=user, group=user,
            extra_groups=[], stdout=subprocess.PIPE, text=True, cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})

    def __enter__(self):
        line = self.process.stdout.readline()
        assert line == "subscribed\n", line
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def next(self):
        line = self.process.stdout.readline()
        assert line, "the listener ended"
        return json.loads(line)

    def wait_for(self, key):
        """The next sample of that key."""
        while True:
            sample = self.next()
            if sample["key"] == key:
                return sample

    def collect(self, *types, times=1):
        """What does not change, by type and key, until each of these types came that often."""
        found, counts = {}, dict.fromkeys(types, 0)
        while min(counts.values()) < times:
            sample = self.next()
            found.setdefault(sample["type"], {})[sample["key"]] = {
                name: value for name, value in sample["payload"].items() if name in CONSTANT_FIELDS}
            if sample["type"] in counts:
                counts[sample["type"]] += 1
        return found


class NewOwner:
    """With with: what happens inside makes the hub leave; afterwards another one has its name."""

    def __enter__(self):
        command("gdbus", "wait", "--system", "--timeout=20", HUB)
        self.monitor = subprocess.Popen(
            ["stdbuf", "--output=L", "gdbus", "monitor", "--system", "--dest", HUB],
            stdout=subprocess.PIPE, text=True)
        self._wait_for("is owned by")
        return self

    def _wait_for(self, text):
        for line in self.monitor.stdout:
            if text in line:
                return line
        raise AssertionError("gdbus monitor ended")

    def __exit__(self, kind, *_):
        if kind is None:
            self._wait_for("does not have an owner")
            self._wait_for("is owned by")
        self.monitor.kill()
        self.monitor.wait()
        self.monitor.stdout.close()


def install_module(name):
    """Puts a module of the tests where those of the installation are."""
    command("mkdir", "--parents", MODULES)
    command("cp", "--recursive", f"/opt/test/{name}", MODULES)


def group_of(pid):
    """The control group of a process."""
    lines = pathlib.Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("0::")).removeprefix("0::")


def has_landlock():
    """Whether this kernel can hold the files of a process: the version is a number above 0."""
    create_ruleset, version_only = 444, 1
    return ctypes.CDLL(None).syscall(create_ruleset, None, 0, version_only) > 0


def controllers_of(group):
    """What the kernel can limit in that group; a machine may have none of them there."""
    path = pathlib.Path(f"/sys/fs/cgroup{group}/cgroup.controllers")
    return set(path.read_text(encoding="utf-8").split())


class Ending:
    """With with: what happens inside ends that process; then it is gone."""

    def __init__(self, pid):
        self.pid = pid

    def __enter__(self):
        self.descriptor = os.pidfd_open(self.pid)
        return self

    def __exit__(self, *_):
        select.select([self.descriptor], [], [])
        os.close(self.descriptor)


def processes_of(user):
    """pid -> what /proc/PID/status says."""
    uid = str(pwd.getpwnam(user).pw_uid)
    found = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/status"):
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except ProcessLookupError:
            continue
        status = {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}
        if status["Uid"].split()[1] == uid:
            found[int(path.parent.name)] = status
    return found
