"""Python's `websockets` with each combination of parameters: `deflate.py server`, `deflate.py client URL`.

What is said is that of `deflate/exchange.ts`, the combinations are those of `deflate/parameters.ts`.
"""

import asyncio
import http
import itertools
import json
import sys
import urllib.request

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    ServerPerMessageDeflateFactory,
)

MAX_MESSAGE = 2**24
LINE = '{"user":"user 7919","text":"é☃😀","at":[1.5,2.25]}\n'
BITS = [None, 9, 15]


def noise(length):
    state, content = 7692, bytearray()
    for _ in range(length):
        state = (state * 1664525 + 1013904223) % 2**32
        content.append(state >> 24)
    return bytes(content)


MESSAGES = [
    "",
    "again and again " * 20,
    LINE * 5,
    LINE * 6_000,
    noise(500),
    LINE * 40 + "the end",
    noise(70_000),
    (LINE * 30).encode(),
    bytes(200_000),
]


def combinations():
    """Arguments of the factories by name."""
    for s, c, s_bits, c_bits in itertools.product([False, True], [False, True], BITS, BITS):
        takeover = ("s" if s else "") + ("c" if c else "") or "-"
        yield f"{takeover},{s_bits or '-'},{c_bits or '-'}", {
            "server_no_context_takeover": s,
            "client_no_context_takeover": c,
            "server_max_window_bits": s_bits,
            "client_max_window_bits": c_bits,
        }


async def echo(ws):
    async for message in ws:
        await ws.send(message)


async def run_server():
    urls, servers = {}, []

    def tell(connection, request):
        if "Upgrade" not in request.headers:
            return connection.respond(http.HTTPStatus.OK, json.dumps(urls))

    for name, arguments in combinations():
        extensions = [ServerPerMessageDeflateFactory(**arguments)]
        options = {"compression": None, "extensions": extensions, "max_size": MAX_MESSAGE}
        server = await serve(echo, "127.0.0.1", 0, process_request=tell, **options)
        servers.append(server)
        urls[name] = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(f"listening {next(iter(urls.values()))}", flush=True)
    await asyncio.get_running_loop().create_future()


async def exchange(url, arguments):
    extensions = [ClientPerMessageDeflateFactory(**arguments)]
    options = {"compression": None, "extensions": extensions, "max_size": MAX_MESSAGE}
    async with connect(url, **options) as ws:
        agreed = ws.response.headers.get("Sec-WebSocket-Extensions", "")
        assert agreed.startswith("permessage-deflate"), agreed
        for number in range(2):
            for place, message in enumerate(MESSAGES):
                if number > 0 and len(message) > 5_000:
                    continue
                await ws.send(message)
                assert await ws.recv() == message, f"message {place}, round {number}"
            await ws.send([LINE * 20, "", LINE * 20, "end"])
            assert await ws.recv() == LINE * 40 + "end", "fragments"


async def run_client(url):
    with urllib.request.urlopen(url.replace("ws", "http", 1)) as response:
        servers = json.load(response)
    for server, address in servers.items():
        for name, arguments in combinations():
            takeover, server_bits, client_bits = name.split(",")
            if server != "15 bits" and (takeover in ("s", "c") or server_bits != client_bits):
                continue
            if arguments["client_max_window_bits"] is None:
                arguments = arguments | {"client_max_window_bits": True}  # as it does by default
            try:
                await asyncio.wait_for(exchange(address, arguments), 20)
                print(f"ok {server} / {name}")
            except Exception as error:
                print(f"FAIL {server} / {name}: {type(error).__name__} {error}".replace("\n", " ")[:300])


if sys.argv[1] == "server":
    asyncio.run(run_server())
else:
    asyncio.run(run_client(sys.argv[2]))
