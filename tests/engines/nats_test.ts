/**
 * Topics over a real `nats-server` with JetStream: what one process publishes all others get, and
 * what an outage costs is told.
 *
 * @module
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Backplane } from "../../src/topics/mod.ts";
import { natsBackplane } from "../../src/topics/nats/mod.ts";
import { openNats } from "../../scripts/topics/clients.ts";
import { openReceiver } from "../helpers/audience.ts";
import { assertAddsUp, assertComplete, Fleet, until, Witness } from "./fleet.ts";
import { type Engine, startNats } from "./servers.ts";

const history = { messages: 1_000, seconds: 60 };

describe("NATS", { timeout: 120_000 }, () => {
  let engine: Engine;
  before(async () => void (engine = await startNats()));
  after(() => engine.stop());

  const openWith =
    (prefix: string) => async (): Promise<{ backplane: Backplane; close(): void }> => {
      const { client: { connection, jetstream }, close } = await openNats(
        `127.0.0.1:${engine.port}`,
      );
      return { backplane: natsBackplane(connection, { jetstream, prefix }), close };
    };
  const publishAll = async (fleet: Fleet, topic: string, each: number, from = 0): Promise<void> => {
    const done: Promise<void>[] = [];
    for (let number = from; number < from + each; number++) {
      for (const publisher of fleet.all.keys()) {
        done.push(fleet.publish(publisher, topic, `${publisher}:${number}`));
      }
      if (number % 10 === 9) await done.at(-1);
    }
    await Promise.all(done);
  };

  for (
    const [how, options] of [["without a history", {}], ["with a history", { history }]] as const
  ) {
    it(`each process gets each message once, in order per publisher, ${how}`, async () => {
      const fleet = await Fleet.open(3, openWith("a"), options);
      await fleet.witness(`room.* > ${how}`);
      await publishAll(fleet, `room.* > ${how}`, 100);
      await publishAll(fleet, `other ${how}`, 1, 100);
      await until("all", () => fleet.witnesses.every(({ messages }) => messages.length >= 300));
      assertComplete(fleet.witnesses, fleet.taken.map((taken) => taken.slice(0, 100)));
      await fleet.close();
    });
  }

  it("binary messages arrive as they were sent", async () => {
    const fleet = await Fleet.open(2, openWith("b"));
    const { connection, got } = await openReceiver();
    await fleet.all[1]!.subscribe(connection, "bytes");
    await fleet.all[0]!.publish("bytes", Uint8Array.of(0, 10, 128, 255));
    await until("the message", () => got.length > 0);
    assert.deepEqual(got, [Uint8Array.of(0, 10, 128, 255)]);
    connection.abort();
    await fleet.close();
  });

  it("a subscription resumes in another process", async () => {
    const fleet = await Fleet.open(2, openWith("c"), { history });
    const first = await Witness.open(fleet.all[0]!, "resumed");
    await publishAll(fleet, "resumed", 3);
    await publishAll(fleet, "another", 3);
    await publishAll(fleet, "resumed", 2, 3);
    await until("all", () => first.messages.length === 10);
    const at = first.notes[3]!.at!;
    const second = await Witness.open(fleet.all[1]!, "resumed", at);
    assert.deepEqual(second.subscribed, { ...at, resumed: true });
    await until("the rest", () => second.messages.length === 6);
    assert.deepEqual(second.messages, first.messages.slice(4));
    fleet.witnesses.push(first, second);
    await fleet.close();
  });

  it("a subscription is told what is not kept any more", async () => {
    const fleet = await Fleet.open(2, openWith("d"), { history: { messages: 5, seconds: 60 } });
    const first = await Witness.open(fleet.all[0]!, "short");
    for (let number = 0; number < 12; number++) await fleet.publish(0, "short", `0:${number}`);
    await until("all", () => first.messages.length === 12);
    const { epoch } = first.subscribed!;
    const second = await Witness.open(fleet.all[1]!, "short", { epoch, offset: 2 });
    const lost = { from: 3, to: 7 };
    assert.deepEqual(second.subscribed, { epoch, offset: 7, resumed: false, lost });
    await until("the rest", () => second.messages.length === 5);
    fleet.witnesses.push(first, second);
    await fleet.close();
  });

  it("a stopped engine delays, and loses nothing", async () => {
    const fleet = await Fleet.open(2, openWith("e"), { history });
    await fleet.witness("stopped");
    await publishAll(fleet, "stopped", 10);
    engine.pause();
    const published = publishAll(fleet, "stopped", 10, 10);
    await new Promise((resolve) => setTimeout(resolve, 200));
    engine.resume();
    await published;
    await until("all", () => fleet.witnesses.every(({ messages }) => messages.length >= 40));
    assertComplete(fleet.witnesses, fleet.taken);
    await fleet.close();
  });

  it("a killed engine: local delivery goes on, publishes wait, and all is subscribed again", async () => {
    const fleet = await Fleet.open(2, openWith("f"));
    await fleet.witness("killed");
    await publishAll(fleet, "killed", 5);
    await until("all", () => fleet.witnesses.every(({ messages }) => messages.length === 10));
    await engine.kill();
    await until("down", () => !fleet.isUp);
    const published = fleet.publish(0, "killed", "0:while away");
    await until("local", () => fleet.witnesses[0]!.messages.includes("0:while away"));
    await engine.start();
    await published;
    await until("up", () => fleet.isUp);
    await publishAll(fleet, "killed", 5, 5);
    await until("the rest", () => fleet.witnesses[1]!.messages.includes("0:9"));
    const { messages } = fleet.witnesses[1]!;
    assert.equal(new Set(messages).size, messages.length);
    await fleet.close();
  });

  it("a killed engine keeps its stream: nothing is missing that is not told", async () => {
    const fleet = await Fleet.open(3, openWith("g"), { history });
    await fleet.witness("kept");
    for (let round = 0; round < 3; round++) {
      const published = publishAll(fleet, "kept", 20, round * 20);
      await until("some", () => fleet.witnesses[0]!.messages.length > round * 60 + 10);
      await engine.kill();
      await engine.start();
      await published;
      await until("up", () => fleet.isUp);
    }
    await publishAll(fleet, "kept", 1, 999);
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
