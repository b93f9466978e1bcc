/**
 * `WebSocket` as the documentation of `ws` has it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { describe, it } from "node:test";
import { type BinaryType, type BufferLike, WebSocket } from "../../src/ws/mod.ts";
import { bits } from "../helpers/bits.ts";
import { upgradeRequest } from "../helpers/raw_peer.ts";
import { failureOf, nextClose, nextMessage, withServer } from "./helpers.ts";

/** A port that was free a moment ago, on which nothing listens. */
const CLOSED = "ws://127.0.0.1:1";

describe("messages of ws", () => {
  it("come as Buffer and whether they are binary", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      socket.send("héllo");
      assert.deepEqual(await once(client, "message"), [Buffer.from("héllo"), false]);
      socket.send(Uint8Array.of(1, 2, 3));
      assert.deepEqual(await once(client, "message"), [Buffer.of(1, 2, 3), true]);
    });
  });

  it("messages of ws that are binary come as binaryType says", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      assert.equal(client.binaryType, "nodebuffer");
      client.binaryType = "arraybuffer";
      socket.send(Uint8Array.of(1, 2));
      assert.deepEqual(await nextMessage(client), Uint8Array.of(1, 2).buffer);
      client.binaryType = "fragments";
      socket.send(Uint8Array.of(3));
      assert.deepEqual(await nextMessage(client), [Buffer.of(3)]);
      client.binaryType = "other" as BinaryType;
      assert.equal(client.binaryType, "fragments");
    });
  });

  it("are sent by type, or as binary says", async () => {
    const sent: [data: BufferLike, received: string | Buffer][] = [
      ["text", "text"],
      [12.5, "12.5"],
      [Buffer.from("buffer"), Buffer.from("buffer")],
      [new Float32Array([1]), Buffer.of(0, 0, 0x80, 0x3f)],
      [new DataView(Uint8Array.of(7, 8, 9).buffer, 1, 1), Buffer.of(8)],
      [Uint8Array.of(1).buffer, Buffer.of(1)],
      [[1, 255], Buffer.of(1, 255)],
      [[Buffer.of(1), Buffer.of(2, 3)], Buffer.of(1, 2, 3)],
      [[], Buffer.of()],
    ];
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      for (const [data, received] of sent) {
        client.send(data);
        assert.deepEqual(await nextMessage(socket), received);
      }
      client.send("text", { binary: true });
      assert.deepEqual(await nextMessage(socket), Buffer.from("text"));
      client.send(Buffer.from("bytes"), { binary: false });
      assert.equal(await nextMessage(socket), "bytes");
      const told: string[] = [];
      socket.on("message", (data, isBinary) => told.push(`${isBinary} ${data}`));
      client.send(new Blob(["a", "b"]));
      client.send("behind it");
      while (told.length < 2) await once(socket, "message");
      assert.deepEqual(told, ["true ab", "false behind it"]);
      const asText = () => client.send(new Blob([]), { binary: false });
      assert.throws(asText, { code: "ERR_NOT_SUPPORTED" });
      assert.throws(() => client.ping(new Blob([])), TypeError);
    });
  });

  it("messages of ws may be sent as fragments", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      for (const part of ["a", "b"]) client.send(part, { fin: false });
      client.ping("between");
      client.send("c", { fin: true });
      assert.equal(await nextMessage(socket), "abc");
    });
  });

  it("tell a callback when they are sent, and why they are not", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      assert.equal(await new Promise((resolve) => client.send("a", resolve)), undefined);
      assert.equal(await new Promise((resolve) => client.send("b", {}, resolve)), undefined);
      client.close();
      await nextClose(socket);
      const error = await new Promise<Error | undefined>((resolve) => client.send("c", resolve));
      assert.match(error?.message ?? "", /not open: readyState [23]/);
    });
  });

  it("are compressed when that was agreed on, unless compress is false", async () => {
    await withServer({ perMessageDeflate: { threshold: 0 } }, async ({ open }) => {
      const { client, socket } = await open();
      assert.deepEqual([client.extensions, socket.extensions], Array(2).fill("permessage-deflate"));
      socket.send("a".repeat(5_000));
      assert.equal(await nextMessage(client), "a".repeat(5_000));
      socket.send("b", { compress: false });
      assert.equal(await nextMessage(client), "b");
    });
    await withServer({}, async ({ open }) => {
      assert.equal((await open()).client.extensions, "");
    });
  });

  it("have the mask of the role and no other", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      client.send("a", { mask: true });
      assert.equal(await nextMessage(socket), "a");
      assert.throws(() => client.send("a", { mask: false }), { code: "ERR_NOT_SUPPORTED" });
      assert.throws(() => socket.ping("a", true), { code: "ERR_NOT_SUPPORTED" });
    });
  });
});

describe("ping and pong of ws", () => {
  it("are events with their payload, and have callbacks", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      const pinged = once(socket, "ping"), answered = once(client, "pong");
      const sent = new Promise((resolve) => client.ping("12", resolve));
      assert.deepEqual(await pinged, [Buffer.from("12")]);
      assert.deepEqual(await answered, [Buffer.from("12")]);
      assert.equal(await sent, undefined);
      const unasked = once(client, "pong");
      await new Promise<void>((resolve) => socket.pong("34", undefined, () => resolve()));
      assert.deepEqual(await unasked, [Buffer.from("34")]);
      const empty = once(client, "ping");
      socket.ping();
      assert.deepEqual(await empty, [Buffer.of()]);
      assert.throws(() => client.ping("x".repeat(126)), RangeError);
    });
  });
});

describe("close() of ws", () => {
  it("gives the other side code and reason, and both the event", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      const ends = [nextClose(client), nextClose(socket)];
      client.close(4321, Buffer.from("why"));
      assert.equal(client.readyState, WebSocket.CLOSING);
      assert.deepEqual(await Promise.all(ends), [[4321, "why"], [4321, "why"]]);
      assert.deepEqual([client.readyState, socket.readyState], [client.CLOSED, WebSocket.CLOSED]);
    });
  });

  it("close() of ws without a code is a Close without one: 1005", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      const ends = [nextClose(client), nextClose(socket)];
      socket.close();
      assert.deepEqual(await Promise.all(ends), [[1005, ""], [1005, ""]]);
    });
  });

  it("throws for a code that may not be sent", async () => {
    await withServer({}, async ({ open }) => {
      const { client } = await open();
      assert.throws(() => client.close(1006), RangeError);
      assert.throws(() => client.close(1000, "x".repeat(124)), RangeError);
      assert.equal(client.readyState, client.OPEN);
    });
  });

  it("close() of ws is not waited for by terminate(): 1006", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      const ends = [nextClose(client), nextClose(socket)];
      client.terminate();
      assert.deepEqual(await Promise.all(ends), [[1006, ""], [1006, ""]]);
    });
  });

  it("close() of ws while a client connects is an error, and 1006", async () => {
    for (const give of ["close", "terminate"] as const) {
      const client = new WebSocket(CLOSED);
      assert.equal(client.readyState, WebSocket.CONNECTING);
      assert.throws(() => client.send("a"), /CONNECTING/);
      client[give]();
      assert.equal(client.readyState, WebSocket.CLOSING);
      assert.match(
        (await failureOf(client)).message,
        /closed before the connection was established/,
      );
      assert.equal(client.readyState, WebSocket.CLOSED);
    }
  });
});

describe("pause() of ws", () => {
  it("keeps messages until resume(), in order, and the event close behind them", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      const told: string[] = [];
      socket.on("message", (data) => {
        told.push(data.toString());
        if (told.length === 1) socket.pause();
      });
      const closed = nextClose(socket).then(([code]) => told.push(`close ${code}`));
      for (const text of ["a", "b", "c"]) client.send(text);
      await once(socket, "message");
      assert.equal(socket.isPaused, true);
      client.close();
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(told, ["a"]);
      socket.resume();
      await closed;
      assert.deepEqual(told, ["a", "b", "c", "close 1005"]);
    });
  });

  it("holds the peer back", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      let received = 0;
      client.on("message", () => received++);
      client.pause();
      const part = Buffer.alloc(64 * 1024);
      let sent = 0;
      // Until more than the system and both sides hold waits at the sender.
      while (socket.bufferedAmount < 1024 * 1024 && sent < 4_000) {
        socket.send(part);
        if (++sent % 16 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      assert.ok(sent < 4_000, "the peer was never held back");
      assert.equal(received, 0);
      client.resume();
      while (received < sent) await once(client, "message");
      assert.equal(socket.bufferedAmount, 0);
    });
  });
});

describe("listeners as of a browser", () => {
  it("are called with events, once if so wanted, and can be removed", async () => {
    await withServer({}, async ({ open }) => {
      const { client, socket } = await open();
      const told: unknown[] = [];
      const listener = ({ type, data, target }: { type: string; data: unknown; target: unknown }) =>
        told.push([type, data, target === client]);
      client.addEventListener("message", listener);
      client.addEventListener("message", listener);
      client.addEventListener("message", { handleEvent: () => told.push("once") }, { once: true });
      client.onmessage = ({ data }) => told.push(data);
      socket.send("a");
      await once(client, "message");
      client.removeEventListener("message", listener);
      client.onmessage = null;
      socket.send(Uint8Array.of(1));
      await once(client, "message");
      assert.deepEqual(told, [["message", "a", true], "once", "a"]);
      assert.equal(client.onmessage, null);
      const closed = new Promise((resolve) => client.onclose = resolve);
      socket.close(4000, "bye");
      const { type, code, reason, wasClean } = await closed as Record<string, unknown>;
      assert.deepEqual([type, code, reason, wasClean], ["close", 4000, "bye", true]);
    });
  });

  it("hear of open and error of a client", async () => {
    await withServer({}, async ({ url }) => {
      const client = new WebSocket(url);
      await new Promise((resolve) => client.onopen = resolve);
      client.terminate();
      await nextClose(client);
    });
    const failed = new WebSocket(CLOSED), closed = nextClose(failed);
    const event = await new Promise<{ error: Error; message: string }>((resolve) => {
      failed.onerror = resolve;
    });
    assert.equal(event.message, event.error.message);
    await closed;
  });
});

describe("a peer that breaks a rule", () => {
  const BROKEN: readonly [drawing: string, code: string, close: number][] = [
    ["1 010 0001 m 0000000", "WS_ERR_UNEXPECTED_RSV_2_3", 1002],
    ["1 000 0011 m 0000000", "WS_ERR_INVALID_OPCODE", 1002],
    ["0 000 1001 m 0000000", "WS_ERR_EXPECTED_FIN", 1002],
    ["1 000 0000 m 0000000", "WS_ERR_INVALID_OPCODE", 1002],
    ["1 000 0001 0 0000000", "WS_ERR_EXPECTED_MASK", 1002],
    ["1 000 1001 m 1111110 +007e *126", "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", 1002],
    ["1 000 1000 m 0000010 x03e7", "WS_ERR_INVALID_CLOSE_CODE", 1002],
    ["1 000 0001 m 0000001 xff", "WS_ERR_INVALID_UTF8", 1007],
    ["1 000 0010 m 1111110 +0400 *1024", "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", 1009],
  ];
  for (const [drawing, code, close] of BROKEN) {
    it(`a peer that breaks a rule is told as ${code}, then as 1006 (${drawing})`, async () => {
      await withServer({ maxPayload: 1_000 }, async ({ server, openRaw }) => {
        const told = new Promise((resolve) => {
          server.on("connection", (socket) => {
            socket.on("error", (error) => {
              assert.equal(socket.readyState, WebSocket.CLOSING);
              socket.on("close", (closeCode) => resolve([error, closeCode]));
            });
          });
        });
        const peer = openRaw();
        peer.socket.write(upgradeRequest());
        await peer.until(/\r\n\r\n/);
        peer.socket.write(bits(drawing, "client"));
        const [error, closeCode] = await told as [Error & { code: string }, number];
        assert.equal(error.code, code);
        assert.equal(closeCode, 1006);
        const sent = await peer.closed();
        const payload = sent.slice(sent.indexOf("\r\n\r\n") + 6);
        assert.equal((payload.charCodeAt(0) << 8) | payload.charCodeAt(1), close);
      });
    });
  }

  it("does no harm where nothing listens to errors", async () => {
    await withServer({}, async ({ server, openRaw }) => {
      const closed = new Promise((resolve) => {
        server.on("connection", (socket) => socket.on("close", resolve));
      });
      const peer = openRaw();
      peer.socket.write(upgradeRequest());
      await peer.until(/\r\n\r\n/);
      peer.socket.write(bits("1 000 0011 m 0000000", "client"));
      assert.equal(await closed, 1006);
    });
  });
});

describe("awaitListeners", () => {
  it("delivers the next message when the listeners of one are done", async () => {
    await withServer({ awaitListeners: 1 }, async ({ open }) => {
      const { client, socket } = await open();
      const told: string[] = [];
      let finish = (): void => {};
      const both = new Promise<void>((resolve) => {
        socket.on("message", async (data) => {
          told.push(`begin ${data}`);
          if (String(data) === "a") await new Promise<void>((done) => finish = done);
          told.push(`end ${data}`);
          if (String(data) === "b") resolve();
        });
      });
      client.send("a");
      client.send("b");
      client.ping();
      await once(socket, "ping"); // it came last
      assert.deepEqual(told, ["begin a"]);
      finish();
      await both;
      assert.deepEqual(told, ["begin a", "end a", "begin b", "end b"]);
    });
  });

  it("awaitListeners of 2 has the listeners of two messages at work, and the third waits", async () => {
    await withServer({ awaitListeners: 2 }, async ({ open }) => {
      const { client, socket } = await open();
      const told: string[] = [];
      const gates: (() => void)[] = [];
      const all = new Promise<void>((resolve) => {
        socket.on("message", async (data) => {
          told.push(data.toString());
          if (told.length === 3) resolve();
          await new Promise<void>((done) => gates.push(done));
        });
      });
      for (const text of ["a", "b", "c"]) client.send(text);
      client.ping();
      await once(socket, "ping");
      assert.deepEqual(told, ["a", "b"]);
      gates[1]!();
      await all;
      for (const open of gates) open();
    });
  });

  it("closes with 1011 when a listener rejects", async () => {
    await withServer({ awaitListeners: 1 }, async ({ open }) => {
      const { client, socket } = await open();
      const reported = console.error;
      console.error = () => {};
      try {
        socket.on("message", () => Promise.reject(new Error("no")));
        client.send("a");
        assert.deepEqual(await nextClose(client), [1011, ""]);
      } finally {
        console.error = reported;
      }
    });
  });
});
