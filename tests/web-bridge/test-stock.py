# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Each fault of the libraries that the guard stands before, tried on libsoup as it is and on the bridge.
The first must have it: if a newer libsoup has not, the test says so, and the guard may go."""
import contextlib
import os
import pathlib
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
import zlib

STOCK = pathlib.Path(sys.argv.pop())

from stage import BRIDGE, Stage  # noqa: E402

import tap  # noqa: E402

MIB = 2**20
UPGRADE = ("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")
SMALL = 4 * MIB  # of growth, for the bridge
LARGE = 16 * MIB  # at least, for the other


class Server:
    """One of the two, which a probe is tried on."""

    def __init__(self, name, program, port, token=None):
        self.name, self.program, self.port, self.token = name, program, port, token

    def connect(self, timeout=20):
        sock = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def memory(self):
        """The most that it ever had."""
        for line in pathlib.Path(f"/proc/{self.program.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
        return 0

    def head(self, path="/healthz", method="GET", more=""):
        authorization = f"Authorization: Bearer {self.token}\r\n" if self.token else ""
        return (f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{authorization}{more}"
                "\r\n").encode()

    def web_socket(self, path="/ws", more=""):
        sock = self.connect()
        sock.sendall(self.head(path, more=UPGRADE + more))
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += sock.recv(1)
        assert b" 101 " in answer, answer
        return sock, answer.decode()

    def answers(self):
        """Somebody new gets an answer within a second."""
        try:
            with self.connect(timeout=1) as sock:
                sock.sendall(self.head())
                return sock.recv(100).startswith(b"HTTP/1.1 200")
        except OSError:
            return False


@contextlib.contextmanager
def both(descriptors=None, folder=None):
    """libsoup, and the bridge before a real hub."""
    limit = None
    if descriptors:
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
    with contextlib.ExitStack() as stack, Stage() as stage:
        stock = subprocess.Popen([STOCK], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                 preexec_fn=limit)
        stack.callback(stock.wait)
        stack.callback(stock.kill)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        page = folder or stage.bus.folder / "page"
        page.mkdir(exist_ok=True)
        (page / "index.html").write_text("<!doctype html>")
        (page / "big.js").write_bytes(b"x" * MIB)
        bridge = subprocess.Popen([BRIDGE, f"--port={port}", f"--page-dir={page}"],
                                  env=stage.environment, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True, preexec_fn=limit)
        stack.callback(bridge.wait)
        stack.callback(bridge.terminate)
        bridge.stdout.readline()
        other = Server("libsoup", stock, int(stock.stdout.readline()))
        ours = Server("bridge", bridge, port, stage.token)
        stage.wait_for(lambda: Server.answers(ours))
        with ours.connect() as sock:
            while True:
                sock.sendall(ours.head("/readyz"))
                if b" 200 " in sock.recv(4096):
                    break
        yield other, ours, stage


def frame(payload, opcode=1, fin=True, rsv=0):
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else \
        struct.pack(">BH", 0xfe, size) if size < 65536 else struct.pack(">BQ", 0xff, size)
    return bytes([(0x80 if fin else 0) | rsv << 4 | opcode]) + length + b"\0\0\0\0" + payload


def read_all(sock, most):
    """How much comes, at most `most` bytes."""
    total = 0
    sock.settimeout(3)
    with contextlib.suppress(OSError):
        while total < most and (data := sock.recv(MIB)):
            total += len(data)
    return total


def close_code(sock):
    """The code of the close frame, or None if none comes."""
    sock.settimeout(3)
    data = b""
    with contextlib.suppress(OSError):
        while part := sock.recv(65536):
            data += part
    at = data.rfind(b"\x88")
    return struct.unpack(">H", data[at + 2:at + 4])[0] if at >= 0 and len(data) >= at + 4 else None


def report(other, ours, unit=""):
    print(f"# libsoup: {other}{unit}, bridge: {ours}{unit}")


@tap.test
def row_1_a_request_for_many_ranges_is_not_answered_with_all_of_them():
    with both() as (other, ours, _):
        ranges = "Range: bytes=" + ",".join(["0-"] * 50) + "\r\n"
        sizes = []
        for server, path in ((other, "/big"), (ours, "/big.js")):
            with server.connect() as sock:
                sock.sendall(server.head(path, more=ranges + "Connection: close\r\n"))
                sizes.append(read_all(sock, 60 * MIB))
        report(*sizes, " bytes")
        assert sizes[0] > 20 * MIB and sizes[1] < 2 * MIB, sizes


@tap.test
def row_2_a_message_in_parts_has_a_limit():
    with both() as (other, ours, _):
        grown, codes = [], []
        for server in (other, ours):
            sock, _ = server.web_socket()
            before = server.memory()
            with contextlib.suppress(OSError):
                sock.sendall(frame(b"x" * 120_000, fin=False))
                for _ in range(300):
                    sock.sendall(frame(b"x" * 120_000, opcode=0, fin=False))
            # It has read all when this is answered, or has closed.
            with contextlib.suppress(OSError):
                sock.sendall(frame(b"are you there", opcode=9))
                sock.recv(1)
            grown.append(server.memory() - before)
            codes.append(close_code(sock) if server is ours else None)
            sock.close()
        report(*grown, " bytes")
        assert grown[0] > LARGE and grown[1] < SMALL and codes[1] in (1009, None), (grown, codes)


@tap.test
def row_3_nothing_is_inflated():
    with both() as (other, ours, _):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        bomb = packer.compress(b"x" * 60 * MIB) + packer.flush(zlib.Z_SYNC_FLUSH)
        assert len(bomb) < 120_000
        offered, grown = [], []
        for server in (other, ours):
            sock, answer = server.web_socket(
                more="Sec-WebSocket-Extensions: permessage-deflate\r\n")
            offered.append("permessage-deflate" in answer)
            before = server.memory()
            with contextlib.suppress(OSError):
                sock.sendall(frame(bomb, rsv=4) + frame(b"", opcode=9))
                sock.recv(1)
            grown.append(server.memory() - before)
            sock.close()
        report(*grown, " bytes")
        assert offered == [True, False] and grown[0] > LARGE and grown[1] < SMALL, (offered, grown)


@tap.test
def row_4_a_server_without_descriptors_accepts_again():
    with both(descriptors=64) as (other, ours, _):
        again = []
        for server in (other, ours):
            held = []
            with contextlib.suppress(OSError):
                for _ in range(100):
                    # One that finds no room tries again after 1 s (RFC 6298).
                    held.append(server.connect(timeout=3))
            # What was accepted of them is answered or closed: then it has seen them all.
            for sock in held[:4]:
                with contextlib.suppress(OSError):
                    sock.settimeout(1)
                    sock.sendall(server.head())
                    sock.recv(1)
            for sock in held:
                sock.close()
            deadline = time.monotonic() + 3
            while not (good := server.answers()) and time.monotonic() < deadline:
                pass
            again.append(good)
        report(*again)
        assert again == [False, True], again


@tap.test
def row_5_a_herd_finds_room_to_wait():
    with both() as (other, ours, _):
        waiting = []
        for server in (other, ours):
            os.kill(server.program.pid, signal.SIGSTOP)
            socks = [socket.socket() for _ in range(200)]
            for sock in socks:
                sock.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    sock.connect(("127.0.0.1", server.port))
            connected = sum(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == 1
                            for sock in socks)
            for sock in socks:
                sock.close()
            os.kill(server.program.pid, signal.SIGCONT)
            waiting.append(connected)
        report(*waiting, " of 200 connected")
        assert waiting[0] < 30 and waiting[1] == 200, waiting


@tap.test
def row_6_a_body_waits_for_nobody_and_a_head_has_a_deadline():
    with both() as (other, ours, _):
        grown = []
        for server in (other, ours):
            before = server.memory()
            with server.connect() as sock, contextlib.suppress(OSError):
                sock.sendall(server.head("/api/x/y", "POST", f"Content-Length: {64 * MIB}\r\n"))
                for _ in range(63):
                    sock.sendall(b"x" * MIB)
                sock.settimeout(1)
                sock.recv(1)
            grown.append(server.memory() - before)
        report(*grown, " bytes")
        assert grown[0] > LARGE and grown[1] < SMALL, grown
        open_after = []
        socks = [server.connect() for server in (other, ours)]
        for sock, server in zip(socks, (other, ours)):
            sock.sendall(server.head()[:-2])
        deadline = time.monotonic() + 7  # the bridge's is 5 s
        for sock in socks[::-1]:
            sock.settimeout(max(0.1, deadline - time.monotonic()))
            try:
                open_after.insert(0, bool(sock.recv(1)))
            except TimeoutError:
                open_after.insert(0, True)
            sock.close()
        report(*open_after, " (open after 7 s)")
        assert open_after == [True, False], open_after


@tap.test
def row_7_who_reads_nothing_costs_no_memory():
    with both() as (other, ours, stage):
        before = other.memory()
        sock, _ = other.web_socket("/flood")
        stage.wait_for(lambda: other.memory() - before > LARGE)
        grown = [other.memory() - before]
        sock.close()
        sock, _ = ours.web_socket()
        sock.sendall(frame(b'{"type":"websocket.subscribe","id":1,"payload":'
                           b'{"patterns":["echo.told"]}}'))
        before = ours.memory()
        for _ in range(20):
            status, answer = stage.get("/api/echo/tell",
                                       b'{"text":"' + b"x" * 1000 + b'","count":1000}')
            assert status == 200, answer
        grown.append(ours.memory() - before)
        sock.close()
        report(*grown, " bytes")
        assert grown[1] < 2 * SMALL, grown


def answers_to(server, head):
    """The statuses that come back."""
    with server.connect() as sock:
        sock.sendall(head)
        sock.settimeout(1)
        data = b""
        with contextlib.suppress(OSError):
            while part := sock.recv(65536):
                data += part
    return [int(line.split()[1]) for line in data.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


@tap.test
def row_8_what_may_be_read_in_two_ways_is_not_read():
    heads = {
        "two hosts": "GET /healthz HTTP/1.1\r\nHost: evil.example\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        "another host in the target": "GET http://evil.example/healthz HTTP/1.1\r\n"
                              "Host: 127.0.0.1:{port}\r\n\r\n",
        "two lengths in one": "POST /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                              "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                              "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        "two origins": "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                       "Origin: http://evil.example\r\nOrigin: http://127.0.0.1:{port}\r\n\r\n",
    }
    with both() as (other, ours, _):
        for name, head in heads.items():
            got = [answers_to(server, head.replace("{port}", str(server.port)).encode())
                   for server in (other, ours)]
            print(f"# {name}: libsoup {got[0]}, bridge {got[1]}")
            assert got[0] and all(status == 200 for status in got[0]), (name, got)
            assert len(got[1]) == 1 and 400 <= got[1][0] < 500, (name, got)


@tap.test
def row_10_deep_json_ends_nothing():
    deep = b"[" * 150_000

    def usual_stack():
        hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
        resource.setrlimit(resource.RLIMIT_STACK, (8 * MIB, hard))

    done = subprocess.run([STOCK, "--json"], input=deep, check=False, timeout=60,
                          preexec_fn=usual_stack)
    print(f"# json-glib ends with {done.returncode}")
    assert done.returncode < 0, done.returncode
    with both() as (_, ours, stage):
        status, problem = stage.get("/api/echo/echo", b'{"text":' + b"[" * 60_000 + b"]" * 60_000 + b"}")
        assert status in (400, 413), problem
        sock, _ = ours.web_socket()
        sock.sendall(frame(b'{"type":"x","payload":' + b"[" * 100_000 + b"]" * 100_000 + b"}"))
        sock.sendall(frame(b"", opcode=9))
        sock.recv(1)
        sock.close()
        assert ours.answers()


if __name__ == "__main__":
    sys.exit(tap.main())
