/**
 * One topic of this process: its subscribers, its numbering and its history.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { HistoryPage } from "./history.ts";
import type { Lost, Position } from "./position.ts";
import type { Publication } from "./publication.ts";
import type { Subscriber } from "./subscriber.ts";
import { READY } from "../promises.ts";
import { History, type HistoryOptions } from "./history.ts";

/** Numbers the messages of one topic, and keeps the latest. */
export class Sequence {
  readonly #epoch: string;
  readonly #history: History;
  #offset = 0;

  constructor(epoch: string, options: HistoryOptions) {
    this.#epoch = epoch;
    this.#history = new History(options);
  }

  /** Position of the last message. */
  get last(): Position {
    return { epoch: this.#epoch, offset: this.#offset };
  }

  /** Returns the position for the next message. */
  next(): Position {
    return { epoch: this.#epoch, offset: ++this.#offset };
  }

  keep(publication: Publication, now: number): void {
    this.#history.add(publication, now);
  }

  after(since: Position, now: number): HistoryPage {
    this.#history.forget(now);
    return this.#history.after(since, this.last);
  }

  /** Whether no message is kept. */
  get isEmpty(): boolean {
    return this.#history.isEmpty;
  }

  /** Drops old messages. Returns `true` if none is left. */
  forget(now: number): boolean {
    this.#history.forget(now);
    return this.#history.isEmpty;
  }
}

/** How a message of this process is delivered. */
export interface OwnDelivery {
  readonly except: SendingConnection | undefined;
  /** Its number among the messages of this process. */
  readonly sequence: number;
}

/** The subscribers of one topic. */
export class Topic {
  readonly name: string;
  /** The numbering and history, if this process keeps one. */
  readonly sequence: Sequence | null;
  /** Fulfilled when the engine delivers the topic to this process. */
  ready: Promise<void> = READY;
  /** Fulfilled when all receivers that the last message waits for can take more. */
  room: Promise<void> = READY;
  readonly #subscribers = new Set<Subscriber>();
  #waits: readonly Promise<void>[] | null = null; // that `room` waits for

  constructor(name: string, sequence: Sequence | null) {
    this.name = name;
    this.sequence = sequence;
  }

  /** Number of subscribers in this process. */
  get count(): number {
    return this.#subscribers.size;
  }

  /** Whether the topic has no subscriber and no message. */
  get isIdle(): boolean {
    return this.count === 0 && (this.sequence === null || this.sequence.isEmpty);
  }

  get subscribers(): Iterable<Subscriber> {
    return this.#subscribers;
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
  }

  delete(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
  }

  /**
   * Delivers a message to all subscribers except one. The promise waits for receivers with the
   * policy `"wait"`.
   */
  deliver(publication: Publication, except: SendingConnection | undefined): Promise<void> {
    let waits: Promise<void>[] | null = null;
    for (const subscriber of this.#subscribers) {
      if (except !== undefined && subscriber.connection === except) continue;
      const wait = subscriber.deliver(publication);
      if (wait !== null) (waits ??= []).push(wait);
    }
    return this.#waitFor(waits);
  }

  /**
   * Delivers a message that the engine has not numbered yet. `oldest` is the sequence of the oldest
   * message of this process that has not returned from the engine.
   */
  deliverEarly(
    publication: Publication,
    { except, sequence, oldest }: OwnDelivery & { oldest: number },
  ): void {
    this.#deliverBy(
      (subscriber) =>
        subscriber.takesEarly(sequence, oldest) ? subscriber.deliver(publication) : null,
      except,
    );
  }

  /**
   * Delivers a message of this process with its position, except to subscribers that had it early.
   */
  deliverOwn(publication: Publication, { except, sequence }: OwnDelivery): void {
    this.#deliverBy((subscriber) => subscriber.deliverOwn(publication, sequence), except);
  }

  /** A message arrived again in a new epoch. Subscribers that have it are told its new position. */
  deliverAgain(publication: Publication): void {
    for (const subscriber of this.#subscribers) subscriber.deliverAgain(publication);
  }

  /** Announces missing messages to all subscribers. */
  tellLost(lost: Lost, position: Position, since: Position): void {
    for (const subscriber of this.#subscribers) subscriber.tellLost(lost, position, since);
  }

  /**
   * Delivers in a way of its own. `deliver` has its own loop, which calls no function for each
   * receiver.
   */
  #deliverBy(
    deliver: (subscriber: Subscriber) => Promise<void> | null,
    except: SendingConnection | undefined,
  ): void {
    let waits: Promise<void>[] | null = null;
    for (const subscriber of this.#subscribers) {
      if (subscriber.connection === except) continue;
      const wait = deliver(subscriber);
      if (wait !== null) (waits ??= []).push(wait);
    }
    this.#waitFor(waits);
  }

  /**
   * Sets `room`. Messages that wait for the same receivers share a promise. Otherwise each message
   * would be kept by each receiver that is behind, if publishers do not wait.
   */
  #waitFor(waits: readonly Promise<void>[] | null): Promise<void> {
    if (waits === null) this.room = READY;
    else if (!areSame(waits, this.#waits)) this.room = allOf(waits);
    this.#waits = waits;
    return this.room;
  }
}

function areSame(left: readonly unknown[], right: readonly unknown[] | null): boolean {
  return left.length === right?.length && left.every((item, index) => item === right[index]);
}

async function allOf(waits: readonly Promise<void>[]): Promise<void> {
  await Promise.all(waits);
}
