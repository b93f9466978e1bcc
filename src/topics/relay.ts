/**
 * Topics of several processes: a message that is published in one process is delivered in all.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { SendingConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Backplane, BackplaneEvents, Delivered, RelayedPage } from "./backplane.ts";
import type { Lost, Position, Subscribed } from "./position.ts";
import type { PresenceChannel } from "./presence.ts";
import type { Subscriber } from "./subscriber.ts";
import type { Topic } from "./topic.ts";
import { WebSocketError } from "../errors.ts";
import { type HistoryOptions, toldOf } from "./history.ts";
import { EarlyDelivery } from "./early_delivery.ts";
import { idOf, Once } from "./once.ts";
import { type OutageOptions, Outbox } from "./outbox.ts";
import { Publication } from "./publication.ts";
import { readMissed } from "./read_missed.ts";
import { Turns } from "./turns.ts";

/** Options of {@linkcode Relay}. */
export interface RelayOptions extends Required<OutageOptions> {
  readonly backplane: Backplane;
  /** Name of this process. */
  readonly origin: string;
  readonly history: HistoryOptions | null;
  readonly clock: Clock;
  /** Returns a topic that has subscribers in this process. */
  findTopic(name: string): Topic | undefined;
  onLost(name: string, lost: Lost, position: Position): void;
  onDown(cause: unknown): void;
  onUp(): void;
}

/** Milliseconds until a failed subscription at the engine is tried again. */
const RETRY_MS = 200;
/**
 * Prefix of the channels by which processes exchange information about a topic. No topic's name
 * begins with it.
 */
export const BESIDE = "\u0001";

/** Connects the topics of this process to an engine. */
export class Relay implements BackplaneEvents, PresenceChannel {
  readonly #options: RelayOptions;
  readonly #outbox: Outbox;
  readonly #early: EarlyDelivery;
  readonly #listeners = new Map<string, (text: string, origin: string) => void>();
  readonly #seen = new WeakMap<Topic, Once>();
  readonly #turns = new Turns();

  constructor(options: RelayOptions) {
    const { backplane, origin, history } = options;
    this.#options = options;
    this.#outbox = new Outbox(options);
    this.#early = new EarlyDelivery(options.clock);
    backplane.start({ events: this, origin, history, isKept: (name) => !name.startsWith(BESIDE) });
  }

  /** Messages that the engine does not have yet. */
  get queued(): number {
    return this.#outbox.count;
  }

  /** Publishes a message in all processes. */
  async publish(
    name: string,
    message: Message,
    { compress, except }: { compress: boolean; except: SendingConnection | undefined },
  ): Promise<void> {
    const { history, findTopic } = this.#options;
    const topic = findTopic(name);
    const { sequence, taken, isRefused } = this.#outbox.add(name, message, compress);
    if (topic !== undefined && (history === null || !isRefused)) {
      const id = history === null ? null : idOf({ origin: this.#options.origin, sequence });
      const publication = new Publication({ name, message, position: null, id }, compress);
      if (history === null) topic.deliver(publication, except);
      else {
        // The engine assigns the offset. The message returns with it, also for the subscribers of
        // this process.
        const isAway = !this.#outbox.isUp;
        this.#early.take(topic, { publication, except, sequence, isAway });
      }
    }
    await Promise.all([taken, topic?.room]);
  }

  /** A topic has its first subscriber. */
  enter(topic: Topic): void {
    const { name } = topic, { findTopic } = this.#options;
    topic.ready = this.#subscribe(name, () => findTopic(name) === topic);
  }

  /** A topic has lost its last subscriber. */
  leave(topic: Topic): void {
    this.#early.forget(topic);
    this.#unsubscribe(topic.name);
  }

  listen(name: string, listener: (text: string, origin: string) => void): Promise<void> {
    const beside = BESIDE + name;
    this.#listeners.set(beside, listener);
    return this.#subscribe(beside, () => this.#listeners.get(beside) === listener);
  }

  stop(name: string): void {
    this.#listeners.delete(BESIDE + name);
    this.#unsubscribe(BESIDE + name);
  }

  tell(name: string, text: string): void {
    this.#outbox.add(BESIDE + name, text, false);
  }

  /** Begins a subscription if the engine keeps a history. Messages that arrive meanwhile wait. */
  async begin(topic: Topic, subscriber: Subscriber, since: Position | null): Promise<Subscribed> {
    subscriber.hold();
    for (;;) {
      await topic.ready;
      if (subscriber.hasEnded) throw new WebSocketError("ERR_CLOSED", "subscribe: it was ended");
      const page = await this.#options.backplane.history?.(topic.name, since).catch(() => null);
      if (page === null || page === undefined) {
        await this.#pause();
        continue;
      }
      const subscribed: Subscribed = since === null
        ? { ...page.position, resumed: false, lost: null }
        : toldOf(page);
      subscriber.begunAfter = this.#outbox.last;
      subscriber.begin(subscribed, page.messages.map((found) => publicationOf(topic.name, found)));
      return subscribed;
    }
  }

  /**
   * Reads the messages after a subscriber's position. It has met an epoch that it does not know.
   */
  async takeUp(subscriber: Subscriber, epoch: string): Promise<void> {
    const { backplane, origin } = this.#options, { name, position: since } = subscriber;
    if (since === null || backplane.history === undefined) return;
    subscriber.hold();
    while (!subscriber.hasEnded) {
      const told: [Lost, Position, Position][] = [];
      const onLost: BackplaneEvents["onLost"] = (_name, ...lost) => void told.push(lost);
      const read = (after: Position): Promise<RelayedPage> => backplane.history!(name, after);
      const page = await readMissed({ name, read, events: { onLost } }, since).catch(() => null);
      if (page === null) {
        await this.#pause();
        continue;
      }
      return subscriber.continueAfter(epoch, () => {
        for (const lost of told) subscriber.tellLost(...lost);
        for (const delivered of page.messages) {
          const publication = publicationOf(name, delivered);
          if (delivered.origin !== origin) subscriber.deliver(publication);
          else subscriber.deliverOwn(publication, delivered.sequence);
        }
      });
    }
  }

  /** Rejects queued messages, and closes the backplane. */
  async close(): Promise<void> {
    this.#outbox.close();
    await this.#options.backplane.close();
  }

  onMessage(name: string, delivered: Delivered): void {
    const listener = this.#listeners.get(name);
    if (listener !== undefined) {
      const { message, origin } = delivered;
      if (typeof message === "string" && origin !== this.#options.origin) listener(message, origin);
      return;
    }
    const topic = this.#options.findTopic(name);
    if (topic === undefined) return;
    const { origin, sequence, position } = delivered, isOurs = origin === this.#options.origin;
    if (isOurs && position === null) return;
    let seen = this.#seen.get(topic);
    if (seen === undefined) this.#seen.set(topic, seen = new Once());
    const isNew = seen.isNew(delivered);
    if (!isNew && position === null) return;
    const publication = publicationOf(name, delivered);
    if (!isNew) topic.deliverAgain(publication);
    else if (isOurs) this.#early.deliverBack(topic, sequence, publication);
    else topic.deliver(publication, undefined);
  }

  onLost(name: string, lost: Lost, position: Position, since: Position): void {
    this.#options.findTopic(name)?.tellLost(lost, position, since);
    this.#options.onLost(name, lost, position);
  }

  onDown(cause: unknown): void {
    this.#outbox.onDown();
    this.#early.deliver();
    this.#options.onDown(cause);
  }

  onUp(): void {
    this.#outbox.onUp();
    this.#options.onUp();
  }

  #subscribe(name: string, isWanted: () => boolean): Promise<void> {
    return this.#turns.run(name, async () => {
      while (isWanted()) {
        try {
          return await this.#options.backplane.subscribe(name);
        } catch {
          await this.#pause();
        }
      }
    });
  }

  #unsubscribe(name: string): void {
    // An engine that is lost has no subscription anyway.
    this.#turns.run(name, () => this.#options.backplane.unsubscribe(name)).catch(() => {});
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.after(RETRY_MS, resolve));
  }
}

function publicationOf(name: string, delivered: Delivered): Publication {
  const { message, position, compress, origin, sequence } = delivered;
  const id = position === null ? null : idOf({ origin, sequence });
  return new Publication({ name, message, position, id }, compress);
}
