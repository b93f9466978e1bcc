/**
 * Several sets of topics, as several processes would have them, with receivers that note all they
 * get and all they are told, and an oracle that adds it up.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Backplane, Position, Published, Subscribed } from "../../src/topics/mod.ts";
import { Topics } from "../../src/topics/topics.ts";
import type { SubscribeOptions, TopicsOptions } from "../../src/topics/topics_options.ts";
import { openReceiver } from "../helpers/audience.ts";
import type { SendingConnection } from "../../src/handler.ts";

/** One note of a receiver, in order: a message, or that some are missing. */
export type Note =
  | { readonly message: string; readonly at: Position | null }
  | { readonly from: number; readonly to: number | null; readonly at: Position };

/** A connection in a topic, and its notes. */
export class Witness {
  readonly connection: SendingConnection;
  readonly #got: readonly unknown[];
  subscribed: Subscribed | null = null;

  private constructor(connection: SendingConnection, got: readonly unknown[]) {
    this.connection = connection;
    this.#got = got;
  }

  /** Subscribes a new receiver. Unless it asks for another order, it sees that of the engine. */
  static async open(
    topics: Topics,
    name: string,
    options: SubscribeOptions = {},
  ): Promise<Witness> {
    const { connection, got } = await openReceiver({ server: { pingIntervalMs: Infinity } });
    const witness = new Witness(connection, got);
    witness.subscribed = await topics.subscribe(connection, name, {
      order: "total",
      ...options,
      format: ({ message, position }: Published) => JSON.stringify({ message, at: position }),
      announceLost: ({ from, to }, at) => JSON.stringify({ from, to, at }),
    });
    return witness;
  }

  get notes(): readonly Note[] {
    return this.#got.map((text) => JSON.parse(String(text)));
  }

  get messages(): readonly string[] {
    return this.notes.flatMap((note) => "message" in note ? [note.message] : []);
  }
}

/** Connects one process to an engine. */
export type OpenBackplane = () => Promise<{ backplane: Backplane; close(): void }>;

/** Topics that share an engine. */
export class Fleet {
  readonly all: readonly Topics[];
  readonly witnesses: Witness[] = [];
  /** The messages that the engine has taken, by publisher. */
  readonly taken: string[][];
  readonly #closes: (() => void)[] = [];
  #isUp: boolean[];

  private constructor(all: readonly Topics[]) {
    this.all = all;
    this.taken = all.map(() => []);
    this.#isUp = all.map(() => false);
  }

  static async open(
    count: number,
    open: OpenBackplane,
    options: TopicsOptions = {},
  ): Promise<Fleet> {
    const opened = await Promise.all(Array.from({ length: count }, open));
    const all: Topics[] = [];
    const fleet = new Fleet(all);
    for (const [index, { backplane, close }] of opened.entries()) {
      fleet.#closes.push(close);
      all.push(
        new Topics({
          ...options,
          backplane,
          onBackplaneUp: () => fleet.#isUp[index] = true,
          onBackplaneDown: () => fleet.#isUp[index] = false,
        }),
      );
      fleet.taken.push([]);
      fleet.#isUp.push(false);
    }
    await until("all are up", () => all.every((_, index) => fleet.#isUp[index]));
    return fleet;
  }

  /** Whether all can reach the engine. */
  get isUp(): boolean {
    return this.all.every((_, index) => this.#isUp[index]);
  }

  async witness(name: string, options: SubscribeOptions = {}): Promise<void> {
    for (const topics of this.all) this.witnesses.push(await Witness.open(topics, name, options));
  }

  /** Publishes one message, and notes it when the engine has it. */
  publish(publisher: number, name: string, message: string): Promise<void> {
    return this.all[publisher]!.publish(name, message).then(() =>
      void this.taken[publisher]!.push(message)
    );
  }

  /** Publishes from all at once, so many messages each. */
  async publishAll(topic: string, each: number, from = 0): Promise<void> {
    const done: Promise<void>[] = [];
    for (let number = from; number < from + each; number++) {
      for (const publisher of this.all.keys()) {
        done.push(this.publish(publisher, topic, `${publisher}:${number}`));
      }
      if (number % 10 === 9) await done.at(-1);
    }
    await Promise.all(done);
  }

  /** Waits until each witness has that many messages. */
  receives(count: number, ms?: number): Promise<void> {
    const isDone = (): boolean => this.witnesses.every(({ messages }) => messages.length >= count);
    return until(`${count} messages`, isDone, ms);
  }

  async close(): Promise<void> {
    for (const { connection } of this.witnesses) connection.abort();
    await Promise.all(this.all.map((topics) => topics.close()));
    for (const close of this.#closes) close();
  }
}

/** Waits for something that comes from another process. */
export async function until(what: string, condition: () => boolean, ms = 50_000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Each has every message once, and those of each publisher in order. */
export function assertComplete(
  witnesses: readonly Witness[],
  published: readonly (readonly string[])[],
): void {
  for (const witness of witnesses) {
    const { messages } = witness;
    assert.equal(new Set(messages).size, messages.length, "a message came twice");
    for (const [publisher, sent] of published.entries()) {
      assert.deepEqual(messages.filter((message) => message.startsWith(`${publisher}:`)), sent);
    }
  }
}

/**
 * What each has, and what it was told it lost, adds up to what was published: offsets only grow,
 * every offset of an epoch that anybody has seen is there or told to be lost, and a message that
 * the engine had taken is missing only where an epoch has ended.
 */
export function assertAddsUp(
  witnesses: readonly Witness[],
  taken: readonly string[],
  { hasGaps = false } = {}, // between offsets: the engine numbers all topics together
): void {
  const ends = new Map<string, number>();
  for (const { notes } of witnesses) {
    for (const { at } of notes) {
      if (at !== null) ends.set(at.epoch, Math.max(ends.get(at.epoch) ?? 0, at.offset));
    }
  }
  for (const witness of witnesses) {
    let { epoch, offset } = witness.subscribed ?? assert.fail("it has not begun");
    let hasLostAnEnd = false;
    const close = (end: number | undefined, next: number): void =>
      assert.ok(end === undefined || next > end, `${epoch}: ${offset} is the last of ${end}`);
    for (const note of witness.notes) {
      const at = note.at ?? assert.fail("without a position");
      if ("message" in note) {
        assert.equal(at.epoch, epoch);
        if (hasGaps) assert.ok(at.offset > offset, JSON.stringify(note));
        else assert.equal(at.offset, offset + 1, JSON.stringify(note));
      } else {
        assert.equal(note.from, offset + 1);
        if (note.to === null) hasLostAnEnd = true;
        else assert.deepEqual([at.epoch, at.offset], [epoch, note.to]);
      }
      ({ epoch, offset } = at);
    }
    close(ends.get(epoch), offset + 1);
    const has = new Set(witness.messages);
    assert.equal(has.size, witness.messages.length, "a message came twice");
    const missing = taken.filter((message) => !has.has(message));
    const told = witness.notes.some((note) => "from" in note);
    assert.ok(missing.length === 0 || told, `missing and not told: ${missing.slice(0, 5)}`);
    if (!told || !hasLostAnEnd) {
      const lost = witness.notes.reduce(
        (sum, note) => "from" in note ? sum + ((note.to ?? Infinity) - note.from + 1) : sum,
        0,
      );
      assert.ok(missing.length <= lost, `${missing.length} are missing, ${lost} were told`);
    }
  }
}
