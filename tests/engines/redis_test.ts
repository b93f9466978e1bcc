/**
 * Topics over a real `redis-server` and a real cluster, with both clients: what one process
 * publishes all others get, and what an outage costs is told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { redisBackplane } from "../../src/topics/redis/mod.ts";
import { openRedis } from "../../scripts/topics/clients.ts";
import { rejectsWith } from "../helpers/connections.ts";
import { eventually } from "../helpers/waiting.ts";
import { testEngine } from "./engine_suite.ts";
import { assertAddsUp, assertComplete, Fleet, type OpenBackplane, until } from "./fleet.ts";
import { type Engine, startRedis, startRedisCluster } from "./servers.ts";

const history = { messages: 1_000, seconds: 60 };

/** An engine of one kind, and how a process connects to it. */
interface Layout {
  readonly name: string;
  start(): Promise<readonly Engine[]>;
  readonly client: string;
}

const LAYOUTS: readonly Layout[] = ["redis", "ioredis"].flatMap((client) => [
  { name: `stand-alone, ${client}`, client, start: async () => [await startRedis()] },
  { name: `cluster, ${client}`, client, start: startRedisCluster },
]);

for (const { name, start, client } of LAYOUTS) {
  describe(`Redis (${name})`, { timeout: 120_000 }, () => {
    let engines: readonly Engine[] = [];
    before(async () => void (engines = await start()));
    after(async () => void await Promise.all(engines.map((engine) => engine.stop())));

    const url = (): string =>
      engines.map(({ port }) => `redis://127.0.0.1:${port}`).join(",") + `?client=${client}`;
    const open: OpenBackplane = async () => {
      const { client: opened, close } = await openRedis(url());
      return { backplane: redisBackplane(opened, { prefix: "t:" }), close };
    };
    for (const options of [{}, { history }]) {
      const how = "history" in options ? "with a history" : "without a history";
      it(`each process gets each message once, in order per publisher, ${how}`, async () => {
        const fleet = await Fleet.open(3, open, options);
        for (const topic of [`a ${how}`, `b ${how}`]) {
          const before = fleet.witnesses.length;
          await fleet.witness(topic);
          await fleet.publishAll(topic, 100);
          const mine = fleet.witnesses.slice(before);
          await until("all", () => mine.every(({ messages }) => messages.length >= 300));
          assertComplete(mine, fleet.taken.map((taken) => taken.slice(-100)));
        }
        await fleet.close();
      });
    }

    testEngine({ open: () => open, engines: () => engines });

    it("what is lost with a subscribing connection is read from the history", async () => {
      const fleet = await Fleet.open(2, open, { history });
      await fleet.witness("cut");
      for (let round = 0; round < 5; round++) {
        const published = fleet.publishAll("cut", 20, round * 20);
        for (const { port } of engines) await command(port, "CLIENT", "KILL", "TYPE", "pubsub");
        await published;
        await until("up again", () => fleet.isUp);
      }
      await fleet.receives(200);
      assertComplete(fleet.witnesses, fleet.taken);
      assertAddsUp(fleet.witnesses, fleet.taken.flat());
      await fleet.close();
    });

    if (!name.startsWith("cluster")) {
      it("a killed engine: local delivery goes on, publishes wait, and all is subscribed again", async () => {
        const fleet = await Fleet.open(2, open);
        await fleet.witness("killed");
        await fleet.publishAll("killed", 5);
        await fleet.receives(10);
        await engines[0]!.kill();
        await until("down", () => !fleet.isUp);
        const published = fleet.publish(0, "killed", "0:while away");
        await until("local", () => fleet.witnesses[0]!.messages.includes("0:while away"));
        assert.equal(fleet.all[0]!.queued, 1);
        await engines[0]!.start();
        await published;
        await until("up", () => fleet.isUp);
        await fleet.publishAll("killed", 5, 5);
        await until("the rest", () => fleet.witnesses[1]!.messages.includes("0:9"));
        await until("the other's", () => fleet.witnesses[0]!.messages.includes("1:9"));
        const last = fleet.witnesses[0]!.messages;
        assert.equal(new Set(last).size, last.length);
        await fleet.close();
      });

      it("a killed engine has lost its history: what each has and was told adds up", async () => {
        const fleet = await Fleet.open(3, open, { history });
        await fleet.witness("lost");
        for (let round = 0; round < 3; round++) {
          const published = fleet.publishAll("lost", 40, round * 40);
          await until("some", () => fleet.witnesses[0]!.messages.length > round * 120 + 20);
          await engines[0]!.kill();
          await engines[0]!.start();
          await published;
          await until("up", () => fleet.isUp);
        }
        await fleet.publishAll("lost", 1, 999);
        await until(
          "the last",
          () =>
            fleet.witnesses.every(({ messages }) =>
              messages.filter((m) => m.endsWith(":999")).length === 3
            ),
        );
        assertAddsUp(fleet.witnesses, fleet.taken.flat());
        await fleet.close();
      });

      it("publishes fail while it is away, if that was asked for", async () => {
        const fleet = await Fleet.open(1, open, { whenDown: "fail" });
        await engines[0]!.kill();
        await until("down", () => !fleet.isUp);
        await rejectsWith(fleet.all[0]!.publish("any", "x"), "ERR_BACKPLANE");
        await engines[0]!.start();
        await until("up", () => fleet.isUp);
        await fleet.all[0]!.publish("any", "x");
        await fleet.close();
      });
    }

    it("is subscribed at the engine only while it has subscribers", async () => {
      const fleet = await Fleet.open(1, open);
      await fleet.witness("counted");
      // The engine may still have to hear that the connections of the test before are closed.
      await eventually("one", async () => await countSubscribers(engines) === 1);
      fleet.all[0]!.unsubscribe(fleet.witnesses[0]!.connection, "counted");
      await eventually("none", async () => await countSubscribers(engines) === 0);
      await fleet.close();
    });
  });
}

/** How many channels are subscribed at all nodes. */
async function countSubscribers(engines: readonly Engine[]): Promise<number> {
  let count = 0;
  for (const { port } of engines) {
    for (const kind of ["CHANNELS", "SHARDCHANNELS"]) {
      const channels = await command(port, "PUBSUB", kind);
      if (Array.isArray(channels)) count += channels.length;
    }
  }
  return count;
}

/** Runs one command at one node. */
async function command(port: number, ...words: readonly string[]): Promise<unknown> {
  const { client, close } = await openRedis(`redis://127.0.0.1:${port}?client=ioredis`);
  assert.ok("call" in client);
  const [name = "", ...rest] = words;
  try {
    return await client.call(name, ...rest);
  } finally {
    close();
  }
}
