"""Drives kosoku, which drives the Autobahn cases, and writes what `autobahn.ts` reads.

    driver.py client OUT URL CASES...   against the server at URL
    driver.py server OUT CASES...       against the client that connects; says `listening URL`

CASES are `CONCURRENCY:GLOB,GLOB,...`, each run after the other; a client chooses its own
concurrency. OUT gets one page for each case, with all that was sent and received, and
`summary.json`.
"""

import asyncio
import json
import os
import sys
from types import SimpleNamespace

from kosoku import FailureError, run_fuzzingclient, run_fuzzingserver
from kosoku._caseindex import initialize_shims
from kosoku._report import _report_filename, write_reports


def mend_uncompressed_messages() -> None:
    """kosoku 0.1.0 gives the cases of sections 12 and 13 `str` for a message that came
    uncompressed, which they cannot hash ("Strings must be encoded before hashing"). A peer
    may send a small message so (RFC 7692 section 6), and most do."""
    initialize_shims()
    import case12_x_x

    for case in case12_x_x.Case12_X_X + case12_x_x.Case13_X_X:
        plain = case.onMessage

        def on_message(self, message, binary, plain=plain):
            if isinstance(message, str):
                message = message.encode("latin-1" if binary else "utf-8")
            plain(self, message, binary)

        case.onMessage = on_message


class WholeMessage:
    """In place of the SHA-1 of what was sent and of what came back: comparing the messages
    themselves says more, and takes less time."""

    def update(self, message):
        self.message = message

    def digest(self):
        return self.message


class TextData(bytes):
    """Test data that is text, decoded once and not for each of 1,000 messages."""

    def decode(self, *_):
        if not hasattr(self, "text"):
            self.text = super().decode("utf-8")
        return self.text


def save_time() -> None:
    import case12_x_x

    case12_x_x.hashlib = SimpleNamespace(sha1=WholeMessage)
    for case in case12_x_x.Case12_X_X + case12_x_x.Case13_X_X:
        if case.TESTDATA["binary"]:
            continue

        def init(self, plain=case.init):
            plain(self)
            self.testData = TextData(self.testData)

        case.init = init


async def run_client(url, globs, concurrency):
    try:
        return await run_fuzzingclient(url, globs, None, concurrency=concurrency)
    except FailureError as failure:
        return failure.results


async def run_server(globs):
    async with run_fuzzingserver(globs, None, port=0) as server:
        print(f"listening ws://{server.address}:{server.port}", flush=True)
        try:
            return await server.get_result()
        except FailureError as failure:
            return failure.results


def summarize(result):
    why = result.result
    if result.behavior_close.value != "OK":
        why = f"{why} {result.result_close}"
    return {
        "id": result.case_id,
        "title": " ".join(result.description.split()),
        "behavior": result.behavior.value,
        "close": result.behavior_close.value,
        "why": why.replace("<br>", " ").strip(),
        "ms": result.duration,
        "page": _report_filename(result.agent, result.case_id, "html"),
    }


async def main(role, out, *rest):
    mend_uncompressed_messages()
    save_time()
    url, groups = (rest[0], rest[1:]) if role == "client" else (None, rest)
    results = []
    for group in groups:
        concurrency, globs = group.split(":")
        if url is None:
            results += await run_server(globs.split(","))
        else:
            results += await run_client(url, globs.split(","), int(concurrency))
    os.makedirs(out, exist_ok=True)
    write_reports(results, out)
    with open(os.path.join(out, "summary.json"), "w") as file:
        json.dump([summarize(result) for result in results], file)


asyncio.run(main(*sys.argv[1:]))
