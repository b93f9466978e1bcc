/**
 * Sessions under seeded cuts: each message arrives once and in order, or its loss is told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SendingConnection } from "../../src/handler.ts";
import type { Message } from "../../src/message.ts";
import { startConnect } from "../../src/reconnecting/start_connect.ts";
import { makeResumable } from "../../src/resume/resumable.ts";
import { makeTestHost, MemoryNetwork } from "../helpers/memory_network.ts";

/** Numbers that are the same for the same seed. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The messages of one side, and what became of each. */
class Direction {
  readonly sent: string[] = [];
  readonly arrived: string[] = [];
  readonly told = new Set<string>();

  /** The next message: a text, or bytes that say the same. */
  make(random: (below: number) => number): Message {
    const name = `${this.sent.length}:${"x".repeat(random(4) === 0 ? random(3_000) : random(20))}`;
    this.sent.push(name);
    return random(2) === 0 ? name : new TextEncoder().encode(name);
  }

  take(message: Message): void {
    this.arrived.push(toName(message));
  }

  tell(messages: readonly Message[]): void {
    for (const message of messages) this.told.add(toName(message));
  }

  /** Holds everything against the rule. */
  judge(): void {
    let next = 0;
    for (const name of this.arrived) {
      const at = this.sent.indexOf(name, next);
      assert.ok(at >= 0, `${name.slice(0, 20)} arrived twice, out of order, or was never sent`);
      next = at + 1;
    }
    const arrived = new Set(this.arrived);
    const silent = this.sent.filter((name) => !arrived.has(name) && !this.told.has(name));
    assert.deepEqual(silent.map((name) => name.slice(0, 20)), [], "lost, and nobody was told");
  }
}

function toName(message: Message): string {
  return typeof message === "string" ? message : new TextDecoder().decode(message);
}

let cuts = 0, resumed = 0, lost = 0, upArrived = 0, downArrived = 0;

async function run(seed: number): Promise<void> {
  const random = makeRandom(seed);
  const up = new Direction(), down = new Direction();
  const servers: SendingConnection[] = [];
  let ids = 0;
  const makeServer = () =>
    makeResumable({
      open: (connection) => void servers.push(connection),
      message: (_connection, message) => up.take(message),
    }, {
      seconds: 20,
      onResume: (_connection, outcome) => void (outcome.resumed || down.tell(outcome.lost)),
    }, { clock: network.clock, makeId: () => `session-${ids++}` });
  const network: MemoryNetwork = new MemoryNetwork(() => new Response(null, { status: 503 }));
  network.restart(makeServer());
  network.delayMs = random(3) * 5;
  const { clock } = network;
  const opened = startConnect(makeTestHost(network), "ws://test/", {
    resume: true,
    reconnect: {
      onUnsent: (messages) => up.tell(messages),
      onResume(outcome) {
        if (outcome.resumed) resumed++;
        else {
          lost++;
          up.tell(outcome.lost);
        }
      },
    },
    handler: { message: (_connection, message) => down.take(message) },
  });
  await clock.advance(100);
  const client = await opened;

  for (let step = 0; step < 60; step++) {
    for (let count = random(6); count > 0; count--) client.send(up.make(random));
    const server = servers.at(-1);
    for (let count = random(6); count > 0 && server?.readyState === 1; count--) {
      server.send(down.make(random));
    }
    if (random(4) === 0) {
      cuts++;
      network.cut();
      const fate = random(25);
      if (fate === 0) network.restart(makeServer()); // it knows no session
      if (fate === 1) network.isUp = false; // longer than the server waits
      if (fate === 1) await clock.advance(30_000);
      network.isUp = true;
    }
    await clock.advance(random(3) === 0 ? random(4_000) : random(12));
  }
  await clock.advance(60_000);
  await client.close();
  await clock.advance(60_000);
  up.judge();
  down.judge();
  upArrived += up.arrived.length;
  downArrived += down.arrived.length;
}

describe("resume, over more than a thousand cuts in memory", () => {
  it(
    "delivers each message once and in order, or tells of its loss",
    { timeout: 60_000 },
    async () => {
      for (let seed = 1; seed <= 150; seed++) {
        try {
          await run(seed);
        } catch (error) {
          throw new Error(`seed ${seed}`, { cause: error });
        }
      }
      assert.ok(cuts > 1_000, `${cuts} cuts`);
      assert.ok(resumed > 400, `${resumed} sessions went on`);
      assert.ok(lost > 30, `${lost} sessions did not go on`);
      assert.ok(
        upArrived > 15_000 && downArrived > 8_000,
        `${upArrived}, ${downArrived} messages`,
      );
    },
  );
});
