/**
 * How connections of the face `./ws` pause and end, and what a peer that breaks a rule does to
 * them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { describe, it } from "node:test";
import { WebSocket } from "../../src/ws/mod.ts";
import { bits } from "../helpers/bits.ts";
import { upgradeRequest } from "../helpers/raw_peer.ts";
import { failureOf, nextClose, withServer } from "./helpers.ts";

/** A port that was free a moment ago, on which nothing listens. */
const CLOSED = "ws://127.0.0.1:1";

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
