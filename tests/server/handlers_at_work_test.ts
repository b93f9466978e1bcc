/**
 * Handlers that are at work when their server closes: their answers arrive, and it waits for them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { WebSocketHandler } from "../../src/handler.ts";
import { settle } from "../../src/testing/virtual_clock.ts";
import { isSettled, itEnds } from "../helpers/connections.ts";
import { MemoryHost } from "../helpers/memory_host.ts";

const CLOSE_1001 = "1 000 1000 m 0000010 x03e9";
const ASK = '1 000 0001 m 0000001 "?"';
const TOLD = 'close 1001 "server is closing"';

/** Handlers that answer a message when the gate opens. */
const AT_WORK: Readonly<Record<string, (gate: Promise<void>) => WebSocketHandler>> = {
  "a fed handler": (gate) => ({
    async message(connection, message) {
      await gate;
      await connection.send(message);
    },
  }),
  "a session": (gate) => ({
    async session(connection) {
      for await (const message of connection) {
        await gate;
        await connection.send(message);
      }
    },
  }),
  "a session that reads a message as a stream": (gate) => ({
    async session(connection) {
      const stream = await connection.readStream();
      await gate;
      for await (const part of stream!.readable) await connection.send(part);
      await connection.closed;
    },
  }),
  "an open": (gate) => ({
    async open(connection) {
      await gate;
      await connection.send("?");
    },
    message() {},
  }),
};

describe("a server that closes", () => {
  for (const [what, make] of Object.entries(AT_WORK)) {
    itEnds(`lets ${what} send its answer, and then tells 1001`, async () => {
      const gate = Promise.withResolvers<void>(), host = new MemoryHost();
      const server = await host.start(make(gate.promise));
      const peer = await host.connect();
      peer.send(ASK);
      await settle();
      const closing = server.close();
      assert.deepEqual(await peer.frames(), []);
      peer.send(ASK); // comes too late to be answered
      gate.resolve();
      assert.deepEqual(await peer.frames(), ['text "?"', TOLD]);
      peer.send(CLOSE_1001);
      assert.equal((await closing).drained, 1);
    });
  }

  const IDLE: Readonly<Record<string, WebSocketHandler>> = {
    "reads": {
      async session(connection) {
        for await (const message of connection) await connection.send(message);
      },
    },
    "waits for the end": {
      async session(connection) {
        await connection.read();
        await connection.closed;
      },
    },
    "has read nothing, and sends now and then": {
      session: () => new Promise(() => {}),
    },
    "is fed, and has answered": { message() {} },
  };
  for (const [what, handler] of Object.entries(IDLE)) {
    itEnds(`tells a handler at once that ${what}`, async () => {
      const host = new MemoryHost(), server = await host.start(handler);
      const peer = await host.connect();
      peer.send(ASK);
      await peer.frames();
      void server.close();
      assert.ok((await peer.frames()).includes(TOLD));
    });
  }

  itEnds(
    "a server that closes is told by a handler that returns nothing itself, and closes once it has returned",
    async () => {
      const host = new MemoryHost(), seen: unknown[] = [];
      const server = await host.start({
        message(connection, message) {
          seen.push(message);
          void server.close();
          connection.send(message);
        },
      });
      const peers = [await host.connect(), await host.connect()];
      for (let count = 0; count < 3; count++) peers[0]!.send(ASK);
      for (const peer of peers) {
        assert.deepEqual(await peer.frames(), peer === peers[0] ? ['text "?"', TOLD] : [TOLD]);
        peer.send(CLOSE_1001);
      }
      assert.equal((await server.closed).drained, 2);
      assert.deepEqual(seen, ["?"]);
      assert.equal(host.clock.pending, 0);
    },
  );

  itEnds("waits for a handler whose client has gone, and for the promise of close()", async () => {
    const work = Promise.withResolvers<void>(), end = Promise.withResolvers<void>();
    const log: string[] = [], host = new MemoryHost();
    const server = await host.start({
      async message() {
        await work.promise;
        log.push("message");
      },
      async close() {
        await end.promise;
        log.push("close");
      },
    });
    const peer = await host.connect();
    peer.send(ASK);
    await settle();
    peer.transport.lose();
    await settle();
    assert.equal(server.connections.size, 0);
    const closing = server.close();
    assert.equal(await isSettled(closing), false);
    work.resolve();
    assert.equal(await isSettled(closing), false);
    end.resolve();
    await closing;
    assert.deepEqual(log, ["message", "close"]);
    assert.equal(host.clock.pending, 0);
  });

  for (const leaves of [false, true]) {
    const whose = leaves ? "whose client has gone" : "whose client is there";
    itEnds(`gives up a handler ${whose} when its time is up`, async () => {
      const host = new MemoryHost();
      const server = await host.start({ message: () => new Promise(() => {}) });
      const peer = await host.connect();
      peer.send(ASK);
      await settle();
      if (leaves) peer.transport.lose();
      const closing = server.close({ timeoutMs: 500 });
      await host.clock.advance(499);
      assert.equal(await isSettled(closing), false);
      await host.clock.advance(1);
      assert.equal((await closing).forced, leaves ? 0 : 1);
      assert.equal(peer.isClosed, true);
    });
  }

  itEnds("closes with 1011 when the handler at work fails", async () => {
    const gate = Promise.withResolvers<void>(), host = new MemoryHost(), errors: unknown[] = [];
    const server = await host.start({ message: () => gate.promise }, {
      onError: (error) => void errors.push(error),
    });
    const peer = await host.connect();
    peer.send(ASK);
    await settle();
    void server.close();
    gate.reject(new Error("mine"));
    assert.deepEqual(await peer.frames(), ["close 1011"]);
    assert.equal(String(errors), "Error: mine");
  });
});
