# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Who may do what over the web: pairing, levels, step-up, revoking. Hub, bridge, module and bus are
real. Fault F20: what is expired, revoked, of too low a level, used twice or guessed does not pass."""
import json
import pathlib
import sys
import time
import urllib.error
import urllib.request

from stage import ACCESS, Client, Stage, invite, pair, post, private_bus

import tap
from gi.repository import GLib

# What a paired device may not do, whatever its level, and with which arguments it would be done.
AT_THE_MACHINE = [
    ("access/pair", {}),
    ("access/cancel_pairing", {"id": 1}),
    ("access/revoke_all", {}),
    ("access/confirm", {"id": 1, "yes": True}),
    ("access/expose", {}),
    ("access/confirm_exposure", {}),
]
REVOKED_SECONDS = 1


def set_device(stage, device, **options):
    values = {name: GLib.Variant("as" if isinstance(value, list) else "s", value)
              for name, value in options.items()}
    private_bus.call(stage.connection, ACCESS, "SetDevice",
                     GLib.Variant("(sa{sv})", (device, values)))


def hear_close(client):
    """The code with which the server closes."""
    while True:
        head = client.stream.read(2)
        size = head[1]
        if size > 125:
            size = int.from_bytes(client.stream.read(2 if size == 126 else 8), "big")
        data = client.stream.read(size)
        if head[0] & 15 == 8:
            return int.from_bytes(data[:2], "big")


def is_open(stage, token):
    return stage.get("/api/auth/session", token=token)[0] == 200


def methods(stage):
    """Every method of every module, and every request of the hub, with its level."""
    for module in stage.get("/api/module/list")[1]["modules"]:
        described = stage.get(f"/api/module/describe?name={module['name']}")[1]
        for method in described["methods"]:
            yield f"{module['name']}/{method['name']}", method["access"]


@tap.test
def who_is_not_paired_sees_nothing():
    with Stage() as stage:
        for path in ("/api/system/status_request", "/api/module/list", "/api/access/list_devices",
                     "/api/access/session", "/api/auth/session", "/api/job/list"):
            for token in ("", "wrong"):
                status, problem = stage.get(path, token=token)
                assert (status, problem["code"]) in ((401, "unauthenticated"), (429, "rate_limited"))
        client = Client(stage, "")
        client.say({"type": "websocket.subscribe", "payload": {"patterns": ["*"]}, "id": 1})
        answer = client.hear_until(lambda heard: heard.get("id") == 1)
        assert answer["payload"]["code"] == "unauthenticated", answer
        client.close()


@tap.test
def a_code_pairs_once():
    with Stage() as stage:
        pairing = invite(stage, level="observe", grants=["upload"], name="Ann's phone")
        code = pairing["code"]
        assert len(code) == 9 and code[4] == "-", code
        status, answer = post(stage, "/api/auth/pair", {"code": code.lower().replace("-", " ")})
        assert status == 200, answer
        assert answer["device"] == "Ann's phone" and answer["level"] == "observe", answer
        assert answer["grants"] == ["upload"] and answer["scopes"] == ["observe", "upload"], answer
        assert is_open(stage, answer["token"])
        status, problem = post(stage, "/api/auth/pair", {"code": code})
        assert (status, problem["code"]) == (401, "unauthenticated"), problem
        status, problem = post(stage, "/api/auth/pair", {"secret": pairing["secret"]})
        assert status in (401, 429), problem
        for wrong in ({}, {"code": 7}, {"token": "x"}):
            status, problem = post(stage, "/api/auth/pair", wrong)
            assert status in (400, 422, 429), (wrong, problem)


@tap.test
def a_browser_gets_a_cookie_and_no_token():
    with Stage() as stage:
        origin = f"http://127.0.0.1:{stage.port}"
        body = json.dumps({"secret": invite(stage)["secret"], "name": "Browser"}).encode()
        request = urllib.request.Request(f"{origin}/api/auth/pair", data=body, headers={
            "Content-Type": "application/json", "Origin": origin})
        with urllib.request.urlopen(request, timeout=20) as answer:
            cookie = answer.headers["Set-Cookie"]
            assert "HttpOnly" in cookie and "SameSite=Strict" in cookie, cookie
            assert "token" not in json.load(answer)
        request = urllib.request.Request(f"{origin}/api/access/session", headers={
            "Cookie": cookie.split(";")[0]})
        with urllib.request.urlopen(request, timeout=20) as answer:
            session = json.load(answer)
        assert (session["level"], session["origin"]) == ("control", "web"), session


@tap.test
def five_wrong_codes_end_the_invitation():
    with Stage() as stage:
        code = invite(stage, level="admin")["code"]
        wrong = ("B" if code[0] != "B" else "C") + code[1:]
        statuses = []
        while len(statuses) < 5:
            status, problem = post(stage, "/api/auth/pair", {"code": wrong[:8] + "BCDFG"[len(statuses)]})
            if problem["code"] == "unauthenticated":
                statuses.append(status)
            else:
                # Each wrong try makes this address wait for longer.
                assert status == 429, problem
        # Whether it waits or not: the right one does not pass any more.
        status, problem = post(stage, "/api/auth/pair", {"code": code})
        assert status in (401, 429), problem
        assert not private_bus.call(stage.connection, ACCESS, "ListDevices")[0]


@tap.test
def who_may_observe_changes_nothing():
    with Stage() as stage:
        token, _device = pair(stage, "observe")
        client = Client(stage, token)
        refused = 0
        for path, access in methods(stage):
            if access == "observe":
                continue
            status, problem = post(stage, f"/api/{path}", {}, token)
            assert (status, problem["code"]) == (403, "forbidden"), (path, problem)
            client.say({"type": path.replace("/", "."), "payload": {}, "id": path})
            answer = client.hear_until(lambda heard, path=path: heard.get("id") == path)
            assert answer["payload"]["code"] == "forbidden", answer
            refused += 1
        assert refused >= 5, refused
        for path, body in AT_THE_MACHINE + [
                ("access/list_devices", {}), ("access/list_confirmations", {}),
                ("access/revoke", {"id": "x"}), ("access/set_device", {"id": "x"}),
                ("access/unexpose", {}), ("module/reload", {"name": "echo"}),
                ("module/disable", {"name": "echo"}), ("module/rescan", {}),
                ("worker/stop", {"name": "echo.tick"}), ("worker/run_now", {"name": "echo.tick"}),
                ("event/emit", {"type": "user.x"})]:
            status, problem = post(stage, f"/api/{path}", body, token)
            assert status in (403, 404), (path, problem)
        client.say({"type": "user.shout", "payload": {}, "id": "emit"})
        answer = client.hear_until(lambda heard: heard.get("id") == "emit")
        assert answer["payload"]["code"] == "forbidden", answer
        client.close()
        assert stage.get("/api/module/list", token=token)[0] == 200


@tap.test
def an_admin_from_afar_takes_away_but_does_not_give():
    with Stage() as stage:
        token, own = pair(stage, "admin")
        _other, device = pair(stage, "control", grants=["upload"])
        for path, body in AT_THE_MACHINE + [
                ("access/set_device", {"id": device, "level": "admin"}),
                ("access/set_device", {"id": device, "grants": ["upload", "terminal"]})]:
            status, problem = post(stage, f"/api/{path}", body, token)
            assert (status, problem["code"]) == (403, "forbidden"), (path, problem)
            assert "at the machine" in problem["detail"], problem
        devices = stage.get("/api/access/list_devices", token=token)[1]["devices"]
        assert {row["id"]: row["current"] for row in devices} == {own: True, device: False}
        status, _ = post(stage, "/api/access/set_device",
                         {"id": device, "level": "observe", "name": "Tablet"}, token)
        assert status == 200
        row = next(row for row in stage.get("/api/access/list_devices", token=token)[1]["devices"]
                   if row["id"] == device)
        assert (row["name"], row["level"], row["grants"]) == ("Tablet", "observe", ["upload"]), row
        assert post(stage, "/api/access/revoke", {"id": device}, token)[0] == 200
        status, problem = post(stage, "/api/access/revoke", {"id": device}, token)
        assert (status, problem["code"]) == (404, "not_found"), problem


@tap.test
def a_device_asks_and_gets_more_for_a_while():
    with Stage() as stage:
        token, device = pair(stage, "observe")
        client = Client(stage, token)
        client.hear_until(lambda heard: heard["type"] == "system.hello")
        status, _ = post(stage, "/api/worker/run_now", {"name": "echo.tick"}, token)
        assert status == 403
        status, asked = post(stage, "/api/access/step_up",
                             {"level": "control", "reason": "Run the worker"}, token)
        assert status == 200 and 10 <= asked["number"] <= 99, asked
        open_ones = private_bus.call(stage.connection, ACCESS, "ListConfirmations")[0]
        assert [row["number"] for row in open_ones] == [asked["number"]], open_ones
        assert open_ones[0]["reason"] == "Run the worker" and open_ones[0]["device_id"] == device
        private_bus.call(stage.connection, ACCESS, "Confirm",
                         GLib.Variant("(ub)", (asked["id"], True)))
        heard = client.hear_until(lambda heard: heard["type"] == "system.access")["payload"]
        assert (heard["level"], heard["base_level"]) == ("control", "observe"), heard
        assert heard["elevated_until"] > time.time() * 1e6, heard
        status, answer = post(stage, "/api/worker/run_now", {"name": "echo.tick"}, token)
        assert status == 200, answer
        status, _ = post(stage, "/api/worker/stop", {"name": "echo.tick"}, token)
        assert status == 403
        client.close()


@tap.test
def who_may_do_less_is_asked_to_come_again():
    with Stage() as stage:
        token, device = pair(stage, "control")
        client = Client(stage, token)
        client.hear_until(lambda heard: heard["type"] == "system.hello")
        set_device(stage, device, level="observe")
        assert hear_close(client) == 1012
        client.close()
        client = Client(stage, token)
        hello = client.hear_until(lambda heard: heard["type"] == "system.hello")
        assert hello["payload"]["auth"]["level"] == "observe", hello
        client.close()


@tap.test
def a_revoked_device_is_out_within_a_second():
    with Stage() as stage:
        token, device = pair(stage, "control")
        number, _answer = stage.start_job()
        client = Client(stage, token)
        client.hear_until(lambda heard: heard["type"] == "system.hello")
        request = urllib.request.Request(
            f"http://127.0.0.1:{stage.port}/api/job/open_log?id={number}",
            headers={"Authorization": f"Bearer {token}"})
        stream = urllib.request.urlopen(request, timeout=20)
        began = time.monotonic()
        private_bus.call(stage.connection, ACCESS, "Revoke", GLib.Variant("(s)", (device,)))
        assert hear_close(client) == 4401
        stream.read()
        took = time.monotonic() - began
        print(f"# revoked: WebSocket and stream closed after {took * 1000:.0f} ms")
        assert took <= REVOKED_SECONDS, took
        assert not is_open(stage, token)
        client.close()
        stream.close()


def command_lines():
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes()
        except OSError:
            pass


@tap.test
def no_secret_is_told_to_those_who_look():
    with Stage() as stage:
        pairing = invite(stage, level="admin")
        status, answer = post(stage, "/api/auth/pair", {"code": pairing["code"]})
        assert status == 200
        for _ in range(3):
            post(stage, "/api/auth/pair", {"secret": "0123456789abcdef0123456789abcdef"})
            stage.get("/api/auth/session", token="guess0guess0")
        log = stage.log.read_bytes()
        secrets = [answer["token"], pairing["secret"], pairing["code"], stage.token,
                   "guess0guess0", "0123456789abcdef0123456789abcdef"]
        kept = b"".join(path.read_bytes() for path in stage.bus.folder.rglob("*.conf*"))
        for secret in secrets:
            secret = secret.encode()
            assert secret not in log, secret
            assert secret not in kept, secret
            assert not any(secret in line for line in command_lines()), secret


if __name__ == "__main__":
    sys.exit(tap.main())
