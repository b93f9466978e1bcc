/**
 * The errors of `connect` when something answered: what they say, and the answer that they carry.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { inspect } from "node:util";
import { WebSocketError } from "../../src/errors.ts";
import { VirtualClock } from "../../src/testing/virtual_clock.ts";
import { isSettled, itEnds, itSplit, rejectsWith } from "../helpers/connections.ts";
import { type RawClientOptions, startRawClient } from "../helpers/raw_peer.ts";

/** The error of a client that is answered so. */
async function refusedBy(answer: string, options: RawClientOptions = {}): Promise<WebSocketError> {
  const { peer, opened } = await startRawClient(options);
  peer.write(answer);
  peer.transport.end();
  return await rejectsWith(opened, "ERR_HANDSHAKE_STATUS");
}

describe("the error of a refused opening handshake", () => {
  itSplit(
    "carries status, header fields and body, by length, in chunks and to the end",
    async (split) => {
      for (
        const body of [
          "Content-Length: 11\r\n\r\nhello world and no more",
          "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n",
          "\r\nhello world",
        ]
      ) {
        const error = await refusedBy(
          `HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\n${body}`,
          { split },
        );
        assert.equal(error.status, 503);
        assert.equal(error.response?.status, 503);
        assert.equal(error.response.headers.get("retry-after"), "7");
        assert.equal(await error.response.text(), "hello world");
      }
    },
  );

  itEnds("carries at most 64 KiB of a body", async () => {
    const error = await refusedBy(`HTTP/1.1 500 No\r\n\r\n${"x".repeat(100_000)}`);
    assert.equal((await error.response!.arrayBuffer()).byteLength, 65_536);
  });

  itEnds("does not wait for more than a second for a body that does not end", async () => {
    const clock = new VirtualClock();
    const { peer, opened } = await startRawClient({ clock });
    peer.write("HTTP/1.1 401 Unauthorized\r\n\r\nwho are");
    await clock.advance(999);
    assert.equal(await isSettled(opened), false);
    await clock.advance(1);
    const error = await rejectsWith(opened, "ERR_HANDSHAKE_STATUS");
    assert.equal(await error.response!.text(), "who are");
    assert.equal(clock.pending, 0);
  });

  itEnds("connect rejects with the refusal when time is up in the middle of its body", async () => {
    const clock = new VirtualClock();
    const client = { handshakeTimeoutMs: 10 };
    const { peer, opened } = await startRawClient({ clock, client });
    peer.write("HTTP/1.1 401 Unauthorized\r\n\r\nwho are");
    await clock.advance(10);
    assert.equal((await rejectsWith(opened, "ERR_HANDSHAKE_STATUS")).status, 401);
  });

  for (
    const [answer, message] of [
      [
        "403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nthis origin may not connect\nmore",
        "the server answered 403 Forbidden: this origin may not connect",
      ],
      ["404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>", "the server answered 404 Not Found"],
      ["401 \r\nServer: Bun\r\n\r\nwho are you?", "the server answered 401: who are you?"],
      ["401 \r\nContent-Type: text/plain\r\n\r\n\x1b[2Jx", "the server answered 401:  [2Jx"],
      [
        "200 OK\r\nContent-Type: text/html\r\n\r\n<html>",
        "the server answered 200 OK text/html: is this the WebSocket's path?",
      ],
    ] as const
  ) {
    itEnds(`says in a line: ${JSON.stringify(message)}`, async () => {
      const error = await refusedBy(`HTTP/1.1 ${answer}`, {
        url: "ws://user:secret@test:81/chat?token=secret",
      });
      assert.equal(error.message, `cannot connect to ws://test:81/chat?...: ${message}`);
      assert.doesNotMatch(inspect(error), /secret/);
    });
  }
});

describe("a printed error", () => {
  itEnds("shows no property that has no value, and no answer", async () => {
    assert.doesNotMatch(inspect(new WebSocketError("ERR_CLOSED", "closed")), /undefined|status/);
    const error = await refusedBy("HTTP/1.1 403 Forbidden\r\n\r\n");
    assert.match(inspect(error), /status: 403/);
    assert.doesNotMatch(inspect(error), /undefined|Response/);
  });
});

describe("what is no HTTP is told by name, from its first bytes", () => {
  for (
    const [bytes, name] of [
      ["SSH-2.0-OpenSSH_9.6\r\n", "SSH"],
      ["\x15\x03\x03\x00\x02\x02\x16", "TLS on this port: use wss:"],
      ["\x15\x03\x01\x00\x02\x02\x46", "TLS on this port: use wss:"],
      ["220 mail.example.com ESMTP\r\n", "SMTP or FTP"],
      ["-ERR unknown command\r\n", "Redis"],
      ["\x00\x00\x12\x04\x00\x00\x00\x00\x00", "HTTP/2"],
    ] as const
  ) {
    itSplit(name, async (split) => {
      const { peer, opened } = await startRawClient({ split });
      peer.write(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
      const { message } = await rejectsWith(opened, "ERR_HANDSHAKE");
      assert.ok(message.startsWith("cannot connect to ws://test/chat: "), message);
      assert.ok(message.includes(name), message);
    });
  }

  itEnds("and a server that just ends is asked for TLS", async () => {
    const { peer, opened } = await startRawClient();
    peer.transport.end();
    assert.match((await rejectsWith(opened, "ERR_HANDSHAKE")).message, /use wss:/);
  });
});
