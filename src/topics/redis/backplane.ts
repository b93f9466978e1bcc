/**
 * Topics over Redis: Pub/Sub for new messages, and a stream for each topic's history.
 *
 * @module
 */
import type { Backplane, BackplaneStart, Delivered, Relayed, RelayedPage } from "../backplane.ts";
import type { Position } from "../position.ts";
import type { RedisKeys } from "./keys.ts";
import type { RedisLink, RedisLinkEvents } from "./link.ts";
import { readRelayed, writeRelayed } from "../envelope.ts";
import { Followed } from "./followed.ts";
import { PUBLISH, READ, type Script } from "./scripts.ts";

/** Carries topics over Redis. */
export class RedisBackplane implements Backplane, RedisLinkEvents {
  readonly #link: RedisLink;
  readonly #keys: RedisKeys;
  readonly #followed = new Map<string, Followed>(); // subscribed topics, by channel
  #start!: BackplaneStart;

  constructor(link: RedisLink, keys: RedisKeys) {
    this.#link = link;
    this.#keys = keys;
  }

  start(start: BackplaneStart): void {
    this.#start = start;
    this.#link.start(this);
  }

  async publish(name: string, messages: readonly Relayed[]): Promise<void> {
    const link = this.#link, keys = this.#keys, { history, origin } = this.#start;
    const command = link.isSharded ? "SPUBLISH" : "PUBLISH", channel = keys.channel(name);
    if (history === null || !this.#start.isKept(name)) {
      const text = `- 0\n${messages.map(writeRelayed).join("")}`;
      await link.command(channel, command, channel, text);
      return;
    }
    const names = [keys.stream(name), keys.last(name), keys.sequence(name, origin)];
    const texts = messages.flatMap((one) => [`${one.sequence}`, writeRelayed(one)]);
    const limits = [`${history.seconds}`, `${history.messages}`];
    await this.#run(PUBLISH, names, [newEpoch(), ...limits, channel, command, ...texts]);
  }

  async subscribe(name: string): Promise<void> {
    const { history, events, isKept } = this.#start;
    const followed = new Followed({
      name,
      hasHistory: history !== null && isKept(name),
      events,
      read: (since) => this.#read(name, since),
    });
    const channel = this.#keys.channel(name);
    this.#followed.get(channel)?.end();
    this.#followed.set(channel, followed);
    await this.#link.subscribe(channel);
    await followed.begin();
  }

  async unsubscribe(name: string): Promise<void> {
    const channel = this.#keys.channel(name);
    this.#followed.get(channel)?.end();
    this.#followed.delete(channel);
    await this.#link.unsubscribe(channel);
  }

  async history(name: string, since: Position | null): Promise<RelayedPage> {
    return await this.#read(name, since);
  }

  async close(): Promise<void> {
    for (const followed of this.#followed.values()) followed.end();
    this.#followed.clear();
    await this.#link.close();
  }

  onMessage(channel: string, text: string): void {
    const followed = this.#followed.get(channel), lineEnd = text.indexOf("\n");
    if (followed === undefined || lineEnd < 0) return;
    followed.take(readRelayed(text, lineEnd + 1, readPosition(text, lineEnd)));
  }

  onDown(cause: unknown): void {
    this.#start.events.onDown(cause);
  }

  onUp(): void {
    for (const followed of this.#followed.values()) followed.catchUp();
    this.#start.events.onUp();
  }

  async #read(name: string, since: Position | null): Promise<RelayedPage> {
    const keys = this.#keys, seconds = `${this.#start.history?.seconds ?? 0}`;
    const { epoch: sinceEpoch, offset: sinceOffset } = since ?? { epoch: "", offset: 0 };
    const words = [newEpoch(), seconds, sinceEpoch, `${sinceOffset}`];
    const found = await this.#run(READ, [keys.stream(name), keys.last(name)], words);
    return toPage(found, since);
  }

  async #run(script: Script, keys: readonly string[], words: readonly string[]): Promise<string[]> {
    const rest = [`${keys.length}`, ...keys, ...words], [key = ""] = keys;
    let found: unknown;
    try {
      found = await this.#link.command(key, "EVALSHA", script.hash, ...rest);
    } catch (error) {
      if (!String(error).includes("NOSCRIPT")) throw error;
      found = await this.#link.command(key, "EVAL", script.text, ...rest);
    }
    if (!Array.isArray(found)) throw new TypeError("Redis: the script gave no list");
    return found.map(String);
  }
}

/** The position of the first message behind the first line of a channel's text; `null` for `-`. */
function readPosition(text: string, lineEnd: number): Position | null {
  if (text[0] === "-") return null;
  const [epoch = "", offset] = text.slice(0, lineEnd).split(" ");
  return { epoch, offset: Number(offset) };
}

/** Reads the answer of the script `READ`. */
function toPage(found: readonly string[], since: Position | null): RelayedPage {
  const [epoch = "", last = "0", ...entries] = found, offset = Number(last);
  const end = { epoch, offset };
  if (since === null) return { position: end, messages: [], lost: null };
  if (since.epoch !== epoch || since.offset > offset) {
    return { position: end, messages: [], lost: { from: since.offset + 1, to: null } };
  }
  const messages: Delivered[] = [];
  for (let index = 0; index + 1 < entries.length; index += 2) {
    const place = { epoch, offset: Number(entries[index]) };
    messages.push(...readRelayed(entries[index + 1]!, 0, place));
  }
  const before = messages.length > 0 ? messages[0]!.position!.offset - 1 : offset;
  const lost = before > since.offset ? { from: since.offset + 1, to: before } : null;
  return { position: { epoch, offset: before }, messages, lost };
}

function newEpoch(): string {
  return crypto.getRandomValues(new Uint32Array(2)).reduce(
    (name, word) => name + word.toString(36),
    "",
  );
}
