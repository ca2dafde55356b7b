# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Server-sent events, and the addresses that name a thing. Hub, bridge, module and bus are real."""
import json
import sys
import time
import urllib.error
import urllib.request

from stage import Client, Stage, private_bus

import tap
from gi.repository import GLib


class Events:
    """An event stream, read as it comes."""

    def __init__(self, stage, query="", last_id=None, token=None):
        headers = {"Authorization": f"Bearer {token or stage.token}"}
        if last_id:
            headers["Last-Event-ID"] = last_id
        self.answer = urllib.request.urlopen(urllib.request.Request(
            f"http://127.0.0.1:{stage.port}/api/events{query}", headers=headers), timeout=20)
        assert self.answer.headers["Content-Type"] == "text/event-stream"
        assert self.answer.headers["Cache-Control"] == "no-store"
        self.last_id = None

    def next(self):
        """The next message, or None at the end; comments are passed over."""
        message = None
        while line := self.answer.readline().decode():
            if line.startswith("id: "):
                self.last_id = line[4:].strip()
            elif line.startswith("data: "):
                message = json.loads(line[6:])
            elif line == "\n" and message is not None:
                return message
        return None

    def close(self):
        self.answer.close()


def emit(stage, number):
    status, answer = stage.get("/api/events", json.dumps(
        {"type": "user.counted", "payload": {"n": number}}).encode())
    assert status == 200, answer
    return answer["sequence"]


def problem_of(stage, path, headers=None, method=None, token=None):
    request = urllib.request.Request(f"http://127.0.0.1:{stage.port}{path}", method=method,
                                     headers=headers or {})
    if token is None:
        request.add_header("Authorization", f"Bearer {stage.token}")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, None, answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error), error.headers


@tap.test
def events_come_and_go_on_behind_the_last_one():
    with Stage() as stage:
        events = Events(stage, "?patterns=user.*")
        first = emit(stage, 1)
        heard = events.next()
        assert heard["type"] == "user.counted" and heard["payload"] == {"n": 1}, heard
        assert heard["seq"] == first and heard["sub"] == ["events"], heard
        assert events.last_id.rsplit(":", 1)[1] == str(first), events.last_id
        last_id = events.last_id
        events.close()
        for number in range(2, 6):
            emit(stage, number)
        events = Events(stage, "?patterns=user.*", last_id)
        got = [events.next()["payload"]["n"] for _ in range(4)]
        assert got == [2, 3, 4, 5], got
        events.close()
        events = Events(stage, f"?patterns=user.*&since={last_id}")
        assert [events.next()["payload"]["n"] for _ in range(4)] == [2, 3, 4, 5]
        events.close()
        # The places are free again.
        stage.wait_for(lambda: not stage.get("/api/connections")[1]["connections"])


@tap.test
def samples_come_with_what_was_measured_last():
    with Stage() as stage:
        events = Events(stage, "?patterns=system.heartbeat,user.*&rate=5")
        heard = events.next()
        assert heard["type"] == "system.heartbeat" and "seq" not in heard, heard
        assert events.last_id is None
        events.close()
        status, answer = stage.get("/api/events/system.heartbeat/last")
        assert status == 200 and answer["samples"][0]["payload"]["uptime"] >= 0, answer
        status, problem = stage.get("/api/events/user.never/last")
        assert (status, problem["code"]) == (404, "not_found"), problem


@tap.test
def what_cannot_be_streamed_is_refused():
    with Stage() as stage:
        for query, headers, expected in [
                ("?patterns=.x", {}, (422, "bad_payload")), ("?patterns=", {}, (422, "bad_payload")),
                ("?rate=fast", {}, (422, "bad_payload")), ("?rate=0", {}, (422, "bad_payload")),
                ("?since=7", {}, (422, "bad_payload")), ("?since=a:b", {}, (422, "bad_payload")),
                ("", {"Last-Event-ID": "nonsense"}, (422, "bad_payload"))]:
            status, problem, _ = problem_of(stage, "/api/events" + query, headers)
            assert (status, problem["code"]) == expected, (query, headers, problem)
        status, problem, _ = problem_of(stage, "/api/events", token="")
        assert (status, problem["code"]) == (401, "unauthenticated"), problem
        status, problem, headers = problem_of(stage, "/api/events", method="DELETE")
        assert status == 405 and "GET" in headers["Allow"], problem
        for body in ({}, {"type": 7}, {"payload": {}}):
            status, problem = stage.get("/api/events", json.dumps(body).encode())
            assert (status, problem["code"]) == (422, "bad_payload"), (body, problem)
        status, problem = stage.get("/api/events", b'{"type": "module.state_changed"}')
        assert status == 403, problem


@tap.test
def a_stream_ends_with_its_device():
    with Stage() as stage:
        access = "org.binnacle.Access1"
        code = private_bus.call(stage.connection, access, "Pair",
                                GLib.Variant("(a{sv})", ({},)))[0]["code"]
        _, answer = stage.get("/api/auth/pair", json.dumps({"code": code}).encode(), token="")
        device = private_bus.call(stage.connection, access, "ListDevices")[0][0]["id"]
        events = Events(stage, "?patterns=user.*", token=answer["token"])
        row = stage.get("/api/connections")[1]["connections"][0]
        assert row["transport"] == "sse" and row["device"].startswith("Python-urllib"), row
        began = time.monotonic()
        private_bus.call(stage.connection, access, "Revoke", GLib.Variant("(s)", (device,)))
        assert events.next() is None
        assert time.monotonic() - began < 1
        events.close()


@tap.test
def a_reader_that_stops_costs_little_and_hears_of_the_gap():
    with Stage() as stage:
        events = Events(stage, "?patterns=user.*")
        text = "x" * 3000
        last = 0
        for number in range(3000):
            last = private_bus.call(
                stage.connection, "org.binnacle.EventBus1", "Emit",
                GLib.Variant("(sa{sv}a{sv})", ("user.long", {
                    "text": GLib.Variant("s", text), "n": GLib.Variant("u", number)}, {})))[0]
        seen, gaps = [], 0
        while not seen or seen[-1] < last:
            heard = events.next()
            if heard is None:
                break
            if heard["type"] == "system.gap":
                gaps += 1
                assert heard["payload"]["to"] >= heard["payload"]["from"]
                seen.extend(range(heard["payload"]["from"], heard["payload"]["to"] + 1))
            else:
                seen.append(heard["seq"])
        print(f"# a reader that slept through 9 MB: {gaps} gaps announced")
        assert seen == sorted(seen) and len(seen) == len(set(seen))
        assert gaps > 0 and seen[-1] == last
        events.close()


@tap.test
def things_have_addresses():
    with Stage() as stage:
        assert {row["name"] for row in stage.get("/api/modules")[1]["modules"]} == {"echo"}
        assert stage.get("/api/modules/echo")[1]["name"] == "echo"
        assert stage.get("/api/modules/nobody")[0] == 404
        assert stage.get("/api/modules/echo/history")[0] == 200
        status, answer = stage.get("/api/modules/echo/reload", b"")
        assert status == 200 and answer["generation"] == 2, answer
        assert stage.get("/api/modules/echo/reload")[0] == 405
        assert stage.get("/api/modules/echo/dance", b"")[0] == 404
        assert stage.get("/api/workers")[0] == 200
        status, answer = stage.get("/api/workers/hub.heartbeat/run_now", b"")
        assert status == 200 and answer["name"] == "hub.heartbeat", answer
        assert stage.get("/api/system/status")[1]["version"]
        assert stage.get("/api/modules/echo/reload/again", b"")[0] == 404


@tap.test
def who_is_connected_is_told_on_d_bus_too():
    with Stage() as stage:
        client = Client(stage)
        client.say({"type": "websocket.subscribe", "payload": {"patterns": ["user.*"]}, "id": 1})
        client.hear_until(lambda heard: heard.get("id") == 1)
        events = Events(stage, "?patterns=user.*")
        listed = private_bus.request(stage.connection, "websocket.connections", {})["connections"]
        assert {row["transport"] for row in listed} == {"websocket", "sse"}, listed
        for row in listed:
            assert row["bridge"].startswith("web-") and row["remote"] == "127.0.0.1", row
            assert row["subs"] == 1 and row["level"] == "admin", row
        events.close()
        client.close()


if __name__ == "__main__":
    sys.exit(tap.main())
