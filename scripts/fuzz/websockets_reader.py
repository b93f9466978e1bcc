"""The reading of Python's websockets: inputs on stdin, a line of JSON for each on stdout."""

import json
import struct
import sys

from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Opcode
from websockets.http11 import Request, Response
from websockets.protocol import CLIENT, OPEN, SERVER, Protocol
from websockets.streams import StreamReader

MAX_MESSAGE_BYTES = 1000


def read_frames(role, bytes, deflate):
    protocol = Protocol(SERVER if role else CLIENT, state=OPEN, max_size=MAX_MESSAGE_BYTES)
    if deflate:
        protocol.extensions = [PerMessageDeflate(False, False, 15, 15)]
    protocol.receive_data(bytes)
    events, parts, is_text = [], None, False
    for frame in protocol.events_received():
        opcode = frame.opcode
        if opcode is Opcode.PING:
            events.append("p:" + frame.data.hex())
        elif opcode is Opcode.PONG:
            events.append("o:" + frame.data.hex())
        elif opcode is Opcode.CLOSE:
            close = protocol.close_rcvd
            return events, f"close {close.code} {close.reason.encode().hex()}"
        else:
            if opcode is not Opcode.CONT:
                parts, is_text = [], opcode is Opcode.TEXT
            parts.append(frame.data)
            if frame.fin:
                data = b"".join(parts)
                # The connections above the protocol decode whole messages, as here.
                if is_text:
                    try:
                        data.decode()
                    except UnicodeDecodeError:
                        return events, "fail 1007"
                events.append(("t:" if is_text else "b:") + data.hex())
    error = protocol.parser_exc
    if error is None:
        return events, "open"
    if isinstance(error, PayloadTooBig):
        return events, "fail 1009"
    if isinstance(error, UnicodeDecodeError):
        return events, "fail 1007"
    if isinstance(error, ProtocolError):
        return events, "fail 1002"
    return events, "fail " + type(error).__name__


def read_head(role, bytes):
    reader = StreamReader()
    reader.feed_data(bytes)
    if role:
        generator = Request.parse(reader.read_line)
    else:
        generator = Response.parse(reader.read_line, reader.read_exact, reader.read_to_eof)
    try:
        next(generator)
    except StopIteration as stop:
        head = stop.value
        first = "GET " + head.path if role else str(head.status_code)
        fields = [f"{name.lower()}: {value}" for name, value in head.headers.raw_items()]
        text = "\n".join(["head", first, *fields])
        return [], text.encode("ascii", "surrogateescape").decode("latin-1")
    except Exception:
        return [], "refused"
    return [], "more"


def main():
    stdin, stdout = sys.stdin.buffer, sys.stdout
    while header := stdin.read(6):
        length, kind, role = struct.unpack("<IBB", header)
        if kind == 255:  # the end of a batch
            stdout.flush()
            continue
        data = stdin.read(length)
        if kind == 2:
            events, end = read_head(role, data)
        else:
            events, end = read_frames(role, data, kind == 1)
        stdout.write(json.dumps([events, end]) + "\n")


main()
