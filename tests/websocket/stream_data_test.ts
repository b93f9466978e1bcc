/**
 * The two streams of a `WebSocketStream`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WebSocketError } from "../../src/websocket/websocket_error.ts";
import { rest } from "../helpers/raw_sockets.ts";
import { end, named, openStream, told } from "./raw_streams.ts";

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
