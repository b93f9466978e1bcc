/**
 * `send()` and `bufferedAmount` of a `WebSocket`, by the WebSockets standard, section 3.1.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settle } from "../../src/testing/settle.ts";
import type { WebSocket } from "../../src/websocket/websocket.ts";
import { connectRawSocket, openRawSocket, rest } from "../helpers/raw_sockets.ts";

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

/** Calls `send` with what its type does not allow. */
function sendAnything(socket: WebSocket, ...args: unknown[]): void {
  Reflect.apply(socket.send, socket, args);
}

describe("send() of a WebSocket", () => {
  it("throws InvalidStateError while it is connecting, after it has converted the data", async () => {
    const { socket } = await connectRawSocket();
    const isInvalidState = (error: unknown) =>
      error instanceof DOMException && error.name === "InvalidStateError";
    for (const data of ["a", bytes(1), new Blob(["a"])]) {
      assert.throws(() => socket.send(data), isInvalidState);
    }
    assert.throws(() => sendAnything(socket, Symbol("a")), TypeError);
    assert.throws(() => sendAnything(socket), TypeError);
    assert.equal(socket.bufferedAmount, 0);
  });

  it("sends text, each lone surrogate as U+FFFD", async () => {
    const { socket, peer } = await openRawSocket();
    for (const text of ["", "hello", "ä€😀", "a\ud800b", "\udc00"]) socket.send(text);
    await rest();
    assert.deepEqual(peer.takeFrames(), [
      'text ""',
      'text "hello"',
      'text "ä€😀"',
      'text "a\ufffdb"',
      'text "\ufffd"',
    ]);
  });

  it("sends the bytes of a buffer, of what a view shows of it, and of a Blob", async () => {
    const { socket, peer } = await openRawSocket();
    const { buffer } = bytes(1, 2, 3, 4, 5, 6, 7, 8);
    socket.send(buffer);
    socket.send(new Uint8Array(buffer, 1, 2));
    socket.send(new DataView(buffer, 6));
    socket.send(new Uint16Array(buffer, 2, 1));
    socket.send(new ArrayBuffer(0));
    socket.send(new Blob([bytes(9), "a"]));
    await rest();
    assert.deepEqual(peer.takeFrames(), [
      "binary 0102030405060708",
      "binary 0203",
      "binary 0708",
      "binary 0304",
      "binary",
      "binary 0961",
    ]);
  });

  it("sends everything else as the text that it converts to", async () => {
    const { socket, peer } = await openRawSocket();
    for (const data of [null, undefined, 1.5, true, {}, [1, 2], new URL("ws://a/"), 10n]) {
      sendAnything(socket, data);
    }
    await rest();
    assert.deepEqual(peer.takeFrames(), [
      'text "null"',
      'text "undefined"',
      'text "1.5"',
      'text "true"',
      'text "[object Object]"',
      'text "1,2"',
      'text "ws://a/"',
      'text "10"',
    ]);
  });

  it("throws TypeError without an argument, and for memory that others may change", async () => {
    const { socket, peer } = await openRawSocket();
    assert.throws(() => sendAnything(socket), TypeError);
    assert.throws(() => sendAnything(socket, Symbol("a")), TypeError);
    assert.throws(
      () => sendAnything(socket, new Uint8Array(new SharedArrayBuffer(1))),
      /^TypeError: send: a view of shared memory/,
    );
    assert.throws(
      () => sendAnything(socket, new ArrayBuffer(1, { maxByteLength: 2 })),
      /^TypeError: send: a resizable/,
    );
    await rest();
    assert.deepEqual(peer.takeFrames(), []);
    assert.equal(socket.bufferedAmount, 0);
  });

  it("takes the bytes at once: what becomes of them later does not matter", async () => {
    const { socket, peer } = await openRawSocket();
    const data = bytes(1, 2), behind = bytes(3, 4);
    socket.send(data);
    data.fill(9);
    socket.send(new Blob(["a"]));
    socket.send(behind);
    behind.fill(9);
    await rest();
    assert.deepEqual(peer.takeFrames(), ["binary 0102", "binary 61", "binary 0304"]);
  });

  it("sends nothing when the buffer of the data was transferred away", async () => {
    const { socket, peer } = await openRawSocket();
    const data = bytes(1, 2);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    socket.send(data);
    socket.send(data.buffer);
    await rest();
    assert.deepEqual(peer.takeFrames(), ["binary", "binary"]);
  });
});

describe("a Blob that is sent", () => {
  it("a Blob that is sent is not overtaken by what is sent after it, nor by the Close", async () => {
    const { socket, peer } = await openRawSocket();
    socket.send("first");
    socket.send(new Blob(["b"]));
    socket.send("second");
    socket.send(bytes(1));
    socket.send(new Blob(["c"]));
    socket.send("third");
    socket.close(3000, "bye");
    await rest();
    await rest();
    assert.deepEqual(peer.takeFrames(), [
      'text "first"',
      "binary 62",
      'text "second"',
      "binary 01",
      "binary 63",
      'text "third"',
      'close 3000 "bye"',
    ]);
  });

  it("lets nothing pass that is sent after close()", async () => {
    const { socket, peer } = await openRawSocket();
    socket.send(new Blob(["b"]));
    socket.close();
    socket.send("too late");
    assert.equal(socket.bufferedAmount, 9);
    await rest();
    await rest();
    assert.deepEqual(peer.takeFrames(), ["binary 62", "close"]);
    assert.equal(socket.bufferedAmount, 8);
  });

  it("counts in bufferedAmount with its size, and what waits behind it too", async () => {
    const { socket } = await openRawSocket();
    socket.send(new Blob(["ä".repeat(50)]));
    socket.send("€");
    socket.send(bytes(1, 2));
    assert.equal(socket.bufferedAmount, 100 + 3 + 2);
    await rest();
    await rest();
    assert.equal(socket.bufferedAmount, 0);
  });

  it("fails the connection when it cannot be read", async () => {
    const { socket, peer, events } = await openRawSocket();
    const unreadable = new Blob(["a"]);
    unreadable.arrayBuffer = () => Promise.reject(new Error("the file is gone"));
    socket.send(unreadable);
    socket.send("never sent");
    await rest();
    assert.deepEqual(peer.takeFrames(), ['close 1011 "message cannot be finished"']);
    peer.transport.end();
    await rest();
    assert.deepEqual(events, ["error", 'close 1006 "" unclean']);
    assert.equal(socket.bufferedAmount, 11);
  });
});

describe("bufferedAmount of a WebSocket", () => {
  it("grows by the payload in UTF-8, without frames", async () => {
    const { socket } = await openRawSocket();
    const sizes: number[] = [];
    for (const data of ["a", "ä€😀", "\ud800", bytes(1, 2, 3), "b".repeat(1_000), ""]) {
      socket.send(data);
      sizes.push(socket.bufferedAmount);
    }
    assert.deepEqual(sizes, [1, 10, 13, 16, 1_016, 1_016]);
  });

  it("stays within a task, promises included, and falls in the next", async () => {
    const { socket } = await openRawSocket();
    await new Promise<void>((resolve) => {
      setTimeout(async () => {
        socket.send("hello");
        for (let turn = 0; turn < 40; turn++) {
          await null;
          assert.equal(socket.bufferedAmount, 5);
        }
        resolve();
      }, 0);
    });
    await rest();
    assert.equal(socket.bufferedAmount, 0);
  });

  it("bufferedAmount of a WebSocket is the payload of what the system has not taken", async () => {
    const { socket, peer } = await openRawSocket({ windowBytes: 1_000 });
    peer.transport.pause();
    for (let i = 0; i < 10; i++) socket.send("a".repeat(200)); // 208 bytes each on the wire
    assert.equal(socket.bufferedAmount, 2_000);
    await rest();
    // 1,080 bytes wait: five messages, and 40 bytes of the one before them.
    assert.equal(socket.bufferedAmount, 1_040);
    socket.send("b");
    assert.equal(socket.bufferedAmount, 1_041);
    peer.transport.resume();
    await rest();
    assert.equal(socket.bufferedAmount, 0);
  });

  it("only grows once the socket is closing, and nothing is sent any more", async () => {
    const { socket, peer } = await openRawSocket();
    socket.close();
    socket.send("hello");
    socket.send(bytes(1));
    socket.send(new Blob(["ab"]));
    assert.equal(socket.bufferedAmount, 8);
    await rest();
    assert.equal(socket.bufferedAmount, 8);
    assert.deepEqual(peer.takeFrames(), ["close"]);
    peer.send("1 000 1000 m 0000000");
    peer.transport.end();
    await rest();
    assert.equal(socket.readyState, 3);
    assert.equal(socket.bufferedAmount, 8);
    socket.send("ä");
    assert.equal(socket.bufferedAmount, 10);
  });

  it("only grows once the peer has closed, before the socket's state tells of it", async () => {
    const { socket, peer } = await openRawSocket();
    peer.send("1 000 1000 m 0000000");
    await settle();
    assert.equal(socket.readyState, 1);
    socket.send("too late");
    await rest();
    assert.equal(socket.bufferedAmount, 8);
    assert.deepEqual(peer.takeFrames(), ["close"]);
  });

  it("bufferedAmount of a WebSocket is what was unsent when the socket is terminated", async () => {
    const { socket, peer } = await openRawSocket({ windowBytes: 0 });
    peer.transport.pause();
    socket.send("hello");
    socket.terminate();
    socket.send("more");
    await rest();
    assert.equal(socket.bufferedAmount, 9);
  });

  it("bufferedAmount of a WebSocket is not reset when the connection is lost", async () => {
    const { socket, peer, transport } = await openRawSocket({ windowBytes: 0 });
    peer.transport.pause();
    socket.send("hello");
    await rest();
    assert.equal(socket.bufferedAmount, 5);
    transport.lose();
    await rest();
    assert.equal(socket.readyState, 3);
    assert.equal(socket.bufferedAmount, 5);
  });
});

describe("a WebSocket whose buffer is full", () => {
  it("a WebSocket whose buffer is full is closed with 1006 after an error, as flagged as full", async () => {
    const { socket, peer, events } = await openRawSocket({
      defaults: { maxBufferedBytes: 200_000 },
    });
    peer.transport.pause();
    for (let i = 0; i < 5; i++) socket.send("a".repeat(100_000));
    let code = "";
    socket.onerror = ({ error }) => code = (error as { code: string }).code;
    await rest();
    assert.deepEqual(events, ["error", 'close 1006 "" unclean']);
    assert.equal(code, "ERR_SEND_LIMIT");
  });
});
