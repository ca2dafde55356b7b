# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""WebSocket libraries that others wrote, each through the same conversation. Those of node and a browser
have theirs in tests/page/clients.mjs."""
import asyncio
import json
import sys

import aiohttp
import tornado.httpclient
import tornado.websocket
import websocket
import websockets
from stage import Stage

import tap

LONG = "ä" * 20_000


async def converse(send, receive):
    """What each of them does; the two are async."""
    async def until(condition):
        while True:
            message = json.loads(await asyncio.wait_for(receive(), 20))
            if condition(message):
                return message

    async def ask(number, kind, payload):
        await send(json.dumps({"type": kind, "id": number, "payload": payload},
                              ensure_ascii=False))
        answer = await until(lambda message: message.get("id") == number)
        return answer["ok"], answer["payload"]

    hello = await until(lambda message: message["type"] == "system.hello")
    assert hello["payload"]["auth"]["state"] == "ok", hello
    good, status = await ask(1, "system.status_request", {})
    assert good and status["version"], status
    good, _ = await ask(2, "websocket.subscribe", {"patterns": ["user.*"]})
    assert good
    good, answer = await ask(3, "echo.echo", {"text": LONG})
    assert good and answer["echo"] == LONG
    for text in ("", "Ahoy 🧭"):
        await send(json.dumps({"type": "user.said", "payload": {"text": text}}))
        heard = await until(lambda message: message["type"] == "user.said")
        assert heard["payload"]["text"] == text
    good, problem = await ask(4, "module.reload", {"name": "nobody"})
    assert not good and problem["code"] == "not_found", problem
    # Many at once come in their order.
    for number in range(40):
        await send(json.dumps({"type": "system.ping", "id": 100 + number}))
    for number in range(40):
        answer = await until(lambda message: "id" in message)
        assert answer["id"] == 100 + number, answer


def address(stage):
    return f"ws://127.0.0.1:{stage.port}/ws"


def bearer(stage):
    return {"Authorization": f"Bearer {stage.token}"}


async def with_websockets(stage):
    async with websockets.connect(address(stage), extra_headers=bearer(stage),
                                  max_size=2**20) as socket:
        await converse(socket.send, socket.recv)
        pong = await socket.ping(b"are you there")
        await asyncio.wait_for(pong, 20)

        async def parts():
            yield '{"type":"system.ping",'
            yield '"id":"in '
            yield 'parts"}'
        await socket.send(parts())
        while json.loads(await socket.recv()).get("id") != "in parts":
            pass
    assert socket.close_code == 1000, socket.close_code


async def with_aiohttp(stage):
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(address(stage), headers=bearer(stage)) as socket:
            await converse(socket.send_str, socket.receive_str)
            await socket.ping(b"x")
            await socket.close()
            assert socket.close_code == 1000, socket.close_code


async def with_tornado(stage):
    request = tornado.httpclient.HTTPRequest(address(stage), headers=bearer(stage))
    socket = await tornado.websocket.websocket_connect(request)
    await converse(socket.write_message, socket.read_message)
    socket.close(1000, "done")
    while await socket.read_message() is not None:
        pass
    assert socket.close_code == 1000, socket.close_code


async def with_websocket_client(stage):
    socket = websocket.create_connection(
        address(stage), header=[f"{key}: {value}" for key, value in bearer(stage).items()],
        suppress_origin=True, timeout=20)

    async def send(text):
        socket.send(text)

    async def receive():
        return socket.recv()

    await converse(send, receive)
    socket.ping("x")
    socket.close()


def add(name, conversation):
    def test():
        with Stage() as stage:
            asyncio.run(conversation(stage))
    test.__name__ = name
    tap.test(test)


add(f"websockets {websockets.__version__}", with_websockets)
add(f"aiohttp {aiohttp.__version__}", with_aiohttp)
add(f"tornado {tornado.version}", with_tornado)
add(f"websocket-client {websocket.__version__}", with_websocket_client)

if __name__ == "__main__":
    sys.exit(tap.main())
