/**
 * One connection in one topic. Sends it the messages, and applies its policy.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Clock } from "../clock.ts";
import type { Outlet } from "./outlet.ts";
import type { ResolvedPolicy, SubscriptionPolicy } from "./policy.ts";
import type { Lost, Position, Subscribed } from "./position.ts";
import type { Format, Publication } from "./publication.ts";
import { SharedMessage } from "../framed/shared_message.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { Waiting } from "./waiting.ts";

/** A connection's subscription to a topic, with its counts. */
export interface Subscription {
  /** The subscriber. */
  readonly connection: SendingConnection;
  /** The topic. */
  readonly name: string;
  /** The policy for the receiver. */
  readonly policy: SubscriptionPolicy;
  /** Messages that were sent on the connection. */
  readonly delivered: number;
  /** Messages that were not sent because the receiver did not keep up. */
  readonly dropped: number;
  /** Messages that are kept for the receiver by `"drop-oldest"` and `"latest"`. */
  readonly waiting: number;
}

/** Additional messages for a receiver, sent in order with those of the topic. */
export interface Announcements {
  /** Makes a message that is sent before the first message. */
  announce?: ((subscribed: Subscribed) => Message) | undefined;
  /** Makes a message that is sent in place of missing messages. */
  announceLost?: ((lost: Lost, position: Position) => Message) | undefined;
}

/** Options of {@linkcode Subscriber}. */
export interface SubscriberOptions extends Announcements {
  readonly connection: SendingConnection;
  readonly name: string;
  readonly outlet: Outlet;
  readonly policy: ResolvedPolicy;
  readonly format: Format | null;
  readonly clock: Clock;
  /** Called with each message that is not sent. */
  onDropped(publication: Publication): void;
}

/**
 * Milliseconds until a connection is checked again that reported it could take more, and cannot.
 */
const LOOK_AGAIN_MS = 10;

/** Delivers the messages of one topic to one connection. */
export class Subscriber implements Subscription {
  /** Id of the member, if the subscriber is one. */
  memberId: string | null = null;
  readonly #options: SubscriberOptions;
  #delivered = 0;
  #dropped = 0;
  #waiting: Waiting | null = null;
  #isFlushing = false;
  // Actions for messages that are published while the history is read.
  #early: (() => void)[] | null = null;
  #isOver = false;
  #known: Position | null = null; // position up to which the receiver has all messages

  constructor(options: SubscriberOptions) {
    this.#options = options;
  }

  get connection(): SendingConnection {
    return this.#options.connection;
  }

  get name(): string {
    return this.#options.name;
  }

  get policy(): SubscriptionPolicy {
    return this.#options.policy.policy;
  }

  get delivered(): number {
    return this.#delivered;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get waiting(): number {
    return this.#waiting?.size ?? 0;
  }

  /** Whether the subscriber has left the topic. */
  get isOver(): boolean {
    return this.#isOver || !this.#options.outlet.isOpen;
  }

  /** Delays published messages until `begin`. */
  hold(): void {
    this.#early ??= [];
  }

  /**
   * Begins the subscription: announces it, delivers the history, and then the messages that were
   * published meanwhile.
   */
  begin(subscribed: Subscribed, history: readonly Publication[]): void {
    const { announce } = this.#options, early = this.#early;
    this.#early = null;
    if (announce !== undefined) this.#say(announce(subscribed));
    for (const publication of history) this.deliver(publication);
    this.#known = history.at(-1)?.position ?? subscribed;
    if (early !== null) { for (const deliver of early) deliver(); }
  }

  /** Announces missing messages. The next message is the first after `position`. */
  tellLost(lost: Lost, position: Position): void {
    if (this.#early !== null) return void this.#early.push(() => this.tellLost(lost, position));
    const { announceLost } = this.#options;
    if (announceLost !== undefined) this.#say(announceLost(lost, position));
  }

  /** Delivers a message. Returns a promise if the publisher has to wait. */
  deliver(publication: Publication): Promise<void> | null {
    if (this.#early !== null) {
      this.#early.push(() => void this.deliver(publication));
      return null;
    }
    const { outlet, policy } = this.#options;
    if (!outlet.isOpen || this.#hasHad(publication.position)) return null;
    const isBehind = outlet.bufferedAmount > policy.maxBehindBytes;
    if (this.#waiting === null || this.#waiting.size === 0) {
      if (!isBehind) return this.#send(publication);
    }
    return this.#deliverLate(publication);
  }

  /** The subscriber has left the topic. Waiting messages are dropped. */
  end(): void {
    this.#isOver = true;
    this.#waiting?.clear();
    this.#early = null;
  }

  /**
   * Whether the receiver already has a message from the history, if it was published while the
   * history was read.
   */
  #hasHad(position: Position | null): boolean {
    const known = this.#known;
    if (known === null || position === null) return false;
    return position.offset <= known.offset && position.epoch === known.epoch;
  }

  #deliverLate(publication: Publication): Promise<void> | null {
    const { policy: { policy, maxWaiting, key }, connection, outlet } = this.#options;
    switch (policy) {
      case "wait":
        this.#send(publication);
        return outlet.whenRoom();
      case "drop-oldest":
        this.#waiting ??= new Waiting(maxWaiting, null);
        return this.#wait(this.#waiting, publication);
      case "latest":
        this.#waiting ??= new Waiting(maxWaiting, ({ message }) => key(message));
        return this.#wait(this.#waiting, publication);
      case "disconnect":
        connection.close(CloseCode.TryAgainLater, "too far behind");
        break;
    }
    return this.#drop(publication);
  }

  #drop(publication: Publication): null {
    this.#dropped++;
    this.#options.onDropped(publication);
    return null;
  }

  #send(publication: Publication): null {
    this.#delivered++;
    this.#options.outlet.send(publication.as(this.#options.format));
    return null;
  }

  /** Sends an announcement. No policy applies to it. */
  #say(message: Message): void {
    const { outlet } = this.#options;
    if (outlet.isOpen) outlet.send(new SharedMessage(message, true));
  }

  #wait(waiting: Waiting, publication: Publication): null {
    const leftOut = waiting.add(publication);
    if (leftOut !== null) this.#drop(leftOut);
    if (!this.#isFlushing) this.#flush(waiting);
    return null;
  }

  async #flush(waiting: Waiting): Promise<void> {
    const { outlet, clock, policy: { maxBehindBytes } } = this.#options;
    this.#isFlushing = true;
    while (waiting.size > 0 && outlet.isOpen) {
      await outlet.whenRoom();
      if (this.#isOver) break;
      if (outlet.bufferedAmount > maxBehindBytes) {
        await new Promise<void>((resolve) => clock.after(LOOK_AGAIN_MS, resolve));
      }
      while (outlet.isOpen && outlet.bufferedAmount <= maxBehindBytes) {
        const publication = waiting.take();
        if (publication === null) break;
        this.#send(publication);
      }
    }
    this.#isFlushing = false;
  }
}
