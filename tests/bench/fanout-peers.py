#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""fanout-peers.py BUILD: the fan-out of the bridge beside that of nginx with nchan, mosquitto, ws and
FastAPI, in one run. Installs what is missing, as root; listens on the loopback only."""
import contextlib
import pathlib
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(sys.argv[1]).resolve()
PACKAGES = {"nginx": "libnginx-mod-nchan", "mosquitto": "mosquitto", "node": "nodejs"}
PYTHON_PACKAGES = {"fastapi": "python3-fastapi", "uvicorn": "python3-uvicorn",
                   "websockets": "python3-websockets"}
NGINX = """
load_module /usr/lib/nginx/modules/ngx_nchan_module.so;
daemon off; master_process off; worker_processes 1; worker_rlimit_nofile 20000;
pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 10000; }}
http {{
  access_log off; nchan_shared_memory_size 128M;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /ws {{ nchan_pubsub websocket; nchan_channel_id t; nchan_message_buffer_length 0;
                      nchan_websocket_ping_interval 0; nchan_subscriber_first_message newest; }}
  }}
}}
"""
MOSQUITTO = """
listener {port} 127.0.0.1
allow_anonymous true
max_queued_messages 0
max_connections -1
persistence false
log_type error
set_tcp_nodelay true
"""
NODE = """
import {{ WebSocketServer }} from '{modules}/ws/wrapper.mjs'
const server = new WebSocketServer({{ port: {port}, host: '127.0.0.1', perMessageDeflate: false }})
server.on('connection', (client) => {{
  client.on('error', () => {{}})
  client.on('message', (data) => {{
    const text = data.toString()
    for (const other of server.clients) other.send(text)
  }})
}})
"""
FASTAPI = """
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients = set()

@app.websocket("/ws")
async def ws(client: WebSocket):
    await client.accept()
    clients.add(client)
    try:
        while True:
            text = await client.receive_text()
            for other in list(clients):
                await other.send_text(text)
    except WebSocketDisconnect:
        clients.discard(client)

uvicorn.run(app, host="127.0.0.1", port={port}, log_level="error", ws="websockets",
            ws_ping_interval=None)
"""


def install():
    missing = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    missing += [package for module, package in PYTHON_PACKAGES.items()
                if subprocess.run(["/usr/bin/python3", "-c", f"import {module}"], check=False,
                                  stderr=subprocess.DEVNULL).returncode]
    if missing:
        print("Installing", *missing)
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *missing], check=True,
                       stdout=subprocess.DEVNULL)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(stack, folder, name, protocol, text, suffix, *command):
    """NAME:PROTOCOL:PORT:PID, when it listens."""
    port = free_port()
    file = folder / f"{name}{suffix}"
    modules = BUILD / "web-bridge/page/tree/node_modules"
    file.write_text(text.format(port=port, folder=folder, modules=modules), encoding="utf-8")
    program = subprocess.Popen([*command, file])
    stack.callback(program.wait)
    stack.callback(program.kill)
    deadline = time.monotonic() + 20
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return f"{name}:{protocol}:{port}:{program.pid}"
        assert program.poll() is None and time.monotonic() < deadline, f"{name} did not start"


def main():
    install()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        peers = [
            start(stack, folder, "nchan", "ws", NGINX, ".conf", "nginx", "-c"),
            start(stack, folder, "mosquitto", "mqtt", MOSQUITTO, ".conf", "mosquitto", "-c"),
            start(stack, folder, "ws", "ws", NODE, ".mjs", "node"),
            start(stack, folder, "FastAPI", "ws", FASTAPI, ".py", "/usr/bin/python3"),
        ]
        subprocess.run([BUILD / "tests/bench/bench-fanout", *peers], check=True, timeout=1200)


if __name__ == "__main__":
    main()
