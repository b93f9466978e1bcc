"""What no client of HTTP/2 would send, by Python's h2: `floods.py PORT FLOOD PACE SECONDS`.

PACE is `burst` (as fast as the server takes it, and its answers are not read) or a number of frames a second, whose
answers are read. Prints as JSON how it ended: `closed` by the server, with the error code of its GOAWAY if that was
seen, `held back` (it stopped reading), or `taken` until the time was up. On a busy machine it goes on until it has
sent LEAST_FRAMES, because a server forgives some of them each second.
"""
import json
import socket
import struct
import sys
import time

import h2.config
import h2.connection

port, flood, pace, seconds = int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])
rate = None if pace == "burst" else float(pace)
CONNECT = [
    (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":path", "/"),
    (":authority", "test"), ("sec-websocket-version", "13"),
]
SETTINGS, PING, DATA, HEADERS, CONTINUATION, RST_STREAM, GOAWAY = 4, 6, 0, 1, 9, 3, 7
CANCEL = struct.pack(">I", 8)
sock = socket.create_connection(("127.0.0.1", port))
conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, validate_outbound_headers=False))
conn.initiate_connection()
sock.sendall(conn.data_to_send())


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def open_stream(stream):
    conn.remote_settings.max_concurrent_streams = 2**31 - 1  # each of ours is reset at once
    conn.send_headers(stream, CONNECT)
    return conn.data_to_send()


def resets(count):
    global next_stream
    parts = []
    for _ in range(count):
        parts += [open_stream(next_stream), frame(RST_STREAM, 0, next_stream, CANCEL)]
        next_stream += 2
    return b"".join(parts)


next_stream = 1
ROUND = 100
LEAST_FRAMES, MOST_SECONDS = 10_000, 40
# A server that reads nothing for so long holds back, and one that has not ended by then goes on; a busy machine may let
# it stand still for seconds.
HELD_SECONDS, END_SECONDS = 15, 5
FLOODS = {
    # (what begins it, one round of it)
    "SETTINGS": (lambda: b"", lambda: frame(SETTINGS, 0, 0) * ROUND),
    "PING": (lambda: b"", lambda: frame(PING, 0, 0, b"12345678") * ROUND),
    "empty DATA": (lambda: open_stream(1), lambda: frame(DATA, 0, 1) * ROUND),
    "CONTINUATION": (lambda: frame(HEADERS, 0, 1), lambda: frame(CONTINUATION, 0, 1, b"\x00\x01a\x01b" * 100) * ROUND),
    "HEADERS and RST_STREAM": (lambda: b"", lambda: resets(ROUND)),
}


def goaway_code(received):
    """The error code of the last GOAWAY frame."""
    code, at = None, 0
    while at + 9 <= len(received):
        length, kind = int.from_bytes(received[at : at + 3], "big"), received[at + 3]
        if kind == GOAWAY and at + 17 <= len(received):
            code = int.from_bytes(received[at + 13 : at + 17], "big")
        at += 9 + length
    return code


received, sent, end = b"", 0, None


def read(timeout):
    """Reads what there is. Returns whether the server has ended the connection."""
    global received
    sock.settimeout(timeout)
    try:
        while True:
            got = sock.recv(65536)
            if not got:
                return True
            received += got
    except (BlockingIOError, TimeoutError):
        return False
    except ConnectionResetError:
        return True


begin, more = FLOODS[flood]
sock.sendall(begin())
start = time.monotonic()


def is_over():
    elapsed = time.monotonic() - start
    return elapsed > (seconds if sent >= LEAST_FRAMES else MOST_SECONDS)


while end is None and not is_over():
    try:
        sock.settimeout(HELD_SECONDS)
        sock.sendall(more())
        sent += ROUND
    except (BrokenPipeError, ConnectionResetError):
        end = "closed"
    except TimeoutError:
        end = "held back"
    if rate is not None:
        if read(0):
            end = "closed"
        time.sleep(max(0, start + sent / rate - time.monotonic()))
if read(1 if end == "closed" else END_SECONDS):
    end = "closed"
print(json.dumps({"end": end or "taken", "frames": sent, "code": goaway_code(received)}))
