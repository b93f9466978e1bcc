"""What no client of HTTP/2 would send, by Python's h2 and hyperframe. Prints how the server took it."""
import socket
import struct
import sys
import time

import h2.config
import h2.connection

port, flood = int(sys.argv[1]), sys.argv[2]
CONNECT = [
    (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":path", "/"),
    (":authority", "test"), ("sec-websocket-version", "13"),
]
sock = socket.create_connection(("127.0.0.1", port))
conn = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, validate_outbound_headers=False))
conn.initiate_connection()
sock.sendall(conn.data_to_send())


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def open_stream(stream):
    conn.send_headers(stream, CONNECT)
    return conn.data_to_send()


FRAMES = {
    # (what begins it, one round of it)
    "settings": (b"", lambda n: frame(4, 0, 0) * 100),
    "ping": (b"", lambda n: frame(6, 0, 0, b"12345678") * 100),
    "empty data": (open_stream(1) if flood == "empty data" else b"", lambda n: frame(0, 0, 1) * 100),
    "continuation": (frame(1, 0, 1, b""), lambda n: frame(9, 0, 1, b"\x00\x01a\x01b" * 1000)),
    "rapid reset": (b"", lambda n: b"".join(open_stream(2 * (100 * n + k) + 1) + frame(3, 0, 2 * (100 * n + k) + 1, struct.pack(">I", 8)) for k in range(100))),
}

first, more = FRAMES[flood]
sock.sendall(first)
sock.settimeout(0.0)
rounds, received, ended = 0, b"", None
end = time.monotonic() + 8
while time.monotonic() < end and ended is None and rounds < 2000:
    if flood == "rapid reset":
        # h2 itself allows no more streams than the server does; each of ours is reset at once.
        conn.remote_settings.max_concurrent_streams = 2**31 - 1
    try:
        chunk = more(rounds)
        sock.settimeout(2)
        sock.sendall(chunk)
        rounds += 1
    except (BrokenPipeError, ConnectionResetError):
        ended = "closed"
    except TimeoutError:
        ended = "held back"
    sock.settimeout(0.0)
    try:
        while True:
            got = sock.recv(65536)
            if not got:
                ended = ended or "closed"
                break
            received = (received + got)[-200000:]
    except (BlockingIOError, ConnectionResetError) as error:
        if isinstance(error, ConnectionResetError):
            ended = "closed"
print(f"{ended or 'taken'} after {rounds}")
