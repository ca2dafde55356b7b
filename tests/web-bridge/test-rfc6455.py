# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""RFC 6455 over a socket: what the bridge does with each frame that a client can send. What is expected
is worked out from the RFC's text, section by section; each case has a connection of its own."""
import json
import struct
import sys

from stage import Client, Stage

import tap

MASK = bytes([0x37, 0xfa, 0x21, 0x3d])  # the one of the RFC's examples, 5.7
FRAME_MAX, MESSAGE_MAX, FRAGMENTS_MAX = 128 * 1024, 256 * 1024, 64
PING = b'{"type":"system.ping","id":"alive"}'
ALIVE = "alive"
TEXT, BINARY, CLOSE, WS_PING, PONG = 1, 2, 8, 9, 10


def masked(payload):
    key = (MASK * (len(payload) // 4 + 1))[:len(payload)]
    number = int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")
    return number.to_bytes(len(payload), "big")


def frame(opcode, payload=b"", fin=True, rsv=0, mask=True, size=None, width=None):
    """`width`: bytes of the extended length, 0, 2 or 8; `size`: what the length says."""
    size = len(payload) if size is None else size
    if width is None:
        width = 0 if size < 126 else 2 if size < 65536 else 8
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    length = {0: size, 2: 126, 8: 127}[width]
    extended = {0: b"", 2: struct.pack(">H", size & 0xffff), 8: struct.pack(">Q", size)}[width]
    body = MASK + masked(payload) if mask else payload
    return bytes([first, (0x80 if mask else 0) | length]) + extended + body


class Peer(Client):
    def send(self, data):
        try:
            self.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has closed already, and says why

    def outcome(self):
        """ALIVE, or the code with which the server closes (None: without one)."""
        pongs = []
        while True:
            head = self.stream.read(2)
            if len(head) < 2:
                return "cut", pongs
            size = head[1]
            if size > 125:
                size = int.from_bytes(self.stream.read(2 if size == 126 else 8), "big")
            payload = self.stream.read(size)
            assert head[0] & 0x70 == 0 and head[1] & 0x80 == 0, head  # 5.1: servers do not mask
            opcode = head[0] & 15
            if opcode == CLOSE:
                return (struct.unpack(">H", payload[:2])[0] if payload else None), pongs
            if opcode == PONG:
                pongs.append(payload)
            elif opcode == TEXT and json.loads(payload).get("id") == "alive":
                return ALIVE, pongs


def expect_of_first_byte(opcode, fin, rsv):
    """Of one frame without a payload (5.2, 5.4, 5.5)."""
    if rsv != 0 or opcode not in (0, TEXT, BINARY, CLOSE, WS_PING, PONG):
        return 1002
    if opcode == 0:
        return 1002  # nothing is to be continued
    if opcode >= 8 and not fin:
        return 1002  # control frames are not fragmented
    if opcode == CLOSE:
        return None  # the peer's was empty, and so is the answer
    return ALIVE if fin else 1002  # what is begun is not followed by another message


def first_bytes():
    for opcode in range(16):
        for fin in (True, False):
            for rsv in range(8):
                yield (f"5.2 opcode {opcode:x} fin {fin:d} rsv {rsv:03b}",
                       frame(opcode, fin=fin, rsv=rsv), expect_of_first_byte(opcode, fin, rsv))


def close_codes():
    """7.4: which codes may stand in a close frame; 1012 to 1014 were registered later."""
    good = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000,
            4999]
    bad = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]
    for code in good + bad:
        yield f"7.4 code {code}", frame(CLOSE, struct.pack(">H", code)), code if code in good else 1002
    yield "5.5.1 half a code", frame(CLOSE, b"\x03"), 1002
    yield "5.5.1 the longest reason", frame(CLOSE, b"\x03\xe8" + b"x" * 123), 1000
    yield "5.5.1 too long a reason", frame(CLOSE, b"\x03\xe8" + b"x" * 124), 1002
    yield "5.5.1 a reason in UTF-8", frame(CLOSE, b"\x03\xe8" + "été".encode()), 1000
    yield "5.5.1 a reason that is none", frame(CLOSE, b"\x03\xe8\xff"), 1007
    yield "5.5.1 nothing counts after it", frame(CLOSE, b"\x03\xe8") + frame(3), 1000


def text_of(size):
    """JSON of that many bytes."""
    return b'{"type":"system.pong","x":"' + b"x" * (size - 29) + b'"}'


def lengths():
    for size in (29, 124, 125, 126, 127, 128, 255, 256, 1000, 32767, 32768, 65534, 65535, 65536, 65537,
                 FRAME_MAX - 1, FRAME_MAX):
        yield f"5.2 {size} bytes", frame(TEXT, text_of(size)), ALIVE
    for size in (FRAME_MAX + 1, 2 ** 20, 2 ** 31, 2 ** 32, 2 ** 62, 2 ** 63 - 1):
        yield f"7.4.1 {size} bytes are announced", frame(TEXT, b"x", size=size, width=8), 1009
    for size, width in ((0, 2), (1, 2), (125, 2), (0, 8), (125, 8), (126, 8), (65535, 8)):
        yield (f"5.2 {size} bytes in a length of {width}",
               frame(TEXT, b"x" * size, size=size, width=width), 1002)
    for bit in (63,):
        yield (f"5.2 the length has bit {bit}",
               frame(TEXT, b"x", size=2 ** bit + 1, width=8), 1002)
    for opcode in (WS_PING, PONG, CLOSE):
        for size in (126, 127, 65536):
            payload = b"\x03\xe8" + b"x" * (size - 2)
            yield f"5.5 opcode {opcode:x} of {size} bytes", frame(opcode, payload), 1002


def masks():
    """5.1: what a client sends is masked."""
    for opcode in (TEXT, BINARY, WS_PING, PONG, CLOSE):
        for payload in (b"", b"x", b"x" * 125, b"x" * 126):
            if opcode >= 8 and len(payload) > 125:
                continue
            yield (f"5.1 opcode {opcode:x} of {len(payload)} bytes, not masked",
                   frame(opcode, payload, mask=False), 1002)


def fragments():
    """5.4."""
    whole = text_of(60)
    for parts in (2, 3, 5, 30, 60):
        step = len(whole) // parts
        pieces = [whole[i:i + step] for i in range(0, len(whole), step)]
        stream = b"".join(frame(TEXT if i == 0 else 0, piece, fin=i == len(pieces) - 1)
                          for i, piece in enumerate(pieces))
        yield f"5.4 a message in {len(pieces)} parts", stream, ALIVE
        between = b"".join(frame(TEXT if i == 0 else 0, piece, fin=i == len(pieces) - 1)
                           + (frame(PONG, b"z") if i < len(pieces) - 1 else b"")
                           for i, piece in enumerate(pieces))
        yield f"5.4 a message in {len(pieces)} parts, control frames between", between, ALIVE
    for at in range(len(whole) + 1):
        stream = frame(TEXT, whole[:at], fin=False) + frame(0, whole[at:])
        yield f"5.4 cut at {at}", stream, ALIVE
    many = [frame(TEXT, b"", fin=False)] + [frame(0, b"", fin=False)] * (FRAGMENTS_MAX - 1)
    yield "5.4 too many parts", b"".join(many) + frame(0), 1009
    big = frame(TEXT, b"x" * FRAME_MAX, fin=False)
    yield "7.4.1 parts that are too big together", big + frame(0, b"x" * FRAME_MAX, fin=False) + \
        frame(0, b"x"), 1009
    for first, second in ((TEXT, TEXT), (TEXT, BINARY), (BINARY, TEXT), (BINARY, BINARY)):
        yield (f"5.4 opcode {second} in the middle of {first}",
               frame(first, b"a", fin=False) + frame(second, b"b"), 1002)
    yield "5.4 nothing to go on with", frame(TEXT, text_of(30)) + frame(0, b"x"), 1002
    yield "5.4 gone on with after its end", \
        frame(TEXT, text_of(30)[:9], fin=False) + frame(0, text_of(30)[9:]) + frame(0, b"x"), 1002


def utf8():
    """8.1, with the tables of RFC 3629 section 4 and the Unicode standard's 3-7."""
    good = ["é", "߿", "ࠀ", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff", "κόσμε"]
    for text in good:
        payload = b'{"type":"system.pong","x":"' + text.encode() + b'"}'
        yield f"8.1 {text.encode().hex()}", frame(TEXT, payload), ALIVE
        for at in range(28, len(payload) - 2):
            yield (f"8.1 {text.encode().hex()} cut at {at}",
                   frame(TEXT, payload[:at], fin=False) + frame(0, payload[at:]), ALIVE)
    bad = ["80", "bf", "c0af", "c1bf", "c3", "c328", "e080af", "e09fbf", "e282", "e28228", "eda080",
           "edbfbf", "eda080edb080", "f08080af", "f08fbfbf", "f0908d", "f0908d28", "f4908080", "f5808080",
           "f888808080", "fc8480808080", "fe", "ff", "feff", "c3c3a9", "ceba80", "e282ff"]
    for hexadecimal in bad:
        yield f"8.1 {hexadecimal}", frame(TEXT, b'"' + bytes.fromhex(hexadecimal) + b'"'), 1007
        yield (f"8.1 {hexadecimal} in a second part",
               frame(TEXT, b'"', fin=False) + frame(0, bytes.fromhex(hexadecimal) + b'"'), 1007)


def run(cases):
    failed, count = [], 0
    with Stage() as stage:
        for name, data, expected in cases:
            peer = Peer(stage)
            peer.send(data)
            peer.send(frame(TEXT, PING))
            got, _ = peer.outcome()
            if got != expected:
                failed.append(f"{name}: {got}, not {expected}")
            peer.close()
            count += 1
    print(f"# {count} cases")
    assert not failed, "\n".join(failed)
    return count


@tap.test
def first_byte():
    assert run(first_bytes()) == 256


@tap.test
def closing():
    run(close_codes())


@tap.test
def length():
    run(lengths())


@tap.test
def masking():
    run(masks())


@tap.test
def fragmentation():
    run(fragments())


@tap.test
def text_is_utf8():
    run(utf8())


@tap.test
def pings_are_answered_with_what_they_brought():
    """5.5.2 and 5.5.3."""
    with Stage() as stage:
        for payload in (b"", b"x", bytes(range(125)), b"\xff\xfe"):
            peer = Peer(stage)
            peer.send(frame(WS_PING, payload) + frame(TEXT, PING))
            assert peer.outcome() == (ALIVE, [payload])
            peer.close()


@tap.test
def bytes_may_come_one_by_one():
    with Stage() as stage:
        peer = Peer(stage)
        for byte in frame(TEXT, text_of(200), fin=False) + frame(WS_PING, b"abc") + frame(0, b""):
            peer.send(bytes([byte]))
        peer.send(frame(TEXT, PING))
        assert peer.outcome() == (ALIVE, [b"abc"])
        peer.close()


if __name__ == "__main__":
    sys.exit(tap.main())
