# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Hub, bridge, module and bus, all real, for the tests of what is seen from outside. Their programs
are the arguments of the test."""
import contextlib
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "data"))

import private_bus  # noqa: E402
from gi.repository import GLib  # noqa: E402

BINNACLED, BRIDGE, CLI, MODULES, SOURCE = sys.argv[1:]
DOCUMENTS = [pathlib.Path(SOURCE, name) for name in ("README.md", "web-bridge/README.md")]
RULES = ("<policy context='default'><allow user='*'/><allow eavesdrop='true'/>"
         "<allow send_destination='*' eavesdrop='true'/><allow own='*'/></policy>")
ERROR = "org.binnacle.Error."
ACCESS = "org.binnacle.Access1"


class Stage:
    """The hub and the bridge on a bus of their own, with the module echo and those that are named."""

    def __init__(self, *modules):
        self.modules = modules

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.bus = self.stack.enter_context(
            private_bus.PrivateBus("session", lambda folder: RULES))
        modules = self.bus.folder / "modules"
        shutil.copytree(pathlib.Path(MODULES, "echo"), modules / "echo",
                        ignore=shutil.ignore_patterns("*.p"))
        for name in self.modules:
            shutil.copytree(pathlib.Path(BINNACLED).parent / "modules" / name, modules / name,
                            ignore=shutil.ignore_patterns("*.p"))
        self.log = self.bus.folder / "log"
        self.environment = dict(self.bus.environment, BINNACLE_MODULE_PATH=str(modules))
        self.start(BINNACLED, "--session")
        subprocess.run(["gdbus", "wait", "--session", "--timeout", "20", private_bus.HUB],
                       env=self.environment, check=True)
        self.connection = self.bus.connect()
        private_bus.request(self.connection, "module.load", {"name": GLib.Variant("s", "echo")})
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        run = pathlib.Path(self.environment["XDG_RUNTIME_DIR"])
        self.token = (run / "binnacle/token").read_text(encoding="ascii").strip()
        self.start(BRIDGE, f"--port={self.port}")
        self.wait_for(lambda: self.get("/readyz")[0] == 200)
        return self

    def __exit__(self, *problem):
        self.stack.close()

    def start(self, *command):
        log = self.stack.enter_context(open(self.log, "ab"))
        program = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self.stack.callback(program.wait)
        self.stack.callback(program.terminate)
        return program

    @staticmethod
    def wait_for(condition):
        """Each look asks somebody who has to answer, so this does not spin."""
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"

    def get(self, path, body=None, content_type="application/json", token=None):
        """Status and JSON of a GET, or of a POST if there is a body. token: "" for none; left out,
        the one for local scripts."""
        headers = {"Content-Type": content_type}
        token = self.token if token is None else token
        if path.startswith("/api/") and token:
            headers["Authorization"] = f"Bearer {token}"
        address = f"http://127.0.0.1:{self.port}{path}"
        try:
            request = urllib.request.Request(address, data=body, headers=headers)
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        except urllib.error.URLError:
            return 0, None

    def open(self, path, body=None, method=None):
        """An answer whose body is read as it comes; the caller closes it."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=body,
                                         method=method)
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {self.token}")
        return urllib.request.urlopen(request, timeout=20)

    def start_job(self, **options):
        """The number of a job of echo, and the answer."""
        body = json.dumps({"title": "Counting", "options": options}).encode()
        with self.open("/api/echo/start_job", body) as answer:
            return int(json.load(answer)["job"].rsplit("/", 1)[1]), answer

    def statistic(self, name):
        return self.get("/api/event/statistics")[1][name]

    # The code of the answer on each surface.

    def on_d_bus(self, event_type, payload):
        values = {name: GLib.Variant("s", value) for name, value in payload.items()}
        name = private_bus.error_name(private_bus.request, self.connection, event_type, values)
        assert name.startswith(ERROR), name
        return name[len(ERROR):]

    def on_web_socket(self, event_type, payload):
        return self.ask({"type": event_type, "payload": payload})["payload"]["code"]

    def in_rest(self, event_type, payload):
        body = json.dumps(payload).encode()
        status, problem = self.get("/api/" + event_type.replace(".", "/"), body)
        assert status >= 400 and problem["status"] == status, problem
        return problem["code"]

    def on_command_line(self, event_type, payload):
        """The exit status, as a code that has it."""
        arguments = [f"{name}={value}" for name, value in payload.items()]
        done = subprocess.run([CLI, "call", event_type, *arguments], env=self.environment,
                              capture_output=True, text=True, timeout=20, check=False)
        assert done.stderr.startswith("binnacle: "), done.stderr
        return done.returncode

    def ask(self, message):
        """One message on a WebSocket of its own, and the answer to it."""
        client = Client(self)
        try:
            client.say(dict(message, id=1))
            return client.hear_until(lambda heard: heard.get("id") == 1)
        finally:
            client.close()


def invite(stage, **options):
    """An invitation, as somebody at the machine makes it."""
    values = {name: GLib.Variant("as" if isinstance(value, list) else "s", value)
              for name, value in options.items()}
    return private_bus.call(stage.connection, ACCESS, "Pair", GLib.Variant("(a{sv})", (values,)))[0]


def post(stage, path, body, token=""):
    return stage.get(path, json.dumps(body).encode(), token=token)


def pair(stage, level, **options):
    """The token and the id of a new device."""
    code = invite(stage, level=level, **options)["code"]
    status, answer = post(stage, "/api/auth/pair", {"code": code, "name": "A phone"})
    assert status == 200 and answer["level"] == level, answer
    devices = private_bus.call(stage.connection, ACCESS, "ListDevices")[0]
    return answer["token"], devices[0]["id"]


def blocks(document, language):
    """The code that stands in a document."""
    return re.findall(rf"```{language}\n(.*?)```", document.read_text(encoding="utf-8"), re.S)


def documented_client():
    """What web-bridge/README.md has of a client in Python."""
    namespace = {}
    code = next(block for block in blocks(DOCUMENTS[1], "python") if "def connect" in block)
    exec(compile(code, "README.md", "exec"), namespace)  # pylint: disable=exec-used
    assert len([line for line in code.splitlines() if line.strip()]) <= 24, "it has grown"
    return namespace


class Client:
    """The documented client, and what a test needs besides."""

    def __init__(self, stage, token=None):
        self.code = documented_client()
        if token == "":
            self.connect_as_page(stage.port)
        else:
            self.sock, self.stream = self.code["connect"](token or stage.token, port=stage.port)
        self.sock.settimeout(20)

    def connect_as_page(self, port):
        """As a page does it that nobody has logged in to."""
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.sendall(f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                          f"Origin: http://127.0.0.1:{port}\r\n"
                          "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                          "Sec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode())
        self.stream = self.sock.makefile("rb")
        assert b" 101 " in self.stream.readline()
        while self.stream.readline().strip():
            pass

    def say(self, message):
        self.code["say"](self.sock, message)

    def hear_until(self, condition):
        while True:
            heard = self.code["hear"](self.stream)
            if condition(heard):
                return heard

    def close(self):
        self.stream.close()
        self.sock.close()
