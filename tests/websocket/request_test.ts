/**
 * The request of a `WebSocket` and the answer to it, by the WebSockets standard, section 2.2: what
 * the Fetch standard adds to RFC 6455.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { zlibEngine } from "../../src/runtime/node_builtins/zlib/codec.ts";
import { testPlatform } from "../../src/testing/connection_pair.ts";
import { acceptance } from "../helpers/raw_peer.ts";
import { connectRawSocket, openRawSocket, rawSocketClass, rest } from "../helpers/raw_sockets.ts";

const FAILED = ["error", 'close 1006 "" unclean'];

/** What a class needs to compress. */
const COMPRESSING = {
  platform: { ...testPlatform(), deflate: zlibEngine },
  defaults: { compression: { windowBits: 15 } },
};

/** The values of a field in a head. */
function valuesOf(head: string, name: string): string[] {
  const lines = head.split("\r\n").slice(1).map((line) => line.split(/: */));
  return lines.filter(([key]) => key!.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value!);
}

describe("the header fields of the request", () => {
  it("are Upgrade, Connection and version 13, each once", async () => {
    const { peer } = await connectRawSocket();
    for (
      const [name, value] of [
        ["Upgrade", "websocket"],
        ["Connection", "Upgrade"],
        ["Sec-WebSocket-Version", "13"],
      ] as const
    ) {
      assert.deepEqual(valuesOf(peer.head!, name), [value]);
    }
  });

  it("have a key of 16 random bytes, another for each socket", async () => {
    const { Socket, surrounding } = rawSocketClass();
    for (const host of ["one", "two"]) new Socket(`ws://${host}/`);
    await rest();
    const keys = surrounding.peers.flatMap(({ head }) => valuesOf(head!, "Sec-WebSocket-Key"));
    assert.equal(keys.length, 2);
    for (const key of keys) assert.equal(atob(key).length, 16);
    assert.notEqual(keys[0], keys[1]);
  });

  it("have a subprotocol that was given as a string", async () => {
    const { peer } = await connectRawSocket({ protocols: "chat" });
    assert.deepEqual(valuesOf(peer.head!, "Sec-WebSocket-Protocol"), ["chat"]);
  });

  it("have no field for subprotocols when there is none", async () => {
    for (const protocols of [undefined, []]) {
      const { peer } = await connectRawSocket(protocols === undefined ? {} : { protocols });
      assert.deepEqual(valuesOf(peer.head!, "Sec-WebSocket-Protocol"), []);
    }
  });

  it("ask that no cache answers, as the cache mode no-store does", async () => {
    const { peer } = await connectRawSocket();
    for (const name of ["Pragma", "Cache-Control"]) {
      assert.deepEqual(valuesOf(peer.head!, name), ["no-cache"], name);
    }
    const { Socket, surrounding } = rawSocketClass();
    new Socket("ws://test/", [], { headers: { "cache-control": "max-age=0", pragma: "own" } });
    await rest();
    const head = surrounding.peers[0]!.head!;
    assert.deepEqual(valuesOf(head, "Cache-Control"), ["max-age=0"]);
    assert.deepEqual(valuesOf(head, "Pragma"), ["own"]);
  });

  it("have no Referer", async () => {
    Object.defineProperty(globalThis, "location", {
      value: new URL("http://page.test/a"),
      configurable: true,
    });
    try {
      const { peer } = await connectRawSocket();
      assert.deepEqual(valuesOf(peer.head!, "Referer"), []);
    } finally {
      delete (globalThis as { location?: unknown }).location;
    }
  });

  it("offer permessage-deflate when compression is asked for", async () => {
    const { peer } = await connectRawSocket(COMPRESSING);
    assert.match(valuesOf(peer.head!, "Sec-WebSocket-Extensions")[0]!, /^permessage-deflate\b/);
  });
});

describe("the answer to the request", () => {
  it("fails the connection when it is no 101, one of success too", async () => {
    for (const status of ["100 Continue", "200 OK", "204 No Content", "301 Moved", "401 No"]) {
      const { peer, events } = await connectRawSocket();
      peer.write(acceptance(peer).replace("101 Switching Protocols", status));
      peer.transport.end();
      await rest();
      assert.deepEqual(events, FAILED, status);
    }
  });

  it("fails the connection with an empty subprotocol when some were offered", async () => {
    const { peer, events } = await connectRawSocket({ protocols: ["one"] });
    peer.write(acceptance(peer, "Sec-WebSocket-Protocol: "));
    await rest();
    assert.deepEqual(events, FAILED);
  });

  it("fails the connection with a subprotocol when none was offered", async () => {
    const { peer, events } = await connectRawSocket();
    peer.write(acceptance(peer, "Sec-WebSocket-Protocol: one"));
    await rest();
    assert.deepEqual(events, FAILED);
  });

  it("fails the connection with a subprotocol in another case than the offered", async () => {
    const { peer, events } = await connectRawSocket({ protocols: ["chat"] });
    peer.write(acceptance(peer, "Sec-WebSocket-Protocol: Chat"));
    await rest();
    assert.deepEqual(events, FAILED);
  });

  it("fails the connection with an extension that was not offered", async () => {
    const { peer, events } = await connectRawSocket();
    peer.write(acceptance(peer, "Sec-WebSocket-Extensions: permessage-deflate"));
    await rest();
    assert.deepEqual(events, FAILED);
  });

  it("fails the connection with a wrong Sec-WebSocket-Accept, Upgrade or Connection", async () => {
    for (const field of ["Sec-WebSocket-Accept", "Upgrade", "Connection"]) {
      const { peer, events } = await connectRawSocket();
      peer.write(acceptance(peer).replace(new RegExp(`(${field}: ).*`), "$1other"));
      await rest();
      assert.deepEqual(events, FAILED, field);
    }
  });

  it("tells the extensions in use once it is open, and after the end", async () => {
    const { socket, peer } = await openRawSocket({
      ...COMPRESSING,
      protocols: ["one"],
      lines: ["Sec-WebSocket-Extensions: permessage-deflate", "Sec-WebSocket-Protocol: one"],
    });
    assert.equal(socket.extensions, "permessage-deflate");
    peer.send("1 000 1000 m 0000000");
    peer.transport.end();
    await rest();
    assert.equal(socket.readyState, 3);
    const { url, protocol, extensions } = socket;
    assert.deepEqual([url, protocol, extensions], [
      "ws://test/chat",
      "one",
      "permessage-deflate",
    ]);
  });
});
