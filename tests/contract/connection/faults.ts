/**
 * A conversation that is cut: after every byte of either direction, by a reset, by an end, and by
 * silence. Whatever the place, each side is told once how its connection ended, what came is a
 * beginning of what was sent, nothing waits for a timer, nothing stays open, and the next client is
 * served.
 *
 * `FAULT_STRIDE=1` tries every byte (`deno task test:faults`); the default is a few dozen places.
 *
 * @module
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import {
  type CloseInfo,
  type ConnectOptions,
  type Message,
  WebSocketError,
  type WebSocketErrorCode,
} from "../../../mod.ts";
import type { Address } from "../../../src/message.ts";
import { fillPattern } from "../../helpers/byte_pattern.ts";
import {
  type Cut,
  type CutKind,
  CuttingRelay,
  type Direction,
} from "../../helpers/cutting_relay.ts";
import { eventually } from "../../helpers/waiting.ts";
import type { Adapter, Served } from "./host.ts";

const STRIDE = Number(process.env.FAULT_STRIDE ?? 0); // 0: as many as PLACES
const PLACES = 6;
/** Silence is waited for, the others are worked on. */
const WORKERS = { RST: 6, FIN: 6, silence: 12 } as const;
const PATIENCE = { timeout: STRIDE === 0 ? 60_000 : 3_600_000 } as const;
/** Addresses of this machine beside the server's. macOS has no 127.0.0.2. */
const HOSTS = process.platform === "darwin"
  ? ["::1"]
  : Array.from({ length: 16 }, (_, index) => `127.0.0.${2 + index}`);
/** Timers that no run may need, and a time that is shorter and longer than any run. */
const LONG = { handshakeTimeoutMs: 120_000, closeTimeoutMs: 120_000 } as const, SLOW_MS = 40_000;
/** For silence, which only timers notice. */
const SHORT = {
  handshakeTimeoutMs: 300,
  pingIntervalMs: 150,
  pongTimeoutMs: 150,
  closeTimeoutMs: 150,
} as const;

/** How a connect may fail when the transport is cut meanwhile. */
const FAILURES: readonly WebSocketErrorCode[] = [
  "ERR_CONNECT",
  "ERR_HANDSHAKE",
  "ERR_HANDSHAKE_STATUS", // half a head is answered by 400
  "ERR_HANDSHAKE_TIMEOUT",
];
const SENT: readonly Message[] = ["first, with €", patterned(300), "", patterned(20)];

function patterned(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  fillPattern(bytes, 0, length, length);
  return bytes;
}

async function* parts(): AsyncGenerator<string> {
  yield* ["in ", "three ", "parts"];
}

/** The client's record of one run. */
interface Outcome {
  readonly received: readonly Message[];
  readonly end: CloseInfo | WebSocketError;
}

/** The client's part of the conversation. */
async function converse(
  { connect }: Served,
  options: ConnectOptions,
  { frames, pings }: Adapter["features"],
): Promise<Outcome> {
  const received: Message[] = [];
  let connection;
  try {
    connection = await connect("/", options);
  } catch (end) {
    assert.ok(end instanceof WebSocketError, `connect rejected with ${end}`);
    return { received, end };
  }
  try {
    for (const message of SENT) connection.send(message).catch(() => {});
    if (pings) connection.ping().catch(() => {});
    if (frames) connection.send(parts()).catch(() => {});
    const expected = expectedOf(frames).length;
    for await (const message of connection) {
      received.push(message);
      if (received.length === expected) break;
    }
    await connection.close(4000, "done");
  } catch (error) {
    assert.ok(error instanceof WebSocketError, `a call rejected with ${error}`);
  }
  return { received, end: await connection.closed };
}

/**
 * A conversation that nothing cuts. With the short timers it has some tries: they may run out when
 * the machine is busy.
 */
async function converseWhole(
  served: Served,
  options: ConnectOptions,
  features: Adapter["features"],
): Promise<void> {
  const tries = options.pingIntervalMs === undefined ? 1 : 20;
  for (let left = tries;; left--) {
    const { end } = await converse(served, options, features);
    if (!(end instanceof WebSocketError) && end.code === 4000) return;
    assert.ok(left > 1, `${tries} tries, the last of which ended by ${end.code} ${end.cause}`);
  }
}

function expectedOf(frames: boolean): readonly Message[] {
  return ["welcome", ...SENT, ...frames ? ["in three parts"] : []];
}

/** Cuts in both directions, spread over the bytes of a whole conversation. */
function cutsOf(passed: Readonly<Record<Direction, number>>, kind: CutKind): Cut[] {
  return (["up", "down"] as const).flatMap((direction) => {
    const step = STRIDE === 0 ? passed[direction] / PLACES : STRIDE;
    const count = Math.ceil(passed[direction] / step);
    return Array.from({ length: count }, (_, i) => ({
      direction,
      bytes: Math.floor(i * step),
      kind,
    }));
  });
}

/** A place beside the server's, with the options that bring a client there. */
async function besides(
  { address: target }: { readonly address: Address },
  worker: number,
): Promise<{ relay: CuttingRelay; options: ConnectOptions }> {
  if (target.transport === "unix") {
    const path = join(tmpdir(), `fd-${randomUUID()}.sock`);
    const relay = await CuttingRelay.start({ transport: "unix", path }, target);
    return { relay, options: { path } };
  }
  const hostname = HOSTS[worker % HOSTS.length]!;
  const relay = await CuttingRelay.start({ ...target, hostname }, target);
  return { relay, options: { address: hostname } };
}

function checkOutcome({ received, end }: Outcome, cut: Cut, frames: boolean): void {
  const place = JSON.stringify(cut), expected = expectedOf(frames);
  assert.deepEqual(
    { place, received },
    { place, received: expected.slice(0, received.length) },
  );
  if (end instanceof WebSocketError) {
    assert.ok(FAILURES.includes(end.code), `${place}: ${end.code} ${end.message}`);
    assert.equal(received.length, 0);
  } else if (end.code === 1006) {
    assert.ok(end.cause instanceof WebSocketError, `${place}: no cause`);
  } else {
    const whole = [place, 4000, expected.length];
    assert.deepEqual([place, end.code, received.length], whole);
  }
}

export function testFaults(adapter: Adapter): void {
  const { features } = adapter;
  const kinds: readonly CutKind[] = ["RST", "FIN", ...features.pings ? ["silence" as const] : []];

  describe("a conversation that is cut", () => {
    for (const kind of kinds) {
      it(`by ${kind} anywhere ends on both sides, and nothing stays`, PATIENCE, async () => {
        const errors: unknown[] = [], ends: CloseInfo[] = [];
        let opened = 0;
        const limits = kind === "silence" ? SHORT : LONG;
        const served = await adapter.serve({
          ...limits,
          onRefuse: () => {},
          onError: (error) => void errors.push(error),
        }, {
          open(connection) {
            opened++;
            connection.send("welcome");
          },
          message: (connection, message) => connection.send(message),
          close: (_connection, closing) => void ends.push(closing),
        });
        const probe = served.openRaw();
        probe.socket.destroy();
        const queue: Cut[] = [];
        const work = async (worker: number, { isFirst = false } = {}): Promise<void> => {
          const { relay, options } = await besides(probe, worker);
          const all = { ...limits, ...options };
          try {
            if (isFirst) {
              await converseWhole(served, all, features);
              queue.push(...cutsOf(relay.passed, kind));
              return;
            }
            for (let cut = queue.shift(); cut !== undefined; cut = queue.shift()) {
              relay.reset();
              relay.cut = cut;
              const began = performance.now();
              checkOutcome(await converse(served, all, features), cut, features.frames);
              const took = performance.now() - began;
              assert.ok(took < SLOW_MS, `${JSON.stringify(cut)} took ${took} ms`);
            }
          } finally {
            await relay.close();
            if (options.path !== undefined) await rm(options.path, { force: true });
          }
        };
        try {
          await work(0, { isFirst: true }); // counts the bytes
          const workers = Math.min(WORKERS[kind], HOSTS.length);
          await Promise.all(Array.from({ length: workers }, (_, index) => work(index)));
          await eventually(`${opened} ends`, () => ends.length === opened);
          assert.equal(served.connections.size, 0);
          for (const { code, cause } of ends) {
            assert.ok(code === 4000 || (code === 1006 && cause instanceof WebSocketError));
          }
          assert.deepEqual(errors, []);
          await converseWhole(served, limits, features);
        } finally {
          await served.close({ timeoutMs: 0 });
        }
      });
    }
  });
}
