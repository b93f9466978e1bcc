/**
 * Whatever comes from the network: nothing throws, nothing is left hanging, no rejection is
 * unhandled, and every connection ends with a reason. The same seeds in every run.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { WebSocketConnection, WebSocketHandler } from "../../src/handler.ts";
import { random } from "../../src/testing/splitter.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { bits, concat } from "../helpers/bits.ts";
import { makeRandom } from "../helpers/byte_pattern.ts";
import { itEnds } from "../helpers/connections.ts";
import { acceptance, RawServer, startRawClient, upgradeRequest } from "../helpers/raw_peer.ts";
import { IDLE } from "../helpers/idle_handler.ts";

const FRAMES = [
  "1 000 0001 m 0000010 x6869",
  "0 000 0001 m 0000011 x48656c",
  "1 000 0000 m 0000010 x6c6f",
  "0 000 0000 m 0000000",
  "1 000 0010 m 1111110 +0080 *128",
  "0 000 0010 m 0000001 x00",
  "1 000 1001 m 0000010 x6869",
  "1 000 1010 m 0000000",
  "1 000 0001 m 0000001 xff",
  "1 000 0010 m 1111110 +1000 *4096",
  "1 000 1000 m 0000010 x03e8",
  "1 000 1000 m 0000001 x03",
  "1 000 0011 m 0000000",
  "1 100 0001 m 0000001 x61",
  "0 000 1001 m 0000000",
];

/** Every way in which handlers read. */
const HANDLERS: Readonly<Record<string, () => WebSocketHandler>> = {
  fed: () => ({ message: (connection, message) => connection.send(message) }),
  "fed slowly": () => ({
    open: () => settle(),
    async message(connection, message) {
      await settle();
      await connection.send(message);
    },
  }),
  "that throws": () => ({
    message() {
      throw new Error("mine");
    },
  }),
  reading: () => ({
    async session(connection) {
      for await (const message of connection) void connection.send(message);
    },
  }),
  "reading text": () => ({
    async session(connection) {
      while (await connection.readText() !== null);
    },
  }),
  "reading fragments": () => ({
    async session(connection) {
      for (let next; (next = await connection.readFragment()) !== null;) {
        await connection.send(next.data, { final: true });
      }
    },
  }),
  streaming: () => ({
    async session(connection) {
      for (let next; (next = await connection.readStream()) !== null;) await drain(next.readable);
    },
  }),
  "cancelling streams": () => ({
    async session(connection) {
      for (let next; (next = await connection.readStream()) !== null;) {
        await next.readable.cancel();
      }
    },
  }),
  "of every kind in turn": () => ({ session: readInTurn }),
  "that does not read": () => ({ session: async (connection) => void await connection.closed }),
  "that pings": () => ({
    open(connection) {
      void connection.ping();
      void connection.pong("unasked");
    },
    message: (connection) => void connection.ping("again"),
  }),
};

async function drain(readable: ReadableStream<unknown>): Promise<void> {
  const reader = readable.getReader();
  while (!(await reader.read()).done);
}

async function readInTurn(connection: WebSocketConnection): Promise<void> {
  for (let turn = 0;; turn++) {
    if (turn % 3 === 0 && await connection.read() === null) return;
    if (turn % 3 === 1) {
      const stream = await connection.readStream();
      if (stream === null) return;
      await drain(stream.readable);
    }
    if (turn % 3 === 2) {
      let fragment = await connection.readFragment();
      while (fragment !== null && !fragment.final) fragment = await connection.readFragment();
      if (fragment === null) return;
    }
  }
}

/** A stream of frames, most of them good, some changed, some cut. */
function makeStream(next: () => number, from: "client" | "server"): Uint8Array {
  const pick = (count: number): number => Math.floor(next() * count);
  const parts: Uint8Array[] = [];
  for (let count = 1 + pick(12); count > 0; count--) {
    const frame = bits(FRAMES[pick(next() < 0.6 ? 7 : FRAMES.length)]!, from);
    const chance = next();
    if (chance < 0.1) frame[pick(frame.length)]! ^= 1 << pick(8);
    else if (chance < 0.14) parts.push(Uint8Array.from({ length: pick(40) }, () => pick(256)));
    parts.push(chance > 0.97 ? frame.subarray(0, pick(frame.length)) : frame);
  }
  return concat(parts);
}

const ROUNDS = 150;

describe("bad input", () => {
  for (const [name, make] of Object.entries(HANDLERS)) {
    itEnds(
      `ends the connection of a handler ${name} with a cause, and no other connection`,
      async () => {
        const next = makeRandom(name.length * 7_919);
        for (let round = 0; round < ROUNDS; round++) {
          const clock = new VirtualClock();
          const errors: unknown[] = [];
          const server = new RawServer(make(), {
            clock,
            split: random(round, 1 + round % 50),
            server: { maxMessageBytes: 3_000, onError: (error) => void errors.push(error) },
          });
          const { peer } = server.accept();
          peer.write(upgradeRequest());
          await settle();
          const [connection] = server.upgrader.connections;
          peer.write(makeStream(next, "client"));
          await settle();
          const leaving = next();
          if (leaving < 0.5) peer.transport.end();
          else if (leaving < 0.75) peer.transport.abort();
          await clock.advance(60_000); // keepalive and close timeout
          if (!peer.isClosed) peer.transport.abort(); // a handler that does not read holds us back
          assertReason(await connection!.closed, `${name}, round ${round}`);
          for (const error of errors) assertExpected(error, name);
          assert.equal(server.upgrader.connections.size, 0);
        }
      },
    );
  }

  itEnds("ends the connection of a client with a cause", async () => {
    const next = makeRandom(6_455);
    for (let round = 0; round < ROUNDS; round++) {
      const clock = new VirtualClock();
      const { peer, opened } = await startRawClient({ clock, split: random(round, 20) });
      peer.write(acceptance(peer));
      peer.write(makeStream(next, "server"));
      peer.transport.end();
      const connection = await opened;
      await readInTurn(connection).catch((error) => assertExpected(error, "client"));
      await clock.advance(60_000);
      assertReason(await connection.closed, `client, round ${round}`);
    }
  });

  itEnds(
    "bad input that cuts a request is dropped at the handshake timeout; an untouched one opens",
    async () => {
      const request = new TextEncoder().encode(upgradeRequest());
      for (const length of [0, 1, request.length - 1, request.length]) {
        const clock = new VirtualClock();
        const server = new RawServer(() => IDLE, { clock, server: { onError() {} } });
        const { peer } = server.accept();
        if (length > 0) peer.write(request.subarray(0, length));
        await clock.advance(10_000);
        const isWhole = length === request.length;
        assert.equal(server.upgrader.connections.size, isWhole ? 1 : 0, `${length} bytes`);
        assert.equal(peer.isClosed, !isWhole, `${length} bytes`);
      }
    },
  );

  itEnds("bad input in a request leaves it open, or closes its transport", async () => {
    const next = makeRandom(7_692);
    const request = new TextEncoder().encode(upgradeRequest("Sec-WebSocket-Protocol: a, b"));
    for (let round = 0; round < ROUNDS; round++) {
      const clock = new VirtualClock();
      const server = new RawServer(() => IDLE, {
        clock,
        split: random(round, 30),
        server: { onError() {} },
      });
      const { peer } = server.accept();
      const bytes = request.slice();
      for (let changes = round % 4 + 1; changes > 0; changes--) {
        bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
      }
      peer.write(round % 10 === 0 ? bytes.subarray(0, Math.floor(next() * bytes.length)) : bytes);
      await clock.advance(60_000);
      assert.ok(peer.isClosed || server.upgrader.connections.size === 1, `round ${round}`);
    }
  });

  itEnds("bad input in a response opens, or rejects with a handshake error", async () => {
    const next = makeRandom(101);
    for (let round = 0; round < ROUNDS; round++) {
      const clock = new VirtualClock();
      const { peer, opened } = await startRawClient({ clock, split: random(round, 30) });
      const bytes = new TextEncoder().encode(acceptance(peer));
      bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
      peer.write(bytes);
      await clock.advance(60_000);
      const outcome = await opened.then(() => "open", (error) => String(error.code));
      assert.match(outcome, /^(open|ERR_HANDSHAKE(_STATUS|_TIMEOUT|_REDIRECT)?)$/);
    }
  });
});

/** A bare 1006 with no cause is a defect. */
function assertReason(info: { code: number; cause?: unknown }, where: string): void {
  assert.ok(info.code !== 1006 || info.cause instanceof Error, `${where}: bare 1006`);
  assert.ok(info.code >= 1000 && info.code < 5000, `${where}: ${info.code}`);
}

/** Errors that handlers threw, and those of their own calls; none from inside of the library. */
function assertExpected(error: unknown, name: string): void {
  if (error instanceof Error && error.message === "mine") return;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const allowed = ["ERR_MESSAGE_TYPE", "ERR_TRANSPORT", "ERR_CLOSED", "ERR_READ_CONFLICT"];
  assert.ok(
    allowed.includes(String(code)),
    `${name}: ${error instanceof Error ? error.stack : error}`,
  );
}
