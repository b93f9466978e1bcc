/**
 * Topics over a real `nats-server` with JetStream: what one process publishes all others get, and
 * what an outage costs is told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { natsBackplane } from "../../src/topics/nats/mod.ts";
import { openNats } from "../../scripts/topics/clients.ts";
import { testEngine } from "./engine_suite.ts";
import { assertAddsUp, assertComplete, Fleet, type OpenBackplane, until } from "./fleet.ts";
import { type Engine, startNats } from "./servers.ts";

const history = { messages: 1_000, seconds: 60 };

describe("NATS", { timeout: 120_000 }, () => {
  let engine: Engine;
  before(async () => void (engine = await startNats()));
  after(() => engine.stop());

  const openWith = (prefix: string): OpenBackplane => async () => {
    const { client: { connection, jetstream }, close } = await openNats(
      `127.0.0.1:${engine.port}`,
    );
    return { backplane: natsBackplane(connection, { jetstream, prefix }), close };
  };
  for (
    const [how, options] of [["without a history", {}], ["with a history", { history }]] as const
  ) {
    it(`each process gets each message once, in order per publisher, ${how}`, async () => {
      const fleet = await Fleet.open(3, openWith("each"), options);
      await fleet.witness(`room.* > ${how}`);
      await fleet.publishAll(`room.* > ${how}`, 100);
      await fleet.publishAll(`other ${how}`, 1, 100);
      await fleet.receives(300);
      assertComplete(fleet.witnesses, fleet.taken.map((taken) => taken.slice(0, 100)));
      await fleet.close();
    });
  }

  testEngine({ open: openWith, engines: () => [engine] });

  it("a killed engine: local delivery goes on, publishes wait, and all is subscribed again", async () => {
    const fleet = await Fleet.open(2, openWith("killed"));
    await fleet.witness("killed");
    await fleet.publishAll("killed", 5);
    await until("all", () => fleet.witnesses.every(({ messages }) => messages.length === 10));
    await engine.kill();
    await until("down", () => !fleet.isUp);
    const published = fleet.publish(0, "killed", "0:while away");
    await until("local", () => fleet.witnesses[0]!.messages.includes("0:while away"));
    await engine.start();
    await published;
    await until("up", () => fleet.isUp);
    await fleet.publishAll("killed", 5, 5);
    await until("the rest", () => fleet.witnesses[1]!.messages.includes("0:9"));
    const { messages } = fleet.witnesses[1]!;
    assert.equal(new Set(messages).size, messages.length);
    await fleet.close();
  });

  it("a killed engine keeps its stream: nothing is missing that is not told", async () => {
    const fleet = await Fleet.open(3, openWith("kept"), { history });
    await fleet.witness("kept");
    for (let round = 0; round < 3; round++) {
      const published = fleet.publishAll("kept", 20, round * 20);
      await until("some", () => fleet.witnesses[0]!.messages.length > round * 60 + 10);
      await engine.kill();
      await engine.start();
      await published;
      await until("up", () => fleet.isUp);
    }
    await fleet.publishAll("kept", 1, 999);
    await until(
      "the last",
      () =>
        fleet.witnesses.every(({ messages }) =>
          messages.filter((m) => m.endsWith(":999")).length === 3
        ),
    );
    assertAddsUp(fleet.witnesses, fleet.taken.flat(), { hasGaps: true });
    await fleet.close();
  });
});
