# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Channels: streams of bytes on a WebSocket, with credit, and over a loss of the connection."""
import json
import os
import struct
import sys

from stage import Client, Stage, pair, private_bus

import tap
from gi.repository import GLib

HEADER = struct.Struct(">BBHIQ")
WINDOW = 256 * 1024


class Socket(Client):
    """A client that has bytes of channels too."""

    def __init__(self, stage, token=None):
        super().__init__(stage, token)
        self.last_id = 0
        self.waiting = []
        self.next()  # hello

    def frame(self, opcode, payload):
        head = bytes([0x80 | opcode])
        if len(payload) < 126:
            head += bytes([0x80 | len(payload)])
        elif len(payload) < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", len(payload))
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", len(payload))
        mask = b"\1\2\3\4"
        key = (mask * (len(payload) // 4 + 1))[:len(payload)]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(
            len(payload), "big")
        self.sock.sendall(head + mask + masked)

    def read_frame(self):
        first, second = self.stream.read(2)
        length = second & 127
        if length == 126:
            length = struct.unpack(">H", self.stream.read(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", self.stream.read(8))[0]
        return first & 15, self.stream.read(length)

    def next(self):
        """A message, or (channel, offset, bytes)."""
        if self.waiting:
            return self.waiting.pop(0)
        while True:
            opcode, payload = self.read_frame()
            if opcode == 1:
                return json.loads(payload)
            if opcode == 2:
                kind, flags, reserved, channel, offset = HEADER.unpack_from(payload)
                assert (kind, flags, reserved) == (1, 0, 0)
                assert len(payload) - HEADER.size <= 65536
                return channel, offset, payload[HEADER.size:]
            if opcode == 8:
                raise EOFError(struct.unpack(">H", payload[:2])[0])

    def call(self, kind, **payload):
        """The payload of the answer, and whether it is one."""
        self.last_id += 1
        self.say({"type": kind, "id": self.last_id, "payload": payload})
        kept = []
        while True:
            heard = self.next()
            if isinstance(heard, dict) and heard.get("id") == self.last_id:
                self.waiting = kept + self.waiting
                return heard["payload"], heard["ok"]
            kept.append(heard)

    def open(self, request, window=WINDOW, **payload):
        opened, good = self.call("channel.open", request=request, payload=payload, window=window)
        assert good, opened
        assert opened["window"] == window and opened["offset"] == opened["received"] == 0
        return opened

    def write(self, channel, offset, data):
        self.frame(2, HEADER.pack(1, 0, 0, channel, offset) + data)

    def acknowledge(self, channel, offset):
        self.say({"type": "channel.ack", "payload": {"channel": channel, "offset": offset}})

    def read_until(self, channel, condition, start=0, acknowledge=True):
        """Bytes from `start` on, and the message that met the condition."""
        data = bytearray()
        while True:
            heard = self.next()
            if isinstance(heard, tuple):
                number, offset, part = heard
                assert number == channel and offset == start + len(data), (number, offset)
                data += part
                if acknowledge:
                    self.acknowledge(channel, offset + len(part))
            elif condition(heard):
                return bytes(data), heard


def is_close(heard):
    return heard["type"] == "channel.close"


def scrape(stage, name):
    with stage.open("/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(name + " "))


@tap.test
def a_stream_comes_whole_and_ends():
    with Stage() as stage:
        client = Socket(stage)
        total = 5_000_000
        opened = client.open("echo.stream", text=list(b"0123456789"), bytes=total)
        data, closed = client.read_until(opened["channel"], is_close)
        assert data == b"0123456789" * (total // 10), len(data)
        assert closed["payload"] == {"channel": opened["channel"], "offset": total}, closed
        # It is gone, and acknowledging it once more does nothing.
        client.acknowledge(opened["channel"], total)
        answer, good = client.call("channel.close", channel=opened["channel"])
        assert not good and answer["code"] == "not_found", answer
        assert client.call("system.ping")[1]
        client.close()


@tap.test
def who_does_not_acknowledge_gets_no_more_than_the_window():
    with Stage() as stage:
        client = Socket(stage)
        opened = client.open("echo.stream", text=[120], bytes=0, window=32768)
        channel, got = opened["channel"], 0
        while got < 32768:
            heard = client.next()
            got += len(heard[2])
        assert got == 32768, got
        # Nothing more comes: the next thing that is heard is the answer to this.
        assert client.call("system.ping")[1] and not client.waiting
        client.acknowledge(channel, 10000)
        while got < 42768:
            got += len(client.next()[2])
        assert got == 42768, got
        assert client.call("system.ping")[1] and not client.waiting
        answer, good = client.call("channel.ack", channel=channel, offset=10**9)
        assert not good and answer["code"] == "bad_payload", answer
        assert client.call("channel.close", channel=channel)[1]
        client.close()


@tap.test
def both_directions():
    with Stage() as stage:
        client = Socket(stage)
        opened = client.open("echo.converse")
        channel = opened["channel"]
        sent = os.urandom(400_000)
        offset = 0
        data = bytearray()
        acknowledged = 0
        while len(data) < len(sent):
            while offset < len(sent) and offset - acknowledged + 30_000 <= WINDOW // 2:
                client.write(channel, offset, sent[offset:offset + 30_000])
                offset = min(len(sent), offset + 30_000)
            heard = client.next()
            if isinstance(heard, tuple):
                assert heard[1] == len(data)
                data += heard[2]
                client.acknowledge(channel, len(data))
            elif heard["type"] == "channel.ack":
                acknowledged = heard["payload"]["offset"]
        assert bytes(data) == sent
        assert client.call("channel.eof", channel=channel)[1]
        rest, closed = client.read_until(channel, is_close, start=len(data))
        assert rest == b"" and closed["payload"]["offset"] == len(sent)
        client.close()


@tap.test
def a_channel_goes_on_over_a_loss_of_the_connection():
    """Thirty times the connection goes at any moment; every byte comes once, in both directions."""
    with Stage() as stage:
        client = Socket(stage)
        opened = client.open("echo.converse", window=65536)
        token, channel = opened["resume"], opened["channel"]
        sent = os.urandom(600_000)
        data = bytearray()
        offset, losses = 0, 0
        while len(data) < len(sent):
            for _ in range(4):
                if offset < len(sent) and offset - len(data) < 40_000:
                    client.write(channel, offset, sent[offset:offset + 9000])
                    offset = min(len(sent), offset + 9000)
            heard = client.next()
            if isinstance(heard, tuple) and heard[1] == len(data):
                data += heard[2]
                client.acknowledge(channel, len(data))
                if losses < 30 and len(data) // 20_000 > losses:
                    losses += 1
                    client.close()
                    client = Socket(stage)
                    again, good = client.call("channel.open", resume=token, offset=len(data))
                    assert good, again
                    assert again["channel"] == channel and again["offset"] == len(data)
                    assert again["received"] <= offset
                    offset = again["received"]
        assert bytes(data) == sent
        assert scrape(stage, "binnacle_bridge_channels_resumed_total") == losses
        print(f"# {losses} losses, {len(sent)} bytes there and back")
        client.close()


@tap.test
def a_channel_is_its_owners():
    with Stage() as stage:
        client = Socket(stage)
        opened = client.open("echo.converse")
        other = Socket(stage, pair(stage, "admin")[0])
        answer, good = other.call("channel.open", resume=opened["resume"], offset=0)
        assert not good and answer["code"] == "not_found", answer
        answer, good = other.call("channel.close", channel=opened["channel"])
        assert not good and answer["code"] == "not_found", answer
        looker = Socket(stage, pair(stage, "observe")[0])
        answer, good = looker.call("channel.open", request="echo.count")
        assert not good and answer["code"] == "forbidden", answer
        for socket in (client, other, looker):
            socket.close()


@tap.test
def a_revoked_device_loses_its_channels():
    with Stage() as stage:
        watcher = Client(stage)
        watcher.say({"type": "websocket.subscribe", "payload": {"patterns": ["echo.closed"]}, "id": 1})
        watcher.hear_until(lambda heard: heard.get("id") == 1)
        token, device = pair(stage, "observe")
        client = Socket(stage, token)
        client.open("echo.stream", text=[120], bytes=0, window=16384)
        private_bus.request(stage.connection, "access.revoke", {"id": GLib.Variant("s", device)})
        try:
            while True:
                client.next()
        except EOFError as closed:
            assert closed.args[0] == 4401, closed
        # The module has nobody who reads.
        watcher.hear_until(lambda heard: heard["type"] == "echo.closed")
        watcher.close()
        client.close()


@tap.test
def what_breaks_the_rules_is_refused():
    with Stage() as stage:
        client = Socket(stage)
        for payload, code in (({}, "bad_payload"), ({"request": "echo.echo"}, "unsupported"),
                              ({"request": "nobody.there"}, "unknown_type"),
                              ({"resume": "x", "offset": 0}, "not_found")):
            if payload.get("request") == "echo.echo":
                payload["payload"] = {"text": "x"}
            answer, good = client.call("channel.open", **payload)
            assert not good and answer["code"] == code, (payload, answer)
        opened = client.open("echo.converse", window=16384)
        client.write(opened["channel"], 5, b"from the middle")
        _, closed = client.read_until(opened["channel"], is_close)
        assert closed["payload"]["code"] == "bad_message", closed
        client.write(4711, 0, b"to nobody")
        opened = client.open("echo.stream", text=[120], bytes=10)
        client.write(opened["channel"], 0, b"into a pipe that is read")
        _, closed = client.read_until(opened["channel"], is_close, acknowledge=False)
        assert closed["payload"]["code"] == "unavailable", closed
        channels = [client.open("echo.converse")["channel"] for _ in range(8)]
        answer, good = client.call("channel.open", request="echo.converse")
        assert not good and answer["code"] == "busy", answer
        assert client.call("channel.close", channel=channels[0])[1]
        client.open("echo.converse")
        try:
            for _ in range(3):
                client.frame(2, b"too short")
            while True:
                client.next()
        except EOFError as closed:
            assert closed.args[0] == 4400, closed
        client.close()


if __name__ == "__main__":
    sys.exit(tap.main())
