/**
 * What the backplane asks of a Redis client, whichever it is.
 *
 * @module
 */

/** Receives messages and the state of the connections. */
export interface RedisLinkEvents {
  /** A message on a channel that is subscribed. */
  onMessage(channel: string, text: string): void;
  /** Some connection is lost. */
  onDown(cause: unknown): void;
  /** All connections are there, and all channels are subscribed, for the first time or again. */
  onUp(): void;
}

/** Commands and subscriptions on one Redis: stand-alone, with sentinels, or a cluster. */
export interface RedisLink {
  /** Whether messages are published to one shard (`SPUBLISH`) instead of all nodes. */
  readonly isSharded: boolean;
  /** Begins to connect. */
  start(events: RedisLinkEvents): void;
  /** Runs a command at the node that has the key. */
  command(key: string, ...words: readonly string[]): Promise<unknown>;
  /** Fulfilled when the channel is subscribed. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** Closes the connections that it has opened. */
  close(): Promise<void>;
}
