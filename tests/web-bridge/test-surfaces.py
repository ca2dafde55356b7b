# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""The same mistake has the same code on D-Bus, on the WebSocket, in REST and on the command line; and
what the documents say works. Hub, bridge, module and bus are real."""
import base64
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
import tap  # noqa: E402
from gi.repository import GLib  # noqa: E402

BINNACLED, BRIDGE, CLI, MODULES, SOURCE = sys.argv[1:]
DOCUMENTS = [pathlib.Path(SOURCE, name) for name in ("README.md", "web-bridge/README.md")]
RULES = ("<policy context='default'><allow user='*'/><allow eavesdrop='true'/>"
         "<allow send_destination='*' eavesdrop='true'/><allow own='*'/></policy>")
EXIT_STATUS = {"timeout": 4, "forbidden": 5, "unauthenticated": 5}
ERROR = "org.binnacle.Error."

# What is asked, and the code of the answer.
MISTAKES = [
    ("nobody.home", {}, "unknown_type"),
    ("echo.nothing", {}, "unknown_type"),
    ("module.dance", {}, "unknown_type"),
    ("module.reload", {"name": "nobody"}, "not_found"),
    ("module.describe", {"name": "nobody"}, "not_found"),
    ("worker.restart", {"name": "nobody"}, "not_found"),
    ("worker.run_now", {"name": "echo.nothing"}, "not_found"),
    ("worker.set_interval", {"name": "echo.tick", "interval": "soon"}, "bad_payload"),
    ("module.reload", {}, "bad_payload"),
    ("module.reload", {"name": "echo", "again": "yes"}, "bad_payload"),
    ("echo.echo", {}, "bad_payload"),
    ("echo.echo", {"text": "a", "more": "b"}, "bad_payload"),
    ("echo.sleep", {"duration_ms": "soon"}, "bad_payload"),
    ("echo.sleep", {"duration_ms": "-1"}, "bad_payload"),
    ("echo.sleep", {"duration_ms": "4294967296"}, "bad_payload"),
    ("echo.sleep", {"duration_ms": "true"}, "bad_payload"),
    ("echo.fail", {"code": "conflict", "message": "As it was asked"}, "conflict"),
    ("echo.fail", {"code": "not_found", "message": "As it was asked"}, "not_found"),
    ("echo.crash", {}, "unavailable"),
    ("echo.quit", {"status": "3"}, "unavailable"),
]

# The deadline of the request passes as the hub finds out that the module hangs, and ends it.
HANG = {"timeout", "unavailable"}


class Stage:
    """The hub and the bridge on a bus of their own."""

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.bus = self.stack.enter_context(
            private_bus.PrivateBus("session", lambda folder: RULES))
        modules = self.bus.folder / "modules"
        shutil.copytree(pathlib.Path(MODULES, "echo"), modules / "echo",
                        ignore=shutil.ignore_patterns("*.p"))
        self.environment = dict(self.bus.environment, BINNACLE_MODULE_PATH=str(modules))
        self.start(BINNACLED, "--session")
        subprocess.run(["gdbus", "wait", "--session", "--timeout", "20", private_bus.HUB],
                       env=self.environment, check=True)
        self.connection = self.bus.connect()
        private_bus.request(self.connection, "module.load", {"name": GLib.Variant("s", "echo")})
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start(BRIDGE, f"--port={self.port}")
        self.wait_for(lambda: self.get("/readyz")[0] == 200)
        run = pathlib.Path(self.environment["XDG_RUNTIME_DIR"])
        self.token = (run / "binnacle/token").read_text(encoding="ascii").strip()
        return self

    def __exit__(self, *problem):
        self.stack.close()

    def start(self, *command):
        program = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.stack.callback(program.wait)
        self.stack.callback(program.terminate)

    @staticmethod
    def wait_for(condition):
        """Each look asks somebody who has to answer, so this does not spin."""
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"

    def get(self, path, body=None, content_type="application/json"):
        """Status and JSON of a GET, or of a POST if there is a body."""
        headers = {"Content-Type": content_type}
        if path.startswith("/api/"):
            headers["Authorization"] = f"Bearer {self.token}"
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

    def __init__(self, stage):
        self.code = documented_client()
        self.sock, self.stream = self.code["connect"](stage.token, port=stage.port)
        self.sock.settimeout(20)

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


@tap.test
def the_same_mistake_has_the_same_code_everywhere():
    with Stage() as stage:
        for event_type, payload, code in MISTAKES:
            for surface in (stage.on_d_bus, stage.on_web_socket, stage.in_rest):
                got = surface(event_type, payload)
                assert got == code, (surface.__name__, event_type, payload, got, code)
                stage.wait_for(lambda: echo_answers(stage))
            status = stage.on_command_line(event_type, payload)
            assert status == EXIT_STATUS.get(code, 1), (event_type, payload, status)
            stage.wait_for(lambda: echo_answers(stage))


def echo_answers(stage):
    """A module that died or hung is started anew; too many deaths are forgiven."""
    private_bus.call(stage.connection, "org.binnacle.Modules1", "ResetFailures",
                     GLib.Variant("(s)", ("echo",)))
    status, answer = stage.get("/api/echo/echo?text=a")
    return status == 200 and answer == {"echo": "a"}


@tap.test
def a_module_that_hangs_is_told_everywhere():
    with Stage() as stage:
        for surface in (stage.on_d_bus, stage.on_web_socket, stage.in_rest):
            got = surface("echo.hang", {})
            assert got in HANG, (surface.__name__, got)
            stage.wait_for(lambda: echo_answers(stage))
        status = stage.on_command_line("echo.hang", {})
        assert status in {EXIT_STATUS.get(code, 1) for code in HANG}, status
        stage.wait_for(lambda: echo_answers(stage))


@tap.test
def what_cannot_be_read_has_the_same_code():
    deep = "[" * 40 + "]" * 40
    with Stage() as stage:
        for text, code in (("{", "bad_message"), ("{\"text\":1,}", "bad_message"),
                           ("[]", None), (f"{{\"text\":{deep}}}", "too_large"),
                           ("{\"text\":\"" + "x" * 70000 + "\"}", "too_large")):
            status, problem = stage.get("/api/echo/echo", text.encode())
            assert problem["code"] == (code or "bad_payload"), (status, problem)
            client = Client(stage)
            client.hear_until(lambda heard: heard["type"] == "system.hello")
            client.code["send"](client.sock, f"{{\"type\":\"echo.echo\",\"payload\":{text}}}")
            error = client.hear_until(lambda heard: heard["type"] == "system.error")
            assert error["payload"]["code"] == (code or "bad_payload"), error
            client.close()


@tap.test
def a_malformed_pattern_has_the_same_code():
    with Stage() as stage:
        for pattern in ("A.b", "a..b", "a.b*", "", "a b"):
            name = private_bus.error_name(
                private_bus.call, stage.connection, "org.binnacle.EventBus1", "Subscribe",
                GLib.Variant("(asa{sv})", ([pattern], {})))
            assert name == ERROR + "bad_payload", name
            error = stage.ask({"type": "websocket.subscribe", "payload": {"patterns": [pattern]}})
            assert error["payload"]["code"] == "bad_payload", error
            done = subprocess.run([CLI, "events", pattern], env=stage.environment, timeout=20,
                                  capture_output=True, check=False)
            assert done.returncode in (1, 2), done


@tap.test
def a_client_of_the_first_protocol_sees_the_machine():
    with Stage() as stage:
        client = Client(stage)
        client.say({"type": "system.status_request", "payload": {}})
        status = client.hear_until(lambda heard: heard["type"] == "system.status")
        assert {"uptime", "modules", "workers"} <= set(status["payload"])
        client.say({"type": "websocket.subscribe", "payload": {"events": ["echo.*"]}})
        client.say({"type": "worker.restart", "payload": {"name": "tick"}})
        client.say({"type": "echo.tell", "payload": {"text": "Ahoy", "count": 3}})
        tick = client.hear_until(lambda heard: heard["type"] == "echo.tick")
        assert tick["payload"]["count"] >= 0
        for number in range(3):
            told = client.hear_until(lambda heard: heard["type"] == "echo.told")
            assert told["payload"] == {"text": "Ahoy", "number": number}, told
        client.say({"type": "module.reload", "payload": {}, "target": "nobody"})
        error = client.hear_until(lambda heard: heard["type"] == "system.error")
        assert error["payload"]["for"] == "module.reload", error
        client.close()


@tap.test
def a_client_publishes_what_a_module_accepts():
    with Stage() as stage:
        answer = stage.ask({"type": "echo.knock", "payload": {"text": "who"}})
        assert answer["ok"] and answer["type"] == "echo.knock.result", answer
        answer = stage.ask({"type": "user.greeting", "payload": {"text": "Ahoy"}})
        assert answer["ok"] and answer["payload"]["sequence"] > 0, answer
        answer = stage.ask({"type": "echo.told", "payload": {"text": "forged", "number": 1}})
        assert answer["payload"]["code"] == "unknown_type", answer


@tap.test
def a_client_goes_on_where_it_was():
    with Stage() as stage:
        client = Client(stage)
        hello = client.hear_until(lambda heard: heard["type"] == "system.hello")["payload"]
        client.close()
        stage.ask({"type": "echo.tell", "payload": {"text": "missed", "count": 50}})
        since = {"epoch": hello["epoch"], "seq": 0}
        client = Client(stage)
        client.say({"type": "websocket.subscribe", "id": 1,
                    "payload": {"sub": "s", "patterns": ["echo.told"], "since": since}})
        reply = client.hear_until(lambda heard: heard.get("id") == 1)["payload"]
        assert reply["recovered"] and reply["replayed"] == 50, reply
        numbers = [client.hear_until(lambda heard: heard["type"] == "echo.told")
                   for _ in range(50)]
        assert [event["payload"]["number"] for event in numbers] == list(range(50))
        assert all(event["replay"] and event["sub"] == ["s"] for event in numbers)
        assert reply["seq"] >= numbers[-1]["seq"]
        client.close()


@tap.test
def the_history_of_a_module_is_fetched():
    with Stage() as stage:
        status, history = stage.get("/api/module/history?name=echo")
        assert status == 200, history
        assert [change["state"] for change in history["changes"]] == ["starting", "ready"], history
        for action in ("force_reload", "approve"):
            status, problem = stage.get(f"/api/module/{action}?name=echo&rights=0")
            assert status == 405, problem


@tap.test
def a_job_is_followed_in_the_web():
    with Stage() as stage:
        client = Client(stage)
        client.say({"type": "websocket.subscribe", "payload": {"patterns": ["job.*"]}})
        number, answer = stage.start_job(steps=3, **{"step-ms": 150})
        assert answer.status == 202, answer.status
        location = answer.headers["Location"]
        assert location == f"/api/job/get?id={number}", location
        progress = client.hear_until(lambda heard: heard["type"] == "job.progress"
                                     and heard["payload"].get("progress", 0) > 0)
        assert progress["payload"]["title"] == "Counting", progress
        with stage.open(f"/api/job/open_log?id={number}") as log:
            assert log.status == 200
            assert log.read() == b"step 1\nstep 2\nstep 3\n"
        end = client.hear_until(lambda heard: heard["type"] == "job.finished")
        assert end["payload"]["state"] == "succeeded", end
        status, job = stage.get(location)
        assert (status, job["result"]) == (200, {"steps": 3}), job
        assert [row["id"] for row in stage.get("/api/job/list")[1]["jobs"]] == [number]
        client.close()


@tap.test
def a_job_is_cancelled_in_the_web():
    with Stage() as stage:
        number, _answer = stage.start_job()
        status, problem = stage.get(f"/api/job/cancel?id={number}")
        assert status == 405, problem
        answer = stage.ask({"type": "job.cancel", "payload": {"id": number}})
        assert answer["payload"] == {"id": number, "state": "cancelling"}, answer
        stage.wait_for(lambda: stage.get(f"/api/job/get?id={number}")[1]["state"] == "cancelled")
        answer = stage.ask({"type": "job.cancel", "payload": {"id": number}})
        assert answer["payload"]["code"] == "conflict", answer
        answer = stage.ask({"type": "job.open_log", "payload": {"id": number}})
        assert answer["payload"]["code"] == "unsupported", answer


@tap.test
def a_stream_is_a_body():
    with Stage() as stage:
        text = bytes(range(256)) * 40
        body = json.dumps({"text": base64.b64encode(text).decode(), "bytes": 1000003}).encode()
        with stage.open("/api/echo/stream", body) as answer:
            got = answer.read()
        assert len(got) == 1000003 and got == (text * 98)[:1000003]
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        with stage.open("/api/echo/echo?text=a") as answer:
            assert json.load(answer) == {"echo": "a"}
        with stage.open("/api/module/history?name=echo") as answer:
            assert json.load(answer)["changes"][-1]["state"] == "ready"
        try:
            stage.open("/api/job/open_log?id=1", method="HEAD")
            raise AssertionError("a stream has no head")
        except urllib.error.HTTPError as error:
            assert error.code == 405
            error.close()


@tap.test
def a_reader_that_leaves_is_noticed():
    with Stage() as stage:
        number, _answer = stage.start_job()
        log = stage.open(f"/api/job/open_log?id={number}")
        assert stage.statistic("job_log_readers") == 1
        log.close()
        stage.wait_for(lambda: stage.statistic("job_log_readers") == 0)


@tap.test
def a_stream_ends_with_its_session():
    with Stage() as stage:
        secret = private_bus.call(stage.connection, "org.binnacle.Access1", "CreateLoginSecret",
                                  None)
        body = json.dumps({"secret": secret[0]}).encode()
        number, _answer = stage.start_job()
        login = stage.open("/api/auth/login", body)
        cookie = login.headers["Set-Cookie"].split(";")[0]
        login.close()
        address = f"http://127.0.0.1:{stage.port}/api/"
        log = urllib.request.urlopen(urllib.request.Request(
            f"{address}job/open_log?id={number}", headers={"Cookie": cookie}), timeout=20)
        assert stage.statistic("job_log_readers") == 1
        urllib.request.urlopen(urllib.request.Request(
            f"{address}auth/logout", data=b"", headers={"Cookie": cookie}), timeout=20).close()
        assert log.read() == b""
        log.close()
        stage.wait_for(lambda: stage.statistic("job_log_readers") == 0)


@tap.test
def every_documented_curl_works():
    with Stage() as stage:
        lines = [line for document in DOCUMENTS for block in blocks(document, "sh")
                 for line in block.splitlines() if line.startswith("curl ")]
        assert len(lines) >= 3, lines
        for line in lines:
            line = line.replace("localhost:8740", f"localhost:{stage.port}")
            done = subprocess.run(["sh", "-c", line.replace("curl ", "curl -sS --fail ", 1)],
                                  env=stage.environment, capture_output=True, text=True,
                                  timeout=20, check=False)
            assert done.returncode == 0, (line, done.stderr)
            assert isinstance(json.loads(done.stdout), dict), done.stdout


@tap.test
def every_documented_message_is_answered_as_documented():
    with Stage() as stage:
        for block in blocks(DOCUMENTS[1], "json"):
            said = None
            for direction, text in re.findall(r"^([<>]) (.*)$", block, re.M):
                message = json.loads(text)
                if direction == ">":
                    said = message
                elif said is not None:
                    check_answer(stage, said, message)
                    said = None


def check_answer(stage, said, documented):
    answer = stage.ask(said)
    assert answer["type"] == documented["type"], (said, answer)
    assert set(answer) - {"id", "ok"} == set(documented) - {"id", "ok"}, (said, answer)
    missing = set(documented["payload"]) - set(answer["payload"])
    assert not missing, (said, missing)
    if answer["type"] == "system.error":
        assert answer["payload"]["code"] == documented["payload"]["code"], answer


if __name__ == "__main__":
    sys.exit(tap.main())
