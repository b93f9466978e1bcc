/**
 * 200 clients of a server that restarts ten times: they come back spread out, and with `resume`
 * nothing is lost.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { WebSocketConnection, WebSocketHandler } from "../../src/handler.ts";
import type { ResumeOutcome } from "../../src/resume/outcome.ts";
import { startConnect } from "../../src/reconnecting/start_connect.ts";
import { makeResumable } from "../../src/resume/resumable.ts";
import { makeTestHost, MemoryNetwork } from "../helpers/memory_network.ts";

const CLIENTS = 200, RESTARTS = 10, DOWN_MS = 2_000;
/** Milliseconds of one row of the histogram. */
const ROW_MS = 500;
/** Rows; what comes later has one of its own. */
const ROWS = 20;

/** Numbers from 0 to below 1, the same in each run: mulberry32, whose seeds may be neighbours. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Rows of time after a restart with the attempts that fell into them, as docs/client.md shows them.
 */
function draw(rows: readonly number[]): string {
  const lines = rows.map((count, index) => {
    const [from, to] = [index, index + 1].map((row) => (row * ROW_MS / 1_000).toFixed(1));
    const when = index === ROWS ? "later" : `${from} to ${to} s`;
    const bar = "#".repeat(Math.ceil(count / 30));
    return `${when.padEnd(13)} ${`${count}`.padStart(5)}  ${bar}`.trimEnd();
  });
  return lines.join("\n");
}

describe("200 clients of a server that restarts ten times", () => {
  const patience = { timeout: 120_000 };

  it("come back spread out, and lose nothing", patience, async () => {
    let ids = 0;
    const network: MemoryNetwork = new MemoryNetwork(() => null);
    const host = { clock: network.clock, makeId: () => `${ids++}` };
    const echo: WebSocketHandler = {
      message: (connection, message) => connection.send(message),
    };
    const handler = makeResumable(echo, {}, host);
    network.restart(handler);
    const { clock } = network;
    const echoes: string[][] = [];
    const clients: WebSocketConnection[] = [];
    const attempts: number[] = [];
    let restartedAt = 0, notResumed = 0;
    for (let index = 0; index < CLIENTS; index++) {
      const own: string[] = [];
      echoes.push(own);
      const testHost = makeTestHost(network);
      clients.push(
        await startConnect({ ...testHost, random: makeRandom(index) }, "ws://test/", {
          resume: true,
          pingIntervalMs: Infinity,
          reconnect: {
            onAttempt: ({ delayMs }) => void attempts.push(clock.now() + delayMs - restartedAt),
            onResume: ({ resumed }) => void (notResumed += resumed ? 0 : 1),
          },
          handler: { message: (_connection, message) => void own.push(String(message)) },
        }),
      );
    }
    attempts.length = 0;
    const rows = Array.from({ length: ROWS + 1 }, () => 0);
    let sent = 0;
    for (let restart = 0; restart < RESTARTS; restart++) {
      await clock.advance(10_000); // connections hold
      for (const client of clients) client.send(`${sent}`);
      sent++;
      restartedAt = clock.now();
      network.isUp = false;
      network.restart(handler); // its process goes on: it is the network of the server that goes
      await clock.advance(100);
      for (const client of clients) client.send(`${sent}`);
      sent++;
      await clock.advance(DOWN_MS - 100);
      network.isUp = true;
      await clock.advance(20_000);
      const busiest = new Map<number, number>();
      for (const atMs of attempts.splice(0)) {
        rows[Math.min(ROWS, Math.floor(atMs / ROW_MS))]!++;
        const tenth = Math.floor(atMs / 100);
        busiest.set(tenth, (busiest.get(tenth) ?? 0) + 1);
      }
      // First attempts alone are 20 in 100 ms, and second ones come between.
      const most = Math.max(...busiest.values());
      assert.ok(most <= 60, `${most} of ${CLIENTS} clients came in the same 100 ms`);
    }
    const all = Array.from({ length: sent }, (_, index) => `${index}`);
    for (const own of echoes) assert.deepEqual(own, all);
    assert.equal(notResumed, 0);
    const drawn = draw(rows);
    const page = readFileSync(new URL("../../docs/client.md", import.meta.url), "utf8");
    assert.ok(page.includes(drawn), `docs/client.md must show this:\n${drawn}`);
  });

  it(
    "lose nothing either when it ends in good order and knows no session after",
    patience,
    async () => {
      let ids = 0;
      const network: MemoryNetwork = new MemoryNetwork(() => null);
      const makeHandler = () =>
        makeResumable(
          { message: (connection, message) => connection.send(message) },
          {},
          { clock: network.clock, makeId: () => `${ids++}` },
        );
      network.restart(makeHandler());
      const { clock } = network;
      const echoes: string[][] = [];
      const outcomes: ResumeOutcome[] = [];
      const clients: WebSocketConnection[] = [];
      for (let index = 0; index < CLIENTS; index++) {
        const own: string[] = [];
        echoes.push(own);
        const host = { ...makeTestHost(network), random: makeRandom(index) };
        clients.push(
          await startConnect(host, "ws://test/", {
            resume: true,
            pingIntervalMs: Infinity,
            reconnect: { onResume: (outcome) => void outcomes.push(outcome) },
            handler: { message: (_connection, message) => void own.push(String(message)) },
          }),
        );
      }
      let sent = 0;
      const sendAll = (): void => {
        for (const client of clients) client.send(`${sent}`);
        sent++;
      };
      for (let restart = 0; restart < RESTARTS; restart++) {
        await clock.advance(10_000);
        sendAll();
        await clock.advance(1);
        const closing = network.close({ code: 1012, spreadMs: 1_000 });
        await clock.advance(1_000);
        assert.equal((await closing).drained, CLIENTS);
        sendAll(); // there is no server
        network.restart(makeHandler());
        await clock.advance(40_000); // 1012 asks clients to come back within 5 to 30 s
      }
      const all = Array.from({ length: sent }, (_, index) => `${index}`);
      for (const own of echoes) assert.deepEqual(own, all);
      assert.equal(outcomes.length, CLIENTS * RESTARTS);
      for (const outcome of outcomes) assert.deepEqual(outcome, { resumed: false, lost: [] });
    },
  );
});
