/**
 * What every engine under `Topics` keeps, whatever its client: bytes as they are, positions that
 * another process understands, and a pause without a loss.
 *
 * @module
 */
import assert from "node:assert/strict";
import { it } from "node:test";
import { openReceiver } from "../helpers/audience.ts";
import { assertComplete, Fleet, type OpenBackplane, until, Witness } from "./fleet.ts";
import type { Engine } from "./servers.ts";

const history = { messages: 1_000, seconds: 60 };

/** An engine that runs, and how a process connects to it. */
export interface EngineUnderTest {
  /**
   * `space` keeps one test's messages from another's, where the engine outlives a test's topics.
   */
  open(space: string): OpenBackplane;
  /** Its servers, once they run. */
  engines(): readonly Engine[];
}

/** Declares the tests for one engine. */
export function testEngine({ open, engines }: EngineUnderTest): void {
  it("binary messages arrive as they were sent", async () => {
    const fleet = await Fleet.open(2, open("binary"));
    const { connection, got } = await openReceiver();
    await fleet.all[1]!.subscribe(connection, "bytes");
    await fleet.all[0]!.publish("bytes", Uint8Array.of(0, 10, 128, 255));
    await until("the message", () => got.length > 0);
    assert.deepEqual(got, [Uint8Array.of(0, 10, 128, 255)]);
    connection.abort();
    await fleet.close();
  });

  it("a subscription resumes in another process", async () => {
    const fleet = await Fleet.open(2, open("resumed"), { history });
    const first = await Witness.open(fleet.all[0]!, "resumed");
    await fleet.publishAll("resumed", 3);
    await fleet.publishAll("another", 3);
    await fleet.publishAll("resumed", 2, 3);
    await until("all", () => first.messages.length === 10);
    const at = first.notes[3]!.at!;
    const second = await Witness.open(fleet.all[1]!, "resumed", { since: at });
    assert.deepEqual(second.subscribed, { ...at, resumed: true });
    await until("the rest", () => second.messages.length === 6);
    assert.deepEqual(second.messages, first.messages.slice(4));
    fleet.witnesses.push(first, second);
    await fleet.close();
  });

  it("a subscription is told what is not kept any more", async () => {
    const fleet = await Fleet.open(2, open("short"), { history: { messages: 5, seconds: 60 } });
    const first = await Witness.open(fleet.all[0]!, "short");
    for (let number = 0; number < 12; number++) await fleet.publish(0, "short", `0:${number}`);
    await until("all", () => first.messages.length === 12);
    const { epoch } = first.subscribed!;
    const second = await Witness.open(fleet.all[1]!, "short", {
      since: { epoch, offset: 2 },
    });
    const lost = { from: 3, to: 7 };
    assert.deepEqual(second.subscribed, { epoch, offset: 7, resumed: false, lost });
    await until("the rest", () => second.messages.length === 5);
    fleet.witnesses.push(first, second);
    await fleet.close();
  });

  it("a stopped engine does not hold up local delivery, and each message comes once", async () => {
    const fleet = await Fleet.open(2, open("early"), { history });
    await fleet.witness("early", { order: "publisher" });
    await fleet.publishAll("early", 5);
    await fleet.receives(10);
    for (const engine of engines()) engine.pause();
    const published: Promise<void>[] = [];
    const isEarly = (): boolean => fleet.witnesses.every(({ notes }) => notes.at(-1)?.at === null);
    try {
      // The engine may still take the first messages: it does not stop at once.
      for (let number = 5; !isEarly(); number++) {
        for (const one of [0, 1]) published.push(fleet.publish(one, "early", `${one}:${number}`));
        const hasOwn = ({ messages }: Witness, one: number): boolean =>
          messages.includes(`${one}:${number}`);
        await until("its own", () => fleet.witnesses.every(hasOwn));
      }
    } finally {
      for (const engine of engines()) engine.resume();
    }
    await Promise.all(published);
    await fleet.publishAll("early", 5, 100);
    await fleet.receives(10 + published.length + 10);
    assertComplete(fleet.witnesses, fleet.taken);
    await fleet.close();
  });

  it("a stopped engine delays, and loses nothing", async () => {
    const fleet = await Fleet.open(2, open("stopped"), { history });
    await fleet.witness("stopped");
    await fleet.publishAll("stopped", 10);
    for (const engine of engines()) engine.pause();
    const published = fleet.publishAll("stopped", 10, 10);
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (const engine of engines()) engine.resume();
    await published;
    await fleet.receives(40);
    assertComplete(fleet.witnesses, fleet.taken);
    await fleet.close();
  });
}
