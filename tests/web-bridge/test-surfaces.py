# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""The same mistake has the same code on D-Bus, on the WebSocket, in REST and on the command line; and
what the documents say works. Hub, bridge, module and bus are real."""
import base64
import json
import re
import subprocess
import sys
import urllib.request

from stage import CLI, DOCUMENTS, ERROR, Client, Stage, blocks, private_bus

import tap
from gi.repository import GLib

EXIT_STATUS = {"timeout": 4, "forbidden": 5, "unauthenticated": 5}

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
