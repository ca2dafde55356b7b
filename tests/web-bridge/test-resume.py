# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""A client that loses its connection and comes back: no command is lost without a word or done twice,
no event is missing. Hub, bridge, module and bus are real."""
import json
import random
import socket
import sys

from stage import Client, Stage, private_bus

import tap
from gi.repository import GLib

COMMANDS = 120
EVENTS = 400


class Coming(Client):
    """A client that says hello, with what it wants to find again."""

    def __init__(self, stage, token=None, session=None, pending=()):
        super().__init__(stage, token)
        self.say({"type": "system.hello", "id": "hello", "payload": {
            "protocol": 2, "client": {"name": "test"}, "session": session or "",
            "pending": list(pending)}})
        self.early = []
        while (heard := self.code["hear"](self.stream)).get("id") != "hello":
            self.early.append(heard)
        self.hello = heard["payload"]
        self.session = self.hello["session"]

    def hear(self):
        return self.early.pop(0) if self.early else self.code["hear"](self.stream)

    def lose(self):
        """As a network does it: without a word, whatever is under way."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.close()


def hear_answer(client, number):
    while (heard := client.hear()).get("id") != number:
        pass
    return heard


@tap.test
def an_answer_waits_for_who_comes_back():
    with Stage() as stage:
        first = Coming(stage)
        assert first.hello["resumed"] is False, first.hello
        first.say({"type": "echo.sleep", "payload": {"duration_ms": 300}, "id": 7})
        first.say({"type": "echo.echo", "payload": {"text": "quick"}, "id": "text"})
        assert hear_answer(first, "text")["payload"]["echo"] == "quick"
        first.lose()
        second = Coming(stage, session=first.session, pending=[7, "text", 8])
        assert second.hello["resumed"] is True and second.session == first.session
        answers = {}
        while len(answers) < 3:
            heard = second.hear()
            if "id" in heard:
                answers[heard["id"]] = heard
        assert answers[7]["ok"] is True, answers
        assert answers["text"]["payload"]["echo"] == "quick", answers
        assert answers[8]["payload"]["code"] == "unavailable", answers
        assert answers[8]["payload"]["details"] == {"executed": "unknown"}, answers
        second.close()


@tap.test
def only_the_same_device_goes_on():
    with Stage() as stage:
        code = private_bus.call(stage.connection, "org.binnacle.Access1", "Pair",
                                GLib.Variant("(a{sv})", ({},)))[0]["code"]
        _, answer = stage.get("/api/auth/pair", json.dumps({"code": code}).encode(), token="")
        mine = Coming(stage)
        mine.say({"type": "echo.echo", "payload": {"text": "secret"}, "id": 1})
        hear_answer(mine, 1)
        stranger = Coming(stage, answer["token"], mine.session, [1])
        assert stranger.hello["resumed"] is False and stranger.session != mine.session
        heard = hear_answer(stranger, 1)
        assert "secret" not in json.dumps(heard) and heard["ok"] is False, heard
        # Nor does it put out who is there.
        mine.say({"type": "echo.echo", "payload": {"text": "again"}, "id": 2})
        assert hear_answer(mine, 2)["ok"] is True
        again = Coming(stage, session=mine.session)
        assert again.hello["resumed"] is True
        while (head := mine.stream.read(2))[0] & 15 != 8:
            size = head[1]
            mine.stream.read(int.from_bytes(mine.stream.read(2), "big") if size == 126 else size)
        assert int.from_bytes(mine.stream.read(2), "big") == 4409
        for client in (mine, stranger, again):
            client.close()


@tap.test
def no_command_is_lost_or_done_twice():
    """Each counts one on in the module, and is answered with the number."""
    chance = random.Random(4)
    with Stage() as stage:
        client = Coming(stage)
        asked, answered, unknown, waiting, counts = 0, set(), set(), set(), []
        losses = 0
        while asked < COMMANDS or waiting:
            if asked < COMMANDS and len(waiting) < 8:
                asked += 1
                client.say({"type": "echo.count", "payload": {}, "id": asked})
                waiting.add(asked)
            if chance.random() < 0.15:
                losses += 1
                client.lose()
                client = Coming(stage, session=client.session, pending=sorted(waiting))
                assert client.hello["resumed"] is True
                continue
            if len(waiting) == 8 or asked == COMMANDS:
                heard = client.hear()
                if heard.get("id") in waiting:
                    waiting.discard(heard["id"])
                    if heard["ok"]:
                        answered.add(heard["id"])
                        counts.append(heard["payload"]["count"])
                    else:
                        assert heard["payload"]["details"] == {"executed": "unknown"}, heard
                        unknown.add(heard["id"])
        client.close()
        print(f"# {COMMANDS} commands over {losses} lost connections: {len(answered)} answered, "
              f"{len(unknown)} unknown")
        assert answered | unknown == set(range(1, COMMANDS + 1)) and not answered & unknown
        assert losses >= 10 and len(answered) > COMMANDS / 4
        # What was answered was done once, and nothing was done that nobody asked for.
        done = stage.get("/api/echo/count", b"{}")[1]["count"] - 1
        assert len(counts) == len(set(counts)), counts
        assert len(answered) <= done <= COMMANDS, (len(answered), done)


@tap.test
def no_event_is_missing():
    chance = random.Random(5)
    with Stage() as stage:
        client = Coming(stage)
        hello = stage.get("/api/system/status_request")[1]
        since = {"epoch": hello["epoch"], "seq": hello["sequence"]}
        subscribe = {"type": "websocket.subscribe", "id": "sub"}
        client.say(dict(subscribe, payload={"sub": "s", "patterns": ["user.*"], "since": since}))
        emitted, received, losses, sent = set(), [], 0, 0
        while sent < EVENTS or not emitted <= set(received):
            for _ in range(chance.randrange(8)):
                if sent < EVENTS:
                    reply = private_bus.call(
                        stage.connection, "org.binnacle.EventBus1", "Emit",
                        GLib.Variant("(sa{sv}a{sv})", ("user.counted", {
                            "n": GLib.Variant("u", sent)}, {})))
                    emitted.add(reply[0])
                    sent += 1
            if chance.random() < 0.2:
                losses += 1
                client.lose()
                client = Coming(stage, session=client.session)
                since["seq"] = max(received, default=since["seq"])
                client.say(dict(subscribe, payload={
                    "sub": "s", "patterns": ["user.*"], "since": since}))
                heard = hear_answer(client, "sub")
                assert heard["payload"]["recovered"] is True, heard
            if not emitted <= set(received):
                heard = client.hear()
                if heard["type"] == "user.counted":
                    received.append(heard["seq"])
        client.close()
        print(f"# {EVENTS} events over {losses} lost connections, {len(received)} received")
        assert set(received) == emitted
        assert len(received) == len(set(received)), "an event came twice"
        assert received == sorted(received)


if __name__ == "__main__":
    sys.exit(tap.main())
