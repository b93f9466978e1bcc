/**
 * The client of the subprotocol `topics.fullduplex`.
 *
 * @module
 */
import type { WebSocketConnection } from "../../handler.ts";
import type { Message } from "../../message.ts";
import type { Lost, Position, Subscribed } from "../position.ts";
import { reportOnConsole } from "../../connection/context.ts";
import { tell } from "../../connection/report.ts";
import { WebSocketError } from "../../errors.ts";
import { type Deferred, makeDeferred, markHandled } from "../../promises.ts";
import { Once, readId } from "../once.ts";
import { isPosition, readFields, writeMessage } from "../wire_messages.ts";

/**
 * The callbacks of a client's subscription. An error that one throws, or rejects with, is printed
 * on the console, and the subscription goes on.
 */
export interface TopicListener {
  /**
   * A message arrived. `position` is `null` if the topic has no history, and if the message was
   * delivered early, while the engine behind the servers was away.
   */
  onMessage(message: Message, position: Position | null): void;
  /** The subscription has begun, for the first time or on a new connection. */
  onSubscribed?(subscribed: Subscribed): void;
  /** Messages are missing. The next message is the first after `position`. */
  onLost?(lost: Lost, position: Position): void;
  /** The server has refused the subscription. */
  onRefused?(reason: string): void;
}

/** One topic that a client has subscribed to. */
interface Followed {
  readonly listener: TopicListener;
  position: Position | null;
  /** Recognises what came early, and comes with its position on the next connection. */
  readonly once: Once;
}

/** Follows topics over one connection after another. */
export class TopicsClient {
  readonly #followed = new Map<string, Followed>();
  readonly #published = new Map<number, Deferred<void>>();
  #connection: WebSocketConnection | null = null;
  #id = 0;
  /** Fulfilled when no further connection follows; rejected with the error of the iteration. */
  readonly ended: Promise<void>;

  /**
   * Uses the connections of `reconnecting`, one after the other, or a single connection. They must
   * be made with `protocols: [TOPICS_PROTOCOL]`.
   */
  constructor(connections: AsyncIterable<WebSocketConnection> | WebSocketConnection) {
    const all = "send" in connections ? [connections] : connections;
    this.ended = markHandled(this.#run(all));
  }

  /**
   * Follows a topic, until `unsubscribe`. After a lost connection it continues behind the last
   * message. `since` lets it begin behind the last message of an earlier client.
   */
  subscribe(topic: string, listener: TopicListener, since: Position | null = null): void {
    this.#followed.set(topic, { listener, position: since, once: new Once() });
    if (this.#connection !== null) this.#ask(this.#connection, topic);
  }

  /** Ends the subscription to a topic. */
  unsubscribe(topic: string): void {
    if (!this.#followed.delete(topic) || this.#connection === null) return;
    this.#connection.send(writeMessage({ type: "unsubscribe", topic }));
  }

  /**
   * Publishes a message. Fulfilled when the server has taken it.
   *
   * @throws {WebSocketError} `ERR_CLOSED` if there is no connection or it is lost before the
   *   answer; `ERR_BACKPLANE` if the server refuses the message.
   */
  publish(topic: string, message: Message): Promise<void> {
    const connection = this.#connection, done = makeDeferred<void>();
    if (connection === null) done.reject(closedError());
    else {
      this.#published.set(++this.#id, done);
      connection.send(writeMessage({ type: "publish", topic, id: this.#id, data: message }));
    }
    return markHandled(done.promise);
  }

  /** Closes the connection, which ends the iteration of `reconnecting`. */
  async close(): Promise<void> {
    await this.#connection?.close();
  }

  async #run(
    connections: AsyncIterable<WebSocketConnection> | Iterable<WebSocketConnection>,
  ): Promise<void> {
    for await (const connection of connections) {
      this.#connection = connection;
      for (const topic of this.#followed.keys()) this.#ask(connection, topic);
      for await (const message of connection) this.#receive(message);
      this.#connection = null;
      for (const done of this.#published.values()) done.reject(closedError());
      this.#published.clear();
    }
  }

  #ask(connection: WebSocketConnection, topic: string): void {
    const since = this.#followed.get(topic)?.position ?? undefined;
    connection.send(writeMessage({ type: "subscribe", topic, since }));
  }

  #receive(message: Message): void {
    const fields = readFields(message) ?? {}, { type, topic, id } = fields;
    if (typeof id === "number") this.#settle(id, fields);
    const followed = typeof topic === "string" ? this.#followed.get(topic) : undefined;
    if (followed === undefined) return;
    const { listener } = followed;
    if (type === "message" || type === "placed") {
      const { data, position } = fields, place = isPosition(position) ? position : null;
      if (place !== null) followed.position = place;
      const name = readId(id), isNew = name === null || followed.once.isNew(name);
      if (isNew && isMessage(data)) told(() => listener.onMessage(data, place));
    } else if (type === "refused" && id === undefined) {
      told(() => listener.onRefused?.(String(fields.reason)));
    } else if ((type === "subscribed" || type === "lost") && isPosition(fields)) {
      this.#place(followed, fields);
    }
  }

  #place(followed: Followed, fields: Position & Readonly<Record<string, unknown>>): void {
    const { listener } = followed, { epoch, offset, resumed, type } = fields;
    const position = { epoch, offset };
    if (epoch !== "") followed.position = position;
    const lost = toLost(type === "lost" ? fields : fields.lost);
    if (type === "subscribed") {
      const begun: Subscribed = resumed === true
        ? { ...position, resumed }
        : { ...position, resumed: false, lost };
      told(() => listener.onSubscribed?.(begun));
    }
    if (lost !== null) told(() => listener.onLost?.(lost, position));
  }

  #settle(id: number, { type, reason }: Readonly<Record<string, unknown>>): void {
    const done = this.#published.get(id);
    this.#published.delete(id);
    if (type === "published") done?.resolve();
    else done?.reject(new WebSocketError("ERR_BACKPLANE", `publish: ${String(reason)}`));
  }
}

/** Calls a listener. An error is printed, so that other topics go on. */
const told = (call: () => unknown): void => tell(call, reportOnConsole);

function closedError(): WebSocketError {
  return new WebSocketError("ERR_CLOSED", "publish: there is no connection");
}

function isMessage(value: unknown): value is Message {
  return typeof value === "string" || value instanceof Uint8Array;
}

function toLost(value: unknown): Lost | null {
  if (typeof value !== "object" || value === null || !("from" in value) || !("to" in value)) {
    return null;
  }
  const { from, to } = value;
  if (typeof from !== "number" || (to !== null && typeof to !== "number")) return null;
  return { from, to };
}
