# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Other machines: the switch at the machine, TLS, its certificate, its limits. Hub, bridge and bus are
real; the other machine is this one, which comes by an address that is not the loopback."""
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import time

from stage import CLI, Client, Stage, documented_client, private_bus

import tap
from gi.repository import GLib

ACCESS = "org.binnacle.Access1"
TLS_SECONDS = 3


def exposure(stage):
    return private_bus.call(stage.connection, ACCESS, "GetExposure")[0]


def expose(stage, keep=True):
    """Lets other machines in; returns how it is when the bridge listens."""
    private_bus.call(stage.connection, ACCESS, "Expose", GLib.Variant("(q)", (stage.lan_port,)))
    stage.wait_for(lambda: exposure(stage).get("addresses") or exposure(stage).get("error"))
    if keep:
        private_bus.call(stage.connection, ACCESS, "ConfirmExposure")
    state = exposure(stage)
    assert "error" not in state, state
    return state


class Lan(Stage):
    """A stage with a port for other machines."""

    def __enter__(self):
        super().__enter__()
        with socket.socket() as probe:
            probe.bind(("", 0))
            self.lan_port = probe.getsockname()[1]
        # The bridge has said where it is.
        self.wait_for(lambda: private_bus.call(self.connection, ACCESS, "Pair",
                                               GLib.Variant("(a{sv})", ({},)))[0]["addresses"])
        return self


def connect(host, port):
    """A TLS connection that takes whatever certificate there is, and its fingerprint."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    sock = context.wrap_socket(socket.create_connection((host, port), timeout=20))
    digest = hashlib.sha256(sock.getpeercert(binary_form=True)).hexdigest().upper()
    return sock, ":".join(digest[i:i + 2] for i in range(0, len(digest), 2))


def ask(sock, host, path, headers=(), body=None):
    """Status, headers and body of one request; the connection stays."""
    method = "POST" if body is not None else "GET"
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *headers]
    data = json.dumps(body).encode() if body is not None else b""
    if data:
        lines += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
    sock.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
    answer = http.client.HTTPResponse(sock)
    answer.begin()
    return answer.status, answer.headers, answer.read()


def read_all(sock):
    """What comes until the other side ends it, politely or not."""
    heard = b""
    with contextlib.suppress(ConnectionResetError):
        while more := sock.recv(4096):
            heard += more
    return heard


def first_host(state):
    """The first address that this machine has for others: an IPv4 one."""
    return state["addresses"][0].removeprefix("https://").rstrip("/")


@tap.test
def nobody_comes_unless_somebody_lets_them():
    with Lan() as stage:
        assert exposure(stage) == {"state": "off"}
        state = expose(stage, keep=False)
        assert state["state"] == "trial" and state["until"] > time.time() * 1e6, state
        host = first_host(state)
        sock, fingerprint = connect(host.rsplit(":", 1)[0], stage.lan_port)
        assert fingerprint == state["fingerprint"], (fingerprint, state)
        assert ask(sock, host, "/healthz")[0] == 200
        private_bus.call(stage.connection, ACCESS, "Unexpose")
        assert exposure(stage) == {"state": "off"}
        # Who is there is put out, and nobody else comes.
        assert sock.recv(1) == b""
        sock.close()
        stage.wait_for(lambda: is_refused(host.rsplit(":", 1)[0], stage.lan_port))
        # The loopback is as before.
        assert stage.get("/healthz")[0] == 200


def is_refused(host, port):
    try:
        socket.create_connection((host, port), timeout=20).close()
    except ConnectionRefusedError:
        return True
    return False


@tap.test
def a_phone_pairs_over_tls():
    with Lan() as stage:
        state = expose(stage)
        host = first_host(state)
        pairing = private_bus.call(stage.connection, ACCESS, "Pair",
                                   GLib.Variant("(a{sv})", ({},)))[0]
        hexadecimal = state["fingerprint"].replace(":", "")
        assert pairing["uri"] == f"https://{host}/#pair={pairing['secret']}&fp={hexadecimal}"
        sock, _fingerprint = connect(host.rsplit(":", 1)[0], stage.lan_port)
        origin = f"Origin: https://{host}"
        status, headers, body = ask(sock, host, "/api/auth/pair", [origin],
                                    {"secret": pairing["secret"], "name": "Phone"})
        assert status == 200, body
        cookie = headers["Set-Cookie"]
        assert cookie.startswith("__Host-binnacle_") and "; Secure" in cookie, cookie
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/;" in cookie, cookie
        cookie = cookie.split(";")[0]
        status, _headers, body = ask(sock, host, "/api/access/session", [f"Cookie: {cookie}"])
        assert status == 200 and json.loads(body)["device"] == "Phone", body
        devices = private_bus.call(stage.connection, ACCESS, "ListDevices")[0]
        assert devices[0]["last_address"] == host.rsplit(":", 1)[0], devices
        # The same over a WebSocket, with bytes both ways.
        sock.sendall((f"GET /ws HTTP/1.1\r\nHost: {host}\r\n{origin}\r\nCookie: {cookie}\r\n"
                      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n").encode())
        client = Client.__new__(Client)
        client.code = documented_client()
        client.sock, client.stream = sock, sock.makefile("rb")
        assert b" 101 " in client.stream.readline()
        while client.stream.readline().strip():
            pass
        text = "x" * 60000
        client.say({"type": "echo.echo", "payload": {"text": text}, "id": 1})
        answer = client.hear_until(lambda heard: heard.get("id") == 1)
        assert answer["payload"].get("echo") == text, answer
        began = time.monotonic()
        private_bus.call(stage.connection, ACCESS, "Revoke",
                         GLib.Variant("(s)", (devices[0]["id"],)))
        while client.stream.read(1):
            pass
        assert time.monotonic() - began < 1
        client.close()


@tap.test
def names_of_strangers_are_refused():
    with Lan() as stage:
        host = first_host(expose(stage))
        port = stage.lan_port
        good = [host, f"{socket.gethostname().lower()}:{port}"]
        bad = ["evil.example", f"evil.example:{port}", f"127.0.0.1:{stage.port}",
               f"localhost:{port}x", host.rsplit(":", 1)[0], f"{host}.evil.example"]
        for name, status in [(name, 200) for name in good] + [(name, 403) for name in bad]:
            sock, _ = connect(host.rsplit(":", 1)[0], port)
            got = ask(sock, name, "/healthz")[0]
            # A port that is none is no request at all.
            assert got == status or (status == 403 and got == 400), (name, got)
            sock.close()
        for origin in (f"http://{host}", "https://evil.example", "null", "https://" + bad[-1]):
            sock, _ = connect(host.rsplit(":", 1)[0], port)
            got = ask(sock, host, "/api/auth/session", [f"Origin: {origin}"])[0]
            assert got == 403, (origin, got)
            sock.close()
        # Plain HTTP is not spoken here.
        with socket.create_connection((host.rsplit(":", 1)[0], port), timeout=20) as sock:
            sock.sendall(f"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert b"HTTP/" not in read_all(sock)


@tap.test
def the_certificate_is_kept_and_its_key_is_secret():
    with Lan() as stage:
        first = expose(stage)["fingerprint"]
        private_bus.call(stage.connection, ACCESS, "Unexpose")
        assert expose(stage)["fingerprint"] == first
        folder = pathlib.Path(stage.environment["XDG_STATE_HOME"], "binnacle/web")
        path = folder / "certificate.pem"
        assert path.stat().st_mode & 0o777 == 0o600 and folder.stat().st_mode & 0o777 == 0o700
        text = subprocess.run(["openssl", "x509", "-in", path, "-noout", "-text"], check=True,
                              capture_output=True, text=True).stdout
        assert "ASN1 OID: prime256v1" in text and "TLS Web Server Authentication" in text, text
        assert f"DNS:{socket.gethostname().lower()}" in text, text
        # Damaged: another is made, and says so.
        private_bus.call(stage.connection, ACCESS, "Unexpose")
        path.write_text("-----BEGIN CERTIFICATE-----\nnonsense", encoding="ascii")
        assert expose(stage)["fingerprint"] != first
        assert b"The certificate cannot be read" in stage.log.read_bytes()


@tap.test
def who_does_not_shake_hands_is_put_out():
    with Lan() as stage:
        host = first_host(expose(stage)).rsplit(":", 1)[0]
        began = time.monotonic()
        silent = [socket.create_connection((host, stage.lan_port), timeout=20) for _ in range(20)]
        drip = socket.create_connection((host, stage.lan_port), timeout=20)
        drip.sendall(b"\x16\x03\x01")
        for sock in [*silent, drip]:
            assert sock.recv(1) == b""
            sock.close()
        took = time.monotonic() - began
        print(f"# 21 handshakes that never came were ended after {took:.2f} s")
        assert TLS_SECONDS - 0.5 <= took <= TLS_SECONDS + 1, took
        with socket.create_connection((host, stage.lan_port), timeout=20) as sock:
            sock.sendall(os.urandom(512))
            read_all(sock)
        # All places are free again: many come one after the other.
        for _ in range(40):
            sock, _ = connect(host, stage.lan_port)
            sock.close()


@tap.test
def the_command_line_lets_others_in():
    with Lan() as stage:
        done = subprocess.run([CLI, "--json", "access", "expose", "--port", str(stage.lan_port)],
                              env=stage.environment, capture_output=True, text=True, timeout=30,
                              stdin=subprocess.DEVNULL, check=True)
        state = json.loads(done.stdout.splitlines()[0])
        assert state["state"] == "trial" and state["addresses"], state
        subprocess.run([CLI, "access", "keep"], env=stage.environment, timeout=30, check=True,
                       stdout=subprocess.DEVNULL)
        assert exposure(stage)["state"] == "on"


if __name__ == "__main__":
    sys.exit(tap.main())
