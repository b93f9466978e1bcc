/**
 * `close()` of a `WebSocket` between what was sent and what arrives, by the WebSockets standard,
 * section 3.1.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settle } from "../../src/testing/settle.ts";
import type { BinaryType } from "../../src/websocket/websocket.ts";
import { connectRawSocket, openRawSocket, rest } from "../helpers/raw_sockets.ts";

const CLOSE = "1 000 1000 m 0000000";

describe("close() after the peer's Close", () => {
  it("makes the state CLOSING at once, and sends no second Close", async () => {
    const { socket, peer, events } = await openRawSocket();
    peer.send('1 000 1000 m 0000101 x0bb8 "bye"');
    await settle(); // the Close is there, and its task has not run
    assert.equal(socket.readyState, 1);
    socket.close(4000, "mine");
    assert.equal(socket.readyState, 2);
    peer.transport.end();
    await rest();
    assert.deepEqual(peer.takeFrames(), ['close 3000 "bye"']);
    assert.deepEqual(events, ['close 3000 "bye" clean']);
  });
});

describe("close() after send()", () => {
  it("discards nothing: the Close leaves behind all messages, however slow the peer is", async () => {
    const { socket, peer } = await openRawSocket({ windowBytes: 10 });
    peer.transport.pause();
    for (let i = 0; i < 50; i++) socket.send(`${i} ${"a".repeat(1_000)}`);
    socket.close(3000);
    await rest();
    assert.equal(socket.readyState, 2);
    peer.transport.resume();
    await rest();
    const frames = peer.takeFrames();
    assert.equal(frames.length, 51);
    assert.equal(frames.at(-1), "close 3000");
  });
});

describe("close() in the constructor's turn and in listeners", () => {
  it("in the listener of open starts the closing handshake", async () => {
    const { socket, peer } = await openRawSocket();
    socket.onmessage = () => socket.close();
    peer.send('1 000 0001 m 0000001 "a"');
    await rest();
    assert.deepEqual(peer.takeFrames(), ["close"]);
    assert.equal(socket.readyState, 2);
  });

  it("in the listener of error does nothing", async () => {
    const { socket, transport, events } = await openRawSocket();
    socket.onerror = () => socket.close(3000);
    transport.lose();
    await rest();
    assert.deepEqual(events, ["error", 'close 1006 "" unclean']);
    assert.equal(socket.readyState, 3);
  });
});

describe("binaryType in every state", () => {
  it("can be set, and is what it was set to", async () => {
    const { socket, peer } = await connectRawSocket();
    const set = (type: BinaryType): void => {
      socket.binaryType = type;
      assert.equal(socket.binaryType, type);
    };
    set("arraybuffer");
    socket.close();
    set("blob");
    await rest();
    assert.equal(socket.readyState, 3);
    set("arraybuffer");
    assert.ok(peer.isClosed);
  });
});

describe("bufferedAmount of what send() accepts", () => {
  it("grows by the bytes of a view, and not of its buffer", async () => {
    const { socket } = await openRawSocket();
    const { buffer } = new Uint8Array(100);
    const sizes: number[] = [];
    for (
      const data of [
        buffer,
        new Uint8Array(buffer, 10, 3),
        new DataView(buffer, 90),
        new Float64Array(buffer, 0, 2),
        new Blob([buffer]),
      ]
    ) {
      socket.send(data);
      sizes.push(socket.bufferedAmount);
    }
    assert.deepEqual(sizes, [100, 103, 113, 129, 229]);
  });

  it("does not grow by a call that throws", async () => {
    const { socket } = await openRawSocket();
    for (const data of [Symbol("a"), new Uint8Array(new SharedArrayBuffer(1))]) {
      assert.throws(() => Reflect.apply(socket.send, socket, [data]), TypeError);
    }
    assert.equal(socket.bufferedAmount, 0);
  });

  it("is not reset by a clean end", async () => {
    const { socket, peer } = await openRawSocket();
    socket.send("sent");
    socket.close();
    socket.send("not sent");
    peer.send(CLOSE);
    peer.transport.end();
    await rest();
    assert.equal(socket.readyState, 3);
    assert.equal(socket.bufferedAmount, 8);
  });
});

describe("a WebSocket whose buffer is full of", () => {
  for (
    const [name, data] of [
      ["texts", "a".repeat(100_000)],
      ["buffers", new ArrayBuffer(100_000)],
      ["views", new Uint8Array(100_000)],
      ["Blobs", new Blob([new Uint8Array(100_000)])],
    ] as const
  ) {
    it(`${name} is closed with 1006 after an error, and keeps all in bufferedAmount`, async () => {
      const { socket, peer, events } = await openRawSocket({
        defaults: { maxBufferedBytes: 200_000 },
        windowBytes: 0,
      });
      peer.transport.pause();
      for (let i = 0; i < 5; i++) socket.send(data);
      for (let turn = 0; turn < 5; turn++) await rest();
      assert.deepEqual(events, ["error", 'close 1006 "" unclean']);
      assert.equal(socket.bufferedAmount, 500_000);
    });
  }
});
