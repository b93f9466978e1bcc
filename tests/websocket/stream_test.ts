/**
 * `WebSocketStream` and `WebSocketError`, by the WHATWG's proposal (whatwg/websockets, pull
 * request 48).
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MemoryTransport } from "../../src/testing/memory_transport.ts";
import { VirtualClock } from "../../src/testing/virtual_clock.ts";
import { makeWebSocketError, WebSocketError } from "../../src/websocket/websocket_error.ts";
import type { WebSocketOpenInfo, WebSocketStream } from "../../src/websocket/websocket_stream.ts";
import { acceptance, type RawPeer } from "../helpers/raw_peer.ts";
import { type RawSocketsOptions, rawStreamClass, rest } from "../helpers/raw_sockets.ts";

const named = (name: string) => (error: unknown): boolean =>
  error instanceof DOMException && error.name === name;

/** A stream before its peer. */
interface RawStream {
  readonly stream: WebSocketStream;
  readonly peer: RawPeer;
  readonly transport: MemoryTransport;
}

async function connectStream(
  options: RawSocketsOptions & { protocols?: string[] } = {},
): Promise<RawStream> {
  const { Stream, surrounding } = rawStreamClass(options);
  const stream = new Stream("ws://test/chat", { protocols: options.protocols ?? [] });
  await rest();
  return { stream, peer: surrounding.peers[0]!, transport: surrounding.transports[0]! };
}

async function openStream(options: RawSocketsOptions = {}): Promise<RawStream & WebSocketOpenInfo> {
  const raw = await connectStream(options);
  raw.peer.write(acceptance(raw.peer));
  return { ...raw, ...await raw.stream.opened };
}

/** The peer's last frames, and the end of its transport. */
async function end(peer: RawPeer, drawing: string): Promise<void> {
  peer.send(drawing);
  peer.transport.end();
  await rest();
}

/** How a promise was settled, in words. */
async function told(promise: Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await promise);
  } catch (error) {
    if (!(error instanceof WebSocketError)) return `rejected: ${error}`;
    return `rejected: ${error.closeCode} ${JSON.stringify(error.reason)}`;
  }
}

describe("new WebSocketStream()", () => {
  it("throws for URLs and subprotocols as WebSocket does", () => {
    const { Stream } = rawStreamClass();
    const make = (...args: unknown[]): unknown => Reflect.construct(Stream, args);
    assert.throws(() => make(), TypeError);
    for (const url of ["", "ftp://test/", "ws://test/#a"]) {
      assert.throws(() => make(url), named("SyntaxError"), url);
    }
    for (const protocols of [["a b"], ["a", "a"], [""]]) {
      assert.throws(() => make("ws://test/", { protocols }), named("SyntaxError"));
    }
    for (const options of [{ protocols: "a" }, { protocols: 5 }, { signal: {} }]) {
      assert.throws(() => make("ws://test/", options), TypeError);
    }
    assert.throws(() => make("ws://test/", {}, { maxMessageBytes: -1 }), /maxMessageBytes/);
    const stream = new Stream("http://test");
    assert.equal(stream.url, "ws://test/");
    assert.equal(String(stream), "[object WebSocketStream]");
    assert.equal(stream.opened, stream.opened);
    assert.equal(stream.closed, stream.closed);
  });
});

describe("opened of a WebSocketStream", () => {
  it("gives the streams, the subprotocol and the extensions", async () => {
    const { stream, peer } = await connectStream({ protocols: ["one", "two"] });
    assert.match(peer.head!, /Sec-WebSocket-Protocol: one, two/);
    peer.write(acceptance(peer, "Sec-WebSocket-Protocol: two"));
    const { readable, writable, protocol, extensions } = await stream.opened;
    assert.ok(readable instanceof ReadableStream && writable instanceof WritableStream);
    assert.deepEqual([protocol, extensions], ["two", ""]);
    assert.equal(stream.connection!.protocol, "two");
  });

  it("rejects with a WebSocketError when there is no connection, and closed with it", async () => {
    const { stream, peer } = await connectStream();
    peer.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    assert.equal(await told(stream.opened), 'rejected: 1006 ""');
    assert.equal(await told(stream.closed), 'rejected: 1006 ""');
    const error: Error = await stream.opened.then(() => assert.fail(), (error) => error);
    assert.match(String(error.cause), /404/);
  });

  it("rejects when close() is called before", async () => {
    const { stream, peer } = await connectStream();
    stream.close({ closeCode: 3000 });
    assert.equal(await told(stream.opened), 'rejected: 1006 ""');
    assert.equal(await told(stream.closed), 'rejected: 1006 ""');
    await rest();
    assert.ok(peer.isClosed);
  });
});

describe("the signal of a WebSocketStream", () => {
  it("the signal of a WebSocketStream that is aborted rejects both promises with its reason, and nothing is dialled", async () => {
    const { Stream, surrounding } = rawStreamClass();
    const reason = new Error("given up");
    const stream = new Stream("ws://test/", { signal: AbortSignal.abort(reason) });
    await assert.rejects(stream.opened, reason);
    await assert.rejects(stream.closed, reason);
    await rest();
    assert.equal(surrounding.peers.length, 0);
  });

  it("gives up connecting", async () => {
    const { Stream, surrounding } = rawStreamClass();
    const controller = new AbortController(), reason = new Error("given up");
    const stream = new Stream("ws://test/", { signal: controller.signal });
    await rest();
    controller.abort(reason);
    await assert.rejects(stream.opened, reason);
    await assert.rejects(stream.closed, reason);
    await rest();
    assert.ok(surrounding.peers[0]!.isClosed);
  });

  it("has no effect once it is open", async () => {
    const { Stream, surrounding } = rawStreamClass();
    const controller = new AbortController();
    const stream = new Stream("ws://test/", { signal: controller.signal });
    await rest();
    const [peer] = surrounding.peers;
    peer!.write(acceptance(peer!));
    await stream.opened;
    controller.abort();
    await rest();
    assert.deepEqual(peer!.takeFrames(), []);
    assert.ok(!peer!.isClosed);
  });
});

describe("the readable of a WebSocketStream", () => {
  it("gives text, and bytes with a buffer of their own", async () => {
    const { peer, readable } = await openStream();
    const reader = readable.getReader();
    peer.send(
      '1 000 0001 m 0000101 "hello" | 1 000 0010 m 0000010 x0102 | 1 000 0010 m 0000001 x03',
    );
    assert.equal((await reader.read()).value, "hello");
    const { value: bytes } = await reader.read();
    assert.ok(bytes instanceof Uint8Array);
    assert.deepEqual([...bytes], [1, 2]);
    assert.equal(bytes.buffer.byteLength, 2);
  });

  it("holds the peer back while it is not read, and gives all in the end", async () => {
    const { peer, readable, transport } = await openStream();
    const frames = Array.from({ length: 40 }, () => "1 000 0010 m 1111110 +4000 *16384").join("|");
    for (let i = 0; i < 4; i++) peer.send(frames);
    await rest();
    assert.ok(transport.isPaused);
    const reader = readable.getReader();
    for (let i = 0; i < 160; i++) {
      assert.equal(((await reader.read()).value as Uint8Array).length, 16_384);
    }
    assert.ok(!transport.isPaused);
  });

  it("gives what came before a clean end, then closes", async () => {
    const { stream, peer, readable } = await openStream();
    await end(peer, '1 000 0001 m 0000001 "a" | 1 000 0001 m 0000001 "b" | 1 000 1000 m 0000000');
    assert.equal(await told(stream.closed), '{"closeCode":1005,"reason":""}');
    const reader = readable.getReader(), read: unknown[] = [];
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      read.push(step.value);
    }
    assert.deepEqual(read, ["a", "b"]);
  });

  it("fails after what came before an unclean end", async () => {
    const { peer, readable, stream } = await openStream();
    peer.send('1 000 0001 m 0000001 "a" | 1 000 0001 m 0000001 "b"');
    peer.transport.end();
    await rest();
    const reader = readable.getReader();
    assert.equal((await reader.read()).value, "a");
    assert.equal((await reader.read()).value, "b");
    assert.equal(await told(reader.read()), 'rejected: 1006 ""');
    assert.equal(await told(stream.closed), 'rejected: 1006 ""');
  });

  it("the readable of a WebSocketStream that is cancelled closes the connection, with the code of a WebSocketError", async () => {
    const reasons: [unknown, string][] = [
      [undefined, "close"],
      [new Error("own"), "close"],
      [{ closeCode: 4000, reason: "no error" }, "close"],
      [new WebSocketError("no more"), "close"],
      [new WebSocketError("no more", { closeCode: 4000, reason: "bye" }), 'close 4000 "bye"'],
      [new WebSocketError("no more", { reason: "bye" }), 'close 1000 "bye"'],
    ];
    for (const [reason, expected] of reasons) {
      const { peer, readable } = await openStream();
      await readable.cancel(reason);
      assert.deepEqual(await peer.frames(), [expected]);
    }
  });
});

describe("the writable of a WebSocketStream", () => {
  it("sends text and bytes, and fails with what cannot be converted", async () => {
    const { peer, writable } = await openStream();
    const writer = writable.getWriter();
    const { buffer } = Uint8Array.of(1, 2, 3);
    writer.write("a\ud800");
    writer.write(buffer);
    writer.write(new DataView(buffer, 1, 1));
    writer.write(5 as unknown as string);
    await rest();
    assert.deepEqual(peer.takeFrames(), [
      'text "a\ufffd"',
      "binary 010203",
      "binary 02",
      'text "5"',
    ]);
    await assert.rejects(writer.write(Symbol("a") as unknown as string), TypeError);
  });

  it("waits while the peer does not read", async () => {
    const { peer, writable } = await openStream({ windowBytes: 0 });
    peer.transport.pause();
    const writer = writable.getWriter(), done: number[] = [];
    for (let i = 0; i < 4; i++) {
      writer.write(new Uint8Array(100_000)).then(() => done.push(i), () => {});
    }
    await rest();
    assert.deepEqual(done, [0]); // over the high-water mark once it was handed to the transport
    assert.ok(writer.desiredSize! <= 0);
    peer.transport.resume();
    await rest();
    await rest();
    assert.deepEqual(done, [0, 1, 2, 3]);
  });

  it("the writable of a WebSocketStream that is closed closes without a code, and is closed when the handshake is over", async () => {
    const { peer, writable, stream } = await openStream();
    const writer = writable.getWriter();
    writer.write("last");
    let isClosed = false;
    const closing = writer.close().then(() => isClosed = true);
    await rest();
    assert.deepEqual(peer.takeFrames(), ['text "last"', "close"]);
    assert.ok(!isClosed);
    await end(peer, "1 000 1000 m 0000000");
    await closing;
    assert.equal(await told(stream.closed), '{"closeCode":1005,"reason":""}');
  });

  it("the writable of a WebSocketStream that is aborted closes with the code of a WebSocketError", async () => {
    const { peer, writable } = await openStream();
    await writable.abort(new WebSocketError("no more", { closeCode: 3333, reason: "bye" }));
    assert.deepEqual(await peer.frames(), ['close 3333 "bye"']);
  });

  it("fails with InvalidStateError after a clean end, else with the WebSocketError", async () => {
    const clean = await openStream();
    await end(clean.peer, "1 000 1000 m 0000010 x03e8");
    await assert.rejects(clean.writable.getWriter().write("a"), named("InvalidStateError"));

    const lost = await openStream({ windowBytes: 0 });
    lost.peer.transport.pause();
    const writer = lost.writable.getWriter();
    void writer.write(new Uint8Array(100_000));
    const waiting = told(writer.write("behind it"));
    await rest();
    lost.transport.lose();
    assert.equal(await waiting, 'rejected: 1006 ""');
    assert.equal(await told(writer.write("a")), 'rejected: 1006 ""');
  });
});

describe("close() of a WebSocketStream", () => {
  it("checks its argument: TypeError, InvalidAccessError, SyntaxError", async () => {
    const { stream, peer } = await openStream();
    const close = (info: unknown) => () => Reflect.apply(stream.close, stream, [info]);
    for (const closeCode of [-1, 65_536, NaN, Infinity, "a", 1000n]) {
      assert.throws(close({ closeCode }), TypeError, String(closeCode));
    }
    assert.throws(close("bye"), TypeError);
    for (const closeCode of [0, 999, 1001, 1005, 2999, 5000, null, false]) {
      assert.throws(close({ closeCode }), named("InvalidAccessError"), String(closeCode));
    }
    assert.throws(close({ reason: "a".repeat(124) }), named("SyntaxError"));
    assert.deepEqual(await peer.frames(), []);
  });

  it("sends the code and the reason, 1000 for a reason alone, and a Close without either", async () => {
    const cases: [unknown, string][] = [
      [undefined, "close"],
      [null, "close"],
      [{}, "close"],
      [{ reason: "" }, "close"],
      [{ closeCode: 3456 }, "close 3456"],
      [{ closeCode: "3456.7", reason: "bye" }, 'close 3456 "bye"'],
      [{ reason: "bye" }, 'close 1000 "bye"'],
    ];
    for (const [info, frame] of cases) {
      const { stream, peer } = await openStream();
      Reflect.apply(stream.close, stream, [info]);
      stream.close({ closeCode: 4999 }); // does nothing
      assert.deepEqual(await peer.frames(), [frame]);
      await end(peer, '1 000 1000 m 0000101 x0bb8 "yes"');
      assert.equal(await told(stream.closed), '{"closeCode":3000,"reason":"yes"}');
    }
  });

  it("close() of a WebSocketStream that is not answered rejects closed", async () => {
    const clock = new VirtualClock();
    const { stream } = await openStream({ clock });
    stream.close();
    await clock.advance(5_000);
    assert.equal(await told(stream.closed), 'rejected: 1006 ""');
  });
});

describe("WebSocketError", () => {
  it("WebSocketError is a DOMException with a code and a reason", () => {
    const error = new WebSocketError("words", { closeCode: 3000, reason: "bye" });
    assert.ok(error instanceof DOMException);
    const { name, message, code, closeCode, reason } = error;
    assert.deepEqual({ name, message, code, closeCode, reason }, {
      name: "WebSocketError",
      message: "words",
      code: 0,
      closeCode: 3000,
      reason: "bye",
    });
    assert.equal(Object.prototype.toString.call(error), "[object WebSocketError]");
    const plain = new WebSocketError();
    assert.deepEqual([plain.message, plain.closeCode, plain.reason], ["", null, ""]);
    assert.equal(new WebSocketError("", { reason: "bye" }).closeCode, 1000);
  });

  it("throws for what close() throws for", () => {
    const make = (init: unknown) => () => Reflect.construct(WebSocketError, ["", init]);
    assert.throws(make({ closeCode: 1001 }), named("InvalidAccessError"));
    assert.throws(make({ closeCode: -1 }), TypeError);
    assert.throws(make({ reason: "a".repeat(124) }), named("SyntaxError"));
  });

  it("WebSocketError that a stream makes may have any code", () => {
    const error = makeWebSocketError({
      message: "words",
      closeCode: 1006,
      reason: "",
      cause: new Error("why"),
    });
    assert.deepEqual([error.closeCode, error.reason], [1006, ""]);
    assert.equal(String(error.cause), "Error: why");
  });
});
