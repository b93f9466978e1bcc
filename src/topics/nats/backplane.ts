/**
 * Topics over NATS: subjects for new messages, and a JetStream stream for the history.
 *
 * @module
 */
import type { Backplane, BackplaneStart, Relayed, RelayedPage } from "../backplane.ts";
import type { Position } from "../position.ts";
import type { NatsSubjects } from "./subjects.ts";
import type { JetStreamClient, NatsConnection } from "./types.ts";
import { readRelayed, writeRelayed } from "../envelope.ts";
import { JetStreamHistory } from "./history.ts";

/** A subscribed topic. */
interface Followed {
  end(): void;
  /** Called when the connection was lost and is restored. */
  onReconnect(): void;
}

/** Carries topics over NATS. */
export class NatsBackplane implements Backplane {
  readonly #connection: NatsConnection;
  readonly #jetstream: JetStreamClient | null;
  readonly #subjects: NatsSubjects;
  readonly #followed = new Map<string, Followed>();
  #history: JetStreamHistory | null = null;
  #start!: BackplaneStart;
  #isClosed = false;

  constructor(
    connection: NatsConnection,
    options: { jetstream: JetStreamClient | null; subjects: NatsSubjects },
  ) {
    this.#connection = connection;
    this.#jetstream = options.jetstream;
    this.#subjects = options.subjects;
  }

  start(start: BackplaneStart): void {
    const { history, events } = start;
    this.#start = start;
    if (history !== null) {
      if (this.#jetstream === null) {
        throw new TypeError("jetstream: must be jetstream(connection) where topics have a history");
      }
      this.#history = new JetStreamHistory(this.#jetstream, { history, subjects: this.#subjects });
    }
    this.#watch();
    queueMicrotask(() => events.onUp());
  }

  async publish(name: string, messages: readonly Relayed[]): Promise<void> {
    const { isKept } = this.#start;
    if (this.#history !== null && isKept(name)) return await this.#history.publish(name, messages);
    this.#connection.publish(this.#liveSubject(name), messages.map(writeRelayed).join(""));
    await this.#connection.flush();
  }

  async subscribe(name: string): Promise<void> {
    const { events, isKept } = this.#start;
    if (this.#history !== null && isKept(name)) {
      this.#followed.set(name, await this.#history.follow(name, events));
      return;
    }
    const subscription = this.#connection.subscribe(this.#liveSubject(name), {
      callback: (error, message) => {
        if (error !== null) return;
        for (const one of readRelayed(message.string(), 0, null)) {
          events.onMessage(name, one);
        }
      },
    });
    this.#followed.set(name, { end: () => subscription.unsubscribe(), onReconnect() {} });
    await this.#connection.flush();
  }

  async unsubscribe(name: string): Promise<void> {
    await null;
    this.#followed.get(name)?.end();
    this.#followed.delete(name);
  }

  async history(name: string, since: Position | null): Promise<RelayedPage> {
    if (this.#history === null) throw new TypeError("history: there is none");
    return await this.#history.read(name, since);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const name of [...this.#followed.keys()]) await this.unsubscribe(name);
  }

  /**
   * The subject of messages that are not kept. It differs from those of the stream, because a
   * stream keeps all messages on its subjects.
   */
  #liveSubject(name: string): string {
    return this.#history === null ? this.#subjects.subject(name) : this.#subjects.live(name);
  }

  /** Reports lost connections. The client itself subscribes again after it has reconnected. */
  async #watch(): Promise<void> {
    const { events } = this.#start;
    for await (const { type } of this.#connection.status()) {
      if (this.#isClosed) return;
      if (type === "disconnect") {
        this.#history?.onDisconnect();
        events.onDown(new Error("NATS: the connection is lost"));
      }
      if (type !== "reconnect") continue;
      for (const followed of this.#followed.values()) followed.onReconnect();
      events.onUp();
    }
  }
}
