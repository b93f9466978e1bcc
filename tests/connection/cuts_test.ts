/**
 * A conversation in memory that is lost or ended after each of its bytes, and one that is aborted
 * in each of its turns. Each side is told once; what came is a beginning of what was sent; no timer
 * is left.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { describe } from "node:test";
import type { CloseInfo, WebSocketConnection, WebSocketHandler } from "../../src/handler.ts";
import type { Message } from "../../src/message.ts";
import { startClient } from "../../src/client/client.ts";
import { WebSocketError } from "../../src/errors.ts";
import type { Runtime } from "../../src/transport/runtime.ts";
import { TransportUpgrades } from "../../src/server/transport_upgrades.ts";
import { Upgrader } from "../../src/server/upgrader.ts";
import { memoryRuntime, testPlatform } from "../../src/testing/connection_pair.ts";
import { MemoryTransport } from "../../src/testing/memory_transport.ts";
import { settle, VirtualClock } from "../../src/testing/virtual_clock.ts";
import { itEnds } from "../helpers/connections.ts";

/** `FAULT_STRIDE=1` cuts after every byte. */
const STRIDE = Number(process.env.FAULT_STRIDE ?? 29);
const SENT: readonly Message[] = [
  "first, €",
  Uint8Array.from({ length: 130 }, (_, i) => i),
  "last",
];
const STREAMED = "in three parts";
const EXPECTED: readonly Message[] = ["welcome", ...SENT, STREAMED];

async function* parts(): AsyncGenerator<string> {
  yield* ["in ", "three ", "parts"];
}

/** Echoes after a greeting, in each way to write a handler. */
const HANDLERS: Readonly<Record<string, WebSocketHandler>> = {
  "a fed handler": {
    open: (connection) => connection.send("welcome"),
    message: (connection, message) => connection.send(message),
  },
  "a session": {
    async session(connection) {
      await connection.send("welcome");
      for await (const message of connection) await connection.send(message);
    },
  },
  "a session that reads fragments": {
    async session(connection) {
      await connection.send("welcome");
      for (;;) {
        const fragment = await connection.readFragment();
        if (fragment === null) break;
        await connection.send(fragment.data, { final: fragment.final });
      }
    },
  },
  "a session that reads streams": {
    async session(connection) {
      await connection.send("welcome");
      for (;;) {
        const stream = await connection.readStream();
        if (stream === null) break;
        await connection.send(stream.readable);
      }
    },
  },
};

type Direction = "up" | "down";
interface Cut {
  readonly direction: Direction;
  readonly bytes: number;
  readonly kind: "lost" | "ended";
}

/** A server and a way to it that is cut once. */
class Place {
  readonly clock = new VirtualClock();
  readonly errors: unknown[] = [];
  readonly passed: Record<Direction, number> = { up: 0, down: 0 };
  readonly upgrader: Upgrader;
  readonly ends: CloseInfo[] = [];
  opened = 0;
  readonly #cut: Cut | null;

  constructor(handler: WebSocketHandler, cut: Cut | null) {
    this.#cut = cut;
    this.upgrader = new Upgrader({
      handler: { ...handler, close: (_connection, closing) => void this.ends.push(closing) },
      options: { onError: (error) => void this.errors.push(error), onRefuse: () => {} },
      platform: testPlatform({ clock: this.clock }),
      onOpen: () => void this.opened++,
    });
  }

  connect(signal?: AbortSignal): Promise<WebSocketConnection> {
    const { client, server } = MemoryTransport.pair();
    this.#count(client, "up");
    this.#count(server, "down");
    const inner = memoryRuntime(client);
    const runtime: Runtime = {
      ...inner,
      dial: (options, sink) => {
        new TransportUpgrades(this.upgrader).accept(server, "http");
        return inner.dial(options, sink);
      },
    };
    return startClient(
      { runtime, platform: testPlatform({ clock: this.clock }) },
      "ws://test/",
      signal === undefined ? {} : { signal },
    );
  }

  /** Counts what a transport writes, and cuts it. */
  #count(transport: MemoryTransport, direction: Direction): void {
    const write = transport.write.bind(transport);
    const cut = this.#cut?.direction === direction ? this.#cut : null;
    let left = cut?.bytes ?? Infinity;
    const cutNow = (): void => {
      left = 0;
      if (cut?.kind === "lost") settle().then(() => transport.lose());
      else transport.end();
    };
    transport.write = (bytes, start, end) => {
      this.passed[direction] += end - start;
      if (left === 0) return true;
      if (end - start < left) {
        left -= end - start;
        return write(bytes, start, end);
      }
      const isTaken = write(bytes, start, start + left);
      cutNow();
      return isTaken;
    };
  }
}

/** All that a client does, and how it ended. A signal ends it, and is rejected with. */
async function converse(
  place: Place,
  signal?: AbortSignal,
): Promise<{ received: Message[]; end: CloseInfo | WebSocketError }> {
  const received: Message[] = [];
  let connection: WebSocketConnection;
  try {
    connection = await place.connect(signal);
  } catch (end) {
    if (!(end instanceof WebSocketError)) throw end;
    return { received, end };
  }
  const options = signal === undefined ? {} : { signal };
  try {
    for (const message of SENT) await connection.send(message, options);
    connection.ping().catch(() => {});
    await connection.send(parts(), options);
    for (let count = 0; count < EXPECTED.length; count++) {
      const message = await connection.read(options);
      if (message === null) break;
      received.push(message);
    }
    await connection.close(4000, "done");
  } catch (error) {
    if (!(error instanceof WebSocketError)) {
      await connection.close();
      throw error;
    }
  }
  return { received, end: await connection.closed };
}

async function checkEnds(place: Place, what: string): Promise<void> {
  await settle();
  const { ends, opened, errors, upgrader, clock } = place;
  assert.equal(ends.length, opened, what);
  assert.deepEqual([...errors, ...upgrader.connections], [], what);
  for (const { code, cause } of ends) {
    // 1011: the signal came within a message of several parts.
    assert.ok([1000, 1011, 4000].includes(code) || cause instanceof WebSocketError, what);
  }
  await clock.advance(10_000); // the one timer of all openings runs out by itself
  assert.equal(clock.pending, 0, what);
}

for (const [what, handler] of Object.entries(HANDLERS)) {
  describe(`a conversation in memory with ${what}`, () => {
    itEnds("that is cut after any byte ends on both sides", async () => {
      const whole = new Place(handler, null);
      assert.deepEqual((await converse(whole)).received, EXPECTED);
      await checkEnds(whole, "whole");
      for (const direction of ["up", "down"] as const) {
        for (let bytes = 1; bytes <= whole.passed[direction]; bytes += STRIDE) {
          for (const kind of ["lost", "ended"] as const) {
            const cut: Cut = { direction, bytes, kind }, named = JSON.stringify(cut);
            const place = new Place(handler, cut);
            const { received, end } = await converse(place);
            assert.deepEqual([named, ...received], [named, ...EXPECTED.slice(0, received.length)]);
            if (!(end instanceof WebSocketError) && end.code !== 4000) {
              assert.ok(end.code === 1006 && end.cause instanceof WebSocketError, named);
            }
            await checkEnds(place, named);
          }
        }
      }
    });

    itEnds("that is aborted in any turn rejects with the reason, and leaves nothing", async () => {
      const reason = new Error("stop here");
      let finished = 0, turns = 0;
      for (; finished < 3; turns++) {
        const place = new Place(handler, null), stop = new AbortController();
        void after(turns).then(() => stop.abort(reason));
        try {
          const { end } = await converse(place, stop.signal);
          assert.ok(!(end instanceof WebSocketError), `after ${turns} turns: ${end}`);
          assert.equal(end.code, 4000, `after ${turns} turns`);
          finished++;
        } catch (error) {
          assert.equal(error, reason, `after ${turns} turns: ${error}`);
          finished = 0;
        }
        await checkEnds(place, `after ${turns} turns`);
        assert.ok(turns < 5_000);
      }
      assert.ok(turns > 20, `${turns} turns`);
    });
  });
}

async function after(turns: number): Promise<void> {
  for (let count = 0; count < turns; count++) await null;
}
