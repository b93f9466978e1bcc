"""Python's `websockets` as a peer: `peer.py server [--tls CERT KEY]`, `peer.py client URL [CA]`.

Paths and checks are those of README.md beside this folder.
"""

import asyncio
import ssl
import sys

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

SUBPROTOCOL = "interop.fullduplex"
REASON = "enough ☃"
SIZES = [0, 1, 125, 126, 65_535, 65_536, 1_048_576]
NON_ASCII = "é☃😀\u0000\uffff\U0010ffff " * 5_000
MAX_MESSAGE = 2**24

last_close = ""


async def respond(ws):
    global last_close
    path = ws.request.path
    try:
        async for message in ws:
            if path == "/fragments":
                third = -(-len(message) // 3)
                await ws.send([message[i : i + third] for i in range(0, len(message), third)])
            elif path == "/ping":
                await (await ws.ping(b"interop"))
                await ws.send("pong")
            elif path == "/close":
                await ws.close(4001, REASON)
            elif path == "/last-close":
                await ws.send(last_close)
                last_close = ""
            else:
                await ws.send(message)
    except ConnectionClosed:
        pass
    if path == "/echo":
        last_close = f"{ws.close_code} {ws.close_reason}"


def select_subprotocol(_, offered):
    return SUBPROTOCOL if SUBPROTOCOL in offered else None


async def run_server(arguments):
    tls = None
    if "--tls" in arguments:
        cert, key = arguments[arguments.index("--tls") + 1 :][:2]
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(cert, key)
    options = {"select_subprotocol": select_subprotocol, "max_size": MAX_MESSAGE, "ssl": tls}
    async with serve(respond, "127.0.0.1", 0, **options) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"listening {'wss' if tls else 'ws'}://127.0.0.1:{port}", flush=True)
        await asyncio.get_running_loop().create_future()


async def check_text(dial):
    async with dial("/echo") as ws:
        text = "text 0123456789" * 70_000
        for size in SIZES:
            await expect_echo(ws, text[:size])


async def check_binary(dial):
    async with dial("/echo") as ws:
        content = bytes((i * 31 + (i >> 8)) & 255 for i in range(1_048_576))
        for size in SIZES:
            await expect_echo(ws, content[:size])


async def check_non_ascii(dial):
    async with dial("/echo") as ws:
        await expect_echo(ws, NON_ASCII)


async def check_fragments_by_client(dial):
    async with dial("/echo") as ws:

        async def parts():
            for part in ["frag", "", "mented ☃"]:
                yield part
                await (await ws.ping())  # between two fragments

        await ws.send(parts())
        expect(await ws.recv(), "fragmented ☃")
        await ws.send([bytes(70_000), b"\x01", b""])
        expect(await ws.recv(), bytes(70_000) + b"\x01")


async def check_fragments_by_server(dial):
    async with dial("/fragments") as ws:
        await expect_echo(ws, "in ☃ three ☃ parts")


async def check_ping_by_client(dial):
    async with dial("/echo") as ws:
        await (await ws.ping(b"interop"))
        await expect_echo(ws, "after the ping")


async def check_ping_by_server(dial):
    async with dial("/ping") as ws:
        await ws.send("ping me")
        expect(await ws.recv(), "pong")


async def check_subprotocol(dial):
    async with dial("/echo", ["other.example", SUBPROTOCOL]) as ws:
        expect(ws.subprotocol, SUBPROTOCOL)
    async with dial("/echo") as ws:
        expect(ws.subprotocol, None)


async def check_close_by_client(dial):
    async with dial("/echo") as ws:
        await ws.close(4000, REASON)
        expect((ws.close_code, ws.close_reason), (4000, REASON))
    async with dial("/last-close") as ws:
        answer = ""
        for _ in range(200):  # the server may note it later than we do
            await ws.send("?")
            answer = await ws.recv()
            if answer == f"4000 {REASON}":
                break
        expect(answer, f"4000 {REASON}")


async def check_close_by_server(dial):
    async with dial("/close") as ws:
        await ws.send("close me")
        await ws.wait_closed()
        expect((ws.close_code, ws.close_reason), (4001, REASON))


async def expect_echo(ws, message):
    await ws.send(message)
    expect(await ws.recv(), message)


def expect(actual, expected):
    if actual != expected:
        raise AssertionError(f"{str(actual)[:80]!r} is not {str(expected)[:80]!r}")


CHECKS = {
    "text": check_text,
    "binary": check_binary,
    "non-ASCII text": check_non_ascii,
    "fragments by the client": check_fragments_by_client,
    "fragments by the server": check_fragments_by_server,
    "ping by the client": check_ping_by_client,
    "ping by the server": check_ping_by_server,
    "subprotocol": check_subprotocol,
    "close by the client": check_close_by_client,
    "close by the server": check_close_by_server,
}


async def run_client(url, ca=None):
    tls = ssl.create_default_context(cafile=ca) if ca else None

    def dial(path, subprotocols=None):
        return connect(url + path, subprotocols=subprotocols, max_size=MAX_MESSAGE, ssl=tls)

    for name, check in CHECKS.items():
        try:
            await asyncio.wait_for(check(dial), 30)
            print(f"ok {name}")
        except Exception as error:
            print(f"FAIL {name}: {type(error).__name__} {error}".replace("\n", " ")[:300])


if sys.argv[1] == "server":
    asyncio.run(run_server(sys.argv[2:]))
else:
    asyncio.run(run_client(*sys.argv[2:]))
