/**
 * A link to one Redis: a stand-alone one, or the primary of sentinels.
 *
 * @module
 */
import type { RedisLink, RedisLinkEvents } from "./link.ts";
import type { RedisClient, RedisSubscriber } from "./subscriber.ts";

/** Commands use the application's client. Subscriptions have a connection of their own. */
export class SingleLink implements RedisLink {
  readonly isSharded = false;
  readonly #client: RedisClient;
  readonly #channels = new Set<string>();
  #events!: RedisLinkEvents;
  #subscriber: Promise<RedisSubscriber> | null = null;
  #isReady = false;
  #isClosed = false;

  constructor(client: RedisClient) {
    this.#client = client;
  }

  start(events: RedisLinkEvents): void {
    this.#events = events;
    this.#subscriber = this.#client.openSubscriber(null, {
      onMessage: (channel, text) => events.onMessage(channel, text),
      onReady: () => void this.#resubscribe(),
      onLost: (cause) => this.#lost(cause),
    });
  }

  command(key: string, ...words: readonly string[]): Promise<unknown> {
    return this.#client.command(key, words);
  }

  async subscribe(channel: string): Promise<void> {
    this.#channels.add(channel);
    await (await this.#subscriber)?.subscribe(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#channels.delete(channel);
    const subscriber = await this.#subscriber;
    await subscriber?.unsubscribe(channel);
    // It was subscribed meanwhile.
    if (this.#channels.has(channel)) await subscriber?.subscribe(channel);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    (await this.#subscriber)?.close();
    this.#client.close?.();
  }

  /** Restores all subscriptions after a lost connection, and then calls `onUp`. */
  async #resubscribe(): Promise<void> {
    const subscriber = await this.#subscriber;
    try {
      await Promise.all([...this.#channels].map((channel) => subscriber?.subscribe(channel)));
    } catch (cause) {
      return this.#lost(cause);
    }
    if (this.#isClosed) return;
    this.#isReady = true;
    this.#events.onUp();
  }

  #lost(cause: unknown): void {
    if (!this.#isReady || this.#isClosed) return;
    this.#isReady = false;
    this.#events.onDown(cause);
  }
}
