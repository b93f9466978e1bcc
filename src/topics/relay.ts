/**
 * Topics of several processes: a message that is published in one process is delivered in all.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { SendingConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Backplane, BackplaneEvents, Delivered } from "./backplane.ts";
import type { Lost, Position, Subscribed } from "./position.ts";
import type { PresenceChannel } from "./presence.ts";
import type { Subscriber } from "./subscriber.ts";
import type { Topic } from "./topic.ts";
import { WebSocketError } from "../errors.ts";
import { type HistoryOptions, toldOf } from "./history.ts";
import { type OutageOptions, Outbox } from "./outbox.ts";
import { Publication } from "./publication.ts";

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
/**
 * Most excepted connections (`except`) that are remembered until their message returns from the
 * engine.
 */
const MAX_EXCEPTIONS = 10_000;

/** Connects the topics of this process to an engine. */
export class Relay implements BackplaneEvents, PresenceChannel {
  readonly #options: RelayOptions;
  readonly #outbox: Outbox;
  // By the sequence of this process's messages.
  readonly #exceptions = new Map<number, SendingConnection>();
  readonly #listeners = new Map<string, (text: string, origin: string) => void>();
  readonly #seen = new WeakMap<Topic, Map<string, number>>(); // the last sequence of each origin

  constructor(options: RelayOptions) {
    const { backplane, origin, history } = options;
    this.#options = options;
    this.#outbox = new Outbox(options);
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
    const { sequence, taken } = this.#outbox.add(name, message, compress);
    if (history !== null) {
      // The engine assigns the offset. The message returns with it, also for the subscribers of
      // this process.
      if (topic !== undefined && except !== undefined) this.#except(sequence, except);
      await Promise.all([taken, topic?.room]);
    } else {
      const publication = new Publication({ name, message, position: null }, compress);
      await Promise.all([taken, topic?.deliver(publication, except)]);
    }
  }

  /** A topic has its first subscriber. */
  enter(topic: Topic): void {
    topic.ready = this.#subscribe(topic);
  }

  /** A topic has lost its last subscriber. */
  leave(topic: Topic): void {
    // An engine that is lost has no subscription anyway.
    this.#options.backplane.unsubscribe(topic.name).catch(() => {});
  }

  async listen(name: string, listener: (text: string, origin: string) => void): Promise<void> {
    const { backplane } = this.#options, beside = BESIDE + name;
    this.#listeners.set(beside, listener);
    while (this.#listeners.get(beside) === listener) {
      try {
        return await backplane.subscribe(beside);
      } catch {
        await this.#pause();
      }
    }
  }

  stop(name: string): void {
    this.#listeners.delete(BESIDE + name);
    this.#options.backplane.unsubscribe(BESIDE + name).catch(() => {});
  }

  tell(name: string, text: string): void {
    this.#outbox.add(BESIDE + name, text, false);
  }

  /** Begins a subscription if the engine keeps a history. Messages that arrive meanwhile wait. */
  async begin(topic: Topic, subscriber: Subscriber, since: Position | null): Promise<Subscribed> {
    subscriber.hold();
    for (;;) {
      await topic.ready;
      if (subscriber.isOver) throw new WebSocketError("ERR_CLOSED", "subscribe: it was ended");
      const page = await this.#options.backplane.history?.(topic.name, since).catch(() => null);
      if (page === null || page === undefined) {
        await this.#pause();
        continue;
      }
      const subscribed: Subscribed = since === null
        ? { ...page.position, resumed: false, lost: null }
        : toldOf(page);
      subscriber.begin(subscribed, page.messages.map((found) => publicationOf(topic.name, found)));
      return subscribed;
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
    if (position === null && (isOurs || this.#isKnown(topic, origin, sequence))) return;
    const except = isOurs ? this.#exceptions.get(sequence) : undefined;
    if (except !== undefined) this.#exceptions.delete(sequence);
    topic.deliver(publicationOf(name, delivered), except);
  }

  onLost(name: string, lost: Lost, position: Position): void {
    this.#options.findTopic(name)?.tellLost(lost, position);
    this.#options.onLost(name, lost, position);
  }

  onDown(cause: unknown): void {
    this.#outbox.onDown();
    this.#options.onDown(cause);
  }

  onUp(): void {
    this.#outbox.onUp();
    this.#options.onUp();
  }

  async #subscribe(topic: Topic): Promise<void> {
    const { backplane, findTopic } = this.#options;
    while (findTopic(topic.name) === topic) {
      try {
        return await backplane.subscribe(topic.name);
      } catch {
        await this.#pause();
      }
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.after(RETRY_MS, resolve));
  }

  /**
   * Whether a message is a duplicate. A publisher repeats a message if it does not know whether the
   * engine has it.
   */
  #isKnown(topic: Topic, origin: string, sequence: number): boolean {
    let seen = this.#seen.get(topic);
    if (seen === undefined) this.#seen.set(topic, seen = new Map());
    if ((seen.get(origin) ?? 0) >= sequence) return true;
    seen.set(origin, sequence);
    return false;
  }

  #except(sequence: number, connection: SendingConnection): void {
    this.#exceptions.set(sequence, connection);
    if (this.#exceptions.size <= MAX_EXCEPTIONS) return;
    for (const oldest of this.#exceptions.keys()) return void this.#exceptions.delete(oldest);
  }
}

function publicationOf(name: string, { message, position, compress }: Delivered): Publication {
  return new Publication({ name, message, position }, compress);
}
