/**
 * Topics: one message to many connections.
 *
 * @module
 */
import type { SendingConnection } from "../handler.ts";
import type { Message } from "../message.ts";
import type { Subscription } from "./subscriber.ts";
import type { Backplane } from "./backplane.ts";
import { type Clock, systemClock } from "../clock.ts";
import { keepSharing } from "../framed/sharing.ts";
import { ReadyState } from "../handler.ts";
import { markHandled, READY } from "../promises.ts";
import { checkHistory, type HistoryOptions, toldOf } from "./history.ts";
import { Memberships } from "./membership.ts";
import type { MessageOrder } from "./order.ts";
import { type ResolvedPolicy, resolvePolicy, wholeNumber } from "./policy.ts";
import { checkPosition, type Position, type Subscribed } from "./position.ts";
import { Publication } from "./publication.ts";
import { type Member, Presence } from "./presence.ts";
import { tellDropped } from "../server/drops.ts";
import { reportOnConsole } from "../connection/context.ts";
import { tell } from "../connection/report.ts";
import { checkOptions } from "../connection/option_checks.ts";
import { Relay } from "./relay.ts";
import { Subscriber } from "./subscriber.ts";
import { Sequence, Topic } from "./topic.ts";
import { checkConnection, checkName, randomName, rejectClosed, takeMessage } from "./arguments.ts";
import {
  PUBLISH_CHECKS,
  type PublishOptions,
  SUBSCRIBE_CHECKS,
  type SubscribeOptions,
  TOPICS_CHECKS,
  type TopicsOptions,
} from "./topics_options.ts";

/** The default options. They are one object, which needs no check. */
const NO_OPTIONS = {};

/** Milliseconds between two searches for messages that are too old. */
const SWEEP_MS = 1_000;

/**
 * Topics of one process. A message that is published on a topic is sent to all connections which
 * have subscribed to it.
 *
 * @example A chat room, and a request handler that publishes
 * ```ts
 * import { serve } from "@fullduplex/websocket";
 * import { Topics } from "@fullduplex/websocket/topics";
 *
 * const topics = new Topics();
 * const server = await serve({
 *   async fetch(request) {
 *     await topics.publish("room", await request.text());
 *     return new Response("said\n");
 *   },
 * }, {
 *   open: (connection) => void topics.subscribe(connection, "room", { policy: "disconnect" }),
 *   message: (_connection, message) => topics.publish("room", message),
 * });
 * console.log(topics.count("room")); // 0
 * await server.close();
 * ```
 */
export class Topics {
  readonly #policy: ResolvedPolicy;
  readonly #history: HistoryOptions | null;
  readonly #order: MessageOrder | undefined;
  readonly #clock: Clock;
  readonly #relay: Relay | null;
  readonly #topics = new Map<string, Topic>();
  readonly #memberships = new Memberships((connection) => this.#leaveAll(connection));
  readonly #id = randomName();
  #epoch = 0; // number of the next epoch
  readonly #presence: Presence;
  #members = 0;
  #isSweeping = false;
  #dropped = 0;

  /**
   * Makes a set of topics.
   *
   * @throws {TypeError} if an option has the wrong shape.
   * @throws {RangeError} if a limit makes no sense.
   */
  constructor(options: TopicsOptions = {}) {
    checkOptions("Topics", options, TOPICS_CHECKS);
    keepSharing();
    this.#policy = resolvePolicy(options);
    this.#history = options.history === undefined ? null : checkHistory(options.history);
    this.#order = options.order;
    this.#clock = options.clock ?? systemClock;
    this.#relay = options.backplane === undefined
      ? null
      : this.#makeRelay(options.backplane, options);
    this.#presence = new Presence({ channel: this.#relay, clock: this.#clock });
  }

  /**
   * Number of messages that were not sent so far, over all subscriptions, because receivers did not
   * keep up.
   */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Subscribes a connection to a topic: it is sent all messages that are published from now on. A
   * second call replaces the first. The promise resolves to the beginning of the subscription. It
   * rejects with `ERR_CLOSED` if the connection is not open.
   *
   * @throws {TypeError} if an option has the wrong shape.
   * @throws {RangeError} if a limit makes no sense.
   */
  subscribe(
    connection: SendingConnection,
    name: string,
    options: SubscribeOptions = NO_OPTIONS,
  ): Promise<Subscribed> {
    checkName("subscribe", name);
    checkConnection("subscribe", connection);
    if (options !== NO_OPTIONS) checkOptions("subscribe", options, SUBSCRIBE_CHECKS);
    const policy = resolvePolicy(options, this.#policy);
    const since = options.since === undefined ? null : checkPosition("since", options.since);
    if (connection.readyState !== ReadyState.OPEN) return rejectClosed();
    this.unsubscribe(connection, name);
    const { outlet, subscribers } = this.#memberships.open(connection);
    const subscriber = new Subscriber({
      connection,
      name,
      outlet,
      policy,
      format: options.format ?? null,
      order: this.#orderOf(options),
      announce: options.announce,
      announceLost: options.announceLost,
      announcePlaced: options.announcePlaced,
      clock: this.#clock,
      onDropped: ({ message: { length: size } }) => {
        this.#dropped++;
        tellDropped(connection, { topic: name, size });
      },
      onUnknown: (...met) => void this.#relay?.takeUp(...met),
    });
    const topic = this.#open(name);
    topic.add(subscriber);
    subscribers.set(name, subscriber);
    if (options.member !== undefined) {
      subscriber.memberId = `${this.#id}.${++this.#members}`;
      this.#presence.join(name, { id: subscriber.memberId, data: options.member });
    }
    return markHandled(this.#begin(topic, subscriber, since));
  }

  /** Ends a subscription. Returns `false` if there was none. */
  unsubscribe(connection: SendingConnection, name: string): boolean {
    const subscriber = this.#memberships.get(connection)?.subscribers.get(name);
    if (subscriber === undefined) return false;
    this.#memberships.delete(connection, name);
    this.#leave(subscriber);
    return true;
  }

  /**
   * Sends a message to all subscribers of a topic. The bytes are copied at once. The promise is
   * fulfilled when all receivers with the policy `"wait"` can take more, so `await` is
   * backpressure.
   *
   * @throws {TypeError} if the name, the message or an option has the wrong shape.
   */
  publish(name: string, message: Message, options: PublishOptions = NO_OPTIONS): Promise<void> {
    checkName("publish", name);
    if (options !== NO_OPTIONS) checkOptions("publish", options, PUBLISH_CHECKS);
    const taken = takeMessage(message), { compress = true, except } = options;
    if (this.#relay !== null) {
      return markHandled(this.#relay.publish(name, taken, { compress, except }));
    }
    const topic = this.#history === null ? this.#topics.get(name) : this.#open(name);
    if (topic === undefined) return READY;
    const { sequence } = topic;
    const position = sequence === null ? null : sequence.next();
    const publication = new Publication(
      { name, message: taken, position, id: null },
      options.compress ?? true,
    );
    if (sequence !== null) {
      sequence.keep(publication, this.#clock.now());
      this.#sweepLater();
    }
    return topic.deliver(publication, except);
  }

  /** Number of connections of this process that are subscribed to a topic. */
  count(name: string): number {
    return this.#topics.get(name)?.count ?? 0;
  }

  /** The topics that a connection is subscribed to. */
  names(connection: SendingConnection): string[] {
    return [...this.#memberships.get(connection)?.subscribers.keys() ?? []];
  }

  /**
   * The members of a topic in all processes: the subscriptions that were made with `member`.
   * Members of another process are known a moment after they have joined, and are dropped half a
   * minute after their process has died.
   */
  members(name: string): Promise<Member[]> {
    checkName("members", name);
    return this.#presence.members(name);
  }

  /** A connection's subscription with its counts, or `null`. */
  subscription(connection: SendingConnection, name: string): Subscription | null {
    return this.#memberships.get(connection)?.subscribers.get(name) ?? null;
  }

  /** Messages that wait for the engine. */
  get queued(): number {
    return this.#relay?.queued ?? 0;
  }

  /**
   * Rejects messages that wait for the engine, and closes the connections that the backplane has
   * opened. WebSocket connections stay open.
   */
  async close(): Promise<void> {
    await this.#relay?.close();
  }

  #orderOf({ order = this.#order, announce, format }: SubscribeOptions): MessageOrder {
    if (order !== undefined) return order;
    // A receiver that is told where it begins, and sees no positions, counts.
    return announce !== undefined && format === undefined ? "total" : "publisher";
  }

  #makeRelay(backplane: Backplane, options: TopicsOptions): Relay {
    const { whenDown = "queue", maxQueued = 10_000 } = options;
    return new Relay({
      backplane,
      origin: this.#id,
      history: this.#history,
      clock: this.#clock,
      whenDown,
      maxQueued: wholeNumber("maxQueued", maxQueued, 0),
      findTopic: (name) => this.#topics.get(name),
      onLost: (...lost) => tell(() => options.onLost?.(...lost), reportOnConsole),
      onDown: (cause) => tell(() => options.onBackplaneDown?.(cause), reportOnConsole),
      onUp: () => tell(() => options.onBackplaneUp?.(), reportOnConsole),
    });
  }

  async #begin(topic: Topic, subscriber: Subscriber, since: Position | null): Promise<Subscribed> {
    if (this.#relay !== null && this.#history !== null) {
      return await this.#relay.begin(topic, subscriber, since);
    }
    const subscribed = this.#beginLocal(topic, subscriber, since);
    await topic.ready;
    return subscribed;
  }

  #beginLocal(topic: Topic, subscriber: Subscriber, since: Position | null): Subscribed {
    const { sequence } = topic;
    if (sequence === null || since === null) {
      const { epoch, offset } = sequence?.last ?? NOWHERE;
      const lost = since === null ? null : { from: since.offset + 1, to: null };
      const subscribed: Subscribed = { epoch, offset, resumed: false, lost };
      subscriber.begin(subscribed, []);
      return subscribed;
    }
    const page = sequence.after(since, this.#clock.now());
    const subscribed = toldOf(page);
    subscriber.begin(subscribed, page.messages);
    return subscribed;
  }

  #open(name: string): Topic {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const history = this.#relay === null ? this.#history : null;
    const epoch = `${this.#id}${this.#epoch.toString(36)}`;
    const topic = new Topic(name, history === null ? null : new Sequence(epoch, history));
    this.#topics.set(name, topic);
    this.#relay?.enter(topic);
    return topic;
  }

  #leaveAll(connection: SendingConnection): void {
    for (const name of this.names(connection)) this.unsubscribe(connection, name);
  }

  #leave(subscriber: Subscriber): void {
    const topic = this.#topics.get(subscriber.name);
    subscriber.end();
    if (subscriber.memberId !== null) this.#presence.leave(subscriber.name, subscriber.memberId);
    if (topic === undefined) return;
    topic.delete(subscriber);
    if (topic.isIdle) this.#forget(topic);
    else if (topic.count === 0) this.#sweepLater();
  }

  /** Removes a topic. If it is used again it counts from 1, so it gets a new epoch. */
  #forget(topic: Topic): void {
    this.#topics.delete(topic.name);
    this.#relay?.leave(topic);
    if (topic.sequence !== null && topic.sequence.last.offset > 0) this.#epoch++;
  }

  #sweepLater(): void {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    this.#clock.after(SWEEP_MS, () => {
      this.#isSweeping = false;
      this.#sweep();
    });
  }

  /** Drops old messages, and topics without subscribers and messages. */
  #sweep(): void {
    const now = this.#clock.now();
    let isAnyLeft = false;
    for (const topic of this.#topics.values()) {
      const isEmpty = topic.sequence === null || topic.sequence.forget(now);
      if (!isEmpty) isAnyLeft = true;
      else if (topic.count === 0) this.#forget(topic);
    }
    if (isAnyLeft) this.#sweepLater();
  }
}

/** The position in a topic without a history. */
const NOWHERE: Position = { epoch: "", offset: 0 };
