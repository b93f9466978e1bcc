/**
 * One connection in one topic. Sends it the messages, and applies its policy.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Clock } from "../clock.ts";
import type { Outlet } from "../framed/sharing.ts";
import type { ResolvedPolicy, SubscriptionPolicy } from "./policy.ts";
import type { MessageOrder } from "./order.ts";
import type { Lost, Position, Published, Subscribed } from "./position.ts";
import type { Format, Publication } from "./publication.ts";
import { reportOnConsole } from "../connection/context.ts";
import { report } from "../connection/report.ts";
import { checkMade } from "./made.ts";
import { SharedMessage } from "../framed/shared_message.ts";
import { CloseCode } from "../protocol/close_code.ts";
import { Place } from "./place.ts";
import { LatestMessages, NewestMessages, type Waiting } from "./waiting.ts";

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
  /**
   * Makes a message that is sent in place of missing messages. Without `announcePlaced` it also
   * stands for a message that the receiver already has, if a restarted engine numbered it again.
   */
  announceLost?: ((lost: Lost, position: Position) => Message) | undefined;
  /** Makes a message that tells the position of a message that was delivered early, without one. */
  announcePlaced?: ((published: Published) => Message) | undefined;
}

/** Options of {@linkcode Subscriber}. */
export interface SubscriberOptions extends Announcements {
  readonly connection: SendingConnection;
  readonly name: string;
  readonly outlet: Outlet;
  readonly policy: ResolvedPolicy;
  readonly format: Format | null;
  readonly order: MessageOrder;
  readonly clock: Clock;
  /** Called with each message that is not sent. */
  onDropped(publication: Publication): void;
  /** Called for an event of an unknown epoch: the messages after its position have to be read. */
  onUnknown?: ((subscriber: Subscriber, epoch: string) => void) | undefined;
}

/**
 * Milliseconds until a connection is checked again that reported it could take more, and cannot.
 */
const LOOK_AGAIN_MS = 10;

/** Delivers the messages of one topic to one connection. */
export class Subscriber implements Subscription {
  /** Id of the member, if the subscriber is one. */
  memberId: string | null = null;
  /** Messages of this process up to this sequence come from the engine, never early. */
  begunAfter = Infinity;
  readonly #options: SubscriberOptions;
  // What every delivery reads, one object nearer.
  readonly #outlet: Outlet;
  readonly #maxBehindBytes: number;
  readonly #format: Format | null;
  #delivered = 0;
  #dropped = 0;
  #waiting: Waiting | null = null;
  #isFlushing = false;
  // Events that arrive while the history is read.
  #held: (() => void)[] | null = null;
  #hasEnded = false;
  #lastEarly = 0; // sequence of the last message of this process that was delivered early
  readonly #place = new Place();
  #firstEpoch: string | null = null; // in which it began

  constructor(options: SubscriberOptions) {
    const { outlet, policy, format } = options;
    this.#options = options;
    this.#outlet = outlet;
    this.#maxBehindBytes = policy.maxBehindBytes;
    this.#format = format;
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
  get hasEnded(): boolean {
    return this.#hasEnded || !this.#outlet.isOpen;
  }

  /** Position of the last message; `null` before the subscription has begun. */
  get position(): Position | null {
    return this.#place.at;
  }

  /** Delays events until `begin` or `continueAfter`. */
  hold(): void {
    this.#held ??= [];
  }

  /**
   * Begins the subscription: announces it, delivers the history, and then the messages that were
   * published meanwhile.
   */
  begin(subscribed: Subscribed, history: readonly Publication[]): void {
    const { announce } = this.#options;
    this.#place.begin(subscribed);
    this.#firstEpoch = subscribed.epoch;
    this.#release(() => {
      if (announce !== undefined) this.#say("announce", () => announce(subscribed));
      for (const publication of history) this.deliver(publication);
    });
  }

  /** Continues with the messages it has missed. `unknown` is the epoch that it did not know. */
  continueAfter(unknown: string, deliverMissed: () => void): void {
    this.#release(deliverMissed);
    if (this.position?.epoch !== unknown) this.#place.end(unknown);
  }

  /** Announces missing messages after `since`. The next message is the first after `position`. */
  tellLost(lost: Lost, position: Position, since: Position): void {
    if (this.#held !== null) return this.#hold(() => this.tellLost(lost, position, since));
    const news = this.#place.lose(lost, position, since);
    if (news === "unknown") this.#options.onUnknown?.(this, position.epoch);
    else if (news !== "old") this.#sayLost(news, position);
  }

  /**
   * Whether a message of this process is delivered before the engine has numbered it. It is not if
   * an older message is still to come from the engine, because their order would change.
   */
  takesEarly(sequence: number, oldest: number): boolean {
    if (this.#options.order === "total" || this.#held !== null) return false;
    if (this.begunAfter < oldest) this.#lastEarly = sequence;
    else this.begunAfter = sequence;
    return this.#lastEarly === sequence;
  }

  /** Delivers a message of this process that the engine has numbered. */
  deliverOwn(publication: Publication, sequence: number): Promise<void> | null {
    const hadEarly = sequence > this.begunAfter && sequence <= this.#lastEarly;
    if (!hadEarly) return this.deliver(publication);
    if (this.#held !== null) this.#hold(() => this.#tellPlaced(publication));
    else this.#tellPlaced(publication);
    return null;
  }

  /**
   * Delivers a message that was delivered in an earlier epoch to a subscriber that began after it.
   */
  deliverAgain(publication: Publication): void {
    if (this.#held !== null) return this.#hold(() => this.deliverAgain(publication));
    if (publication.position?.epoch === this.#firstEpoch) this.deliver(publication);
    else this.#tellPlaced(publication);
  }

  /** Delivers a message. Returns a promise if the publisher has to wait. */
  deliver(publication: Publication): Promise<void> | null {
    if (this.#held !== null) {
      this.#hold(() => void this.deliver(publication));
      return null;
    }
    const outlet = this.#outlet, { position } = publication;
    if (!outlet.isOpen || (position !== null && !this.#isNext(position))) return null;
    const isBehind = outlet.bufferedAmount > this.#maxBehindBytes;
    if (this.#waiting === null || this.#waiting.size === 0) {
      if (!isBehind) return this.#send(publication);
    }
    return this.#deliverLate(publication);
  }

  /** The subscriber has left the topic. Waiting messages are dropped. */
  end(): void {
    this.#hasEnded = true;
    this.#waiting?.clear();
    this.#held = null;
  }

  /** Whether a position is the next one. A message may come from the history and again live. */
  #isNext(position: Position): boolean {
    const news = this.#place.take(position);
    if (news === "unknown") this.#options.onUnknown?.(this, position.epoch);
    return news === "next";
  }

  /** Announces the position of a message that the receiver has, early or from another epoch. */
  #tellPlaced(publication: Publication): void {
    const { announcePlaced, order } = this.#options, { position } = publication;
    if (position === null || !this.#isNext(position)) return;
    if (announcePlaced !== undefined) {
      this.#say("announcePlaced", () => announcePlaced(publication));
    } else if (order === "total") { // it counts: nothing comes in this place
      this.#sayLost({ from: position.offset, to: position.offset }, position);
    }
  }

  #hold(event: () => void): void {
    this.#held?.push(event);
  }

  #release(first: () => void): void {
    const held = this.#held ?? [];
    this.#held = null;
    first();
    for (const event of held) event(); // which may be held again
  }

  #sayLost(lost: Lost, position: Position): void {
    const { announceLost } = this.#options;
    if (announceLost !== undefined) this.#say("announceLost", () => announceLost(lost, position));
  }

  #deliverLate(publication: Publication): Promise<void> | null {
    const { policy: { policy, maxWaiting, key }, connection, outlet } = this.#options;
    switch (policy) {
      case "wait":
        this.#send(publication);
        return outlet.whenReady();
      case "drop-oldest":
        this.#waiting ??= new NewestMessages(maxWaiting);
        return this.#wait(this.#waiting, publication);
      case "latest":
        this.#waiting ??= new LatestMessages(maxWaiting, ({ message }) => key(message));
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
    let message: SharedMessage;
    try {
      message = publication.as(this.#format);
    } catch (error) {
      return this.#fail(error);
    }
    this.#delivered++;
    this.#outlet.send(message);
    return null;
  }

  /** Sends an announcement. No policy applies to it. */
  #say(name: string, make: () => Message): void {
    const { outlet } = this.#options;
    if (!outlet.isOpen) return;
    try {
      outlet.send(new SharedMessage(checkMade(name, make()), true));
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * A callback of the application failed. The connection is closed, because its receiver would
   * otherwise not know that it misses a message.
   */
  #fail(error: unknown): null {
    report(() => reportOnConsole(error));
    this.#options.connection.close(CloseCode.InternalError, "a message could not be made");
    return null;
  }

  #wait(waiting: Waiting, publication: Publication): null {
    let leftOut: Publication | null;
    try {
      leftOut = waiting.add(publication);
    } catch (error) {
      return this.#fail(error); // `key` failed
    }
    if (leftOut !== null) this.#drop(leftOut);
    if (!this.#isFlushing) this.#flush(waiting);
    return null;
  }

  async #flush(waiting: Waiting): Promise<void> {
    const { outlet, clock, policy: { maxBehindBytes } } = this.#options;
    this.#isFlushing = true;
    while (waiting.size > 0 && outlet.isOpen) {
      await outlet.whenReady();
      if (this.#hasEnded) break;
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
