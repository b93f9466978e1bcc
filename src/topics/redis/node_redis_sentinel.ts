/**
 * Support for the sentinel client of `redis` (`createSentinel`).
 *
 * @module
 */
import type { RedisClient, RedisSubscriber, SubscriberEvents } from "./subscriber.ts";
import { Commands } from "./replaceable.ts";
import { systemClock } from "../../clock.ts";

/** The methods of a sentinel client of `redis` that this library calls. */
export interface NodeRedisSentinel {
  /** Sends a command to the primary. */
  sendCommand(isReadonly: boolean | undefined, words: string[]): Promise<unknown>;
  /** Subscribes, on a connection of its own. */
  subscribe(channel: string, listener: (text: string, channel: string) => void): Promise<unknown>;
  /** Ends a subscription. */
  unsubscribe(channel: string, listener: (text: string, channel: string) => void): Promise<unknown>;
  /** Adds a listener. */
  on(event: string, listener: (value: unknown) => void): unknown;
  /** Removes a listener. */
  off(event: string, listener: (value: unknown) => void): unknown;
  /**
   * Reserves a connection. It is declared to recognize the client, because other kinds have no such
   * method.
   */
  acquire(): Promise<unknown>;
}

/** Milliseconds between two checks whether there is a primary again. */
const ASK_MS = 200;
/**
 * Milliseconds to wait after that, because the subscribing connection may still be reconnecting to
 * it.
 */
const SETTLE_MS = 1_000;

/** `redis`, with sentinels. */
export function fromNodeRedisSentinel(client: NodeRedisSentinel): RedisClient {
  // It has no `duplicate`. While the sentinels choose a primary, commands wait for it.
  const commands = new Commands(client, null);
  return {
    isCluster: false,
    command: (_key, words) => commands.run((any) => any.sendCommand(false, [...words])),
    openSubscriber: (_node, events) => Promise.resolve(new SentinelSubscriber(client, events)),
    close: () => commands.close(),
  };
}

/**
 * Detects by polling when the primary is back, because the client only reports that it has gone.
 */
class SentinelSubscriber implements RedisSubscriber {
  readonly #client: NodeRedisSentinel;
  readonly #events: SubscriberEvents;
  readonly #channels = new Set<string>();
  readonly #onMessage = (text: string, channel: string): void =>
    this.#events.onMessage(channel, text);
  readonly #onError = (cause: unknown): void => this.#lost(cause);
  #isAsking = false;
  #isClosed = false;

  constructor(client: NodeRedisSentinel, events: SubscriberEvents) {
    this.#client = client;
    this.#events = events;
    client.on("error", this.#onError);
    client.on("client-error", this.#onError);
    this.#ask();
  }

  async subscribe(channel: string): Promise<void> {
    this.#channels.add(channel);
    await this.#client.subscribe(channel, this.#onMessage);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#channels.delete(channel);
    await this.#client.unsubscribe(channel, this.#onMessage);
  }

  close(): void {
    this.#isClosed = true;
    this.#client.off("error", this.#onError);
    this.#client.off("client-error", this.#onError);
    for (const channel of this.#channels) {
      this.#client.unsubscribe(channel, this.#onMessage).catch(() => {});
    }
  }

  #lost(cause: unknown): void {
    if (this.#isClosed) return;
    this.#events.onLost(cause);
    this.#ask();
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (!this.#isClosed) {
      try {
        await this.#client.sendCommand(false, ["PING"]);
        break;
      } catch {
        await new Promise<void>((resolve) => void systemClock.after(ASK_MS, resolve));
      }
    }
    this.#isAsking = false;
    if (this.#isClosed) return;
    this.#events.onReady();
    systemClock.after(SETTLE_MS, () => {
      if (!this.#isClosed && !this.#isAsking) this.#events.onReady();
    });
  }
}
