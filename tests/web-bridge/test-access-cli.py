# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""pair, devices and access on the command line, against the real hub and the real bridge."""
import json
import os
import pty
import signal
import subprocess
import sys

from stage import CLI, Client, Stage, pair, post

import tap

CANCELLED = 130


def run(stage, *words, status=0):
    done = subprocess.run([CLI, *words], env=stage.environment, capture_output=True, text=True,
                          timeout=20, check=False)
    assert done.returncode == status, (words, done)
    return done


class Terminal:
    """A command as a person sees it."""

    def __init__(self, stage, *words):
        self.master, slave = pty.openpty()
        environment = dict(stage.environment, TERM="xterm-256color", COLUMNS="100")
        self.program = subprocess.Popen([CLI, *words], env=environment, stdin=slave, stdout=slave,
                                        stderr=slave)
        os.close(slave)
        self.text = ""

    def read(self):
        """FALSE at the end."""
        try:
            data = os.read(self.master, 65536)
        except OSError:
            data = b""
        self.text += data.decode()
        return bool(data)

    def wait_for(self, part):
        while part not in self.text:
            assert self.read(), self.text
        return self.text

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self, status=0):
        while self.read():
            pass
        assert self.program.wait(20) == status, self.text
        os.close(self.master)
        return self.text


def rows(stage, *words):
    return [json.loads(line) for line in run(stage, "--json", *words).stdout.splitlines()]


class Invitation:
    """binnacle pair, as it waits."""

    def __init__(self, stage, *words):
        self.program = subprocess.Popen([CLI, *words], env=stage.environment, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def line(self):
        return self.program.stdout.readline()

    def end(self, status):
        out, err = self.program.communicate(timeout=20)
        assert self.program.returncode == status, (self.program.returncode, out, err)
        return out, err


@tap.test
def pair_waits_until_the_device_has_come():
    with Stage() as stage:
        invitation = Invitation(stage, "--json", "pair", "--level", "admin", "--grant", "terminal",
                                "--grant", "upload", "--name", "Kitchen")
        told = json.loads(invitation.line())
        assert told["level"] == "admin" and told["grants"] == ["terminal", "upload"], told
        assert told["uri"].startswith(f"http://127.0.0.1:{stage.port}/#pair="), told
        status, answer = post(stage, "/api/auth/pair", {"code": told["code"], "name": "A phone"})
        assert status == 200 and answer["device"] == "Kitchen", answer
        out, _ = invitation.end(0)
        assert json.loads(out)["name"] == "Kitchen", out


@tap.test
def a_person_sees_a_qr_code_and_words():
    with Stage() as stage:
        terminal = Terminal(stage, "pair")
        text = terminal.wait_for("takes it back.")
        blocks = [line for line in text.splitlines() if "▀" in line or "▄" in line]
        assert len(blocks) > 12 and "only this machine can reach the page" in text, text
        code = next(word for word in text.split() if len(word.strip("\x1b[01m")) == 9 and "-" in word)
        status, _ = post(stage, "/api/auth/pair",
                         {"code": code.replace("\x1b[1m", "").replace("\x1b[0m", ""),
                          "name": "Ann\u202e\u001b[31m"})
        assert status == 200, code
        text = terminal.end()
        assert "is paired and may: control" in text and "\x1b[31m" not in text, text


@tap.test
def ctrl_c_takes_the_code_back():
    with Stage() as stage:
        invitation = Invitation(stage, "--json", "pair")
        code = json.loads(invitation.line())["code"]
        invitation.program.send_signal(signal.SIGINT)
        invitation.end(CANCELLED)
        status, problem = post(stage, "/api/auth/pair", {"code": code, "name": "Late"})
        assert status == 401 and problem["code"] == "unauthenticated", problem


@tap.test
def somebody_else_takes_the_code_back():
    with Stage() as stage:
        invitation = Invitation(stage, "pair")
        told = json.loads(invitation.line())
        run(stage, "call", "access.cancel_pairing", f"id={told['id']}")
        out, _ = invitation.end(1)
        assert json.loads(out)["result"] == "cancelled", out


@tap.test
def devices_are_listed_changed_and_revoked():
    with Stage() as stage:
        assert "No device is paired" in Terminal(stage, "devices").end()
        token, device = pair(stage, "control")
        pair(stage, "observe")
        assert [row["level"] for row in rows(stage, "devices")] == ["observe", "control"]
        run(stage, "devices", "rename", device, "Ann’s phone")
        run(stage, "devices", "level", "Ann’s phone", "admin")
        run(stage, "devices", "grants", "Ann’s phone", "upload")
        row = next(row for row in rows(stage, "devices") if row["id"] == device)
        assert (row["name"], row["level"], row["grants"]) == ("Ann’s phone", "admin", ["upload"])
        assert "Ann’s phone" in Terminal(stage, "devices").end()
        assert stage.get("/api/auth/session", token=token)[0] == 200
        run(stage, "devices", "revoke", "Ann’s phone")
        assert stage.get("/api/auth/session", token=token)[0] == 401
        assert "Ann" not in Terminal(stage, "devices").end()
        run(stage, "devices", "revoke-all")
        assert not rows(stage, "devices")


@tap.test
def wrong_words_say_what_is_right():
    with Stage() as stage:
        assert "nobody" in run(stage, "devices", "revoke", "nobody", status=1).stderr
        run(stage, "devices", "dance", status=2)
        run(stage, "pair", "now", status=2)
        assert "level" in run(stage, "pair", "--level", "root", status=1).stderr
        assert "no device asks" in run(stage, "access", "confirm", status=1).stderr
        run(stage, "access", "confirm", "x", status=2)
        run(stage, "access", "confirm", "4711", status=1)
        run(stage, "call", "access.cancel_pairing", "id=4711", status=1)


def ask_for_more(stage, token):
    status, answer = post(stage, "/api/access/step_up",
                          {"level": "admin", "reason": "Restart\u001b[2J it"}, token=token)
    assert status == 200, answer
    return answer


@tap.test
def somebody_at_the_machine_lets_a_device_do_more():
    with Stage() as stage:
        token, _device = pair(stage, "observe")
        client = Client(stage, token)
        client.hear_until(lambda heard: heard["type"] == "system.hello")
        asked = ask_for_more(stage, token)
        listed = Terminal(stage, "access").end()
        assert str(asked["number"]) in listed and "\x1b[2J" not in listed, listed
        terminal = Terminal(stage, "access", "confirm")
        assert "\x1b[2J" not in terminal.wait_for(f"the number {asked['number']}")
        terminal.type("n\n")
        terminal.end()
        assert stage.get("/api/auth/session", token=token)[1]["level"] == "observe"
        run(stage, "access", "deny", status=1)
        asked = ask_for_more(stage, token)
        terminal = Terminal(stage, "access", "confirm")
        terminal.wait_for("[y/N]")
        terminal.type("y\n")
        terminal.end()
        heard = client.hear_until(lambda heard: heard["type"] == "system.access")
        assert heard["payload"]["level"] == "admin", heard
        session = stage.get("/api/auth/session", token=token)[1]
        assert session["level"] == "admin" and session["base_level"] == "observe", session
        client.close()


if __name__ == "__main__":
    sys.exit(tap.main())
